#include "modules/performance/metrics/period.h"

#include <algorithm>

namespace tilth::performance {

namespace {

constexpr std::int32_t kDaysByDayMax = 62;
constexpr std::int32_t kDaysByWeekMax = 366;

Day year_earlier(Day day) {
    CivilDate date = civil_from_day(day);
    --date.year;
    if (date.month == 2 && date.day == 29) date.day = 28;
    return day_from_civil(date);
}

// The last day of the week or month that holds `day`.
Day end_of(Day day, Grain grain) {
    if (grain == Grain::Day) return day;
    if (grain == Grain::Week) return day + (6 - weekday(day));
    CivilDate date = civil_from_day(day);
    date.day = 1;
    if (++date.month > 12) date.month = 1, ++date.year;
    return day_from_civil(date) + -1;
}

}  // namespace

Period before(const Period& period) { return {period.from + -period.days(), period.from + -1}; }

Period last_year(const Period& period) { return {year_earlier(period.from), year_earlier(period.to)}; }

Period earlier(const Period& period, std::int32_t days) { return {period.from + -days, period.to + -days}; }

Period same_weekdays(const Period& period) { return earlier(period, (period.days() + 6) / 7 * 7); }

Period trailing(const Period& period, std::int32_t days) { return {period.to + (1 - days), period.to}; }

Grain natural_grain(const Period& period) {
    if (period.days() <= kDaysByDayMax) return Grain::Day;
    return period.days() <= kDaysByWeekMax ? Grain::Week : Grain::Month;
}

std::vector<Period> cut(const Period& period, Grain grain) {
    std::vector<Period> cuts;
    for (Day from = period.from; from <= period.to; from = cuts.back().to + 1) {
        cuts.push_back({from, std::min(end_of(from, grain), period.to)});
    }
    return cuts;
}

std::vector<Period> cut_at_most(const Period& period, Grain finest, std::size_t most) {
    std::vector<Period> cuts;
    for (const Grain grain : {Grain::Day, Grain::Week, Grain::Month}) {
        if (grain < finest) continue;
        cuts = cut(period, grain);
        if (cuts.size() <= most) return cuts;
    }
    cuts.erase(cuts.begin(), cuts.end() - static_cast<std::ptrdiff_t>(most));
    return cuts;
}

}  // namespace tilth::performance
