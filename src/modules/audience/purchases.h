#pragma once
// A person's orders in brief: the attributes "order.…" of rules. Pure.

#include <span>

#include "kernel/rules/plan.h"

namespace tilth::audience {

// kMissing where there is none. A purchase day is a business day with a paid order; gaps are whole days between one
// purchase day and the next. The interval is the lower median of all gaps, from two gaps on: a single pair of visits
// makes no habit. Due is the business day that lies one interval after the last purchase day, at its start.
struct Purchases {
    std::int64_t orders = 0;  // paid
    std::int64_t net = 0;     // minor units, returns deducted
    std::int64_t last = kernel::rules::kMissing;   // ms
    std::int64_t first = kernel::rules::kMissing;  // ms
    std::int64_t gap_days = kernel::rules::kMissing;  // between the last two purchase days
    std::int64_t interval_days = kernel::rules::kMissing;
    std::int64_t due = kernel::rules::kMissing;  // ms
};

struct OrderCodes {
    std::uint32_t paid = 0;
    std::uint32_t returned = 0;
    std::size_t amount = 0;  // the property that holds the net
};

// Of orders by time; those after `until` do not count.
Purchases purchases_of(std::span<const kernel::rules::PlainEvent> orders, std::int64_t until, const OrderCodes& codes,
                       const BusinessCalendar& calendar);

}  // namespace tilth::audience
