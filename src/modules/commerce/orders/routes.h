#pragma once
// Orders over HTTP: the look-up list, one order with its lines, a customer's orders.

#include "modules/commerce/api.h"

namespace tilth::commerce {

inline constexpr kernel::Permission kOrderRead{"order.read", "查看订单", "See orders"};

void add_order_routes(kernel::Kernel& kernel, org::Org& org, customer::Customers& customers);

}  // namespace tilth::commerce
