#include "modules/collect/feeds/rules.h"

#include <gtest/gtest.h>

namespace tilth::collect::feeds {
namespace {

Instant at(const char* text) { return parse_instant(text).value(); }

TEST(FeedRules, ADailyFeedRunsAtItsMinuteAndAnHourlyOneByTheClock) {
    const Zone zone = Zone::find("Asia/Shanghai").value();
    EXPECT_EQ(to_iso(next_run(1'440, 180, at("2026-02-02T02:00:00+08:00"), zone)), "2026-02-01T19:00:00.000Z");
    EXPECT_EQ(to_iso(next_run(1'440, 180, at("2026-02-02T03:00:00+08:00"), zone)), "2026-02-02T19:00:00.000Z");
    EXPECT_EQ(to_iso(next_run(60, 0, at("2026-02-02T08:10:00+08:00"), zone)), "2026-02-02T01:00:00.000Z");
    EXPECT_EQ(to_iso(next_run(60, 0, at("2026-02-02T09:00:00+08:00"), zone)), "2026-02-02T02:00:00.000Z");
    EXPECT_GT(next_run(45, 0, at("2026-02-02T23:50:00+08:00"), zone), at("2026-02-02T23:50:00+08:00"));
}

TEST(FeedRules, APatternTakesWholeNamesAndNeverWhatIsBeingWritten) {
    struct Case {
        const char* pattern;
        const char* name;
        bool wanted;
    };
    for (const Case& one : {Case{"", "a.csv", true}, {"*.csv", "a.csv", true}, {"*.csv", "a.csv.bak", false},
                            {"till_*_??.csv", "till_S1_01.csv", true}, {"till_*_??.csv", "till_S1_1.csv", false},
                            {"*", ".hidden", false}, {"*", "a.csv.part", false}, {"*", "a.tmp", false},
                            {"**a**", "bab", true}, {"日结*", "日结0201.xlsx", true}})
        EXPECT_EQ(wants(one.pattern, one.name), one.wanted) << one.pattern << " " << one.name;
}

TEST(FeedRules, DaysThatWereAwayAreCaughtUpAndOnlyThey) {
    const Day last = day_from_civil({2026, 2, 5});
    const auto days = lacking(last + -3, last, {"2026-02-03"});
    ASSERT_EQ(days.size(), 3u);
    EXPECT_EQ(days[0], last + -3);
    EXPECT_EQ(days[2], last);
    EXPECT_EQ(lacking(last + -5'000, last, {}).size(), static_cast<std::size_t>(kCatchUpDays + 1));
    EXPECT_EQ(address_of("https://x/{day}/r_{yyyymmdd}.csv", last), "https://x/2026-02-05/r_20260205.csv");
    EXPECT_TRUE(is_by_day("{yyyymmdd}"));
    EXPECT_FALSE(is_by_day("https://x/today.csv"));
}

}  // namespace
}  // namespace tilth::collect::feeds
