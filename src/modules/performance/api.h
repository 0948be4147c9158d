#pragma once
// performance: one meaning for every number. The metric dictionary is data (id, names, formula, inputs, unit, owner,
// version); values, their people and every page come from the same query over the projection (DuckDB), which is derived
// from the record and can be deleted. RFM classes are part of it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/kernel.h"
#include "modules/commerce/api.h"
#include "modules/customer/api.h"
#include "modules/org/api.h"
#include "platform/columns/columns.h"

namespace tilth::performance {

struct ProjectionState {
    std::int64_t orders_change_no = 0;
    std::int64_t customers_change_no = 0;
    std::string hash;                // hex over all rows in a fixed order
    Instant as_of;
};

// A setting ("true" or "false"): the tenant's orders are a sample of receipt lines, and figures of baskets say so.
inline constexpr std::string_view kLinesSampled = "metric.lines_sampled";

class Performance {
public:
    virtual ~Performance() = default;
    virtual void run() = 0;          // follows the record (≤ 1 s behind)
    virtual void stop() = 0;
    virtual Status catch_up() = 0;   // returns when everything committed before the call is projected
    virtual Status rebuild() = 0;    // deletes and derives again
    virtual Result<ProjectionState> state(const TenantId& tenant) = 0;
};

std::unique_ptr<Performance> make_performance(kernel::Kernel& kernel, org::Org& org, customer::Customers& customers,
                                              commerce::Orders& orders);
kernel::ModuleInfo performance_module();

}  // namespace tilth::performance
