#include "modules/performance/metrics/lunar.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace tilth::performance {

namespace {

constexpr int kFirstYear = 2000;
constexpr Day kFirstDay{10'992};  // 2000-02-05
constexpr int kLongMonth = 30;
constexpr int kShortMonth = 29;
constexpr int kMonths = 12;

// A year in 17 bits: the lowest four name the leap month (0: none); bits 15 … 4 tell which of months 1 … 12 have 30
// days; bit 16 tells it of the leap month.
constexpr std::array<std::uint32_t, 50> kYears = {
    0x0c960, 0x0d954, 0x0d4a0, 0x0da50, 0x07552, 0x056a0, 0x0abb7, 0x025d0, 0x092d0, 0x0cab5,
    0x0a950, 0x0b4a0, 0x0baa4, 0x0ad50, 0x055d9, 0x04ba0, 0x0a5b0, 0x15176, 0x052b0, 0x0a930,
    0x07954, 0x06aa0, 0x0ad50, 0x05b52, 0x04b60, 0x0a6e6, 0x0a4e0, 0x0d260, 0x0ea65, 0x0d530,
    0x05aa0, 0x076a3, 0x096d0, 0x04afb, 0x04ad0, 0x0a4d0, 0x1d0b6, 0x0d250, 0x0d520, 0x0dd45,
    0x0b5a0, 0x056d0, 0x055b2, 0x049b0, 0x0a577, 0x0a4b0, 0x0aa50, 0x1b255, 0x06d20, 0x0ada0};

struct Month {
    int number;
    bool leap;
    int days;
};

std::vector<Month> months_of(int year) {
    constexpr std::uint32_t kLeapLong = 0x10000;
    const std::uint32_t bits = kYears[static_cast<std::size_t>(year - kFirstYear)];
    const int leap = static_cast<int>(bits & 15U);
    std::vector<Month> months;
    for (int month = 1; month <= kMonths; ++month) {
        months.push_back({month, false, (bits & (kLeapLong >> month)) != 0 ? kLongMonth : kShortMonth});
        if (month == leap) months.push_back({month, true, (bits & kLeapLong) != 0 ? kLongMonth : kShortMonth});
    }
    return months;
}

int days_of(int year) {
    int days = 0;
    for (const Month& month : months_of(year)) days += month.days;
    return days;
}

bool known(int year) { return year >= kFirstYear && year < kFirstYear + static_cast<int>(kYears.size()); }

// The day of a date in a year of the table; the last day of a month that has no such day.
Day day_of(int year, int number, int day) {
    Day first = *lunar_new_year(year);
    for (const Month& month : months_of(year)) {
        if (month.number == number && !month.leap) return first + (std::min(day, month.days) - 1);
        first = first + month.days;
    }
    return first;
}

}  // namespace

std::optional<Day> lunar_new_year(int year) {
    if (!known(year)) return std::nullopt;
    Day day = kFirstDay;
    for (int before = kFirstYear; before < year; ++before) day = day + days_of(before);
    return day;
}

std::optional<LunarDate> lunar_of(Day day) {
    if (day < kFirstDay) return std::nullopt;
    std::int32_t left = day - kFirstDay;
    for (int year = kFirstYear; known(year); ++year) {
        for (const Month& month : months_of(year)) {
            if (left < month.days) return LunarDate{year, month.number, left + 1, month.leap};
            left -= month.days;
        }
    }
    return std::nullopt;
}

std::optional<Period> last_lunar_year(const Period& period) {
    const auto date = lunar_of(period.from);
    if (!date || !known(date->year - 1)) return std::nullopt;
    Day from = day_of(date->year - 1, date->month, date->day);
    if (date->month == kMonths) {
        const Day eve = *lunar_new_year(date->year) + days_of(date->year);
        from = *lunar_new_year(date->year) + (period.from - eve);
    }
    return Period{from, from + (period.days() - 1)};
}

}  // namespace tilth::performance
