#include "modules/commerce/orders/store.h"

#include <algorithm>

#include "platform/crypto/crypto.h"

namespace tilth::commerce::store {

namespace {

constexpr std::string_view kOrderColumns =
    "SELECT id, number, kind, channel, paid_at, customer_id, node_id, lines, net_minor, currency, "
    "staff_id, guide_code FROM sales_order ";

Bytes16 bytes16(std::string_view raw) {
    Bytes16 bytes{};
    INVARIANT(raw.size() == bytes.size(), "a fingerprint column holds 16 bytes");
    std::memcpy(bytes.data(), raw.data(), bytes.size());
    return bytes;
}

sql::Blob blob(const Bytes16& bytes) { return {{reinterpret_cast<const char*>(bytes.data()), bytes.size()}}; }

OrderView view_of(const sql::Row& row) {
    OrderView view;
    view.id = row.id<OrderId>(0);
    view.number = row.txt(1);
    view.kind = static_cast<OrderKind>(row.i64(2));
    view.channel = row.txt(3);
    view.paid_at = row.instant(4);
    view.customer = row.opt_id<CustomerId>(5);
    view.node = row.opt_id<OrgNodeId>(6);
    view.lines = row.i64(7);
    view.net_minor = row.i64(8);
    view.currency = Currency::parse(row.txt(9)).value_or(Currency{});
    view.staff = row.opt_id<StaffId>(10);
    if (!row.null(11)) view.guide_code = row.txt(11);
    return view;
}

// An empty text stands as nothing.
sql::Param given(const std::string& text) { return text.empty() ? sql::Param(sql::Null{}) : sql::Param(text); }
bool names_guide(const OrderInput& input) { return input.staff || !input.guide_code.empty(); }

}  // namespace

Result<std::optional<Stored>> find_by_number(sql::Connection& sql, const TenantId& tenant, const OrderInput& input) {
    return sql.one(
        "SELECT id, lines, net_minor, items_milli, customer_id, paid_at, node_id FROM sales_order "
        "WHERE tenant_id = ?1 AND channel = ?2 AND number = ?3 AND kind = ?4",
        {tenant, input.channel, input.number, static_cast<std::int64_t>(input.kind)}, [](const sql::Row& row) {
            return Stored{row.id<OrderId>(0), {row.i64(1), row.i64(2), row.i64(3)}, row.opt_id<CustomerId>(4),
                          row.instant(5), row.opt_id<OrgNodeId>(6)};
        });
}

Result<std::optional<OrderView>> find(sql::Connection& sql, const TenantId& tenant, const OrderId& id) {
    static const std::string statement = std::string(kOrderColumns) + "WHERE tenant_id = ?1 AND id = ?2";
    return sql.one(statement, {tenant, id}, view_of);
}

Result<std::vector<LineKey>> line_keys(sql::Connection& sql, const TenantId& tenant, const OrderId& order) {
    return sql.all(
        "SELECT fingerprint, occurrence FROM order_line WHERE tenant_id = ?1 AND order_id = ?2", {tenant, order},
        [](const sql::Row& row) { return LineKey{bytes16(row.bin(0)), static_cast<std::uint32_t>(row.i64(1))}; });
}

Result<std::vector<LineView>> lines(sql::Connection& sql, const TenantId& tenant, const OrderId& order) {
    return sql.all(
        "SELECT line_no, sku, name, quantity_milli, price_e4, amount_minor FROM order_line "
        "WHERE tenant_id = ?1 AND order_id = ?2 ORDER BY line_no",
        {tenant, order}, [](const sql::Row& row) {
            return LineView{row.i64(0), std::string(row.txt(1)), std::string(row.txt(2)), {row.i64(3)}, {row.i64(4)},
                            row.i64(5)};
        });
}

Status insert_order(kernel::Unit& unit, const OrderId& id, const OrderInput& input, const Sums& sums,
                    std::int64_t change_no) {
    return unit.sql().write(
        "INSERT INTO sales_order (tenant_id, id, channel, number, kind, paid_at, currency, customer_id, node_id, "
        "staff_id, lines, net_minor, items_milli, source, change_no, guide_code, guide_source) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        {unit.tenant(), id, input.channel, input.number, static_cast<std::int64_t>(input.kind), input.paid_at,
         input.currency.str(), input.customer, input.node, input.staff, sums.lines, sums.net_minor, sums.items_milli,
         input.source, change_no, given(input.guide_code),
         names_guide(input) ? given(input.source) : sql::Param(sql::Null{})});
}

