#pragma once
// Time zones (IANA, Hinnant date over the system's tzdata) and the business day: the calendar day in the tenant's
// zone, moved by the cut-off ("days end at 04:00"). Immutable values; any thread. Instants from 1900 to 2200.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/time.h"

namespace tilth {

class Zone {
public:
    // "Asia/Shanghai"; Invalid when the system does not know it. Read once a process, then cached.
    static Result<Zone> find(std::string_view name);
    static Zone utc();
    const std::string& name() const { return name_; }
    // Local wall time as milliseconds since 1970-01-01T00:00 on the local clock.
    std::int64_t local_ms(Instant t) const;
    // The first instant whose local time is at or after midnight of `day` plus `offset`: the end of a gap, the earlier
    // of a fold.
    Instant at(Day day, Duration offset = {}) const;
    Day day_of(Instant t) const;
    // "2026-03-01 14:05:00" on the local clock.
    std::string format(Instant t) const;
    // A local time without offset ("2009-12-01 07:45:00", "2026/3/1 7:05", "2026-03-01T07:05:00.250"; seconds optional,
    // a date alone is its midnight) in this zone. Refuses dates and times that no calendar has.
    Result<Instant> parse_local(std::string_view text) const;

    struct Table;

private:
    Zone(std::string name, std::shared_ptr<const Table> table) : name_(std::move(name)), table_(std::move(table)) {}
    Instant first_at_local(std::int64_t local) const;

    std::string name_;
    std::shared_ptr<const Table> table_;
};

struct BusinessCalendar {
    Zone zone = Zone::utc();
    Duration cutoff;  // 0 … 12 h after midnight; sales before it belong to the day before
    // The last day that has started by then; agrees with start_of also on the days when the clocks change.
    Day day_of(Instant t) const;
    Instant start_of(Day day) const { return zone.at(day, cutoff); }
};

}  // namespace tilth
