#include "modules/audience/funnels/funnels.h"
#include "modules/audience/lifecycle/lifecycle.h"
#include "modules/audience/models/models.h"
#include "modules/audience/rfm/migration.h"
#include "modules/audience/service.h"
#include "modules/audience/splits/splits.h"
#include "modules/audience/strategy/strategy.h"

namespace tilth {
std::vector<sql::Migration> migrations_of_module_audience();
}

namespace tilth::audience {

std::unique_ptr<Audience> make_audience(kernel::Kernel& kernel, const kernel::Activity& activity, org::Org& org,
                                        customer::Customers& customers, commerce::Orders& orders) {
    auto service = std::make_unique<AudienceService>(kernel, activity, org, customers, orders);
    add_rule_routes(*service);
    add_segment_routes(*service);
    add_tag_routes(*service);
    add_tagging_routes(*service);
    const auto history = std::make_shared<History>(kernel, orders);
    add_tag_report_routes(*service);
    add_cross_routes(*service);
    add_template_routes(*service, history);
    add_channel_routes(*service, history);
    add_split_routes(*service);
    add_strategy_routes(*service);
    add_lifecycle_routes(*service);
    add_event_funnel_routes(*service);
    add_migration_routes(*service);
    add_model_routes(*service, history);
    return service;
}

kernel::ModuleInfo audience_module() {
    return {.name = "audience",
            .migrations = migrations_of_module_audience(),
            .permissions = {kRead, kWrite, kTag, kExport}};
}

}  // namespace tilth::audience
