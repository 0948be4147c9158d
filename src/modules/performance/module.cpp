#include "modules/performance/api.h"
#include "modules/performance/cycles/cycles.h"
#include "modules/performance/routes/routes.h"

namespace tilth {
std::vector<sql::Migration> migrations_of_module_performance();
}

namespace tilth::performance {

std::unique_ptr<Performance> make_performance(kernel::Kernel& kernel, org::Org& org, customer::Customers& customers,
                                              commerce::Orders& orders) {
    auto service = std::make_unique<PerformanceService>(kernel, org, customers, orders);
    add_overview_routes(*service);
    add_metric_routes(*service);
    add_rfm_routes(*service);
    add_customer_list_routes(*service);
    add_customer_export(*service);
    add_store_routes(*service);
    add_funnel_routes(*service);
    add_cohort_routes(*service);
    add_match_routes(*service);
    add_cycle_routes(*service);
    add_definition_routes(*service);
    return service;
}

kernel::ModuleInfo performance_module() {
    return {.name = "performance",
            .migrations = migrations_of_module_performance(),
            .permissions = {kOverviewRead, kMetricRead, kCustomerExport, kCycleRead, kCycleWrite}};
}

}  // namespace tilth::performance
