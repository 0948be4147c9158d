#pragma once
// Decisions about feeds as pure functions: when one is due, which files it wants, which days it lacks.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "platform/time/zone.h"

namespace tilth::collect::feeds {

inline constexpr int kDayMinutes = 24 * 60;
// A feed by day looks back so far for days that it lacks.
inline constexpr int kCatchUpDays = 400;

// The next moment after `after`: each day at `at_min` minutes after the business day's midnight when `every_min` is a
// day or more, otherwise every so many minutes, counted from midnight, so that a pause moves nothing.
Instant next_run(int every_min, int at_min, Instant after, const Zone& zone);

// '*' stands for any run of characters, '?' for one; an empty pattern takes all. Hidden files and those still being
// written (".part", ".tmp", ".filepart") are never wanted.
bool wants(std::string_view pattern, std::string_view name);

// "{day}" in an address becomes "2026-02-01", "{yyyymmdd}" becomes "20260201".
bool is_by_day(std::string_view address);
std::string address_of(std::string_view address, Day day);

// Days from `from` to `until` that are not in `had`, oldest first; none before until − kCatchUpDays.
std::vector<Day> lacking(Day from, Day until, const std::set<std::string>& had);

}  // namespace tilth::collect::feeds
