#include <algorithm>
#include <map>
#include <set>

#include "modules/commerce/orders/service.h"
#include "modules/commerce/orders/store.h"
#include "modules/commerce/orders/tenders.h"
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
    if (input.staff) value.set("staff", input.staff->str());
    value.set("net_minor", sums.net_minor);
    value.set("currency", std::string(input.currency.str()));
    value.set("paid_at", to_iso(input.paid_at));
    return value.print();
}

// Which lines of an order are new, which say something else, and the order that they come to.
struct Compared {
    std::optional<store::Stored> stored;
    std::vector<LineOutcome> outcome;
    std::vector<OrderLine> fresh;
    std::vector<std::pair<store::StandingLine, OrderLine>> changed;
    bool pays_otherwise = false;
};

// Whether the source says something else than what stands.
Result<bool> differs(const store::StandingLine& standing, const OrderLine& line, Currency currency) {
    const OrderLine& was = standing.line;
    const std::int64_t amount = TRY(amount_of(line, currency));
    return was.sku != line.sku || was.name != line.name || was.quantity.milli != line.quantity.milli ||
           was.price.e4 != line.price.e4 || was.amount_minor.value_or(0) != amount;
}

// Of the whole order, as the source says it anew; files round times to minutes.
std::string_view contradicts_head(const store::Stored& stored, const OrderInput& input) {
    if (std::abs((input.paid_at - stored.paid_at).ms) >= minutes(1).ms) return "paid_at";
    if (input.node && stored.node && *input.node != *stored.node) return "node";
    return {};
}

std::string_view contradicts_line(const OrderLine& was, const OrderLine& line) {
    if (was.sku != line.sku) return "sku";
    if (was.quantity.milli != line.quantity.milli) return "quantity";
    return was.price.e4 != line.price.e4 ? "price" : "";
}

// Sums of an order of which lines have gone, come or changed; an empty one is removed.
Status settle_order(kernel::Unit& unit, const OrderId& id, std::string_view source) {
    const Sums left = TRY(store::sums_in_store(unit.sql(), unit.tenant(), id));
    const std::int64_t change_no = unit.next_number(kChangeSequence);
    if (left.lines == 0) {
        TRY(store::remove_order(unit, id, change_no));
        TRY(store::remove_tenders(unit, id));
        return unit.emit("order.removed", id.str(), "{}");
    }
    const auto order = TRY(store::find(unit.sql(), unit.tenant(), id));
    TRY(store::update_sums(unit, id, left, order ? order->customer : std::nullopt, change_no));
    TRY(store::forget_guide(unit, id, source));
    return unit.emit("order.changed", id.str(), "{}");
}

Result<Compared> compare_lines(sql::Connection& sql, const TenantId& tenant,
                               const OrderInput& input) {
    TRY(check_order(input));
    Compared compared;
    compared.stored = TRY(store::find_by_number(sql, tenant, input));
    std::set<store::LineKey> known;
    std::map<store::LineKey, store::StandingLine> standing;
    if (compared.stored && input.update) {
        for (auto& line : TRY(store::standing_lines(sql, tenant, compared.stored->id))) {
            known.insert(line.key);
            standing.emplace(line.key, std::move(line));
        }
    } else if (compared.stored) {
        for (const auto& key : TRY(store::line_keys(sql, tenant, compared.stored->id))) known.insert(key);
    }
    const std::string_view head =
        compared.stored && input.update ? contradicts_head(*compared.stored, input) : std::string_view{};
    for (const OrderLine& line : input.lines) {
        const store::LineKey key{line.fingerprint, line.occurrence};
        const bool is_new = known.insert(key).second;
        compared.outcome.push_back({is_new ? Applied::New : Applied::Unchanged, head});
        if (is_new) {
            compared.fresh.push_back(line);
        } else if (const auto was = standing.find(key); was != standing.end()) {
            if (!TRY(differs(was->second, line, input.currency))) continue;
            compared.outcome.back().applied = Applied::Updated;
            if (head.empty()) compared.outcome.back().contradicts = contradicts_line(was->second.line, line);
            compared.changed.emplace_back(was->second, line);
        }
    }
    const auto stands = [](const LineOutcome& one) { return one.applied == Applied::Unchanged; };
    if (compared.stored && !input.tenders.empty()) {
        compared.pays_otherwise =
            store::says_more(TRY(store::tenders(sql, tenant, compared.stored->id)), input.tenders);
        // A file that tells only the payments anew has changed the order, and says so with its first row.
        const bool alone = std::all_of(compared.outcome.begin(), compared.outcome.end(), stands);
        if (compared.pays_otherwise && alone && input.update) compared.outcome.front().applied = Applied::Updated;
        compared.pays_otherwise = compared.pays_otherwise && (input.update || !alone);
    }
    return compared;
}

}  // namespace

Result<std::vector<LineOutcome>> OrdersService::compare(sql::Connection& sql, const TenantId& tenant,
                                                        const OrderInput& input) {
    return TRY(compare_lines(sql, tenant, input)).outcome;
}

