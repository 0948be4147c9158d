#include "modules/performance/value/btyd.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/rng.h"

namespace tilth::performance {
namespace {

double chance(Rng& rng) { return (static_cast<double>(rng.next() >> 11) + 0.5) / 9007199254740992.0; }
// Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", 2000.
double gamma(Rng& rng, double shape, double scale) {
    if (shape < 1) return gamma(rng, shape + 1, scale) * std::pow(chance(rng), 1 / shape);
    const double d = shape - 1.0 / 3;
    while (true) {
        const double normal = std::sqrt(-2 * std::log(chance(rng))) * std::cos(2 * std::numbers::pi * chance(rng));
        const double v = std::pow(1 + normal / std::sqrt(9 * d), 3);
        if (v > 0 && std::log(chance(rng)) < normal * normal / 2 + d - d * v + d * std::log(v)) return d * v * scale;
    }
}

// The example of the paper (CDNOW, section 4): a customer with two repeats, 30.43 of 38.86 weeks, next 39 weeks: 1.226.
TEST(Btyd, ThePapersOwnExample) {
    const BgNbd model{0.243, 4.414, 0.793, 2.426};
    EXPECT_NEAR(model.expected({2, 30.43, 38.86}, 39), 1.226, 0.001);
    EXPECT_NEAR(model.expected({2, 30.43, 38.86}, 0), 0, 1e-9);
    EXPECT_EQ(model.alive({0, 0, 38.86}), 1);
    EXPECT_GT(model.alive({2, 38, 38.86}), model.alive({2, 10, 38.86}));
}

// People made by the model's own story, year by year: the fit foretells the purchases of a year nobody fitted.
TEST(Btyd, AFitForetellsPeopleOfItsOwnKind) {
    SeededRng rng(7);
    std::vector<Purchases> seen;
    double came = 0;
    for (int i = 0; i < 6'000; ++i) {
        const double lambda = gamma(rng, 0.8, 1 / 6.0);
        const double one = gamma(rng, 0.9, 1);
        const double stops = one / (one + gamma(rng, 2.5, 1));
        Purchases person{0, 0, 40, 1};
        double at = 0;
        while (chance(rng) >= (at > 0 ? stops : 0)) {  // may stop after each repeat
            at += -std::log(chance(rng)) / lambda;
            if (at > 80) break;
            if (at <= 40) ++person.repeats, person.last = at;
            else ++came;
        }
        seen.push_back(person);
    }
    const auto model = fit_bg_nbd(seen);
    ASSERT_TRUE(model);
    double foretold = 0;
    for (const Purchases& one : seen) foretold += model->expected(one, 40);
    EXPECT_NEAR(foretold / came, 1, 0.06);
}

TEST(Btyd, FewPurchasesLeanOnTheMean) {
    SeededRng rng(11);
    std::vector<Spend> people;
    for (int i = 0; i < 4'000; ++i) {
        const double purchases = 2 + i % 5;
        const double own = gamma(rng, 5, 1 / 40.0);  // a mean purchase of 4 ÷ own
        people.push_back({purchases, gamma(rng, 4 * purchases, 1 / (own * purchases))});
    }
    const auto model = fit_gamma_gamma(people);
    ASSERT_TRUE(model);
    EXPECT_NEAR(model->p * model->v / (model->q - 1), 4 * 40.0 / 4, 2.5);
    const double mean = model->expected(1, 0, 0);
    EXPECT_LT(model->expected(1, 2, 2 * 100), 100);
    EXPECT_GT(model->expected(1, 2, 2 * 100), mean);
    EXPECT_GT(model->expected(1, 50, 50 * 100), model->expected(1, 2, 2 * 100));
}

TEST(Btyd, NothingIsSaidOfNothing) {
    EXPECT_FALSE(fit_bg_nbd({}));
    const std::vector<Purchases> once = {{0, 0, 10, 50}};
    EXPECT_FALSE(fit_bg_nbd(once));
    EXPECT_FALSE(fit_gamma_gamma({}));
}

}  // namespace
}  // namespace tilth::performance
