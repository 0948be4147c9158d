#include "modules/performance/value/btyd.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <unordered_map>

namespace tilth::performance {

namespace {

constexpr double kLogMin = -8;
constexpr double kLogMax = 12;
constexpr int kStepsMax = 600;
constexpr double kClose = 1e-9;
constexpr int kTermsMax = 5'000;

// x > 0. Lanczos' approximation, g = 7: 15 digits. (std::lgamma writes a global.)
double log_gamma(double x) {
    constexpr std::array kTerms = {676.5203681218851,     -1259.1392167224028, 771.32342877765313,
                                   -176.61502916214059,   12.507343278686905,  -0.13857109526572012,
                                   9.9843695780195716e-6, 1.5056327351493116e-7};
    if (x < 0.5) return log_gamma(x + 1) - std::log(x);
    double sum = 0.99999999999980993;
    for (std::size_t i = 0; i < kTerms.size(); ++i) sum += kTerms[i] / (x + static_cast<double>(i));
    const double base = x + 6.5;
    constexpr double kHalfLogTwoPi = 0.91893853320467274;
    return kHalfLogTwoPi + (x - 0.5) * std::log(base) - base + std::log(sum);
}

// Gauss's hypergeometric series, 0 ≤ z < 1.
double hypergeometric(double a, double b, double c, double z) {
    double term = 1;
    double sum = 1;
    for (int k = 0; k < kTermsMax; ++k) {
        term *= (a + k) * (b + k) / (c + k) * z / (k + 1);
        sum += term;
        if (std::abs(term) < kClose * std::abs(sum)) break;
    }
    return sum;
}

// Nelder and Mead's simplex over logarithms of the parameters: the least of f, or nothing when it does not settle or
// runs into the bounds, where the data say nothing.
template <std::size_t N>
std::optional<std::array<double, N>> least(const std::function<double(const std::array<double, N>&)>& f) {
    using Point = std::array<double, N>;
    const auto at = [&](const Point& point) {
        Point value{};
        for (std::size_t i = 0; i < N; ++i) value[i] = std::exp(std::clamp(point[i], kLogMin, kLogMax));
        const double found = f(value);
        return std::isfinite(found) ? found : 1e300;
    };
    std::vector<std::pair<double, Point>> simplex;
    for (std::size_t i = 0; i <= N; ++i) {
        Point point{};
        if (i > 0) point[i - 1] = 0.7;
        simplex.emplace_back(at(point), point);
    }
    const auto by_value = [](const auto& x, const auto& y) { return x.first < y.first; };
    for (int step = 0; step < kStepsMax; ++step) {
        std::sort(simplex.begin(), simplex.end(), by_value);
        if (simplex.back().first - simplex.front().first < kClose * (1 + std::abs(simplex.front().first))) break;
        Point middle{};
        for (std::size_t i = 0; i < N; ++i) {
            for (std::size_t k = 0; k < N; ++k) middle[i] += simplex[k].second[i] / static_cast<double>(N);
        }
        const auto along = [&](double factor) {
            Point point{};
            for (std::size_t i = 0; i < N; ++i)
                point[i] = middle[i] + factor * (simplex.back().second[i] - middle[i]);
            return std::pair<double, Point>{at(point), point};
        };
        auto next = along(-1);
        if (next.first < simplex.front().first) {
            const auto further = along(-2);
            if (further.first < next.first) next = further;
        } else if (next.first >= simplex[N - 1].first) {
            next = along(next.first < simplex.back().first ? -0.5 : 0.5);
            if (next.first >= simplex.back().first) {
                for (std::size_t k = 1; k <= N; ++k) {
                    for (std::size_t i = 0; i < N; ++i)
                        simplex[k].second[i] = (simplex[k].second[i] + simplex[0].second[i]) / 2;
                    simplex[k].first = at(simplex[k].second);
                }
                continue;
            }
        }
        simplex.back() = next;
    }
    const auto& best = *std::min_element(simplex.begin(), simplex.end(), by_value);
    if (best.first >= 1e300) return std::nullopt;
    Point value{};
    for (std::size_t i = 0; i < N; ++i) value[i] = std::exp(std::clamp(best.second[i], kLogMin, kLogMax));
    return value;
}

}  // namespace

double BgNbd::alive(const Purchases& one) const {
    if (one.repeats <= 0) return 1;
    return 1 / (1 + a / (b + one.repeats - 1) * std::pow((alpha + one.age) / (alpha + one.last), r + one.repeats));
}

double BgNbd::expected(const Purchases& one, double weeks) const {
    const double x = one.repeats;
    const double whole = alpha + one.age + weeks;
    // At a = 1 the formula is 0 ÷ 0; beside it, it is smooth.
    const double dropping = std::abs(a - 1) < 1e-6 ? 1 + 1e-6 : a;
    const double left = 1 - std::pow((alpha + one.age) / whole, r + x) *
                                hypergeometric(r + x, b + x, dropping + b + x - 1, weeks / whole);
    return std::max(0.0, (dropping + b + x - 1) / (dropping - 1) * left * alive(one));
}

std::optional<BgNbd> fit_bg_nbd(std::span<const Purchases> groups) {
    std::unordered_map<int, double> counts;  // lgamma parts are the same for the same number of purchases
    double all = 0;
    for (const Purchases& one : groups) {
        counts[static_cast<int>(one.repeats)] += one.people;
        all += one.people;
    }
    if (all <= 0 || counts.size() < 2) return std::nullopt;
    const auto found = least<4>([&](const std::array<double, 4>& p) {
        const auto [r, alpha, a, b] = p;
        double sum = 0;
        for (const auto& [x, people] : counts) {
            sum += people * (log_gamma(r + x) - log_gamma(r) + r * std::log(alpha) + log_gamma(a + b) +
                             log_gamma(b + x) - log_gamma(b) - log_gamma(a + b + x));
        }
        for (const Purchases& one : groups) {
            const double x = one.repeats;
            const double active = -(r + x) * std::log(alpha + one.age);
            double either = active;
            if (x > 0) {
                const double stopped = std::log(a / (b + x - 1)) - (r + x) * std::log(alpha + one.last);
                either = std::max(active, stopped) + std::log1p(std::exp(-std::abs(active - stopped)));
            }
            sum += one.people * either;
        }
        return -sum / all;
    });
    if (!found) return std::nullopt;
    return BgNbd{(*found)[0], (*found)[1], (*found)[2], (*found)[3]};
}

double GammaGamma::expected(double people, double purchases, double total) const {
    return p * (people * v + total) / (p * purchases + q - 1);
}

std::optional<GammaGamma> fit_gamma_gamma(std::span<const Spend> people) {
    if (people.empty()) return std::nullopt;
    double scale = 0;
    for (const Spend& one : people) scale += one.mean / static_cast<double>(people.size());
    if (!(scale > 0)) return std::nullopt;
    const auto found = least<3>([&](const std::array<double, 3>& params) {
        const auto [p, above, v] = params;
        const double q = 1 + above;  // a mean exists
        double sum = 0;
        for (const Spend& one : people) {
            const double x = one.purchases;
            const double m = one.mean / scale;
            sum += log_gamma(p * x + q) - log_gamma(p * x) - log_gamma(q) + q * std::log(v) +
                   (p * x - 1) * std::log(m) + p * x * std::log(x) - (p * x + q) * std::log(x * m + v);
        }
        return -sum / static_cast<double>(people.size());
    });
    if (!found) return std::nullopt;
    return GammaGamma{(*found)[0], 1 + (*found)[1], (*found)[2] * scale};
}

}  // namespace tilth::performance
