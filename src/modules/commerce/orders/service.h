#pragma once
// Orders behind api.h: load, decide by rules, save, in one unit.

#include "modules/commerce/api.h"

namespace tilth::commerce {

class OrdersService final : public Orders {
public:
    Result<std::vector<LineOutcome>> apply(kernel::Unit& unit, const OrderInput& input) override;
    Result<std::vector<LineOutcome>> compare(sql::Connection& sql, const TenantId& tenant,
                                             const OrderInput& input) override;
    Result<std::int64_t> take_back(kernel::Unit& unit, std::string_view source, int limit) override;
    Result<std::vector<Sold>> sold_in(sql::Connection& sql, const TenantId& tenant, std::int64_t after,
                                      std::int64_t until) override;
    Result<std::vector<Change>> changed_since(sql::Connection& sql, const TenantId& tenant, std::int64_t change_no,
                                              int limit) override;
    Result<std::vector<OrderView>> of_customers(sql::Connection& sql, const TenantId& tenant,
                                                const std::vector<CustomerId>& customers, int limit) override;
    Result<SourceTotals> totals(sql::Connection& sql, const TenantId& tenant, std::string_view source) override;
    Result<std::vector<NodeSums>> sums_by_node(sql::Connection& sql, const TenantId& tenant, Instant from,
                                               Instant to) override;
    Result<std::vector<OrderView>> of_node(sql::Connection& sql, const TenantId& tenant, const OrgNodeId& node,
                                           Instant from, Instant to, int limit) override;
    Result<std::optional<Instant>> last_sale(sql::Connection& sql, const TenantId& tenant, const OrgNodeId& node,
                                             std::string_view channel, Instant since) override;
    Result<std::vector<Tender>> tenders(sql::Connection& sql, const TenantId& tenant, const OrderId& order) override;
    Result<std::string> state_hash(sql::Connection& sql, const TenantId& tenant) override;
};

}  // namespace tilth::commerce
