#pragma once
// Instant: a point in time, int64 milliseconds since 1970-01-01T00:00:00Z. Duration: int64 milliseconds.
// Day: a calendar date without a zone, int32 days since 1970-01-01. Zones and business days live in platform/time.
// All are plain values: copy freely, any thread.

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tilth {

struct Duration {
    std::int64_t ms = 0;
    constexpr auto operator<=>(const Duration&) const = default;
    friend constexpr Duration operator+(Duration a, Duration b) { return {a.ms + b.ms}; }
    friend constexpr Duration operator-(Duration a, Duration b) { return {a.ms - b.ms}; }
    friend constexpr Duration operator*(Duration a, std::int64_t n) { return {a.ms * n}; }
};
constexpr Duration milliseconds(std::int64_t n) { return {n}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1000}; }
constexpr Duration minutes(std::int64_t n) { return {n * 60'000}; }
constexpr Duration hours(std::int64_t n) { return {n * 3'600'000}; }
constexpr Duration days(std::int64_t n) { return {n * 86'400'000}; }

struct Instant {
    std::int64_t ms = 0;
    constexpr auto operator<=>(const Instant&) const = default;
    friend constexpr Instant operator+(Instant t, Duration d) { return {t.ms + d.ms}; }
    friend constexpr Instant operator-(Instant t, Duration d) { return {t.ms - d.ms}; }
    friend constexpr Duration operator-(Instant a, Instant b) { return {a.ms - b.ms}; }
    static constexpr Instant never() { return {std::numeric_limits<std::int64_t>::max()}; }
};

struct Day {
    std::int32_t number = 0;
    constexpr auto operator<=>(const Day&) const = default;
    friend constexpr Day operator+(Day d, std::int32_t n) { return {d.number + n}; }
    friend constexpr std::int32_t operator-(Day a, Day b) { return a.number - b.number; }
};

struct CivilDate {
    int year = 1970;
    int month = 1;  // 1..12
    int day = 1;    // 1..31
};

// Proleptic Gregorian calendar; Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
constexpr Day day_from_civil(CivilDate c) {
    const int y = c.month <= 2 ? c.year - 1 : c.year;
    const int era = (y >= 0 ? y : y - 399) / 400;
    const int yoe = y - era * 400;
    const int doy = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;
    const int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return {era * 146097 + doe - 719468};
}
constexpr CivilDate civil_from_day(Day d) {
    const int z = d.number + 719468;
    const int era = (z >= 0 ? z : z - 146096) / 146097;
    const int doe = z - era * 146097;
    const int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int mp = (5 * doy + 2) / 153;
    const int month = mp + (mp < 10 ? 3 : -9);
    return {yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - (153 * mp + 2) / 5 + 1};
}
// Monday is 0.
constexpr int weekday(Day d) { return ((d.number % 7) + 10) % 7; }

// "2026-03-01T02:05:00.000Z"
std::string to_iso(Instant t);
// "2026-03-01"
std::string to_iso(Day d);
// ISO 8601 / RFC 3339 with 'Z' or an offset; "2026-03-01T10:00:00+08:00", fractions to the ms, ' ' for 'T' allowed.
// A text without an offset is refused: a zone is never guessed here.
Result<Instant> parse_instant(std::string_view text);
// "2026-03-01"; refuses dates that do not exist.
Result<Day> parse_day(std::string_view text);

}  // namespace tilth
