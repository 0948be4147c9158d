#include "modules/customer/store_conflicts.h"

namespace tilth::customer::store {

namespace {

ConflictRow conflict_row(const sql::Row& row) {
    ConflictRow one{row.i64(0),       row.id<CustomerId>(1),  row.id<CustomerId>(2), std::string(row.txt(3)),
                    std::string(row.txt(4)), row.txt_or(5, {}), row.instant(6),        row.txt_or(7, {}),
                    0,                {},                     {},                    {}};
    if (!row.null(7)) {
        one.link = row.i64(8);
        one.reason = row.txt(9);
        one.actor = row.txt(10);
        one.decided_at = row.instant(11);
    }
    return one;
}

}  // namespace

Result<std::optional<ConflictRow>> conflict(sql::Connection& sql, const TenantId& tenant, std::int64_t number) {
    return sql.one(
        "SELECT c.number, c.a, c.b, c.cause, c.rule, s.name, c.at, d.outcome, d.link, d.reason, d.actor, d.at"
        " FROM identity_conflict c LEFT JOIN customer_source s ON s.tenant_id = c.tenant_id AND s.number = c.source"
        " LEFT JOIN conflict_decision d ON d.tenant_id = c.tenant_id AND d.conflict = c.number"
        " AND d.number = (SELECT max(n.number) FROM conflict_decision n WHERE n.tenant_id = c.tenant_id"
        " AND n.conflict = c.number) WHERE c.tenant_id = ?1 AND c.number = ?2",
        {tenant, number}, conflict_row);
}

Result<std::vector<ConflictRow>> conflicts(sql::Connection& sql, const TenantId& tenant, bool decided,
                                           std::int64_t before, std::int64_t limit) {
    return sql.all(
        "SELECT c.number, c.a, c.b, c.cause, c.rule, s.name, c.at, d.outcome, d.link, d.reason, d.actor, d.at"
        " FROM identity_conflict c LEFT JOIN customer_source s ON s.tenant_id = c.tenant_id AND s.number = c.source"
        " LEFT JOIN conflict_decision d ON d.tenant_id = c.tenant_id AND d.conflict = c.number"
        " AND d.number = (SELECT max(n.number) FROM conflict_decision n WHERE n.tenant_id = c.tenant_id"
        " AND n.conflict = c.number) WHERE c.tenant_id = ?1 AND c.number < ?2"
        " AND (CASE WHEN d.outcome IN ('merge', 'apart') THEN 1 ELSE 0 END) = ?3 ORDER BY c.number DESC LIMIT ?4",
        {tenant, before, std::int64_t{decided ? 1 : 0}, limit}, conflict_row);
}

Result<std::vector<std::int64_t>> evidence_of_conflict(sql::Connection& sql, const TenantId& tenant,
                                                       std::int64_t number) {
    return sql.all("SELECT identity FROM conflict_evidence WHERE tenant_id = ?1 AND conflict = ?2 ORDER BY identity",
                   {tenant, number}, [](const sql::Row& row) { return row.i64(0); });
}

Status insert_decision(kernel::Unit& unit, std::int64_t conflict, std::string_view outcome, std::int64_t link,
                       std::string_view reason) {
    return unit.sql().write(
        "INSERT INTO conflict_decision (tenant_id, number, conflict, outcome, link, reason, actor, at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        {unit.tenant(), unit.next_number("conflict_decision"), conflict, outcome, link, reason,
         unit.context().actor.name, unit.now()});
}

}  // namespace tilth::customer::store
