#pragma once
// The module's routes, one file a group. Each handler turns scope and period into a question, asks, and prints.

#include "modules/performance/service.h"

namespace tilth::performance {

void add_overview_routes(PerformanceService& service);
void add_metric_routes(PerformanceService& service);
void add_rfm_routes(PerformanceService& service);
void add_customer_list_routes(PerformanceService& service);
void add_customer_export(PerformanceService& service);
void add_store_routes(PerformanceService& service);
void add_funnel_routes(PerformanceService& service);
void add_cohort_routes(PerformanceService& service);
void add_match_routes(PerformanceService& service);
void add_cycle_routes(PerformanceService& service);
void add_definition_routes(PerformanceService& service);

}  // namespace tilth::performance
