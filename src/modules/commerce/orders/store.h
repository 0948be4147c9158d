#pragma once
// The SQL of orders. Functions take the connection of a unit (writes) or of a view (reads).

#include <optional>
#include <string>
#include <vector>

#include "modules/commerce/api.h"
#include "modules/commerce/orders/rules.h"

namespace tilth::commerce::store {

struct Stored {
    OrderId id;
    Sums sums;
    std::optional<CustomerId> customer;
    Instant paid_at;
    std::optional<OrgNodeId> node;
};
Result<std::optional<Stored>> find_by_number(sql::Connection& sql, const TenantId& tenant, const OrderInput& input);
Result<std::optional<OrderView>> find(sql::Connection& sql, const TenantId& tenant, const OrderId& id);

struct LineKey {
    Bytes16 fingerprint{};
    std::uint32_t occurrence = 1;
    auto operator<=>(const LineKey&) const = default;
};
Result<std::vector<LineKey>> line_keys(sql::Connection& sql, const TenantId& tenant, const OrderId& order);

struct LineView {
    std::int64_t number = 0;
    std::string sku;
    std::string name;
    Quantity quantity;
    UnitPrice price;
    std::int64_t amount_minor = 0;
};
Result<std::vector<LineView>> lines(sql::Connection& sql, const TenantId& tenant, const OrderId& order);

Status insert_order(kernel::Unit& unit, const OrderId& id, const OrderInput& input, const Sums& sums,
                    std::int64_t change_no);
Status update_sums(kernel::Unit& unit, const OrderId& id, const Sums& sums, const std::optional<CustomerId>& customer,
                   std::int64_t change_no);
// Who sold is kept once: the first source that names him. forget_guide() takes it away again with that source.
Status give_guide(kernel::Unit& unit, const OrderId& id, const OrderInput& input);
Status forget_guide(kernel::Unit& unit, const OrderId& id, std::string_view source);
Status insert_line(kernel::Unit& unit, const OrderId& order, const OrderInput& input, const OrderLine& line,
                   std::int64_t line_no);
// Lines as they stand, with what a change must keep.
struct StandingLine {
    LineKey key;
    OrderLine line;  // amount_minor is always there
    bool amount_given = false;
};
Result<std::vector<StandingLine>> standing_lines(sql::Connection& sql, const TenantId& tenant, const OrderId& order);
// Writes the line's newer state and keeps the older one under `source`.
Status change_line(kernel::Unit& unit, const OrderId& order, const StandingLine& before, const OrderInput& input,
                   const OrderLine& line);
// Brings back what `source` changed, newest first; yields the orders that it touched.
Result<std::vector<OrderId>> restore_lines(kernel::Unit& unit, std::string_view source, int limit);

Status remove_order(kernel::Unit& unit, const OrderId& id, std::int64_t change_no);

// Orders that hold lines of `source`, oldest id first.
Result<std::vector<OrderId>> orders_with_source(sql::Connection& sql, const TenantId& tenant, std::string_view source,
                                                int limit);
Result<std::int64_t> remove_lines(kernel::Unit& unit, const OrderId& order, std::string_view source);
Result<Sums> sums_in_store(sql::Connection& sql, const TenantId& tenant, const OrderId& order);

Result<std::vector<Orders::Change>> changes(sql::Connection& sql, const TenantId& tenant, std::int64_t after,
                                            int limit);
Result<std::vector<Orders::Sold>> sold_in(sql::Connection& sql, const TenantId& tenant, std::int64_t after,
                                          std::int64_t until);
Result<std::vector<Orders::NodeSums>> sums_by_node(sql::Connection& sql, const TenantId& tenant, Instant from,
                                                   Instant to);
Result<Orders::SourceTotals> totals(sql::Connection& sql, const TenantId& tenant, std::string_view source);
Result<std::string> state_hash(sql::Connection& sql, const TenantId& tenant);

struct Filter {
    std::optional<std::string> number;
    std::optional<Instant> from;
    std::optional<Instant> to;
    std::optional<Instant> before_paid_at;  // cursor: strictly before (paid_at, id)
    OrderId before_id;
    std::vector<CustomerId> customers;  // empty: any
    std::vector<OrgNodeId> nodes;       // empty: any
    int limit = 50;
};
// Newest first.
Result<std::vector<OrderView>> list(sql::Connection& sql, const TenantId& tenant, const Filter& filter);
// How many orders the filter has altogether, whatever its place and limit.
Result<std::int64_t> count(sql::Connection& sql, const TenantId& tenant, const Filter& filter);

}  // namespace tilth::commerce::store
