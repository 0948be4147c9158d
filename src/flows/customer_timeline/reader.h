#pragma once
// What the time line and the path of a person are both made of: whose it is, the orders, the events.

#include <optional>
#include <string>
#include <vector>

#include "flows/customer_timeline/customer_timeline.h"
#include "kernel/behaviour/history.h"
#include "platform/json/value.h"

namespace tilth::flows {

inline constexpr kernel::Permission kCustomerRead{"customer.read", "查看客户", "See customers"};
inline constexpr kernel::Permission kOrderRead{"order.read", "查看订单", "See orders"};

// One value of an event's properties as text: a text as it is, a number printed; empty when absent or not a scalar.
std::string scalar_text(const json::Value& value);

// Any thread; the parts outlive it.
class Reader {
public:
    explicit Reader(const TimelineParts& parts) : parts_(parts) {}

    // All customers of the person. NotFound when there is nobody, or when every home of theirs lies outside the
    // caller's scope: any one inside shows the person.
    Result<std::vector<CustomerId>> whole_person(kernel::View& view, const CustomerId& customer) const;

    struct OrderList {
        std::vector<commerce::OrderView> orders;  // within the caller's scope
        bool cut = false;                         // there are more than are read
    };
    // None for a caller who may not see orders.
    Result<OrderList> orders_of(kernel::View& view, const std::vector<CustomerId>& customers) const;
    Result<kernel::History> events_of(kernel::View& view, const std::vector<CustomerId>& customers) const;

    const TimelineParts& parts() const { return parts_; }

private:
    TimelineParts parts_;
};

// Twelve digits, so that the order of texts is that of positions.
std::string position_key(std::int64_t position);

}  // namespace tilth::flows
