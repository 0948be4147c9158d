#pragma once
// The rights to access, copy and portability: everything that is kept about a person in one file, across modules.

#include "kernel/behaviour/activity.h"
#include "modules/commerce/api.h"
#include "modules/customer/api.h"

namespace tilth::flows {

// POST /api/v1/privacy-requests/{number}/file. The parts outlive the API.
struct PersonFileParts {
    kernel::Kernel& kernel;
    customer::Customers& customers;
    commerce::Orders& orders;
    kernel::Activity& activity;
};
void add_person_file(const PersonFileParts& parts);

}  // namespace tilth::flows
