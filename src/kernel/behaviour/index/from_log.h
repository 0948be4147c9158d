#pragma once
// The index from the event log: events with their promoted properties, customers as slots.

#include <functional>

#include "kernel/behaviour/event_log.h"
#include "kernel/behaviour/index/index.h"

namespace tilth::kernel {

// A customer's ordinal; the caller hands them out and never changes them.
using SlotFn = std::function<std::uint32_t(const CustomerId& customer)>;

// Properties that the registry promotes are read from the event's JSON: numbers scaled (half away from zero), texts as
// codes; another type of value counts as missing. New types and texts get codes.
IndexedEvent to_indexed(const Event& event, const rules::Registry& registry, rules::Codes& codes, std::uint32_t slot);

// Everything in the log after that position; yields the last position read.
Result<std::int64_t> build_index(sql::Connection& sql, const TenantId& tenant, std::int64_t after,
                                 const rules::Registry& registry, rules::Codes& codes, const SlotFn& slot_of,
                                 BehaviourIndex& index);

}  // namespace tilth::kernel
