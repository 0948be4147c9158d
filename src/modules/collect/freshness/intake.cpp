#include "modules/collect/freshness/intake.h"

namespace tilth::collect {

namespace {

// Of five columns in a row, the first at `at`.
Intake intake_of(const sql::Row& row, int at) {
    return {row.i64(at), row.i64(at + 1), row.i64(at + 2), row.i64(at + 3), row.i64(at + 4)};
}

}  // namespace

Status count_intake(kernel::Unit& unit, const SourceId& source, Day day, const Intake& intake, Instant at) {
    return unit.sql().write(
        "INSERT INTO source_day (tenant_id, source_id, day, accepted, refused, late, duplicate, contradictory, "
        "last_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (tenant_id, source_id, day) DO UPDATE SET "
        "accepted = source_day.accepted + excluded.accepted, refused = source_day.refused + excluded.refused, "
        "late = source_day.late + excluded.late, duplicate = source_day.duplicate + excluded.duplicate, "
        "contradictory = source_day.contradictory + excluded.contradictory, last_at = CASE WHEN excluded.last_at > "
        "source_day.last_at THEN excluded.last_at ELSE source_day.last_at END",
        {unit.tenant(), source, std::int64_t{day.number}, intake.accepted, intake.refused, intake.late,
         intake.duplicate, intake.contradictory, at});
}

Result<std::vector<SourceDay>> source_days(sql::Connection& sql, const TenantId& tenant, const SourceId& source,
                                           int limit) {
    return sql.all(
        "SELECT day, accepted, refused, late, duplicate, contradictory, last_at FROM source_day "
        "WHERE tenant_id = ?1 AND source_id = ?2 ORDER BY day DESC LIMIT ?3",
        {tenant, source, limit}, [](const sql::Row& row) {
            return SourceDay{Day{static_cast<std::int32_t>(row.i64(0))}, intake_of(row, 1), row.instant(6)};
        });
}

Result<std::map<SourceId, SourceSum>> intake_since(sql::Connection& sql, const TenantId& tenant, Day first) {
    std::map<SourceId, SourceSum> sums;
    TRY(sql.query("SELECT source_id, accepted, refused, late, duplicate, contradictory, last_at FROM source_day "
                  "WHERE tenant_id = ?1 AND day >= ?2",
                  {tenant, std::int64_t{first.number}}, [&sums](const sql::Row& row) {
                      SourceSum& one = sums[row.id<SourceId>(0)];
                      one.sum += intake_of(row, 1);
                      one.last = std::max(one.last, row.instant(6));
                      return true;
                  }));
    return sums;
}

}  // namespace tilth::collect
