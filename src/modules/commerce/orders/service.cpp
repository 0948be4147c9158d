#include <algorithm>
#include <set>

#include "modules/commerce/orders/service.h"
#include "modules/commerce/orders/store.h"
#include "platform/json/value.h"

namespace tilth::commerce {

namespace {

constexpr std::string_view kChangeSequence = "order_change";

std::string payload_of(const OrderId& id, const OrderInput& input, const Sums& sums) {
    json::Value value = json::Value::object();
    value.set("order", id.str());
    value.set("kind", static_cast<std::int64_t>(input.kind));
    if (input.customer) value.set("customer", input.customer->str());
    if (input.node) value.set("node", input.node->str());
    value.set("net_minor", sums.net_minor);
    value.set("currency", std::string(input.currency.str()));
    value.set("paid_at", to_iso(input.paid_at));
    return value.print();
}

// Which lines of an order are new, and the order that they come to.
struct Compared {
    std::optional<store::Stored> stored;
    std::vector<Applied> outcome;
    std::vector<OrderLine> fresh;
};
Result<Compared> compare_lines(sql::Connection& sql, const TenantId& tenant,
                               const OrderInput& input) {
    TRY(check_order(input));
    Compared compared;
    compared.stored = TRY(store::find_by_number(sql, tenant, input));
    std::set<store::LineKey> known;
    if (compared.stored) {
        for (const auto& key : TRY(store::line_keys(sql, tenant, compared.stored->id))) known.insert(key);
    }
    for (const OrderLine& line : input.lines) {
        const bool is_new = known.insert({line.fingerprint, line.occurrence}).second;
        compared.outcome.push_back(is_new ? Applied::New : Applied::Unchanged);
        if (is_new) compared.fresh.push_back(line);
    }
    return compared;
}

}  // namespace

Result<std::vector<Applied>> OrdersService::compare(sql::Connection& sql, const TenantId& tenant,
                                                    const OrderInput& input) {
    return TRY(compare_lines(sql, tenant, input)).outcome;
}

Result<std::vector<Applied>> OrdersService::apply(kernel::Unit& unit, const OrderInput& input) {
    auto [stored, outcome, fresh] = TRY(compare_lines(unit.sql(), unit.tenant(), input));
    if (fresh.empty()) return outcome;

    const Sums before = stored ? stored->sums : Sums{};
    const Sums sums = TRY(sum_lines(fresh, input.currency, before));
    const OrderId id = stored ? stored->id : unit.new_id<OrderId>();
    const std::int64_t change_no = unit.next_number(kChangeSequence);
    if (stored) {
        const auto customer = stored->customer ? stored->customer : input.customer;
        TRY(store::update_sums(unit, id, sums, customer, change_no));
    } else {
        TRY(store::insert_order(unit, id, input, sums, change_no));
    }
    std::int64_t line_no = before.lines;
    for (const OrderLine& line : fresh) TRY(store::insert_line(unit, id, input, line, ++line_no));
    TRY(unit.emit(stored ? "order.changed" : "order.placed", id.str(), payload_of(id, input, sums)));
    return outcome;
}

Result<std::int64_t> OrdersService::take_back(kernel::Unit& unit, std::string_view source, int limit) {
    std::int64_t removed = 0;
    const auto touched = TRY(store::orders_with_source(unit.sql(), unit.tenant(), source, std::max(1, limit / 25)));
    for (const OrderId& id : touched) {
        removed += TRY(store::remove_lines(unit, id, source));
        const Sums left = TRY(store::sums_in_store(unit.sql(), unit.tenant(), id));
        const std::int64_t change_no = unit.next_number(kChangeSequence);
        if (left.lines == 0) {
            TRY(store::remove_order(unit, id, change_no));
            TRY(unit.emit("order.removed", id.str(), "{}"));
        } else {
            const auto order = TRY(store::find(unit.sql(), unit.tenant(), id));
            TRY(store::update_sums(unit, id, left, order ? order->customer : std::nullopt, change_no));
            TRY(unit.emit("order.changed", id.str(), "{}"));
        }
    }
    return removed;
}

Result<std::vector<Orders::Change>> OrdersService::changed_since(sql::Connection& sql, const TenantId& tenant,
                                                                 std::int64_t change_no, int limit) {
    return store::changes(sql, tenant, change_no, limit);
}

Result<std::vector<OrderView>> OrdersService::of_customers(sql::Connection& sql, const TenantId& tenant,
                                                           const std::vector<CustomerId>& customers, int limit) {
    store::Filter filter;
    filter.customers = customers;
    filter.limit = limit;
    if (customers.empty()) return std::vector<OrderView>{};
    return store::list(sql, tenant, filter);
}

Result<Orders::SourceTotals> OrdersService::totals(sql::Connection& sql, const TenantId& tenant,
                                                   std::string_view source) {
    return store::totals(sql, tenant, source);
}

Result<std::string> OrdersService::state_hash(sql::Connection& sql, const TenantId& tenant) {
    return store::state_hash(sql, tenant);
}

}  // namespace tilth::commerce
