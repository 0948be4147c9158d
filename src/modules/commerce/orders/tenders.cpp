#include "modules/commerce/orders/tenders.h"

#include <algorithm>

namespace tilth::commerce::store {

namespace {

Tender tender_of(const sql::Row& row) {
    Tender one;
    one.method = row.txt(0);
    if (!row.null(1)) one.amount_minor = row.i64(1);
    return one;
}

bool without_amounts(const std::vector<Tender>& set) {
    return std::none_of(set.begin(), set.end(), [](const Tender& one) { return one.amount_minor.has_value(); });
}

bool holds(const std::vector<Tender>& set, const Tender& one) {
    return std::find(set.begin(), set.end(), one) != set.end();
}

}  // namespace

Result<std::vector<Tender>> tenders(sql::Connection& sql, const TenantId& tenant, const OrderId& order) {
    return sql.all(
        "SELECT method, amount_minor FROM order_tender WHERE tenant_id = ?1 AND order_id = ?2 AND source = "
        "(SELECT source FROM order_tender WHERE tenant_id = ?1 AND order_id = ?2 ORDER BY number DESC LIMIT 1) "
        "ORDER BY position",
        {tenant, order}, tender_of);
}

bool says_more(const std::vector<Tender>& standing, const std::vector<Tender>& given) {
    if (given.empty()) return false;
    if (!without_amounts(given)) return given != standing;
    return !std::all_of(given.begin(), given.end(), [&](const Tender& one) { return holds(standing, one); });
}

Status put_tenders(kernel::Unit& unit, const OrderId& order, std::string_view source,
                   const std::vector<Tender>& given) {
    auto own = TRY(unit.sql().all(
        "SELECT method, amount_minor FROM order_tender WHERE tenant_id = ?1 AND order_id = ?2 AND source = ?3 "
        "ORDER BY position",
        {unit.tenant(), order, source}, tender_of));
    const bool adds = without_amounts(given) && without_amounts(own);
    if (!adds) own.clear();
    for (const Tender& one : given)
        if (!adds || !holds(own, one)) own.push_back(one);
    TRY(unit.sql().write("DELETE FROM order_tender WHERE tenant_id = ?1 AND order_id = ?2 AND source = ?3",
                         {unit.tenant(), order, source}));
    const std::int64_t number = unit.next_number("order_tender");
    std::int64_t position = 0;
    for (const Tender& one : own) {
        TRY(unit.sql().write(
            "INSERT INTO order_tender (tenant_id, order_id, source, position, number, method, amount_minor) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            {unit.tenant(), order, source, ++position, number, one.method, one.amount_minor}));
    }
    return ok();
}

Status remove_tenders(kernel::Unit& unit, const OrderId& order) {
    return unit.sql().write("DELETE FROM order_tender WHERE tenant_id = ?1 AND order_id = ?2", {unit.tenant(), order});
}

Result<std::int64_t> take_back_tenders(kernel::Unit& unit, std::string_view source, int limit) {
    return unit.sql().change(
        "DELETE FROM order_tender WHERE tenant_id = ?1 AND source = ?2 AND (order_id, position) IN (SELECT order_id, "
        "position FROM order_tender WHERE tenant_id = ?1 AND source = ?2 ORDER BY order_id, position LIMIT ?3)",
        {unit.tenant(), source, limit});
}

}  // namespace tilth::commerce::store
