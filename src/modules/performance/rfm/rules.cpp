#include "modules/performance/rfm/rules.h"

#include <algorithm>

namespace tilth::performance {

namespace {

constexpr int kScoreMax = 5;

constexpr int low(bool high) { return high ? 0 : 1; }

int least_high(std::int64_t people, std::int64_t sum) {
    for (int score = 1; score <= kScoreMax; ++score) {
        if (score * people > sum) return score;
    }
    return kScoreMax + 1;
}

std::vector<std::int64_t> values(std::span<const RfmMeasures> people, std::int64_t RfmMeasures::* measure) {
    std::vector<std::int64_t> all;
    all.reserve(people.size());
    for (const RfmMeasures& person : people) all.push_back(person.*measure);
    return all;
}

}  // namespace

Cuts quintiles(std::vector<std::int64_t> all) {
    Cuts cuts{};
    if (all.empty()) return cuts;
    std::sort(all.begin(), all.end());
    for (std::size_t k = 1; k <= cuts.size(); ++k) {
        const std::size_t place = (k * all.size() + kScoreMax - 1) / kScoreMax;
        cuts[k - 1] = all[place - 1];
    }
    return cuts;
}

int rising_score(const Cuts& cuts, std::int64_t value) {
    return 1 +
           static_cast<int>(std::count_if(cuts.begin(), cuts.end(), [value](std::int64_t cut) { return cut < value; }));
}

RfmScores RfmScale::scores(const RfmMeasures& measures) const {
    return {kScoreMax + 1 - rising_score(r, measures.recency_days), rising_score(f, measures.frequency),
            rising_score(m, measures.monetary)};
}

int RfmScale::high_r() const { return least_high(people, sum_r); }
int RfmScale::high_f() const { return least_high(people, sum_f); }
int RfmScale::high_m() const { return least_high(people, sum_m); }

RfmClass RfmScale::class_of(const RfmScores& scores) const {
    const bool high_recency = scores.r * people > sum_r;
    const bool high_frequency = scores.f * people > sum_f;
    const bool high_money = scores.m * people > sum_m;
    return static_cast<RfmClass>(4 * low(high_money) + 2 * low(high_recency) + low(high_frequency));
}

RfmScale scale_of(std::span<const RfmMeasures> people) {
    RfmScale scale;
    scale.r = quintiles(values(people, &RfmMeasures::recency_days));
    scale.f = quintiles(values(people, &RfmMeasures::frequency));
    scale.m = quintiles(values(people, &RfmMeasures::monetary));
    scale.people = static_cast<std::int64_t>(people.size());
    for (const RfmMeasures& person : people) {
        const RfmScores scores = scale.scores(person);
        scale.sum_r += scores.r;
        scale.sum_f += scores.f;
        scale.sum_m += scores.m;
    }
    return scale;
}

bool is_high_m(RfmClass rfm_class) { return (static_cast<int>(rfm_class) & 4) == 0; }
bool is_high_r(RfmClass rfm_class) { return (static_cast<int>(rfm_class) & 2) == 0; }
bool is_high_f(RfmClass rfm_class) { return (static_cast<int>(rfm_class) & 1) == 0; }

}  // namespace tilth::performance
