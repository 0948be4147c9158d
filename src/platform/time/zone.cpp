// A zone is a flat table of (from this instant, this offset), read once from the system's tzdata through date-tz:
// a look-up is a binary search and touches no lock, no library and no file.

#include "platform/time/zone.h"

// Debian builds the library over the system's zone files; the header must agree.
#define USE_OS_TZDB 1
#define HAS_REMOTE_API 0
#include <date/tz.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace tilth {

namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kFirstMs = day_from_civil({1900, 1, 1}).number * kDayMs;
constexpr std::int64_t kLastMs = day_from_civil({2200, 1, 1}).number * kDayMs;
constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

struct Zone::Table {
    struct Range {
        std::int64_t begin_ms;
        std::int64_t offset_ms;
    };
    std::vector<Range> ranges;  // by begin; the first begins before all time

    std::size_t index_at(std::int64_t ms) const {
        const auto after = std::upper_bound(ranges.begin() + 1, ranges.end(), ms,
                                            [](std::int64_t at, const Range& range) { return at < range.begin_ms; });
        return static_cast<std::size_t>(after - ranges.begin()) - 1;
    }
    std::int64_t end_of(std::size_t i) const { return i + 1 < ranges.size() ? ranges[i + 1].begin_ms : kForever; }
};

namespace {

std::shared_ptr<const Zone::Table> read_table(std::string_view name) {
    using std::chrono::milliseconds;
    const date::time_zone* zone = date::locate_zone(name);
    auto table = std::make_shared<Zone::Table>();
    std::int64_t at = kFirstMs;
    while (at < kLastMs) {
        const auto info = zone->get_info(date::sys_time<milliseconds>(milliseconds(at)));
        const std::int64_t offset = milliseconds(info.offset).count();
        const std::int64_t begin = table->ranges.empty() ? std::numeric_limits<std::int64_t>::min() : at;
        if (table->ranges.empty() || table->ranges.back().offset_ms != offset) table->ranges.push_back({begin, offset});
        const std::int64_t end_s = info.end.time_since_epoch().count();
        if (end_s >= kLastMs / 1000) break;
        at = std::max(end_s * 1000, at + 1);
    }
    return table;
}

struct Cache {
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<const Zone::Table>, std::less<>> tables;
};

Cache& cache() {
    static Cache only;
    return only;
}

void append_padded(std::string& out, int number, std::size_t width) {
    const std::string digits = std::to_string(number);
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
}

// Reads a local time from left to right.
class LocalReader {
public:
    explicit LocalReader(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }
    bool take(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void skip_spaces() {
        while (take(" ")) {
        }
    }
    // A number of `min` to `max` digits, or nothing.
    std::optional<int> number(std::size_t min, std::size_t max) {
        std::size_t count = 0;
        int value = 0;
        while (count < rest_.size() && count < max && rest_[count] >= '0' && rest_[count] <= '9')
            value = value * 10 + (rest_[count++] - '0');
        if (count < min) return std::nullopt;
        rest_.remove_prefix(count);
        return value;
    }
    // Milliseconds of a fraction; further digits are dropped.
    std::optional<int> fraction() {
        int value = 0;
        std::size_t count = 0;
        for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1), ++count) {
            if (count < 3) value = value * 10 + (rest_.front() - '0');
        }
        if (count == 0 || count > 9) return std::nullopt;
        for (; count < 3; ++count) value *= 10;
        return value;
    }

private:
    std::string_view rest_;
};

std::optional<Day> read_date(LocalReader& reader) {
    const auto year = reader.number(4, 4);
    if (!year || !reader.take("-/.")) return std::nullopt;
    const auto month = reader.number(1, 2);
    if (!month || !reader.take("-/.")) return std::nullopt;
    const auto day = reader.number(1, 2);
    if (!day || *year < 1900 || *year > 2199 || *month < 1 || *month > 12 || *day < 1) return std::nullopt;
    const Day found = day_from_civil({*year, *month, *day});
    if (civil_from_day(found).day != *day) return std::nullopt;  // 31 April
    return found;
}

