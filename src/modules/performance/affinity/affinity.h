#pragma once
// Products and the people who are likely to buy them next, both ways (SEG-07): for a product the people, ranked, for a
// person the products, each with its chance and the reason in figures.
//
// The chance is that of a purchase within kHorizon days, and is read off the tenant's own past: everybody is looked at
// as of kHorizon days ago, and counted whether the purchase then came.
//   repeat     the person bought the product before. Class: how often, and how long ago against the person's own gap
//              between purchases of it. Chance: the share of the class that bought again, over all products, shrunk to
//              the mean of all classes by kClassPrior, times the product's own factor, (bought + kProductPrior) ÷
//              (expected by the classes + kProductPrior).
//   companion  the person never bought it, but bought Q in the last kRecent days. Chance: the confidence of the rule
//              Q → P, n(Q then P) ÷ n(Q), as an m-estimate, (n(Q then P) + kRulePrior × base) ÷ (n(Q) + kRulePrior),
//              base being the share of everybody without P who bought it. Confidence, support and lift: Agrawal,
//              Imieliński, Swami, "Mining association rules", SIGMOD 1993; m-estimate: Cestnik, ECAI 1990. A rule needs
//              kSupport people and a lift above 1. Of several Q the strongest rule speaks.
// Known people's paid sales by business day; what was returned in full was never bought. A product that nobody bought
// in the last kRecent days is proposed to nobody. It is held against what a shop would do without it (AffinityTest).
// Thread rules: Affinity from any thread.

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "modules/performance/metrics/evaluator.h"

namespace tilth::performance {

inline constexpr int kHorizon = 30;
inline constexpr int kRecent = 90;
inline constexpr int kClasses = 21;
inline constexpr double kClassPrior = 20;
inline constexpr double kProductPrior = 10;
inline constexpr double kRulePrior = 20;
inline constexpr std::int64_t kSupport = 3;
inline constexpr double kChanceMax = 0.95;
inline constexpr Duration kKept = minutes(10);

struct Tally {
    std::int64_t people = 0;
    std::int64_t bought = 0;  // of them, within the horizon
};
// Q → P.
struct Rule {
    std::int32_t product = 0;    // P, or Q where rules are kept by P
    std::int64_t people = 0;     // who bought Q
    std::int64_t followed = 0;   // of them who then bought P for the first time
    double chance = 0;
    double lift = 0;
};

// What was learnt of one past.
struct AffinityModel {
    std::array<double, kClasses> rates{};
    std::unordered_map<std::int32_t, double> factors;            // by product
    std::unordered_map<std::int32_t, std::vector<Rule>> into;    // by P: the rules' Q, strongest first
    std::unordered_map<std::int32_t, std::vector<Rule>> out_of;  // by Q: the rules' P, strongest first

    double repeat(std::int32_t product, int cls) const;
};
using ByProduct = std::unordered_map<std::int32_t, Tally>;
// `classes[c]` by product; `pairs` of (Q, P) with how many did so; `recent` how many bought Q; `fresh` by P: of the
// people without it, how many bought it. Pure.
struct Pair {
    std::int32_t from = 0;
    std::int32_t to = 0;
    std::int64_t followed = 0;
};
AffinityModel learn(const std::array<ByProduct, kClasses>& classes, const std::vector<Pair>& pairs,
                    const std::unordered_map<std::int32_t, std::int64_t>& recent, const ByProduct& fresh);

// Why a person and a product belong together.
struct Match {
    std::int64_t person = 0;
    std::int32_t product = 0;
    double chance = 0;
    std::int64_t times = 0;  // business days on which it was bought; 0: never, then `rule` speaks
    Day first{};
    Day last{};              // of it, or of what the rule comes from
    Rule rule{};             // product is Q
};

// Of people who bought in the horizon and had bought before: who bought one of the ten products proposed to them.
struct AffinityTest {
    Day cut;  // the last day that was known
    std::int64_t people = 0;
    std::int64_t hits = 0;
    std::int64_t best_sellers = 0;  // had everybody been proposed what most people bought
    std::int64_t habits = 0;        // had each been proposed what it bought most often, then best sellers
};

struct Product {
    std::string key;
    std::string name;
    std::int64_t buyers = 0;  // of the last kRecent days
};
struct AffinityReport {
    Day as_of;  // the last day that is known
    AffinityModel model;
    std::unordered_map<std::int32_t, Product> products;  // what has been bought lately
    std::vector<std::int32_t> sellers;                   // those, most buyers first
    std::optional<AffinityTest> test;                    // absent: nobody to try it on
};

class Affinity {
public:
    // Of the whole tenant, whatever the frame's nodes. While orders keep coming it is learnt anew every kKept at most:
    // they are of today, and it looks at days that are over.
    Result<std::shared_ptr<const AffinityReport>> report(const Frame& frame, Day today);
    // People who belong to the frame's nodes, best chance first; all of them.
    Result<std::vector<Match>> people(const Frame& frame, const AffinityReport& report, std::int32_t product) const;
    Result<std::vector<Match>> products(const Frame& frame, const AffinityReport& report, std::int64_t person) const;

private:
    struct Kept {
        std::int32_t tenant = 0;
        Position position;
        Day as_of;
        Instant at;
        std::shared_ptr<const AffinityReport> report;
    };
    std::mutex mutex_;
    std::vector<Kept> kept_;  // newest last, few
};

}  // namespace tilth::performance
