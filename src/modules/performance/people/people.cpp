#include "modules/performance/people/people.h"

#include "modules/performance/metrics/facts.h"

namespace tilth::performance {

namespace {

using columns::Cell;

// Without a value: last in either order.
std::string key_sql(const PeopleQuery& query) {
    const bool rising = query.order == SortOrder::Asc;
    switch (query.sort) {
        case PeopleSort::NetSpend: return "net";
        case PeopleSort::Orders: return "orders";
        case PeopleSort::FirstSeen: return "first_seen";
        case PeopleSort::LastOrder: break;
    }
    return "COALESCE(last_at, " + std::string(rising ? "9223372036854775807" : "-9223372036854775807") + ")";
}

// listed: the whole list, one row a person.
std::string listed_sql(std::int32_t tenant, const PeopleQuery& query) {
    const std::string own = std::to_string(tenant);
    std::string text =
        "WITH bought AS (SELECT c.person, COUNT(*) FILTER (o.kind = 0) AS orders, CAST(SUM(o.net) AS BIGINT) AS net, "
        "MIN(o.paid_at) FILTER (o.kind = 0) AS first_at, MAX(o.paid_at) FILTER (o.kind = 0) AS last_at "
        "FROM orders o JOIN customers c ON c.customer = o.customer WHERE o.tenant = " +
        own + " AND c.tenant = " + own + " AND o.kind < 2 AND " + node_condition("o.node", query.nodes) +
        " GROUP BY c.person), ";
    text += "everybody AS (SELECT person, BOOL_OR(known) AS known, MIN(first_seen) AS first_seen, BOOL_OR(" +
            node_condition("home", query.nodes) + ") AS home FROM customers WHERE tenant = " + own +
            " GROUP BY person), ";
    text +=
        "listed AS (SELECT e.person, COALESCE(b.orders, 0) AS orders, COALESCE(b.net, 0) AS net, b.first_at, "
        "b.last_at, "
        "e.first_seen FROM everybody e LEFT JOIN bought b ON b.person = e.person WHERE true";
    if (query.at_home) text += " AND e.home";
    if (query.known) text += *query.known ? " AND e.known" : " AND NOT e.known";
    if (query.first_from) text += " AND e.first_seen >= " + std::to_string(query.first_from->ms);
    if (query.first_before) text += " AND e.first_seen < " + std::to_string(query.first_before->ms);
    for (const std::string& persons : query.within) text += " AND e.person IN (" + persons + ")";
    return text + "), keyed AS (SELECT *, " + key_sql(query) + " AS key FROM listed)";
}

std::optional<Instant> instant(const Cell& cell) {
    if (const auto* ms = std::get_if<std::int64_t>(&cell)) return Instant{*ms};
    return std::nullopt;
}

}  // namespace

Result<PeoplePage> list_people(const Source& source, const PeopleQuery& query) {
    const bool rising = query.order == SortOrder::Asc;
    const std::string way = rising ? " ASC" : " DESC";
    std::string text = listed_sql(source.tenant, query);
    text += ", page AS (SELECT * FROM keyed";
    if (query.after) {
        const std::string beyond = rising ? " > " : " < ";
        text += " WHERE (key, person)" + beyond + "(" + std::to_string(query.after->key) + ", " +
                std::to_string(query.after->person) + ")";
    }
    text += " ORDER BY key" + way + ", person" + way + " LIMIT " + std::to_string(query.limit) + ")";
    // The total is of one snapshot with the page, and there when the page is empty.
    text +=
        " SELECT t.total, p.person, p.orders, p.net, p.first_at, p.last_at, p.first_seen, p.key FROM "
        "(SELECT COUNT(*) AS total FROM keyed) t LEFT JOIN page p ON true ORDER BY p.key" +
        way + ", p.person" + way;
    const auto table = TRY(source.columns->query(text));
    PeoplePage page;
    for (const auto& row : table.rows) {
        const auto integer = [&row](std::size_t column) { return std::get<std::int64_t>(row[column]); };
        page.total = integer(0);
        if (std::holds_alternative<std::monostate>(row[1])) break;
        page.rows.push_back(
            {integer(1), integer(2), integer(3), instant(row[4]), instant(row[5]), Instant{integer(6)}, integer(7)});
    }
    return page;
}

Result<std::optional<PersonRow>> find_person(const Source& source, const NodeSet& nodes, std::int64_t person) {
    PeopleQuery query;
    query.nodes = nodes;
    query.within = {"SELECT " + std::to_string(person)};
    query.limit = 1;
    const PeoplePage page = TRY(list_people(source, query));
    if (page.rows.empty()) return std::optional<PersonRow>();
    return std::optional<PersonRow>(page.rows.front());
}

}  // namespace tilth::performance
