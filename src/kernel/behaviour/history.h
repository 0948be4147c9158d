#pragma once
// What some customers did, newest first, read from the event log itself. The log is not kept by customer: the reading
// goes back block by block and has a bound: it ends when as many events were found as there are, or as were asked for,
// or when `blocks` blocks were read. Behind that bound a reader says from where on it looked.

#include <cstdint>
#include <vector>

#include "kernel/behaviour/event_log.h"

namespace tilth::kernel {

struct LoggedEvent {
    std::int64_t position = 0;
    Event event;
};

struct HistoryQuery {
    std::vector<CustomerId> customers;
    std::int64_t known = 0;  // how many events they have (Activity): none are read for 0
    std::size_t most = 1'000;
    int blocks = 400;
};

struct History {
    std::vector<LoggedEvent> events;  // by position, newest first
    bool whole = true;                // false: there are more, received before `from`
    Instant from;                     // when the oldest event looked at was received
};

Result<History> events_of(sql::Connection& sql, const TenantId& tenant, const HistoryQuery& query);

}  // namespace tilth::kernel
