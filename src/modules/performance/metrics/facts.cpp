#include "modules/performance/metrics/facts.h"

#include "base/result.h"

namespace tilth::performance {

namespace {

std::string number(std::int64_t value) { return std::to_string(value); }

// Columns of facts that come from what was bought; absent ones are zero.
constexpr std::string_view kBought =
    "COALESCE(b.entries, 0) AS entries, COALESCE(b.orders, 0) AS orders, COALESCE(b.days, 0) AS days, b.last_day, "
    "COALESCE(b.counted, 0) AS counted, COALESCE(b.sold, 0) AS sold, COALESCE(b.refunded, 0) AS refunded, "
    "COALESCE(b.items, 0) AS items";
// Columns that follow from the others, for one row at a time.
std::string derived_sql(const Meanings& meanings) {
    const std::string first = meanings.new_at_nodes ? "first_here" : "first_day";
    return std::string(meanings.refunds_deducted ? "sold + refunded" : "sold") +
           " AS net, person IS NOT NULL AND orders > 0 AS bought, entries > 0 AND person IS NOT NULL AND COALESCE(" +
           first + " BETWEEN d0 AND d1, false) AS is_new, entries > 0 AND person IS NOT NULL AND NOT COALESCE(" +
           first +
           " BETWEEN d0 AND d1, false) AS is_old, "
           "CASE WHEN member AND home AND since <= d1 THEN d1 - GREATEST(since, d0) + 1 ELSE 0 END AS member_days, " +
           "COALESCE(member AND home AND last_ever <= d1 - " + number(meanings.sleeping_days) +
           ", false) AS asleep, COALESCE(member AND home AND last_day > d1 - " + number(meanings.active_days) +
           ", false) AS active";
}

// The days of another calendar, and a table with its days counted by them.
std::string calendar_sql(const Meanings& meanings) {
    if (meanings.recut.empty()) return {};
    std::string text = ", k(d, t0) AS (VALUES ";
    for (std::size_t i = 0; i < meanings.recut.size(); ++i) {
        const auto& [day, start] = meanings.recut[i];
        text += (i == 0 ? "(" : ", (") + number(day.number) + ", " + number(start) + ")";
    }
    return text + ")";
}
std::string table_sql(const Meanings& meanings, std::string_view table, std::string_view day, std::string_view moment) {
    if (meanings.recut.empty()) return std::string(table);
    return "(SELECT t.* REPLACE (k.d AS " + std::string(day) + ") FROM " + std::string(table) + " t ASOF JOIN k ON t." +
           std::string(moment) + " >= k.t0)";
}

std::string windows_sql(const std::vector<Period>& windows) {
    std::string text = "w(w, d0, d1) AS (VALUES ";
    for (std::size_t i = 0; i < windows.size(); ++i) {
        text += (i == 0 ? "(" : ", (") + number(static_cast<std::int64_t>(i)) + ", " + number(windows[i].from.number) +
                ", " + number(windows[i].to.number) + ")";
    }
    return text + ")";
}

std::string groups_sql(const FactsQuery& query) {
    std::string text = ", g(node, grp, d0, d1) AS (VALUES ";
    for (std::size_t i = 0; i < query.groups.size(); ++i) {
        const NodeSpan& span = query.groups[i];
        text += (i == 0 ? "(" : ", (") + number(span.number) + ", " + number(span.group) + ", " +
                number(span.from.number) + ", " + number(span.to.number) + ")";
    }
    return text + ")";
}

std::string parts_sql(const FactsQuery& query) {
    std::string text = ", g(cut, grp) AS (VALUES ";
    for (std::size_t i = 0; i < query.parts.size(); ++i)
        text += (i == 0 ? "(" : ", (") + number(query.parts[i]) + ", " + number(static_cast<std::int64_t>(i)) + ")";
    return text + ")";
}

std::string_view cut_column(Cut cut) {
    switch (cut) {
        case Cut::Channel: return "o.channel";
        case Cut::Guide: return "o.guide";
        case Cut::Product: return "n.product";
    }
    return "NULL";
}

// Orders of the tenant with the known person behind each.
std::string orders_sql(const FactsQuery& query) {
    std::string text =
        ", c AS (SELECT customer, person FROM customers WHERE tenant = " + number(query.tenant) + " AND known)";
    const Cut cut = query.by.value_or(query.slice ? query.slice->cut : Cut::Channel);
    const bool of_products = (query.by || query.slice) && cut == Cut::Product;
    // By product an order counts with its lines of that product.
    const std::string_view held = of_products ? "n" : "o";
    text += ", o AS (SELECT c.person, o.kind, o.day, o.node, " + std::string(held) + ".net, " + std::string(held) +
            ".items";
    if (query.slice) text += ", " + std::string(cut_column(cut)) + " AS cut";
    if (query.by) text += ", COALESCE(g.grp, " + number(query.other_group) + ") AS grp";
    if (query.ranked) {
        text += ", ROW_NUMBER() OVER (PARTITION BY c.person, o.day, o.kind ORDER BY o.paid_at, o.order_id) AS nth";
    }
    text += " FROM " + table_sql(query.meanings, "orders", "day", "paid_at") +
            " o LEFT JOIN c ON c.customer = o.customer";
    if (of_products) text += " JOIN lines n ON n.tenant = o.tenant AND n.order_id = o.order_id";
    if (query.by) text += " LEFT JOIN g ON g.cut = " + std::string(cut_column(cut));
    return text + " WHERE o.tenant = " + number(query.tenant) + " AND o.kind < 2)";
}

// What each person bought per window and group, and when first.
std::string bought_sql(const FactsQuery& query) {
    std::string here = query.everywhere ? "true" : order_condition("o.node", "o.day", query.nodes);
    if (query.slice) here += " AND o.cut = " + number(query.slice->number);
    const bool grouped = !query.groups.empty();
    std::string text =
        ", f AS (SELECT person, MIN(day) AS first_entry, MIN(CASE WHEN kind = 0 THEN day END) AS first_day, "
        "MIN(CASE WHEN kind = 0 AND " +
        here +
        " THEN day END) AS first_here "
        "FROM o WHERE person IS NOT NULL GROUP BY person)";
    if (query.by) {
        text += ", h AS (SELECT person, grp, MIN(day) AS first_here FROM o WHERE kind = 0 AND person IS NOT NULL AND " +
                here + " GROUP BY ALL)";
    }
    text += ", b AS (SELECT w.w, ";
    text += query.by ? std::string("o.grp")
            : grouped ? "COALESCE(g.grp, " + number(query.other_group) + ") AS grp" : std::string("0 AS grp");
    text +=
        ", o.person, COUNT(*) AS entries, COUNT(*) FILTER (o.kind = 0) AS orders, "
        "MAX(o.day) FILTER (o.kind = 0) AS last_day, ";
    text += query.daily ? "COUNT(DISTINCT o.day) FILTER (o.kind = 0) AS days, " : "0 AS days, ";
    text += query.ranked ? "COUNT(*) FILTER (o.kind = 0 AND o.nth <= " + number(query.meanings.receipts_per_day) + ")"
                         : std::string("0");
    text +=
        " AS counted, COALESCE(SUM(o.net) FILTER (o.kind = 0), 0) AS sold, "
        "COALESCE(SUM(o.net) FILTER (o.kind = 1), 0) AS refunded, "
        "COALESCE(SUM(o.items) FILTER (o.kind = 0), 0) AS items FROM o JOIN w ON o.day BETWEEN w.d0 AND w.d1 ";
    if (grouped) text += "LEFT JOIN g ON g.node = o.node AND o.day BETWEEN g.d0 AND g.d1 ";
    return text + "WHERE " + here + " GROUP BY ALL)";
}

std::string people_sql(const FactsQuery& query) {
    return ", p AS (SELECT person, BOOL_OR(member) AS member, MIN(since) AS since, BOOL_OR(" +
           node_condition("home", query.nodes) + ") AS home FROM " +
           table_sql(query.meanings, "customers", "since", "first_seen") + " WHERE tenant = " + number(query.tenant) +
           " AND known GROUP BY person)";
}

// When each person paid last, at any time up to each window's end.
std::string lapsed_sql() {
    return ", l AS (SELECT w.w, o.person, MAX(o.day) AS last_ever FROM o JOIN w ON o.day <= w.d1 "
           "WHERE o.kind = 0 AND o.person IS NOT NULL GROUP BY ALL)";
}

// How many people, first met in each window, each person brought.
std::string referral_sql(const FactsQuery& query) {
    const std::string own = number(query.tenant);
    return ", q AS (SELECT DISTINCT c.person, a.person AS bringer FROM customers c JOIN customers a ON a.tenant = "
           "c.tenant AND a.customer = c.referrer WHERE c.tenant = " + own +
           " AND c.known AND a.known AND c.person <> a.person), r AS (SELECT w.w, q.bringer AS person, COUNT(*) AS "
           "referred FROM q JOIN p ON p.person = q.person LEFT JOIN f ON f.person = q.person JOIN w ON LEAST(p.since, "
           "f.first_entry) BETWEEN w.d0 AND w.d1 GROUP BY ALL)";
}

std::string joined_sql(const FactsQuery& query) {
    const bool stock = query.stock;
    const bool parted = query.by.has_value();
    const std::string ever = query.lapsed ? "l.last_ever" : "CAST(NULL AS INTEGER) AS last_ever";
    const std::string brought = query.referral ? "COALESCE(r.referred, 0) AS referred" : "0 AS referred";
    std::string join = query.lapsed ? " LEFT JOIN l ON l.person = p.person AND l.w = w.w" : "";
    if (query.referral) join += " LEFT JOIN r ON r.person = p.person AND r.w = w.w";
    std::string text = ", j AS (SELECT w.w, w.d0, w.d1, ";
    text += stock ? "COALESCE(b.grp, 0) AS grp, p.person" : "b.grp, b.person";
    text +=
        ", COALESCE(p.member, false) AS member, COALESCE(p.home, false) AS home, "
        "LEAST(p.since, f.first_entry) AS since, f.first_day, ";
    text += parted ? "h.first_here, " : "f.first_here, ";
    text += ever + ", " + brought + ", ";
    text += kBought;
    if (!stock) {
        return text +
               " FROM b JOIN w ON w.w = b.w LEFT JOIN p ON p.person = b.person LEFT JOIN f ON f.person = b.person" +
               (parted ? " LEFT JOIN h ON h.person = b.person AND h.grp = b.grp" : "") + join + ")";
    }
    text +=
        " FROM p CROSS JOIN w LEFT JOIN b ON b.person = p.person AND b.w = w.w LEFT JOIN f ON f.person = p.person" +
        join + " UNION ALL SELECT w.w, w.d0, w.d1, b.grp, b.person, false, false, NULL, NULL, NULL, NULL, 0, ";
    text += kBought;
    return text + " FROM b JOIN w ON w.w = b.w WHERE b.person IS NULL)";
}

}  // namespace

std::string node_condition(std::string_view column, const NodeSet& nodes) {
    if (nodes.all) return "true";
    if (nodes.numbers.empty()) return "false";
    std::string text = "COALESCE(" + std::string(column) + " IN (";
    for (std::size_t i = 0; i < nodes.numbers.size(); ++i) text += (i == 0 ? "" : ", ") + number(nodes.numbers[i]);
    return text + "), false)";
}

std::string order_condition(std::string_view node, std::string_view day, const NodeSet& nodes) {
    if (nodes.all || !nodes.spans) return node_condition(node, nodes);
    std::string text = "COALESCE(";
    for (const NodeSpan& span : *nodes.spans) {
        text += "(" + std::string(node) + " = " + number(span.number) + " AND " + std::string(day) + " BETWEEN " +
                number(span.from.number) + " AND " + number(span.to.number) + ") OR ";
    }
    return text + "false, false)";
}

std::string facts_sql(const FactsQuery& query) {
    INVARIANT(!query.windows.empty(), "facts are of at least one window");
    INVARIANT((query.groups.empty() && !query.by) || !query.stock, "people who bought nothing belong to no group");
    INVARIANT(!query.by || (query.groups.empty() && !query.slice && !query.parts.empty()), "one way to split");
    std::string text = "WITH " + windows_sql(query.windows);
    if (!query.groups.empty()) text += groups_sql(query);
    if (query.by) text += parts_sql(query);
    text += calendar_sql(query.meanings) + orders_sql(query) + bought_sql(query) + people_sql(query);
    if (query.lapsed) text += lapsed_sql();
    if (query.referral) text += referral_sql(query);
    text += joined_sql(query);
    text += ", facts AS MATERIALIZED (SELECT *, " + derived_sql(query.meanings) + " FROM j) ";
    return text;
}

}  // namespace tilth::performance
