#pragma once
// Files of order lines become orders, customers and organisation nodes: the target "orders" of module collect. It
// crosses collect, org, customer and commerce, hence a flow.
//
// Options (JSON of the mapping): currency (the tenant's), channel ("file"), shift_days (0), node_kind ("region" or
// "store"), return_prefix and adjustment_prefix (none). A number that starts with the return prefix is a return;
// without such a prefix a row with a negative quantity is. With the adjustment prefix it is an adjustment: kept, but no
// sale.
//
// A placeholder in place of a card or code ("0", "-", "null") names nobody: the sale counts as one without a customer.

#include <memory>

#include "modules/collect/api.h"
#include "modules/commerce/api.h"
#include "modules/customer/api.h"
#include "modules/org/api.h"

namespace tilth::flows {

std::unique_ptr<collect::ImportTarget> make_import_orders(kernel::Kernel& kernel, org::Org& org,
                                                          customer::Customers& customers, commerce::Orders& orders);

}  // namespace tilth::flows
