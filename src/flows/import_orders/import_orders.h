#pragma once
// Files of order lines become orders, customers and organisation nodes: the target "orders" of module collect. It
// crosses collect, org, customer and commerce, hence a flow.
//
// Options (JSON of the mapping): currency ("GBP"), channel ("file"), shift_days (0), node_kind ("region" or "store"),
// return_prefix ("C"), adjustment_prefix ("A"). A number that starts with the return prefix is an order of kind return;
// with the adjustment prefix an adjustment, which is kept but is no sale.

#include <memory>

#include "modules/collect/api.h"
#include "modules/commerce/api.h"
#include "modules/customer/api.h"
#include "modules/org/api.h"

namespace tilth::flows {

std::unique_ptr<collect::ImportTarget> make_import_orders(kernel::Kernel& kernel, org::Org& org,
                                                          customer::Customers& customers, commerce::Orders& orders);

}  // namespace tilth::flows
