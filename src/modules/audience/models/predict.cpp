#include "modules/audience/models/predict.h"

#include <algorithm>
#include <cmath>

#include "base/rng.h"

namespace tilth::audience {

namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr double kRidge = 1.0;
constexpr std::int64_t kPeopleMin = 100;
constexpr std::int64_t kOutcomesMin = 20;
constexpr std::uint64_t kShuffleSeed = 20'100;
constexpr int kShuffles = 5;
constexpr std::size_t kBins = 10;
constexpr std::size_t kFactors = 3;
constexpr double kLatenessMax = 20;

struct Rows {
    std::vector<Example> examples;
    std::vector<double> recency;
    std::int64_t positive = 0;
};

Rows rows_at(const std::vector<Buyer>& buyers, Prediction what, std::int64_t horizon_days, std::int64_t cut) {
    Rows out;
    for (const Buyer& one : buyers) {
        const Features facts = facts_at(one, cut, what, horizon_days);
        if (facts.empty()) continue;
        const bool bought = bought_within(one, cut, cut + horizon_days * kDayMs);
        const bool label = what == Prediction::Churn ? !bought : bought;
        out.examples.push_back({scaled(facts), label});
        out.recency.push_back(what == Prediction::Churn ? facts[0] : -facts[0]);
        out.positive += label ? 1 : 0;
    }
    return out;
}

bool enough(const Rows& rows) {
    const auto people = static_cast<std::int64_t>(rows.examples.size());
    return people >= kPeopleMin && rows.positive >= kOutcomesMin && people - rows.positive >= kOutcomesMin;
}

std::vector<char> labels_of(const std::vector<Example>& examples) {
    std::vector<char> out;
    for (const Example& one : examples) out.push_back(one.y ? 1 : 0);
    return out;
}

std::vector<double> probabilities(const Logistic& model, const std::vector<Example>& examples) {
    std::vector<double> out;
    for (const Example& one : examples) out.push_back(model.probability(one.x));
    return out;
}

void shuffle(std::vector<Example>& examples, Rng& rng) {
    for (std::size_t i = examples.size(); i > 1; --i)
        std::swap(examples[i - 1].y, examples[static_cast<std::size_t>(rng.below(i))].y);
}

// If what is measured were an artefact of the method, it would show here too.
double control(const Rows& train, const Rows& test) {
    SeededRng rng(kShuffleSeed);
    double sum = 0;
    for (int i = 0; i < kShuffles; ++i) {
        auto a = train.examples;
        auto b = test.examples;
        shuffle(a, rng);
        shuffle(b, rng);
        sum += auc(probabilities(fit(a, kRidge), b), labels_of(b));
    }
    return sum / kShuffles;
}

}  // namespace

bool bought_within(const Buyer& buyer, std::int64_t cut, std::int64_t until) {
    return std::any_of(buyer.orders.begin(), buyer.orders.end(),
                       [&](const PastOrder& one) { return one.sale && one.at > cut && one.at <= until; });
}

Features facts_at(const Buyer& buyer, std::int64_t cut, Prediction what, std::int64_t horizon_days) {
    double orders = 0;
    double sold = 0;
    double returned = 0;
    double last_30 = 0;
    double last_90 = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
    for (const PastOrder& one : buyer.orders) {
        if (one.at > cut) break;
        if (!one.sale) {
            returned -= static_cast<double>(one.net) / 100;
            continue;
        }
        if (orders < 1) first = one.at;
        last = one.at;
        orders += 1;
        sold += static_cast<double>(one.net) / 100;
        last_30 += one.at > cut - 30 * kDayMs ? 1 : 0;
        last_90 += one.at > cut - 90 * kDayMs ? 1 : 0;
    }
    const bool active = last > cut - 2 * horizon_days * kDayMs;
    if (orders < 1 || (what == Prediction::Churn && !active)) return {};
    const auto days_of = [](std::int64_t ms) { return static_cast<double>(ms) / static_cast<double>(kDayMs); };
    const double recency = days_of(cut - last);
    const double tenure = days_of(cut - first);
    // One purchase has no interval yet: the whole time since stands for it.
    const double gap = orders > 1 ? std::max(days_of(last - first) / (orders - 1), 1.0) : std::max(tenure, 1.0);
    const double given_back = sold > 0 ? std::clamp(returned / sold, 0.0, 1.0) : 0.0;
    return {recency, orders,  sold - returned, tenure, gap, std::min(recency / gap, kLatenessMax), last_30, last_90,
            given_back};
}

Features scaled(const Features& facts) {
    Features out = facts;
    for (const std::size_t i : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U})
        out[i] = std::copysign(std::log1p(std::abs(facts[i])), facts[i]);
    return out;
}

Result<Evaluation> train(const std::vector<Buyer>& buyers, Prediction what, std::int64_t horizon_days, Instant now) {
    Evaluation out;
    for (const Buyer& buyer : buyers) {
        for (const PastOrder& one : buyer.orders) {
            if (one.sale && one.at <= now.ms) out.as_of = std::max(out.as_of, one.at);
        }
    }
    const std::int64_t horizon = horizon_days * kDayMs;
    const Rows before = rows_at(buyers, what, horizon_days, out.as_of - 2 * horizon);
    const Rows held = rows_at(buyers, what, horizon_days, out.as_of - horizon);
    if (!enough(before) || !enough(held)) {
        return Error(ErrorCode::Conflict,
                     "too few people: a model needs 100 people and 20 of each outcome, two horizons back");
    }
    out.train_people = static_cast<std::int64_t>(before.examples.size());
    out.train_positive = before.positive;
    out.test_people = static_cast<std::int64_t>(held.examples.size());
    out.test_positive = held.positive;
    const auto found = probabilities(fit(before.examples, kRidge), held.examples);
    const auto labels = labels_of(held.examples);
    out.auc = auc(found, labels);
    out.auc_recency = auc(held.recency, labels);
    out.auc_shuffled = control(before, held);
    out.brier = brier(found, labels);
    out.bins = calibration(found, labels, kBins);
    out.gap = calibration_gap(out.bins);
    out.model = fit(held.examples, kRidge);
    return out;
}

std::vector<Scored> score(const std::vector<Buyer>& buyers, const Logistic& model, Prediction what,
                          std::int64_t horizon_days, std::int64_t as_of) {
    std::vector<Scored> out;
    for (const Buyer& buyer : buyers) {
        const Features facts = facts_at(buyer, as_of, what, horizon_days);
        if (facts.empty()) continue;
        const Features x = scaled(facts);
        const Features parts = model.contributions(x);
        Scored& one = out.emplace_back();
        one.customer = buyer.customer;
        one.probability = model.probability(x);
        for (std::size_t i = 0; i < parts.size(); ++i) one.factors.push_back({i, facts[i], parts[i]});
        std::stable_sort(one.factors.begin(), one.factors.end(), [](const Factor& a, const Factor& b) {
            return std::abs(a.contribution) > std::abs(b.contribution);
        });
        one.factors.resize(std::min(kFactors, one.factors.size()));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const Scored& a, const Scored& b) { return a.probability > b.probability; });
    return out;
}

}  // namespace tilth::audience