Status give_guide(kernel::Unit& unit, const OrderId& id, const OrderInput& input) {
    return unit.sql().write(
        "UPDATE sales_order SET staff_id = ?3, guide_code = ?4, guide_source = ?5 "
        "WHERE tenant_id = ?1 AND id = ?2 AND guide_source IS NULL",
        {unit.tenant(), id, input.staff, given(input.guide_code), input.source});
}

Status forget_guide(kernel::Unit& unit, const OrderId& id, std::string_view source) {
    return unit.sql().write(
        "UPDATE sales_order SET staff_id = NULL, guide_code = NULL, guide_source = NULL "
        "WHERE tenant_id = ?1 AND id = ?2 AND guide_source = ?3",
        {unit.tenant(), id, source});
}

Status update_sums(kernel::Unit& unit, const OrderId& id, const Sums& sums, const std::optional<CustomerId>& customer,
                   std::int64_t change_no) {
    return unit.sql().write(
        "UPDATE sales_order SET lines = ?3, net_minor = ?4, items_milli = ?5, customer_id = ?6, change_no = ?7 "
        "WHERE tenant_id = ?1 AND id = ?2",
        {unit.tenant(), id, sums.lines, sums.net_minor, sums.items_milli, customer, change_no});
}

Status insert_line(kernel::Unit& unit, const OrderId& order, const OrderInput& input, const OrderLine& line,
                   std::int64_t line_no) {
    const std::int64_t amount = TRY(amount_of(line, input.currency));
    return unit.sql().write(
        "INSERT INTO order_line (tenant_id, order_id, fingerprint, occurrence, line_no, sku, name, quantity_milli, "
        "price_e4, amount_minor, amount_given, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        {unit.tenant(), order, blob(line.fingerprint), std::int64_t{line.occurrence}, line_no, line.sku, line.name,
         line.quantity.milli, line.price.e4, amount, line.amount_minor.has_value(), input.source});
}

Result<std::vector<StandingLine>> standing_lines(sql::Connection& sql, const TenantId& tenant, const OrderId& order) {
    return sql.all(
        "SELECT fingerprint, occurrence, sku, name, quantity_milli, price_e4, amount_minor, amount_given "
        "FROM order_line WHERE tenant_id = ?1 AND order_id = ?2",
        {tenant, order}, [](const sql::Row& row) {
            StandingLine standing;
            standing.key = {bytes16(row.bin(0)), static_cast<std::uint32_t>(row.i64(1))};
            standing.line.sku = row.txt(2);
            standing.line.name = row.txt(3);
            standing.line.quantity.milli = row.i64(4);
            standing.line.price.e4 = row.i64(5);
            standing.line.amount_minor = row.i64(6);
            standing.amount_given = row.i64(7) != 0;
            return standing;
        });
}

Status change_line(kernel::Unit& unit, const OrderId& order, const StandingLine& before, const OrderInput& input,
                   const OrderLine& line) {
    const std::int64_t number = unit.next_number("order_line_before");
    const OrderLine& was = before.line;
    TRY(unit.sql().write(
        "INSERT INTO order_line_before (tenant_id, number, source, order_id, fingerprint, occurrence, sku, name, "
        "quantity_milli, price_e4, amount_minor, amount_given) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        {unit.tenant(), number, input.source, order, blob(before.key.fingerprint), std::int64_t{before.key.occurrence},
         was.sku, was.name, was.quantity.milli, was.price.e4, was.amount_minor.value_or(0), before.amount_given}));
    const std::int64_t amount = TRY(amount_of(line, input.currency));
    return unit.sql().write(
        "UPDATE order_line SET sku = ?5, name = ?6, quantity_milli = ?7, price_e4 = ?8, amount_minor = ?9, "
        "amount_given = ?10 WHERE tenant_id = ?1 AND order_id = ?2 AND fingerprint = ?3 AND occurrence = ?4",
        {unit.tenant(), order, blob(before.key.fingerprint), std::int64_t{before.key.occurrence}, line.sku, line.name,
         line.quantity.milli, line.price.e4, amount, line.amount_minor.has_value()});
}

