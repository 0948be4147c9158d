// Tables and properties of the plain values: money, ids, time, text.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "base/clock.h"
#include "base/id.h"
#include "base/money.h"
#include "base/text.h"
#include "base/time.h"

namespace tilth {
namespace {

const Currency kGbp = *Currency::parse("GBP");
const Currency kJpy = *Currency::parse("JPY");

TEST(Money, LineAmountRoundsHalfToEvenOnce) {
    struct Row {
        std::int64_t e4;
        std::int64_t milli;
        std::int64_t minor;
    };
    const Row rows[] = {
        {69'500, 12'000, 8'340},                                              // 6.95 x 12
        {50, 1'000, 0},                                                       // 0.005 -> 0.00 (even)
        {150, 1'000, 2},                                                      // 0.015 -> 0.02 (even)
        {250, 1'000, 2},                                                      // 0.025 -> 0.02 (even)
        {-150, 1'000, -2},       {-250, 1'000, -2}, {129'900, 1'237, 1'607},  // 12.99 x 1.237 kg = 16.06863
        {10'000, -3'000, -300},
    };
    for (const Row& row : rows) {
        const auto amount = line_amount({row.e4}, {row.milli}, kGbp);
        ASSERT_TRUE(amount);
        EXPECT_EQ(amount->minor, row.minor) << row.e4 << " x " << row.milli;
    }
    EXPECT_EQ(line_amount({10'000}, {1'000}, kJpy)->minor, 1);
    EXPECT_FALSE(line_amount({INT64_MAX}, {INT64_MAX}, kGbp));
}

TEST(Money, DecimalsAreExactOrRefused) {
    EXPECT_EQ(*parse_decimal("6.95", 4), 69'500);
    EXPECT_EQ(*parse_decimal(" -1,234.5 ", 2), -123'450);
    EXPECT_EQ(*parse_decimal("0.1000", 2), 10);
    EXPECT_EQ(*parse_decimal(".5", 1), 5);
    for (const char* bad : {"", "-", ".", "1.2.3", "1e5", "12,34", "0.001", "9999999999999999999", "１"})
        EXPECT_FALSE(parse_decimal(bad, 2)) << bad;
    EXPECT_EQ((Money{-5, kGbp}).str(), "-0.05");
    EXPECT_EQ((Money{19'900, kGbp}).str(), "199.00");
    EXPECT_EQ((Money{7, kJpy}).str(), "7");
}

RC_GTEST_PROP(Money, DecimalTextSurvivesTheRoundTrip, (std::int64_t minor)) {
    RC_PRE(minor > INT64_MIN);
    RC_ASSERT(*parse_decimal((Money{minor, kGbp}).str(), 2) == minor);
}

TEST(Id, SortsByTimeAndPrintsWithItsPrefix) {
    SeededRng rng(7);
    const auto early = CustomerId::make({1'000}, rng);
    const auto late = CustomerId::make({1'001}, rng);
    EXPECT_LT(early, late);
    EXPECT_LT(early.str(), late.str());
    EXPECT_EQ(*CustomerId::parse(early.str()), early);
    EXPECT_FALSE(OrderId::parse(early.str()));
    EXPECT_FALSE(CustomerId::parse(early.str() + "0"));
    std::string too_big = "cus_8" + early.str().substr(5);
    EXPECT_FALSE(CustomerId::parse(too_big));
}

RC_GTEST_PROP(Id, AnyBytesSurviveTheRoundTrip, ()) {
    Bytes16 bytes;
    for (auto& byte : bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
    RC_ASSERT(*decode_id("x", encode_id("x", bytes)) == bytes);
}

TEST(Time, IsoTextsAndTheirRefusals) {
    EXPECT_EQ(to_iso(Instant{0}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(parse_instant("2026-03-01T10:00:00+08:00")->ms, parse_instant("2026-03-01T02:00:00Z")->ms);
    EXPECT_EQ(parse_instant("2026-03-01 02:00:00.5Z")->ms % 1000, 500);
    for (const char* bad :
         {"2026-03-01T10:00:00", "2026-02-30T10:00:00Z", "2026-13-01T10:00:00Z", "now", "2026-03-01T24:00Z"})
        EXPECT_FALSE(parse_instant(bad)) << bad;
    EXPECT_EQ(to_iso(*parse_day("2024-02-29")), "2024-02-29");
    EXPECT_FALSE(parse_day("2023-02-29"));
    EXPECT_EQ(weekday(*parse_day("2026-11-22")), 6);  // a Sunday
}

RC_GTEST_PROP(Time, EveryDaySurvivesTheCalendar, ()) {
    const Day day{*rc::gen::inRange(-700'000, 700'000)};
    RC_ASSERT(day_from_civil(civil_from_day(day)) == day);
}

TEST(Clock, AManualClockNeverGoesBack) {
    ManualClock clock({5'000});
    EXPECT_FALSE(clock.set({4'999}));
    EXPECT_TRUE(clock.set({6'000}));
    clock.advance(seconds(1));
    EXPECT_EQ(clock.now().ms, 7'000);
}

TEST(Text, ChecksLengthEncodingAndControls) {
    EXPECT_EQ((Text<1, 3>::parse("　精耕 ")->str()), "精耕");
    EXPECT_EQ((Text<1, 3>::parse("精耕细作").error().detail), "too_long");
    EXPECT_EQ((Text<1, 3>::parse("  ").error().detail), "required");
    EXPECT_EQ((Text<0, 9>::parse("a\x01").error().detail), "control_character");
    for (const char* bad : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE4\xB8"}) EXPECT_FALSE(utf8_length(bad));
}

TEST(Text, MasksShowNoMoreThanTheyMay) {
    EXPECT_EQ(mask_phone("+8613800131000"), "138****1000");
    EXPECT_EQ(mask_phone("+86123"), "****");
    EXPECT_EQ(mask_name("王小明"), "王**");
    EXPECT_EQ(mask_name("王"), "王*");
    EXPECT_EQ(mask_email("zhang@example.com"), "z***@example.com");
    EXPECT_EQ(mask_tail("123"), "****");
}

TEST(Rng, BelowIsBoundedAndReachesEveryValue) {
    SeededRng rng(42);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 200; ++i) seen.insert(rng.below(7));
    EXPECT_EQ(seen.size(), 7u);
    EXPECT_EQ(*seen.rbegin(), 6u);
}

}  // namespace
}  // namespace tilth
