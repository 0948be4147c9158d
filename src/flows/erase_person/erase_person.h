#pragma once
// The right to erasure crosses customer (who is forgotten) and commerce (whose books stay): hence a flow.

#include "modules/commerce/api.h"
#include "modules/customer/api.h"

namespace tilth::flows {

// POST /api/v1/privacy-requests/{number}/erase. The parts outlive the API.
void add_erase_person(kernel::Kernel& kernel, customer::Customers& customers, commerce::Orders& orders);

}  // namespace tilth::flows
