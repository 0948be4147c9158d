#include "modules/audience/service.h"

namespace tilth {
std::vector<sql::Migration> migrations_of_module_audience();
}

namespace tilth::audience {

std::unique_ptr<Audience> make_audience(kernel::Kernel& kernel, org::Org& org, customer::Customers& customers,
                                        commerce::Orders& orders) {
    auto service = std::make_unique<AudienceService>(kernel, org, customers, orders);
    add_rule_routes(*service);
    add_segment_routes(*service);
    add_tag_routes(*service);
    add_tagging_routes(*service);
    return service;
}

kernel::ModuleInfo audience_module() {
    return {.name = "audience",
            .migrations = migrations_of_module_audience(),
            .permissions = {kRead, kWrite, kTag, kExport}};
}

}  // namespace tilth::audience
