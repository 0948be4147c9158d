#include "modules/audience/models/models.h"
#include "platform/json/interpreter.h"

namespace tilth::audience::runs {

Status insert(kernel::Unit& unit, const RunView& one) {
    return unit.sql().write(
        "INSERT INTO audience_model_run (tenant_id, number, model, version, at, actor, people, fingerprint, result) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        {unit.tenant(), one.number, one.model, one.version, one.at, one.actor, one.people, one.fingerprint,
         json::print(one.result)});
}

Status set_published(kernel::Unit& unit, std::int64_t number) {
    return unit.sql().write("UPDATE audience_model_run SET published_at = ?3 WHERE tenant_id = ?1 AND number = ?2",
                            {unit.tenant(), number, unit.now()});
}

Result<std::vector<RunView>> of_model(sql::Connection& sql, const TenantId& tenant, std::string_view model, int limit) {
    std::vector<RunView> out;
    std::vector<std::string> results;
    TRY(sql.query(
        "SELECT number, version, at, actor, people, fingerprint, published_at, result FROM audience_model_run WHERE "
        "tenant_id = ?1 AND model = ?2 ORDER BY number DESC LIMIT ?3",
        {tenant, model, limit}, [&](const sql::Row& row) {
            RunView& one = out.emplace_back();
            one.number = row.i64(0);
            one.model = model;
            one.version = row.i64(1);
            one.at = row.instant(2);
            one.actor = row.txt(3);
            one.people = row.i64(4);
            one.fingerprint = row.txt(5);
            one.published_at = row.opt_instant(6);
            results.emplace_back(row.txt(7));
            return true;
        }));
    for (std::size_t i = 0; i < out.size(); ++i) out[i].result = TRY(json::parse<RunResult>(results[i]));
    return out;
}

}  // namespace tilth::audience::runs
