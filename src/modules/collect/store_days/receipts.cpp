#include "modules/collect/store_days/api.h"

namespace tilth::collect {

Result<StoreDays::Put> compare_receipt(sql::Connection& sql, const TenantId& tenant, const TillReceipt& one) {
    const auto stands = TRY(sql.one(
        "SELECT net_minor FROM till_receipt WHERE tenant_id = ?1 AND day = ?2 AND node_id = ?3 AND receipt = ?4 "
        "ORDER BY number DESC LIMIT 1",
        {tenant, one.day, one.node, one.receipt}, [](const sql::Row& row) { return row.i64(0); }));
    if (!stands) return StoreDays::Put::New;
    return *stands == one.net_minor ? StoreDays::Put::Unchanged : StoreDays::Put::Updated;
}

Result<StoreDays::Put> put_receipt(kernel::Unit& unit, const TillReceipt& one, std::string_view source) {
    const auto what = TRY(compare_receipt(unit.sql(), unit.tenant(), one));
    if (what == StoreDays::Put::Unchanged) return what;
    TRY(unit.sql().write(
        "INSERT INTO till_receipt (tenant_id, day, node_id, receipt, source, number, net_minor) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (tenant_id, day, node_id, receipt, source) DO UPDATE SET "
        "number = EXCLUDED.number, net_minor = EXCLUDED.net_minor",
        {unit.tenant(), one.day, one.node, one.receipt, source, unit.next_number("till_receipt"), one.net_minor}));
    return what;
}

Result<std::vector<TillReceipt>> receipts_of(sql::Connection& sql, const TenantId& tenant, const OrgNodeId& node,
                                             Day day) {
    const auto rows = TRY(sql.all(
        "SELECT receipt, net_minor FROM till_receipt WHERE tenant_id = ?1 AND day = ?2 AND node_id = ?3 "
        "ORDER BY receipt, number",
        {tenant, day, node}, [&](const sql::Row& row) {
            return TillReceipt{node, day, std::string(row.txt(0)), row.i64(1)};
        }));
    std::vector<TillReceipt> newest;
    for (const TillReceipt& row : rows) {
        if (!newest.empty() && newest.back().receipt == row.receipt) newest.pop_back();
        newest.push_back(row);
    }
    return newest;
}

Result<std::int64_t> take_back_receipts(kernel::Unit& unit, std::string_view source, int limit) {
    return unit.sql().change(
        "DELETE FROM till_receipt WHERE tenant_id = ?1 AND source = ?2 AND (day, node_id, receipt) IN (SELECT day, "
        "node_id, receipt FROM till_receipt WHERE tenant_id = ?1 AND source = ?2 ORDER BY day, node_id, receipt "
        "LIMIT ?3)",
        {unit.tenant(), source, limit});
}

Result<ReceiptTotals> receipt_totals(sql::Connection& sql, const TenantId& tenant, std::string_view source) {
    ReceiptTotals totals;
    TRY(sql.query("SELECT COUNT(*), CAST(COALESCE(SUM(net_minor), 0) AS BIGINT) FROM till_receipt "
                  "WHERE tenant_id = ?1 AND source = ?2",
                  {tenant, source}, [&totals](const sql::Row& row) {
                      totals = {row.i64(0), row.i64(1)};
                      return true;
                  }));
    return totals;
}

}  // namespace tilth::collect
