// The arithmetic of the matches by hand: classes, the product's own factor, rules.

#include "modules/performance/affinity/affinity.h"

#include <gtest/gtest.h>

namespace tilth::performance {
namespace {

constexpr std::int32_t kTea = 1;
constexpr std::int32_t kCup = 2;
constexpr std::int32_t kPot = 3;

struct Past {
    std::array<ByProduct, kClasses> classes{};
    std::vector<Pair> pairs;
    std::unordered_map<std::int32_t, std::int64_t> recent;
    ByProduct fresh;
};

// Eighteen people: one bought tea at its time and came, one long ago; six bought a cup, one of them again; ten a pot.
Past past() {
    Past one;
    one.classes[12][kTea] = {1, 1};
    one.classes[5][kTea] = {1, 0};
    one.classes[1][kCup] = {6, 1};
    one.classes[0][kPot] = {10, 0};
    one.pairs = {{kCup, kTea, 4}, {kPot, kTea, 2}};
    one.recent = {{kCup, 6}, {kPot, 10}, {kTea, 1}};
    one.fresh[kTea] = {16, 4};
    return one;
}
AffinityModel learnt(const Past& one) { return learn(one.classes, one.pairs, one.recent, one.fresh); }

TEST(Affinity, ARepeatIsTheSharesOfItsClassTimesItsProduct) {
    const AffinityModel model = learnt(past());
    EXPECT_NEAR(model.rates[12], (1 + 20.0 / 9) / 21, 1e-12);
    EXPECT_NEAR(model.rates[3], 1.0 / 9, 1e-12) << "nobody was in it: the mean of all";
    const double expected = model.rates[12] + model.rates[5];
    EXPECT_NEAR(model.repeat(kTea, 12), model.rates[12] * 11 / (expected + 10), 1e-12);
    EXPECT_NEAR(model.repeat(99, 12), model.rates[12], 1e-12) << "a product nobody knows has no factor";
    EXPECT_LT(model.repeat(kPot, 0), model.rates[0]) << "less than its classes promise";
}

TEST(Affinity, ARuleNeedsSupportAndLift) {
    const AffinityModel model = learnt(past());
    ASSERT_EQ(model.into.at(kTea).size(), 1u) << "two people are no support";
    const Rule rule = model.into.at(kTea).front();
    EXPECT_EQ(rule.product, kCup);
    EXPECT_EQ(rule.people, 6);
    EXPECT_EQ(rule.followed, 4);
    EXPECT_NEAR(rule.chance, (4 + 20 * 0.25) / 26, 1e-12);
    EXPECT_NEAR(rule.lift, rule.chance / 0.25, 1e-12);
    EXPECT_EQ(model.out_of.at(kCup).front().product, kTea);
    Past usual = past();
    usual.recent[kCup] = 40;  // four of forty: fewer than of everybody
    EXPECT_TRUE(learnt(usual).into.empty());
}

TEST(Affinity, NothingIsLearntOfNothing) {
    const AffinityModel model = learnt({});
    EXPECT_EQ(model.repeat(kTea, 20), 0);
    EXPECT_TRUE(model.into.empty());
    Past sure;
    sure.classes[20][kTea] = {1'000'000, 1'000'000};
    EXPECT_EQ(learnt(sure).repeat(kTea, 20), kChanceMax) << "nobody is certain";
}

}  // namespace
}  // namespace tilth::performance
