#pragma once
// The event log: the record of behaviour. Canonical events stand in blocks (≤ 256 KiB before zstd) as rows of the
// record on both engines, chained per shard by BLAKE2b, dropped by month under retention with the chain's head kept. It
// holds no personal value: callers have stripped properties and carry identity numbers and customers only. Encoding is
// written down in kernel/behaviour/README.md; readers of another version are refused as Corrupt.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/record/record.h"

namespace tilth::kernel {

struct Event {
    Bytes16 fingerprint{};  // of (source, message id): the de-duplication key
    Instant time;           // occurrence, corrected for the client's clock
    Instant received;
    SourceId source;
    CustomerId customer;  // as resolved when it was applied
    std::uint64_t identity = 0;
    std::string type;               // "page", "Product Viewed" …
    std::string properties = "{}";  // JSON without personal values
};

// Appends events (of one tenant, in order) as blocks within the unit. `first_position` numbers events per tenant
// from 1.
Status append_events(Unit& unit, const std::vector<Event>& events);
// Calls `fn` for every event with position > after, in order; stops when it returns false.
using EventFn = std::function<bool(std::int64_t position, const Event& event)>;
Status scan_events(sql::Connection& sql, const TenantId& tenant, std::int64_t after, const EventFn& fn);
// The position before the first block that may hold events received at or after `since` (blocks know their month only).
Result<std::int64_t> position_before(sql::Connection& sql, const TenantId& tenant, Instant since);
Result<std::int64_t> event_count(sql::Connection& sql, const TenantId& tenant);

struct EventLogProof {
    std::int64_t blocks = 0;
    std::int64_t events = 0;
    bool whole = true;
    std::int64_t broken_at = 0;  // block sequence
    std::string head;            // hex of the chain's head
};
Result<EventLogProof> verify_events(sql::Connection& sql, const TenantId& tenant);

}  // namespace tilth::kernel
