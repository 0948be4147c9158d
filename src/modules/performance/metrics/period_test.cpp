#include "modules/performance/metrics/period.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tilth::performance {
namespace {

Day day(int year, int month, int date) { return day_from_civil({year, month, date}); }

TEST(Period, ComparisonsAreOfTheSameLengthOrTheSameDates) {
    const Period march{day(2026, 3, 1), day(2026, 3, 31)};
    EXPECT_EQ(before(march), (Period{day(2026, 1, 29), day(2026, 2, 28)}));
    EXPECT_EQ(last_year(march), (Period{day(2025, 3, 1), day(2025, 3, 31)}));
    EXPECT_EQ(last_year({day(2024, 2, 29), day(2024, 2, 29)}).to, day(2023, 2, 28));
    // A Monday is held against a Monday; nine days take two weeks.
    EXPECT_EQ(same_weekdays({day(2026, 3, 2), day(2026, 3, 2)}).from, day(2026, 2, 23));
    EXPECT_EQ(same_weekdays({day(2026, 3, 2), day(2026, 3, 8)}), (Period{day(2026, 2, 23), day(2026, 3, 1)}));
    EXPECT_EQ(same_weekdays({day(2026, 3, 2), day(2026, 3, 10)}).to, day(2026, 2, 24));
    EXPECT_EQ(trailing(march, 365).from, day(2025, 4, 1));
    EXPECT_EQ(trailing(march, 1), (Period{march.to, march.to}));
}

TEST(Period, WeeksBeginOnMondayAndMonthsOnTheFirst) {
    const auto weeks = cut({day(2026, 3, 4), day(2026, 3, 17)}, Grain::Week);
    ASSERT_EQ(weeks.size(), 3u);
    EXPECT_EQ(weeks[0], (Period{day(2026, 3, 4), day(2026, 3, 8)}));
    EXPECT_EQ(weeks[1], (Period{day(2026, 3, 9), day(2026, 3, 15)}));
    const auto months = cut({day(2025, 12, 31), day(2026, 2, 10)}, Grain::Month);
    ASSERT_EQ(months.size(), 3u);
    EXPECT_EQ(months[1], (Period{day(2026, 1, 1), day(2026, 1, 31)}));
    EXPECT_EQ(cut_at_most({day(2026, 1, 1), day(2026, 1, 31)}, Grain::Day, 12).size(), 5u);
    EXPECT_EQ(cut_at_most({day(2016, 1, 1), day(2026, 1, 31)}, Grain::Day, 12).back().to, day(2026, 1, 31));
}

RC_GTEST_PROP(Period, CutsCoverThePeriodOnce, ()) {
    const Day from{*rc::gen::inRange(0, 30'000)};
    const Period period{from, from + *rc::gen::inRange(0, 1'000)};
    const auto grain = *rc::gen::element(Grain::Day, Grain::Week, Grain::Month);
    const auto cuts = cut(period, grain);
    RC_ASSERT(cuts.front().from == period.from);
    RC_ASSERT(cuts.back().to == period.to);
    for (std::size_t i = 1; i < cuts.size(); ++i) RC_ASSERT(cuts[i].from == cuts[i - 1].to + 1);
    std::int32_t days = 0;
    for (const Period& one : cuts) days += one.days();
    RC_ASSERT(days == period.days());
}

}  // namespace
}  // namespace tilth::performance
