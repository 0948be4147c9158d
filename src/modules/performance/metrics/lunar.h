#pragma once
// The Chinese lunar calendar as a table of 2000 to 2049 (the almanac of the Purple Mountain Observatory): how a period
// is laid upon the same days of the lunar year before, so that 春节 meets 春节. Pure.

#include <optional>

#include "modules/performance/metrics/period.h"

namespace tilth::performance {

struct LunarDate {
    int year = 0;   // that began with the New Year in the solar year of this number
    int month = 1;  // 1 … 12
    int day = 1;    // 1 … 30
    bool leap = false;
    bool operator==(const LunarDate&) const = default;
};

// Nothing for days outside the table: before 2000-02-05 and after the lunar year 2049.
std::optional<LunarDate> lunar_of(Day day);
// The first day of a lunar year.
std::optional<Day> lunar_new_year(int year);
// As many days, beginning on the same lunar date a year earlier. A leap month is laid upon the month of its number;
// the last month of a year is counted back from the New Year, so that the eve meets the eve whatever its number.
std::optional<Period> last_lunar_year(const Period& period);

}  // namespace tilth::performance
