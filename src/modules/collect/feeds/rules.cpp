#include "modules/collect/feeds/rules.h"

#include <algorithm>

namespace tilth::collect::feeds {

namespace {

constexpr std::string_view kDay = "{day}";
constexpr std::string_view kCompactDay = "{yyyymmdd}";

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

bool matches(std::string_view pattern, std::string_view name) {
    std::size_t p = 0;
    std::size_t n = 0;
    std::size_t star = std::string_view::npos;
    std::size_t tried = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            tried = n;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
            ++p;
            ++n;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            n = ++tried;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

}  // namespace

Instant next_run(int every_min, int at_min, Instant after, const Zone& zone) {
    const Day today = zone.day_of(after);
    if (every_min >= kDayMinutes) {
        for (Day day = today;; day = day + 1) {
            const Instant due = zone.at(day, minutes(at_min));
            if (due > after) return due;
        }
    }
    const Instant midnight = zone.at(today);
    const std::int64_t step = minutes(std::max(1, every_min)).ms;
    return Instant{midnight.ms + ((after.ms - midnight.ms) / step + 1) * step};
}

bool wants(std::string_view pattern, std::string_view name) {
    if (name.empty() || name.front() == '.') return false;
    for (const std::string_view end : {".part", ".tmp", ".filepart"})
        if (name.ends_with(end)) return false;
    return pattern.empty() || matches(pattern, name);
}

bool is_by_day(std::string_view address) {
    return address.find(kDay) != std::string_view::npos || address.find(kCompactDay) != std::string_view::npos;
}

std::string address_of(std::string_view address, Day day) {
    const std::string iso = to_iso(day);
    std::string compact = iso;
    compact.erase(std::remove(compact.begin(), compact.end(), '-'), compact.end());
    return replaced(replaced(std::string(address), kDay, iso), kCompactDay, compact);
}

std::vector<Day> lacking(Day from, Day until, const std::set<std::string>& had) {
    std::vector<Day> days;
    const Day earliest = until + -kCatchUpDays;
    for (Day day = from < earliest ? earliest : from; day <= until; day = day + 1)
        if (!had.contains(to_iso(day))) days.push_back(day);
    return days;
}

}  // namespace tilth::collect::feeds
