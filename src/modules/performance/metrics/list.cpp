#include "modules/performance/metrics/list.h"

#include <string>
#include <vector>

#include "kernel/registry/serves.h"

// A metric is one file and one line here.
#define TILTH_METRICS(metric)                                                                            \
    metric(net_sales) metric(orders) metric(customers) metric(new_customers) metric(returning_customers) \
    metric(newcomers) metric(acquired) metric(referrers) metric(active_members)                          \
    metric(sleeping_members) metric(returns_share) metric(member_share) metric(annual_contribution)      \
    metric(contribution_factors)                                                                         \
    metric(order_value) metric(attach_rate) metric(old_customer_repurchase) metric(repeat_rate)          \
    metric(old_customer_share) metric(rfm_scored) metric(digitised_rate)

namespace tilth::performance {

namespace metric {
#define TILTH_DECLARE(name) extern const Definition name;
TILTH_METRICS(TILTH_DECLARE)
#undef TILTH_DECLARE
}  // namespace metric

namespace {

// The requirement row that a metric serves: "M-09" of M-09a and M-09b. What has no number is the dictionary's own, but
// for the two that say who is active, and the one that says who brings others.
std::string_view row_of(const Definition& metric) {
    if (metric.id == "active_members" || metric.id == "sleeping_members") return "LIF-02";
    if (metric.id == "referrers") return "LIF-05";
    return metric.id.starts_with("M-") ? metric.id.substr(0, std::string_view("M-00").size()) : "ANA-01";
}

}  // namespace

std::span<const Definition* const> dictionary() {
#define TILTH_ENTRY(name) {row_of(metric::name), &metric::name},
    static const auto all = kernel::standing<const Definition*>({TILTH_METRICS(TILTH_ENTRY)});
#undef TILTH_ENTRY
    return all;
}

bool mentions(const Variant& variant, std::string_view column) {
    const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    for (const std::string_view formula :
         {variant.numerator, variant.denominator, variant.people_numerator, variant.people_denominator}) {
        for (std::size_t at = formula.find(column); at != std::string_view::npos; at = formula.find(column, at + 1)) {
            const std::size_t end = at + column.size();
            const bool begins = at == 0 || !is_word(formula[at - 1]);
            if (begins && (end == formula.size() || !is_word(formula[end]))) return true;
        }
    }
    return false;
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