namespace {

struct Before {
    std::int64_t number = 0;
    OrderId order;
    Bytes16 fingerprint{};
    std::int64_t occurrence = 0;
};

// The older state goes back into the line, or into what a still later file has kept of it.
Status restore_line(kernel::Unit& unit, const Before& before) {
    static constexpr std::string_view kOld =
        "(sku, name, quantity_milli, price_e4, amount_minor, amount_given) = (SELECT b.sku, b.name, b.quantity_milli, "
        "b.price_e4, b.amount_minor, b.amount_given FROM order_line_before b "
        "WHERE b.tenant_id = ?1 AND b.number = ?2) ";
    const auto later = TRY(unit.sql().one(
        "SELECT number FROM order_line_before WHERE tenant_id = ?1 AND order_id = ?2 AND fingerprint = ?3 "
        "AND occurrence = ?4 AND number > ?5 ORDER BY number LIMIT 1",
        {unit.tenant(), before.order, blob(before.fingerprint), before.occurrence, before.number},
        [](const sql::Row& row) { return row.i64(0); }));
    if (later) {
        static const std::string statement = "UPDATE order_line_before SET " + std::string(kOld) +
                                             "WHERE order_line_before.tenant_id = ?1 AND order_line_before.number = ?3";
        TRY(unit.sql().write(statement, {unit.tenant(), before.number, *later}));
    } else {
        static const std::string statement = "UPDATE order_line SET " + std::string(kOld) +
                                             "WHERE order_line.tenant_id = ?1 AND order_line.order_id = ?3 "
                                             "AND order_line.fingerprint = ?4 AND order_line.occurrence = ?5";
        TRY(unit.sql().write(statement, {unit.tenant(), before.number, before.order, blob(before.fingerprint),
                                         before.occurrence}));
    }
    return unit.sql().write("DELETE FROM order_line_before WHERE tenant_id = ?1 AND number = ?2",
                            {unit.tenant(), before.number});
}

}  // namespace

