#include "modules/audience/rfm/rules.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace tilth::audience {
namespace {

// Twenty members, worked out by hand. Sorted days: 1 2 3 5 | 7 9 12 15 | 20 25 30 40 | 55 60 75 90 | 120 180 240 330,
// so the cuts are 5, 15, 40, 90. Orders: 1 1 1 1 1 1 1 | 2 2 2 2 | 3 3 3 | 4 4 | 5 6 8 12; the 4th, 8th, 12th and 16th
// are 1, 2, 3,
// 4. Spend in the file's order below; sorted 10 … 200 by tens, cuts 40, 80, 120, 160.
struct Row {
    std::int64_t days, orders, spend;
    int r, f, m;
    RfmClass expected;
};
constexpr Row kRows[] = {
    {1, 12, 200, 5, 5, 5, RfmClass::ImportantValue},  {2, 8, 190, 5, 5, 5, RfmClass::ImportantValue},
    {3, 1, 10, 5, 1, 1, RfmClass::GeneralGrowth},     {5, 6, 180, 5, 5, 5, RfmClass::ImportantValue},
    {7, 2, 170, 4, 2, 5, RfmClass::ImportantGrowth},  {9, 5, 20, 4, 5, 1, RfmClass::GeneralValue},
    {12, 1, 30, 4, 1, 1, RfmClass::GeneralGrowth},    {15, 4, 160, 4, 4, 4, RfmClass::ImportantValue},
    {20, 1, 40, 3, 1, 1, RfmClass::GeneralRetain},    {25, 3, 150, 3, 3, 4, RfmClass::ImportantKeep},
    {30, 2, 50, 3, 2, 2, RfmClass::GeneralRetain},    {40, 4, 140, 3, 4, 4, RfmClass::ImportantKeep},
    {55, 1, 130, 2, 1, 4, RfmClass::ImportantRetain}, {60, 2, 60, 2, 2, 2, RfmClass::GeneralRetain},
    {75, 3, 70, 2, 3, 2, RfmClass::GeneralKeep},      {90, 1, 120, 2, 1, 3, RfmClass::GeneralRetain},
    {120, 2, 110, 1, 2, 3, RfmClass::GeneralRetain},  {180, 3, 100, 1, 3, 3, RfmClass::GeneralKeep},
    {240, 1, 90, 1, 1, 3, RfmClass::GeneralRetain},   {330, 1, 80, 1, 1, 2, RfmClass::GeneralRetain},
};
// Sums of scores: R 4 × (5 + 4 + 3 + 2 + 1) = 60, mean 3: high from 4. F: 7 × 1, 4 × 2, 3 × 3, 2 × 4, 4 × 5 = 52,
// mean 2.6: high from 3. M 60, mean 3: high from 4.

std::vector<RfmMeasures> fixture() {
    std::vector<RfmMeasures> people;
    std::int64_t person = 0;
    for (const Row& row : kRows) people.push_back({++person, row.days, row.orders, row.spend});
    return people;
}

TEST(RfmRules, TheTwentyMembersOfTheHandComputedTable) {
    const auto people = fixture();
    const RfmScale scale = scale_of(people);
    EXPECT_EQ(scale.r, (Cuts{5, 15, 40, 90}));
    EXPECT_EQ(scale.f, (Cuts{1, 2, 3, 4}));
    EXPECT_EQ(scale.m, (Cuts{40, 80, 120, 160}));
    EXPECT_EQ(scale.sum_r, 60);
    EXPECT_EQ(scale.sum_f, 52);
    EXPECT_EQ(scale.sum_m, 60);
    EXPECT_EQ(scale.high_r, 4);
    EXPECT_EQ(scale.high_f, 3);
    EXPECT_EQ(scale.high_m, 4);
    for (std::size_t i = 0; i < people.size(); ++i) {
        const RfmScores scores = scale.scores(people[i]);
        EXPECT_EQ(scores.r, kRows[i].r) << i;
        EXPECT_EQ(scores.f, kRows[i].f) << i;
        EXPECT_EQ(scores.m, kRows[i].m) << i;
        EXPECT_EQ(scale.class_of(scores), kRows[i].expected) << i;
    }
}

TEST(RfmRules, EightClassesUnderTheirNames) {
    const std::string_view names[] = {"重要价值", "重要发展", "重要保持", "重要挽留",
                                      "一般价值", "一般发展", "一般保持", "一般挽留"};
    for (std::size_t i = 0; i < kRfmClasses; ++i) {
        EXPECT_EQ(kRfmWords[i].zh, names[i]);
        EXPECT_EQ(static_cast<std::size_t>(kRfmWords[i].rfm_class), i);
    }
    EXPECT_TRUE(is_high_r(RfmClass::GeneralGrowth) && !is_high_f(RfmClass::GeneralGrowth) &&
                !is_high_m(RfmClass::GeneralGrowth));
    EXPECT_TRUE(!is_high_r(RfmClass::ImportantKeep) && is_high_f(RfmClass::ImportantKeep) &&
                is_high_m(RfmClass::ImportantKeep));
}

// The same twenty by thresholds: whoever stands on a threshold is not above it, and nobody's class hangs on another's.
TEST(RfmRules, TheTwentyMembersByThresholds) {
    RfmRule rule;
    rule.thresholds = true;
    rule.r = {7, 30, 90, 180};
    rule.f = {1, 2, 4, 6};
    rule.m = {40, 80, 120, 160};
    rule.high_from = 4;
    const auto people = fixture();
    const RfmScale scale = scale_of(people, rule);
    const auto class_of = [&](std::size_t row) { return scale.class_of(scale.scores(people[row])); };
    EXPECT_EQ(scale.scores(people[4]).r, 5) << "7 days";
    EXPECT_EQ(scale.scores(people[5]).r, 4) << "9 days";
    EXPECT_EQ(scale.scores(people[19]).r, 1) << "330 days";
    EXPECT_EQ(scale.scores(people[5]).f, 4) << "5 orders";
    EXPECT_EQ(class_of(0), RfmClass::ImportantValue);
    EXPECT_EQ(class_of(5), RfmClass::GeneralValue);
    EXPECT_EQ(class_of(7), RfmClass::ImportantGrowth) << "4 orders are not above 4";
    EXPECT_EQ(class_of(12), RfmClass::ImportantRetain);
    EXPECT_EQ(class_of(19), RfmClass::GeneralRetain);
    for (std::size_t i = 0; i < people.size(); ++i) {
        const RfmScale alone = scale_of(std::span(&people[i], 1), rule);
        EXPECT_EQ(alone.class_of(alone.scores(people[i])), class_of(i)) << i;
    }
}

TEST(RfmRules, OneMemberAndEqualMembersAreNotAboveTheirMean) {
    for (const std::size_t count : {1u, 7u}) {
        const std::vector<RfmMeasures> people(count, {1, 10, 2, 300});
        const RfmScale scale = scale_of(people);
        EXPECT_EQ(scale.class_of(scale.scores(people[0])), RfmClass::GeneralRetain);
    }
    EXPECT_EQ(scale_of({}).people, 0);
}

// The rule again, straight from its words.
int naive_score(std::vector<std::int64_t> all, std::int64_t value) {
    std::sort(all.begin(), all.end());
    int score = 1;
    for (std::size_t k = 1; k <= 4; ++k) {
        std::size_t place = 0;
        while (place * 5 < k * all.size()) ++place;  // the least place with place ≥ k·n/5
        if (all[place - 1] < value) ++score;
    }
    return score;
}

RC_GTEST_PROP(RfmRules, EqualsTheNaiveRule, ()) {
    const auto count = *rc::gen::inRange<std::size_t>(1, 60);
    std::vector<RfmMeasures> people;
    for (std::size_t i = 0; i < count; ++i) {
        people.push_back({static_cast<std::int64_t>(i), *rc::gen::inRange<std::int64_t>(0, 40),
                          *rc::gen::inRange<std::int64_t>(1, 9), *rc::gen::inRange<std::int64_t>(-50, 500)});
    }
    const RfmScale scale = scale_of(people);
    std::vector<std::int64_t> r, f, m;
    for (const auto& one : people) r.push_back(one.recency_days), f.push_back(one.frequency), m.push_back(one.monetary);
    std::int64_t sum_r = 0, sum_f = 0, sum_m = 0;
    for (const auto& one : people) {
        sum_r += 6 - naive_score(r, one.recency_days);
        sum_f += naive_score(f, one.frequency);
        sum_m += naive_score(m, one.monetary);
    }
    for (const auto& one : people) {
        const RfmScores scores = scale.scores(one);
        RC_ASSERT(scores.r == 6 - naive_score(r, one.recency_days));
        RC_ASSERT(scores.f == naive_score(f, one.frequency));
        RC_ASSERT(scores.m == naive_score(m, one.monetary));
        const RfmClass found = scale.class_of(scores);
        const auto n = static_cast<std::int64_t>(people.size());
        RC_ASSERT(is_high_r(found) == (scores.r * n > sum_r));
        RC_ASSERT(is_high_f(found) == (scores.f * n > sum_f));
        RC_ASSERT(is_high_m(found) == (scores.m * n > sum_m));
        RC_ASSERT((scores.r >= scale.high_r) == is_high_r(found));
        RC_ASSERT((scores.f >= scale.high_f) == is_high_f(found));
        RC_ASSERT((scores.m >= scale.high_m) == is_high_m(found));
    }
}

}  // namespace
}  // namespace tilth::audience