std::optional<std::int64_t> read_time_ms(LocalReader& reader) {
    const auto hour = reader.number(1, 2);
    if (!hour || !reader.take(":")) return std::nullopt;
    const auto minute = reader.number(2, 2);
    if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
    std::int64_t ms = (*hour * 60 + *minute) * 60'000LL;
    if (!reader.take(":")) return ms;
    const auto second = reader.number(2, 2);
    if (!second || *second > 59) return std::nullopt;
    ms += *second * 1000LL;
    if (!reader.take(".")) return ms;
    const auto fraction = reader.fraction();
    if (!fraction) return std::nullopt;
    return ms + *fraction;
}

std::optional<std::int64_t> read_local_ms(std::string_view text) {
    LocalReader reader(text);
    reader.skip_spaces();
    const auto day = read_date(reader);
    if (!day) return std::nullopt;
    const std::int64_t midnight = day->number * kDayMs;
    const bool marked = reader.take("T");
    if (!marked) reader.skip_spaces();
    if (!marked && reader.at_end()) return midnight;
    const auto time = read_time_ms(reader);
    reader.skip_spaces();
    if (!time || !reader.at_end()) return std::nullopt;
    return midnight + *time;
}

}  // namespace

Result<Zone> Zone::find(std::string_view name) {
    Cache& known = cache();
    const std::lock_guard lock(known.mutex);
    auto found = known.tables.find(name);
    if (found == known.tables.end()) {
        try {
            found = known.tables.emplace(std::string(name), read_table(name)).first;
        } catch (const std::exception&) {
            return Error::invalid("time_zone", "not_a_time_zone", "没有这个时区", "there is no such time zone",
                                  "请用 IANA 名称，例如 Asia/Shanghai", "use an IANA name such as Asia/Shanghai");
        }
    }
    return Zone(std::string(name), found->second);
}

Zone Zone::utc() {
    static const auto table = [] {
        auto made = std::make_shared<Table>();
        made->ranges.push_back({std::numeric_limits<std::int64_t>::min(), 0});
        return std::shared_ptr<const Table>(std::move(made));
    }();
    return Zone("UTC", table);
}

std::int64_t Zone::local_ms(Instant t) const { return t.ms + table_->ranges[table_->index_at(t.ms)].offset_ms; }

Instant Zone::first_at_local(std::int64_t local) const {
    // No offset reaches two days, so the local time cannot have come before this range.
    for (std::size_t i = table_->index_at(local - 2 * kDayMs);; ++i) {
        const Table::Range& range = table_->ranges[i];
        const std::int64_t at = std::max(range.begin_ms, local - range.offset_ms);
        if (at < table_->end_of(i)) return {at};
    }
}

Instant Zone::at(Day day, Duration offset) const { return first_at_local(day.number * kDayMs + offset.ms); }

Day Zone::day_of(Instant t) const { return {static_cast<std::int32_t>(floor_div(local_ms(t), kDayMs))}; }

std::string Zone::format(Instant t) const {
    const std::int64_t local = local_ms(t);
    const std::int64_t day = floor_div(local, kDayMs);
    const CivilDate date = civil_from_day({static_cast<std::int32_t>(day)});
    const int second = static_cast<int>((local - day * kDayMs) / 1000);
    std::string text;
    append_padded(text, date.year, 4);
    for (const auto& [mark, number] : {std::pair{'-', date.month}, {'-', date.day}, {' ', second / 3600},
                                       {':', second / 60 % 60}, {':', second % 60}}) {
        text += mark;
        append_padded(text, number, 2);
    }
    return text;
}

Result<Instant> Zone::parse_local(std::string_view text) const {
    const auto local = read_local_ms(text);
    if (!local)
        return Error::invalid("time", "not_a_local_time", "不是日期时间", "not a date and time",
                              "请写成 2026-03-01 14:05:00", "write it like 2026-03-01 14:05:00");
    return first_at_local(*local);
}

Day BusinessCalendar::day_of(Instant t) const {
    const Day day{static_cast<std::int32_t>(floor_div(zone.local_ms(t) - cutoff.ms, kDayMs))};
    // When the clocks go back over the cut-off, the day that has begun goes on.
    return start_of(day + 1) <= t ? day + 1 : day;
}

}  // namespace tilth