Result<std::vector<OrderId>> restore_lines(kernel::Unit& unit, std::string_view source, int limit) {
    const auto kept = TRY(unit.sql().all(
        "SELECT number, order_id, fingerprint, occurrence FROM order_line_before WHERE tenant_id = ?1 AND source = ?2 "
        "ORDER BY number DESC LIMIT ?3",
        {unit.tenant(), source, limit}, [](const sql::Row& row) {
            return Before{row.i64(0), row.id<OrderId>(1), bytes16(row.bin(2)), row.i64(3)};
        }));
    std::vector<OrderId> touched;
    for (const Before& one : kept) {
        TRY(restore_line(unit, one));
        touched.push_back(one.order);
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    return touched;
}

Result<std::vector<Orders::NodeSums>> sums_by_node(sql::Connection& sql, const TenantId& tenant, Instant from,
                                                   Instant to) {
    return sql.all(
        "SELECT node_id, channel, kind, COUNT(*), CAST(COALESCE(SUM(net_minor), 0) AS BIGINT) FROM sales_order "
        "WHERE tenant_id = ?1 AND paid_at >= ?2 AND paid_at < ?3 AND node_id IS NOT NULL "
        "GROUP BY node_id, channel, kind ORDER BY node_id, channel, kind",
        {tenant, from, to}, [](const sql::Row& row) {
            return Orders::NodeSums{row.id<OrgNodeId>(0), std::string(row.txt(1)), static_cast<OrderKind>(row.i64(2)),
                                    row.i64(3), row.i64(4)};
        });
}

Status remove_order(kernel::Unit& unit, const OrderId& id, std::int64_t change_no) {
    TRY(unit.sql().write("DELETE FROM sales_order WHERE tenant_id = ?1 AND id = ?2", {unit.tenant(), id}));
    return unit.sql().write("INSERT INTO order_removal (tenant_id, change_no, order_id, at) VALUES (?1, ?2, ?3, ?4)",
                            {unit.tenant(), change_no, id, unit.now()});
}

Result<std::vector<OrderId>> orders_with_source(sql::Connection& sql, const TenantId& tenant, std::string_view source,
                                                int limit) {
    return sql.all(
        "SELECT DISTINCT order_id FROM order_line WHERE tenant_id = ?1 AND source = ?2 ORDER BY order_id LIMIT ?3",
        {tenant, source, limit}, [](const sql::Row& row) { return row.id<OrderId>(0); });
}

Result<std::int64_t> remove_lines(kernel::Unit& unit, const OrderId& order, std::string_view source) {
    TRY(unit.sql().write(
        "DELETE FROM order_line_before WHERE tenant_id = ?1 AND order_id = ?2 AND EXISTS (SELECT 1 FROM order_line l "
        "WHERE l.tenant_id = ?1 AND l.order_id = ?2 AND l.fingerprint = order_line_before.fingerprint "
        "AND l.occurrence = order_line_before.occurrence AND l.source = ?3)",
        {unit.tenant(), order, source}));
    return unit.sql().change("DELETE FROM order_line WHERE tenant_id = ?1 AND order_id = ?2 AND source = ?3",
                             {unit.tenant(), order, source});
}

Result<Sums> sums_in_store(sql::Connection& sql, const TenantId& tenant, const OrderId& order) {
    std::vector<OrderLine> kept;
    TRY(sql.query("SELECT quantity_milli, amount_minor FROM order_line WHERE tenant_id = ?1 AND order_id = ?2",
                  {tenant, order}, [&kept](const sql::Row& row) {
                      OrderLine line;
                      line.quantity.milli = row.i64(0);
                      line.amount_minor = row.i64(1);
                      kept.push_back(std::move(line));
                      return true;
                  }));
    return sum_lines(kept, Currency{});
}

Result<std::vector<Orders::Change>> changes(sql::Connection& sql, const TenantId& tenant, std::int64_t after,
                                            int limit) {
    static const std::string statement =
        "SELECT id, number, kind, channel, paid_at, customer_id, node_id, lines, net_minor, currency, staff_id, "
        "guide_code, change_no, items_milli FROM sales_order WHERE tenant_id = ?1 AND change_no > ?2 "
        "ORDER BY change_no LIMIT ?3";
    auto found = TRY(sql.all(statement, {tenant, after, limit}, [](const sql::Row& row) {
        return Orders::Change{row.i64(12), view_of(row), {row.i64(13)}, false};
    }));
    auto removed =
        TRY(sql.all("SELECT change_no, order_id FROM order_removal WHERE tenant_id = ?1 AND change_no > ?2 ORDER BY "
                    "change_no LIMIT ?3",
                    {tenant, after, limit}, [](const sql::Row& row) {
                        Orders::Change change;
                        change.change_no = row.i64(0);
                        change.order.id = row.id<OrderId>(1);
                        change.removed = true;
                        return change;
                    }));
    std::vector<Orders::Change> merged;
    std::merge(found.begin(), found.end(), removed.begin(), removed.end(), std::back_inserter(merged),
               [](const auto& a, const auto& b) { return a.change_no < b.change_no; });
    if (merged.size() > static_cast<std::size_t>(limit)) merged.resize(static_cast<std::size_t>(limit));
    return merged;
}

Result<std::vector<Orders::Sold>> sold_in(sql::Connection& sql, const TenantId& tenant, std::int64_t after,
                                          std::int64_t until) {
    std::vector<Orders::Sold> sold;
    TRY(sql.query(
        "SELECT o.id, CASE WHEN l.sku = '' THEN l.name ELSE l.sku END AS product, l.name, l.quantity_milli, "
        "l.amount_minor FROM sales_order o JOIN order_line l ON l.tenant_id = o.tenant_id AND l.order_id = o.id "
        "WHERE o.tenant_id = ?1 AND o.change_no > ?2 AND o.change_no <= ?3 ORDER BY o.id, product, l.line_no",
        {tenant, after, until}, [&sold](const sql::Row& row) {
            OrderLine line;
            line.quantity.milli = row.i64(3);
            const auto order = row.id<OrderId>(0);
            if (sold.empty() || sold.back().order != order || sold.back().product != row.txt(1))
                sold.push_back({order, std::string(row.txt(1)), std::string(row.txt(2)), 0, {0}});
            sold.back().net_minor += row.i64(4);
            sold.back().items.milli += items_of(line);
            return true;
        }));
    return sold;
}

Result<Orders::SourceTotals> totals(sql::Connection& sql, const TenantId& tenant, std::string_view source) {
    Orders::SourceTotals sums;
    TRY(sql.query(
        "SELECT COUNT(*), COUNT(DISTINCT o.id), COUNT(DISTINCT CASE WHEN o.kind = 1 THEN o.id END), "
        "COUNT(DISTINCT CASE WHEN o.customer_id IS NULL THEN o.id END), COUNT(DISTINCT o.customer_id), "
        "CAST(COALESCE(SUM(l.amount_minor), 0) AS BIGINT), "
        "CAST(COALESCE(SUM(CASE WHEN l.amount_given = 1 THEN 0 ELSE l.price_e4 * l.quantity_milli END), 0) AS BIGINT), "
        "CAST(COALESCE(SUM(CASE WHEN l.amount_given = 1 THEN l.amount_minor ELSE 0 END), 0) AS BIGINT) "
        "FROM order_line l JOIN sales_order o ON o.tenant_id = l.tenant_id AND o.id = l.order_id "
        "WHERE l.tenant_id = ?1 AND l.source = ?2",
        {tenant, source}, [&sums](const sql::Row& row) {
            sums.rows = row.i64(0);
            sums.orders = row.i64(1);
            sums.returns = row.i64(2);
            sums.anonymous = row.i64(3);
            sums.customers = row.i64(4);
            sums.net_minor = row.i64(5);
            // Price is of 1/10,000 and quantity of 1/1,000: the exact sum has seven decimals.
            const std::int64_t exact = row.i64(6) + row.i64(7) * 100'000;
            std::string digits = std::to_string(exact < 0 ? -exact : exact);
            if (digits.size() < 8) digits.insert(0, 8 - digits.size(), '0');
            digits.insert(digits.size() - 7, 1, '.');
            sums.exact_net = (exact < 0 ? "-" : "") + digits;
            return true;
        }));
    return sums;
}

Result<std::string> state_hash(sql::Connection& sql, const TenantId& tenant) {
    crypto::Hasher hasher;
    TRY(sql.query(
        "SELECT channel, number, kind, paid_at, customer_id, node_id, lines, net_minor, items_milli FROM sales_order "
        "WHERE tenant_id = ?1 ORDER BY channel, number, kind",
        {tenant}, [&hasher](const sql::Row& row) {
            hasher.add(row.txt(0));
            hasher.add(row.txt(1));
            for (const int column : {2, 3, 6, 7, 8}) hasher.add(row.i64(column));
            for (const int column : {4, 5}) hasher.add(row.null(column) ? std::string_view{"-"} : row.bin(column));
            return true;
        }));
    return crypto::hex(crypto::view(hasher.finish()));
}

namespace {

// A list's statement is put together from fixed pieces only; every value is bound.
struct Query {
    std::string text;
    std::vector<sql::Param> params;

    void where(std::string_view piece, sql::Param value) {
        params.push_back(value);
        text.append(" AND ").append(piece).append("?").append(std::to_string(params.size()));
    }
    template <class AnyId>
    void where_in(std::string_view column, const std::vector<AnyId>& ids) {
        if (ids.empty()) return;
        text.append(" AND ").append(column).append(" IN (");
        for (std::size_t i = 0; i < ids.size(); ++i) {
            params.push_back(ids[i]);
            text.append(i == 0 ? "?" : ", ?").append(std::to_string(params.size()));
        }
        text.append(")");
    }
};

Query filtered(std::string_view columns, const TenantId& tenant, const Filter& filter) {
    Query query{std::string(columns) + "WHERE tenant_id = ?1", {tenant}};
    if (filter.number) query.where("number = ", *filter.number);
    if (filter.from) query.where("paid_at >= ", *filter.from);
    if (filter.to) query.where("paid_at < ", *filter.to);
    query.where_in("customer_id", filter.customers);
    query.where_in("node_id", filter.nodes);
    return query;
}

}  // namespace

Result<std::int64_t> count(sql::Connection& sql, const TenantId& tenant, const Filter& filter) {
    const Query query = filtered("SELECT COUNT(*) FROM sales_order ", tenant, filter);
    std::int64_t orders = 0;
    TRY(sql.query(query.text, query.params, [&orders](const sql::Row& row) { return orders = row.i64(0), true; }));
    return orders;
}

Result<std::vector<OrderView>> list(sql::Connection& sql, const TenantId& tenant, const Filter& filter) {
    Query query = filtered(kOrderColumns, tenant, filter);
    if (filter.before_paid_at) {
        query.params.push_back(*filter.before_paid_at);
        query.params.push_back(filter.before_id);
        const auto n = query.params.size();
        query.text += " AND (paid_at, id) < (?" + std::to_string(n - 1) + ", ?" + std::to_string(n) + ")";
    }
    query.params.push_back(std::int64_t{filter.limit});
    query.text += " ORDER BY paid_at DESC, id DESC LIMIT ?" + std::to_string(query.params.size());
    std::vector<OrderView> rows;
    TRY(sql.query(query.text, query.params, [&rows](const sql::Row& row) {
        rows.push_back(view_of(row));
        return true;
    }));
    return rows;
}

}  // namespace tilth::commerce::store
