#pragma once
// What the module's routes stand on: projection, dictionary, RFM, and the caller's scope turned into a question.

#include <condition_variable>
#include <thread>

#include "modules/performance/metrics/evaluator.h"
#include "modules/performance/people/people.h"
#include "modules/performance/rfm/rfm.h"

namespace tilth::performance {

inline constexpr kernel::Permission kOverviewRead{"overview.read", "查看经营总览", "See the overview"};
inline constexpr kernel::Permission kMetricRead{"metric.read", "查看指标", "See metrics"};
inline constexpr kernel::Permission kCustomerExport{"customer.export", "导出客户", "Export customers"};
// Declared by the module customer.
inline constexpr kernel::Permission kCustomerRead{"customer.read", "查看客户", "See customers"};

class PerformanceService final : public Performance {
public:
    PerformanceService(kernel::Kernel& kernel, org::Org& org, customer::Customers& customers, commerce::Orders& orders);
    ~PerformanceService() override { stop(); }

    void run() override;
    void stop() override;
    Status catch_up() override { return projection_.catch_up(); }
    Status rebuild() override { return projection_.rebuild(); }
    Result<ProjectionState> state(const TenantId& tenant) override { return projection_.state(tenant); }

    // ---- For routes ----
    kernel::Kernel& kernel() { return kernel_; }
    org::Org& org() { return org_; }
    customer::Customers& customers() { return customers_; }

    Meanings meanings(const TenantId& tenant) const;
    Currency currency(const TenantId& tenant) const;
    Day today(const kernel::Context& context) const;
    // The caller's scope, within the subtree of `node` when it is given. NotFound for a node outside the scope. By the
    // tree of each day, a node's orders are those of what stood below it then; the caller's are those of the topmost
    // nodes of today's scope. Where people belong is as of today either way.
    Result<NodeSet> nodes(const kernel::Context& context, const std::optional<OrgNodeId>& node,
                          Reading reading = Reading::Today) const;
    Result<Frame> frame(const kernel::Context& context, const std::optional<OrgNodeId>& node,
                        Reading reading = Reading::Today) const;
    // The orders of `parts`, part i in group i: as of today by subtree, as of the event by the topmost part of the day.
    std::vector<NodeSpan> spans(const TenantId& tenant, const std::vector<OrgNodeId>& parts, Reading reading) const;
    // Empty when none is asked for; Invalid for more than one. A guide has to be of the tenant.
    Result<std::optional<Slice>> slice(const kernel::Context& context, const std::optional<StaffId>& guide,
                                       const std::optional<Text<1, 40>>& channel,
                                       const std::optional<Text<1, 120>>& product) const;
    // Both ends given or neither: the 30 days before today. Invalid, field "to", for what is no period.
    Result<Period> period(const kernel::Context& context, const std::optional<Day>& from,
                          const std::optional<Day>& to) const;
    // As of the last business day that is over, unless said otherwise: the day with which periods end by default.
    Result<std::shared_ptr<const RfmTable>> rfm(const kernel::Context& context, const Source& source,
                                                const std::optional<Day>& as_of = std::nullopt,
                                                const std::optional<RfmRule>& rule = std::nullopt);
    std::optional<std::int32_t> number_of(const TenantId& tenant, const OrgNodeId& node) const {
        return projection_.number_of(tenant, node);
    }

private:
    void follow();

    kernel::Kernel& kernel_;
    org::Org& org_;
    customer::Customers& customers_;
    Projection projection_;
    Rfm rfm_;
    std::mutex mutex_;
    std::condition_variable stopping_changed_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace tilth::performance
