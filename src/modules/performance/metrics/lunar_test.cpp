// Dates that everybody can look up, and what must hold for every day of the table.
#include "modules/performance/metrics/lunar.h"

#include <gtest/gtest.h>

namespace tilth::performance {
namespace {

Day day(int year, int month, int date) { return day_from_civil({year, month, date}); }

TEST(Lunar, KnownFeasts) {
    EXPECT_EQ(lunar_new_year(2024), day(2024, 2, 10));
    EXPECT_EQ(lunar_new_year(2025), day(2025, 1, 29));
    EXPECT_EQ(lunar_new_year(2026), day(2026, 2, 17));
    EXPECT_EQ(lunar_new_year(2027), day(2027, 2, 6));   // the new moon falls four minutes before midnight
    EXPECT_EQ(lunar_new_year(2030), day(2030, 2, 3));   // and here seven minutes after it
    EXPECT_EQ(lunar_of(day(2025, 10, 6)), (LunarDate{2025, 8, 15, false}));  // 中秋
    EXPECT_EQ(lunar_of(day(2026, 6, 19)), (LunarDate{2026, 5, 5, false}));   // 端午
    EXPECT_EQ(lunar_of(day(2025, 7, 25)), (LunarDate{2025, 6, 1, true}));    // 闰六月
    EXPECT_EQ(lunar_of(day(1999, 12, 31)), std::nullopt);
    EXPECT_EQ(lunar_new_year(2050), std::nullopt);
}

TEST(Lunar, TheWeekOfSpringFestivalMeetsTheWeekOfSpringFestival) {
    for (int year = 2001; year < 2050; ++year) {
        const Day now = *lunar_new_year(year);
        const Day then = *lunar_new_year(year - 1);
        EXPECT_EQ(last_lunar_year({now, now + 6}), (Period{then, then + 6})) << year;
        // From a fortnight before to the feast of lanterns: the twelfth month is counted back from the New Year.
        if (year == 2001) continue;  // the twelfth month before it has no year before it in the table
        EXPECT_EQ(last_lunar_year({now + -14, now + 14}), (Period{then + -14, then + 14})) << year;
    }
    EXPECT_EQ(last_lunar_year({day(2000, 3, 1), day(2000, 3, 2)}), std::nullopt);
}

TEST(Lunar, EveryDayHasOneDateAndDatesFollowEachOther) {
    LunarDate before = *lunar_of(day(2000, 2, 5));
    EXPECT_EQ(before, (LunarDate{2000, 1, 1, false}));
    for (Day one = day(2000, 2, 6); one <= day(2049, 12, 31); one = one + 1) {
        const LunarDate date = *lunar_of(one);
        if (date.day != 1) {
            ASSERT_EQ(date, (LunarDate{before.year, before.month, before.day + 1, before.leap}));
        } else {
            ASSERT_GE(before.day, 29);
        }
        before = date;
    }
}

}  // namespace
}  // namespace tilth::performance
