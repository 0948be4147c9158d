#include "modules/audience/lifecycle/lifecycle_store.h"

#include <algorithm>

#include "platform/json/value.h"

namespace tilth::audience::store {

namespace {

Lifecycle lifecycle_of(const sql::Row& row) {
    Lifecycle one;
    one.id = row.id<LifecycleId>(0);
    one.name = row.txt(1);
    one.scale = static_cast<CycleScale>(row.i64(2));
    one.description = row.txt(3);
    one.version = row.i64(4);
    one.created_by = row.txt(5);
    one.created_at = row.instant(6);
    one.changed_at = row.instant(7);
    one.archived_at = row.opt_instant(8);
    return one;
}

std::string printed(const std::vector<Stage>& stages) {
    json::Value out = json::Value::array();
    for (const Stage& one : stages) {
        out.push(json::Value::object({{"id", one.set.str()},
                                      {"name", one.name},
                                      {"kind", static_cast<std::int64_t>(one.kind)},
                                      {"description", one.description},
                                      {"rule", one.rule}}));
    }
    return out.print();
}

Result<std::vector<Stage>> stages_in(const std::string& text) {
    std::vector<Stage> out;
    const auto list = TRY(json::Value::parse(text));
    for (const auto& one : list.items()) {
        const SetId id = TRY(SetId::parse(one["id"].str()));
        out.push_back({id, std::string(one["name"].str()), static_cast<StageKind>(one["kind"].i64_or(0)),
                       std::string(one["description"].str()), std::string(one["rule"].str())});
    }
    return out;
}

}  // namespace

Result<std::vector<Lifecycle>> lifecycles(sql::Connection& sql, const TenantId& tenant) {
    auto out = TRY(sql.all(
        "SELECT id, name, scale, description, version, created_by, created_at, changed_at, archived_at FROM lifecycle "
        "WHERE tenant_id = ?1 ORDER BY scale, created_at, id",
        {tenant}, lifecycle_of));
    TRY(sql.query("SELECT l.lifecycle_id, l.set_id, s.name, l.kind, s.description, l.rule FROM lifecycle_stage l JOIN "
                  "audience_set s ON s.tenant_id = l.tenant_id AND s.id = l.set_id WHERE l.tenant_id = ?1 ORDER BY "
                  "l.lifecycle_id, l.place",
                  {tenant}, [&](const sql::Row& row) {
                      const auto of = row.id<LifecycleId>(0);
                      const auto found =
                          std::find_if(out.begin(), out.end(), [&](const Lifecycle& one) { return one.id == of; });
                      if (found != out.end()) {
                          found->stages.push_back({row.id<SetId>(1), std::string(row.txt(2)),
                                                   static_cast<StageKind>(row.i64(3)), std::string(row.txt(4)),
                                                   std::string(row.txt(5))});
                      }
                      return true;
                  }));
    return out;
}

Result<Lifecycle> lifecycle(sql::Connection& sql, const TenantId& tenant, const LifecycleId& id) {
    auto all = TRY(lifecycles(sql, tenant));
    for (auto& one : all) {
        if (one.id == id) return std::move(one);
    }
    return Error(ErrorCode::NotFound, "lifecycle");
}

Status insert(kernel::Unit& unit, const Lifecycle& one) {
    TRY(unit.sql().write(
        "INSERT INTO lifecycle (tenant_id, id, name, scale, description, version, created_by, created_at, changed_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        {unit.tenant(), one.id, one.name, static_cast<int>(one.scale), one.description, one.version, one.created_by,
         one.created_at, one.changed_at}));
    return write_stages(unit, one);
}

Status update(kernel::Unit& unit, const Lifecycle& one) {
    return unit.sql().write(
        "UPDATE lifecycle SET name = ?3, description = ?4, version = ?5, changed_at = ?6, archived_at = ?7 WHERE "
        "tenant_id = ?1 AND id = ?2",
        {unit.tenant(), one.id, one.name, one.description, one.version, one.changed_at, one.archived_at});
}

Status write_stages(kernel::Unit& unit, const Lifecycle& one) {
    TRY(unit.sql().write("DELETE FROM lifecycle_stage WHERE tenant_id = ?1 AND lifecycle_id = ?2",
                         {unit.tenant(), one.id}));
    std::int64_t place = 0;
    for (const Stage& stage : one.stages) {
        TRY(unit.sql().write(
            "INSERT INTO lifecycle_stage (tenant_id, set_id, lifecycle_id, place, kind, rule) VALUES (?1, ?2, ?3, ?4, "
            "?5, ?6)",
            {unit.tenant(), stage.set, one.id, ++place, static_cast<int>(stage.kind), stage.rule}));
    }
    return unit.sql().write(
        "INSERT INTO lifecycle_version (tenant_id, lifecycle_id, version, name, description, stages, at, actor) VALUES "
        "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        {unit.tenant(), one.id, one.version, one.name, one.description, printed(one.stages), unit.now(),
         unit.context().actor.name});
}

Result<std::optional<Version>> version_before(sql::Connection& sql, const TenantId& tenant, const LifecycleId& id,
                                              std::int64_t version) {
    std::string stages;
    auto found = TRY(sql.one(
        "SELECT version, name, description, stages FROM lifecycle_version WHERE tenant_id = ?1 AND lifecycle_id = ?2 "
        "AND version < ?3 ORDER BY version DESC LIMIT 1",
        {tenant, id, version}, [&](const sql::Row& row) {
            stages = row.txt(3);
            return Version{row.i64(0), std::string(row.txt(1)), std::string(row.txt(2)), {}};
        }));
    if (found) found->stages = TRY(stages_in(stages));
    return found;
}

Result<std::vector<PersonChange>> stage_changes_of(sql::Connection& sql, const TenantId& tenant,
                                                   const CustomerId& customer, int limit) {
    return sql.all(
        "SELECT c.number, c.set_id, c.entered, c.at, c.cause, c.because FROM audience_change c JOIN audience_set s ON "
        "s.tenant_id = c.tenant_id AND s.id = c.set_id WHERE c.tenant_id = ?1 AND c.customer_id = ?2 AND s.family = ?3 "
        "ORDER BY c.number DESC LIMIT ?4",
        {tenant, customer, static_cast<int>(Family::Stage), limit}, [](const sql::Row& row) {
            return PersonChange{row.i64(0),     row.id<SetId>(1), row.flag(2),
                                row.instant(3), static_cast<Cause>(row.i64(4)), std::string(row.txt(5))};
        });
}

}  // namespace tilth::audience::store
