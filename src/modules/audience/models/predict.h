#pragma once
// Churn and repurchase from a tenant's own orders. A *cut* parts what a model may know (orders until then) from what it
// has to say (the horizon after it). Trained at as-of − 2 horizons, tested at as-of − 1 horizon, where nobody of the
// test's future was known in training; people are scored at as-of.

#include <array>
#include <string_view>

#include "modules/audience/models/logistic.h"
#include "modules/audience/splits/history.h"

namespace tilth::audience {

enum class Prediction : std::uint8_t {
    Churn,       // of those who bought in the last 2 horizons: no sale in the next one
    Repurchase,  // of everybody who ever bought: a sale in the next one
};

struct FeatureWords {
    std::string_view key;
    std::string_view zh;
    std::string_view en;
};
inline constexpr std::array<FeatureWords, 9> kFeatures = {{
    {"recency", "距最近一次购买的天数", "days since the last purchase"},
    {"orders", "累计订单数", "orders so far"},
    {"net", "累计净消费", "net spend so far"},
    {"tenure", "首购至今的天数", "days since the first purchase"},
    {"gap", "平均购买间隔（天）", "mean days between purchases"},
    {"lateness", "已等待的间隔数", "own intervals waited"},
    {"last_30", "近 30 天订单数", "orders in the last 30 days"},
    {"last_90", "近 90 天订单数", "orders in the last 90 days"},
    {"returned", "退货占比", "share given back"},
}};

// What a person looked like at the cut, in plain units (days, orders, whole money, share). Empty: not in the
// population.
Features facts_at(const Buyer& buyer, std::int64_t cut, Prediction what, std::int64_t horizon_days);
// The same on the scales that a model weighs: counts, days and money by their magnitude.
Features scaled(const Features& facts);
bool bought_within(const Buyer& buyer, std::int64_t cut, std::int64_t until);

struct Evaluation {
    std::int64_t as_of = 0;  // ms: the last sale, or now when that is earlier
    std::int64_t train_people = 0;
    std::int64_t train_positive = 0;
    std::int64_t test_people = 0;
    std::int64_t test_positive = 0;
    double auc = 0;
    double auc_recency = 0;   // of the plain rule "the longer ago, the likelier" (repurchase: the less likely)
    double auc_shuffled = 0;  // trained and tested on labels that were dealt out at random; the mean of five
    double brier = 0;
    double gap = 0;
    std::vector<CalibrationBin> bins;
    Logistic model;           // fitted at the test's cut, for scoring at as-of
};
// Conflict: too few people or outcomes for a model (100 people and 20 of each outcome at each cut).
Result<Evaluation> train(const std::vector<Buyer>& buyers, Prediction what, std::int64_t horizon_days, Instant now);

struct Factor {
    std::size_t feature = 0;
    double fact = 0;          // in plain units
    double contribution = 0;  // to the log odds
};
struct Scored {
    CustomerId customer;
    double probability = 0;
    std::vector<Factor> factors;  // the three that weigh most
};
// By falling probability, equal ones by customer.
std::vector<Scored> score(const std::vector<Buyer>& buyers, const Logistic& model, Prediction what,
                          std::int64_t horizon_days, std::int64_t as_of);

}  // namespace tilth::audience
