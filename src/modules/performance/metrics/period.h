#pragma once
// Spans of business days: what a figure is of, what it is compared with, and how a period is cut for a trend. Pure.

#include <cstdint>
#include <vector>

#include "base/time.h"

namespace tilth::performance {

// Both ends belong to it.
struct Period {
    Day from;
    Day to;
    auto operator<=>(const Period&) const = default;
    std::int32_t days() const { return to - from + 1; }
};

// SameWeekday: whole weeks earlier, as few as do not overlap. LastYearWeekday: 52 weeks earlier. LastLunarYear: the
// same lunar dates (lunar.h).
enum class Compare : std::uint8_t { None, Previous, LastYear, SameWeekday, LastYearWeekday, LastLunarYear };
enum class Grain : std::uint8_t { Day, Week, Month };

// As many days, right before.
Period before(const Period& period);
// The same dates a year earlier; 29 February becomes the 28th.
Period last_year(const Period& period);
// So many days earlier.
Period earlier(const Period& period, std::int32_t days);
// Whole weeks earlier, as few as do not overlap: Monday meets Monday.
Period same_weekdays(const Period& period);
// The days that end with the period.
Period trailing(const Period& period, std::int32_t days);

// Days up to 62, weeks up to a year, else months.
Grain natural_grain(const Period& period);
// Cuts without gap or overlap: weeks begin on Monday, months on the 1st; the first and last are clipped to the period.
std::vector<Period> cut(const Period& period, Grain grain);
// The finest grain from `finest` on is taken that gives at most `most` cuts; when months are too many, the last `most`.
std::vector<Period> cut_at_most(const Period& period, Grain finest, std::size_t most);

}  // namespace tilth::performance
