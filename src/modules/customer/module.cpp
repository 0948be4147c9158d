#include "modules/customer/api.h"
#include "modules/customer/leads/api.h"
#include "modules/customer/routes.h"
#include "modules/customer/service.h"

namespace tilth {
std::vector<sql::Migration> migrations_of_module_customer();
}

namespace tilth::customer {

std::unique_ptr<Customers> make_customers(kernel::Kernel& kernel) {
    auto customers = std::make_unique<CustomersService>(kernel);
    MUST(customers->load());   // A record whose customers cannot be read is not served at all.
    keep_index_places(*customers);
    add_customer_routes(*customers);
    return customers;
}

kernel::ModuleInfo customer_module() {
    return {.name = "customer",
            .migrations = migrations_of_module_customer(),
            .permissions = {kRead, kReveal, kMerge, kConsent, kPrivacy, kRules, kWrite, kLeadRead,
                            kLeadWrite, kLeadAssign}};
}

}  // namespace tilth::customer
