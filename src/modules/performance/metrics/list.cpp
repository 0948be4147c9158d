#include "modules/performance/metrics/list.h"

#include <array>
#include <string>

// A metric is one file and one line here.
#define TILTH_METRICS(metric)                                                                             \
    metric(net_sales) metric(orders) metric(customers) metric(new_customers) metric(returns_share)        \
        metric(member_share) metric(annual_contribution) metric(contribution_factors) metric(order_value) \
            metric(old_customer_repurchase) metric(repeat_rate) metric(old_customer_share) metric(rfm_scored)

namespace tilth::performance {

namespace metric {
#define TILTH_DECLARE(name) extern const Definition name;
TILTH_METRICS(TILTH_DECLARE)
#undef TILTH_DECLARE
}  // namespace metric

std::span<const Definition* const> dictionary() {
#define TILTH_ADDRESS(name) &metric::name,
    static constexpr std::array all = {TILTH_METRICS(TILTH_ADDRESS)};
#undef TILTH_ADDRESS
    return all;
}

const Definition* find_metric(std::string_view id) {
    for (const Definition* definition : dictionary()) {
        if (definition->id == id) return definition;
    }
    return nullptr;
}

Result<Metric> find_metric(std::string_view id, std::string_view variant) {
    const Definition* definition = find_metric(id);
    if (definition == nullptr) return Error(ErrorCode::NotFound, "metric");
    std::string known;
    for (const Variant& one : definition->variants) {
        if (variant.empty() || one.id == variant) return Metric{definition, &one};
        known.append(known.empty() ? "" : ", ").append(one.id);
    }
    return Error::invalid("variant", "unknown_variant", "该指标没有这种口径", "The metric has no such variant",
                          "可用口径：" + known, "Known variants: " + known);
}

}  // namespace tilth::performance