Result<std::vector<LineOutcome>> OrdersService::apply(kernel::Unit& unit, const OrderInput& input) {
    auto [stored, outcome, fresh, changed, pays_otherwise] = TRY(compare_lines(unit.sql(), unit.tenant(), input));
    if (pays_otherwise) TRY(store::put_tenders(unit, stored->id, input.source, input.tenders));
    if (fresh.empty() && changed.empty()) return outcome;

    for (const auto& [was, line] : changed) TRY(store::change_line(unit, stored->id, was, input, line));
    const Sums before = changed.empty() ? (stored ? stored->sums : Sums{})
                                        : TRY(store::sums_in_store(unit.sql(), unit.tenant(), stored->id));
    const Sums sums = TRY(sum_lines(fresh, input.currency, before));
    const OrderId id = stored ? stored->id : unit.new_id<OrderId>();
    const std::int64_t change_no = unit.next_number(kChangeSequence);
    if (stored) {
        const auto customer = stored->customer ? stored->customer : input.customer;
        TRY(store::update_sums(unit, id, sums, customer, change_no));
        if (!input.guide_code.empty() || input.staff) TRY(store::give_guide(unit, id, input));
    } else {
        TRY(store::insert_order(unit, id, input, sums, change_no));
        if (!input.tenders.empty()) TRY(store::put_tenders(unit, id, input.source, input.tenders));
    }
    std::int64_t line_no = before.lines;
    for (const OrderLine& line : fresh) TRY(store::insert_line(unit, id, input, line, ++line_no));
    TRY(unit.emit(stored ? "order.changed" : "order.placed", id.str(), payload_of(id, input, sums)));
    return outcome;
}

Result<std::int64_t> OrdersService::take_back(kernel::Unit& unit, std::string_view source, int limit) {
    const auto restored = TRY(store::restore_lines(unit, source, limit));
    for (const OrderId& id : restored) TRY(settle_order(unit, id, source));
    if (!restored.empty()) return static_cast<std::int64_t>(restored.size());
    std::int64_t removed = 0;
    const auto touched = TRY(store::orders_with_source(unit.sql(), unit.tenant(), source, std::max(1, limit / 25)));
    for (const OrderId& id : touched) {
        removed += TRY(store::remove_lines(unit, id, source));
        TRY(settle_order(unit, id, source));
    }
    return removed > 0 ? Result<std::int64_t>(removed) : store::take_back_tenders(unit, source, limit);
}

Result<std::vector<Orders::Change>> OrdersService::changed_since(sql::Connection& sql, const TenantId& tenant,
                                                                 std::int64_t change_no, int limit) {
    return store::changes(sql, tenant, change_no, limit);
}

Result<std::vector<Orders::Sold>> OrdersService::sold_in(sql::Connection& sql, const TenantId& tenant,
                                                        std::int64_t after, std::int64_t until) {
    return store::sold_in(sql, tenant, after, until);
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

Result<std::vector<Orders::NodeSums>> OrdersService::sums_by_node(sql::Connection& sql, const TenantId& tenant,
                                                                  Instant from, Instant to) {
    return store::sums_by_node(sql, tenant, from, to);
}

Result<std::vector<OrderView>> OrdersService::of_node(sql::Connection& sql, const TenantId& tenant,
                                                      const OrgNodeId& node, Instant from, Instant to, int limit) {
    store::Filter filter;
    filter.nodes = {node};
    filter.from = from;
    filter.to = to;
    filter.limit = limit;
    return store::list(sql, tenant, filter);
}

Result<std::optional<Instant>> OrdersService::last_sale(sql::Connection& sql, const TenantId& tenant,
                                                        const OrgNodeId& node, std::string_view channel,
                                                        Instant since) {
    const auto at = [](const sql::Row& row) { return row.instant(0); };
    if (channel.empty()) {
        return sql.one("SELECT paid_at FROM sales_order WHERE tenant_id = ?1 AND node_id = ?2 AND paid_at >= ?3 "
                       "ORDER BY paid_at DESC LIMIT 1",
                       {tenant, node, since}, at);
    }
    return sql.one("SELECT paid_at FROM sales_order WHERE tenant_id = ?1 AND node_id = ?2 AND paid_at >= ?3 "
                   "AND channel = ?4 ORDER BY paid_at DESC LIMIT 1",
                   {tenant, node, since, channel}, at);
}

Result<std::vector<Tender>> OrdersService::tenders(sql::Connection& sql, const TenantId& tenant,
                                                   const OrderId& order) {
    return store::tenders(sql, tenant, order);
}

Result<std::string> OrdersService::state_hash(sql::Connection& sql, const TenantId& tenant) {
    return store::state_hash(sql, tenant);
}

Result<bool> names_node(sql::Connection& sql, const TenantId& tenant, const OrgNodeId& node) {
    const auto found = TRY(sql.one("SELECT 1 FROM sales_order WHERE tenant_id = ?1 AND node_id = ?2 LIMIT 1",
                                   {tenant, node}, [](const sql::Row& row) { return row.i64(0); }));
    return found.has_value();
}

}  // namespace tilth::commerce
