#include "modules/audience/rfm/rules.h"

#include <algorithm>

namespace tilth::audience {

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

RfmClass RfmScale::class_of(const RfmScores& scores) const {
    return static_cast<RfmClass>(4 * low(scores.m >= high_m) + 2 * low(scores.r >= high_r) + low(scores.f >= high_f));
}

RfmScale scale_of(std::span<const RfmMeasures> people, const RfmRule& rule) {
    RfmScale scale;
    scale.r = rule.thresholds ? rule.r : quintiles(values(people, &RfmMeasures::recency_days));
    scale.f = rule.thresholds ? rule.f : quintiles(values(people, &RfmMeasures::frequency));
    scale.m = rule.thresholds ? rule.m : quintiles(values(people, &RfmMeasures::monetary));
    scale.people = static_cast<std::int64_t>(people.size());
    for (const RfmMeasures& person : people) {
        const RfmScores scores = scale.scores(person);
        scale.sum_r += scores.r;
        scale.sum_f += scores.f;
        scale.sum_m += scores.m;
    }
    scale.high_r = rule.thresholds ? rule.high_from : least_high(scale.people, scale.sum_r);
    scale.high_f = rule.thresholds ? rule.high_from : least_high(scale.people, scale.sum_f);
    scale.high_m = rule.thresholds ? rule.high_from : least_high(scale.people, scale.sum_m);
    return scale;
}

bool is_high_m(RfmClass rfm_class) { return (static_cast<int>(rfm_class) & 4) == 0; }
bool is_high_r(RfmClass rfm_class) { return (static_cast<int>(rfm_class) & 2) == 0; }
bool is_high_f(RfmClass rfm_class) { return (static_cast<int>(rfm_class) & 1) == 0; }

}  // namespace tilth::audience
