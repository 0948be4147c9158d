#pragma once
// Time zones (IANA, Hinnant date over the system's tzdata) and the business day: the calendar day in the tenant's
// zone, moved by the cut-off ("days end at 04:00"). Immutable values; any thread.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace tilth {

class Zone {
public:
    static Result<Zone> find(std::string_view name);  // "Asia/Shanghai"
    static Zone utc();
    const std::string& name() const { return name_; }
    // Local wall time as milliseconds since 1970-01-01T00:00 on the local clock.
    std::int64_t local_ms(Instant t) const;
    // The first instant whose local time is at or after midnight of `day` plus `offset`; gaps and folds resolve forward
    // and to the earlier.
    Instant at(Day day, Duration offset = {}) const;
    Day day_of(Instant t) const;
    // "2026-03-01 14:05:00" on the local clock.
    std::string format(Instant t) const;
    // A local time without offset ("2009-12-01 07:45:00", "2026/3/1 7:05", seconds optional) in this zone.
    Result<Instant> parse_local(std::string_view text) const;

private:
    std::string name_;
    std::shared_ptr<const void> handle_;
};

struct BusinessCalendar {
    Zone zone = Zone::utc();
    Duration cutoff;  // 0 … 12 h after midnight; sales before it belong to the day before
    Day day_of(Instant t) const { return zone.day_of(t - cutoff); }
    Instant start_of(Day day) const { return zone.at(day, cutoff); }
};

}  // namespace tilth
