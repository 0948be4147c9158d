#pragma once
// One person's orders and behaviour in one order of time: commerce keeps the one, the kernel's event log the other,
// hence a flow. GET /api/v1/customers/{id}/timeline; the parts outlive the API.

#include "kernel/behaviour/activity.h"
#include "modules/commerce/api.h"
#include "modules/customer/api.h"
#include "modules/org/api.h"

namespace tilth::flows {

struct TimelineParts {
    kernel::Kernel& kernel;
    org::Org& org;
    customer::Customers& customers;
    commerce::Orders& orders;
    kernel::Activity& activity;
};
void add_customer_timeline(const TimelineParts& parts);

}  // namespace tilth::flows
