#include "platform/time/zone.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace tilth {
namespace {

Zone zone(std::string_view name) { return MUST(Zone::find(name)); }
Instant utc(std::string_view text) { return MUST(parse_instant(text)); }
Day day(std::string_view text) { return MUST(parse_day(text)); }

TEST(Zone, Shanghai) {
    const Zone shanghai = zone("Asia/Shanghai");
    EXPECT_EQ(shanghai.name(), "Asia/Shanghai");
    EXPECT_EQ(shanghai.format(utc("2026-03-01T06:05:00Z")), "2026-03-01 14:05:00");
    EXPECT_EQ(shanghai.day_of(utc("2026-02-28T15:59:59.999Z")), day("2026-02-28"));
    EXPECT_EQ(shanghai.day_of(utc("2026-02-28T16:00:00Z")), day("2026-03-01"));
    EXPECT_EQ(shanghai.at(day("2026-03-01")), utc("2026-02-28T16:00:00Z"));
    EXPECT_EQ(shanghai.format(utc("1988-07-01T00:00:00Z")), "1988-07-01 09:00:00") << "summer time of 1986 to 1991";
    EXPECT_EQ(shanghai.format(utc("1969-12-31T15:59:59Z")), "1969-12-31 23:59:59");
}

TEST(Zone, LondonGapGoesForward) {
    const Zone london = zone("Europe/London");  // 00:59:59 GMT is followed by 02:00 BST
    const Instant jump = utc("2026-03-29T01:00:00Z");
    EXPECT_EQ(london.format(jump - milliseconds(1)), "2026-03-29 00:59:59");
    EXPECT_EQ(london.format(jump), "2026-03-29 02:00:00");
    EXPECT_EQ(london.at(day("2026-03-29"), hours(1)), jump);
    EXPECT_EQ(MUST(london.parse_local("2026-03-29 01:30:00")), jump);
    EXPECT_EQ(MUST(london.parse_local("2026-03-29 02:00")), jump);
    EXPECT_EQ(MUST(london.parse_local("2026-03-29 02:01")), jump + minutes(1));
    EXPECT_EQ((london.at(day("2026-03-30")) - london.at(day("2026-03-29"))).ms, hours(23).ms);
}

TEST(Zone, LondonFoldGoesToTheEarlier) {
    const Zone london = zone("Europe/London");
    EXPECT_EQ(MUST(london.parse_local("2026-10-25 01:30:00")), utc("2026-10-25T00:30:00Z"));
    EXPECT_EQ(london.format(utc("2026-10-25T00:30:00Z")), "2026-10-25 01:30:00");
    EXPECT_EQ(london.format(utc("2026-10-25T01:30:00Z")), "2026-10-25 01:30:00");
    EXPECT_EQ(MUST(london.parse_local("2026-10-25 02:00")), utc("2026-10-25T02:00:00Z"));
    EXPECT_EQ((london.at(day("2026-10-26")) - london.at(day("2026-10-25"))).ms, hours(25).ms);
}

TEST(Zone, MidnightsThatDoNotExist) {
    // São Paulo's summer time began at midnight; Samoa left out a whole day when it crossed the date line.
    EXPECT_EQ(zone("America/Sao_Paulo").at(day("2018-11-04")), utc("2018-11-04T03:00:00Z"));
    EXPECT_EQ(zone("Pacific/Apia").at(day("2011-12-30")), utc("2011-12-30T10:00:00Z"));
    EXPECT_EQ(zone("Pacific/Apia").day_of(utc("2011-12-30T10:00:00Z")), day("2011-12-31"));
}

TEST(Zone, UnknownNamesAreRefused) {
    for (const char* name : {"", "Asia/Shangri-La", "../etc/passwd", "CST+8 "}) {
        const auto found = Zone::find(name);
        ASSERT_FALSE(found) << name;
        EXPECT_EQ(found.error().code, ErrorCode::Invalid);
        EXPECT_EQ(found.error().fields.at(0).rule, "not_a_time_zone");
    }
}

TEST(Zone, UtcNeedsNoFiles) {
    EXPECT_EQ(Zone::utc().format(utc("2026-03-01T06:05:09Z")), "2026-03-01 06:05:09");
    EXPECT_EQ(Zone::utc().at(day("2026-03-01"), hours(4)), utc("2026-03-01T04:00:00Z"));
}

TEST(ParseLocal, TakesWhatFilesHold) {
    const Zone shanghai = zone("Asia/Shanghai");
    const Instant quarter_to_eight = utc("2009-11-30T23:45:00Z");
    for (const char* text : {"2009-12-01 07:45:00", "2009/12/1 7:45", " 2009-12-01T07:45 ", "2009-12-01 07:45:00.000",
                             "2009.12.01  07:45:00.000000000"})
        EXPECT_EQ(MUST(shanghai.parse_local(text)), quarter_to_eight) << text;
    EXPECT_EQ(MUST(shanghai.parse_local("2009-12-01 07:45:00.25")), quarter_to_eight + milliseconds(250));
    EXPECT_EQ(MUST(shanghai.parse_local("2009-12-01")), utc("2009-11-30T16:00:00Z"));
    EXPECT_EQ(MUST(shanghai.parse_local("2024-02-29 00:00")), utc("2024-02-28T16:00:00Z"));
}

TEST(ParseLocal, RefusesTheRest) {
    for (const char* text : {"", "yesterday", "2009-13-01", "2009-04-31", "2023-02-29 00:00", "2009-12-01 24:00",
                             "2009-12-01 07:60", "2009-12-01 07:45:61", "2009-12-01 07:45:00.", "2009-12-01 07:45x",
                             "2009-12-01T", "2009-12-01 7", "09-12-01 07:45", "1/12/2009 07:45", "2009-12-01 07:45Z",
                             "2009-12-01 07:45+08:00", "1899-01-01", "2009-12-00"}) {
        const auto read = Zone::utc().parse_local(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().fields.at(0).rule, "not_a_local_time");
    }
}

Instant any_instant() { return {*rc::gen::inRange<std::int64_t>(-2'200'000'000'000, 7'200'000'000'000)}; }
Zone any_zone() {
    return zone(*rc::gen::element(std::string("Asia/Shanghai"), std::string("Europe/London"),
                                  std::string("America/New_York"), std::string("America/Sao_Paulo"),
                                  std::string("Australia/Lord_Howe"), std::string("Asia/Kathmandu")));
}

RC_GTEST_PROP(Zone, AnInstantLiesWithinItsDay, ()) {
    const Zone any = any_zone();
    const Instant t = any_instant();
    const Day found = any.day_of(t);
    RC_ASSERT(any.at(found) <= t);
    RC_ASSERT(t < any.at(found + 1));
}

RC_GTEST_PROP(Zone, WhatIsPrintedReadsBack, ()) {
    const Zone any = any_zone();
    const Instant t{any_instant().ms / 1000 * 1000};
    const Instant back = MUST(any.parse_local(any.format(t)));
    RC_ASSERT(back <= t);  // the earlier one of a fold
    RC_ASSERT(any.format(back) == any.format(t));
}

TEST(BusinessCalendar, SalesBeforeTheCutOffBelongToTheDayBefore) {
    const BusinessCalendar calendar{zone("Asia/Shanghai"), hours(4)};
    EXPECT_EQ(calendar.start_of(day("2026-03-01")), utc("2026-02-28T20:00:00Z"));
    EXPECT_EQ(calendar.day_of(utc("2026-02-28T19:59:59.999Z")), day("2026-02-28"));
    EXPECT_EQ(calendar.day_of(utc("2026-02-28T20:00:00Z")), day("2026-03-01"));
}

TEST(BusinessCalendar, HoldsOnTheDaysWhenClocksChange) {
    const BusinessCalendar calendar{zone("Europe/London"), hours(4)};
    EXPECT_EQ(calendar.start_of(day("2026-03-29")), utc("2026-03-29T03:00:00Z"));
    EXPECT_EQ(calendar.day_of(utc("2026-03-29T03:00:00Z")), day("2026-03-29"));
    EXPECT_EQ(calendar.day_of(utc("2026-03-29T02:59:59Z")), day("2026-03-28"));
    EXPECT_EQ(calendar.start_of(day("2026-10-25")), utc("2026-10-25T04:00:00Z"));
    EXPECT_EQ(calendar.day_of(utc("2026-10-25T03:59:59Z")), day("2026-10-24"));
}

// The clocks go from 02:00 back to 01:00 after the day has begun at 01:30: it does not end again.
TEST(BusinessCalendar, ADayThatHasBegunGoesOnWhenTheClocksGoBack) {
    const BusinessCalendar calendar{zone("Europe/London"), minutes(90)};
    EXPECT_EQ(calendar.start_of(day("2026-10-25")), utc("2026-10-25T00:30:00Z"));
    EXPECT_EQ(calendar.day_of(utc("2026-10-25T00:29:59Z")), day("2026-10-24"));
    EXPECT_EQ(calendar.day_of(utc("2026-10-25T00:30:00Z")), day("2026-10-25"));
    EXPECT_EQ(calendar.day_of(utc("2026-10-25T01:05:00Z")), day("2026-10-25"));
}

RC_GTEST_PROP(BusinessCalendar, DaysAndTheirStartsAgree, ()) {
    const BusinessCalendar calendar{any_zone(), minutes(*rc::gen::inRange(0, 12 * 60 + 1))};
    const Instant t = any_instant();
    const Day found = calendar.day_of(t);
    RC_ASSERT(calendar.start_of(found) <= t);
    RC_ASSERT(t < calendar.start_of(found + 1));
}

}  // namespace
}  // namespace tilth
