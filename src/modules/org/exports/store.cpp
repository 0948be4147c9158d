// Rows of exports, and the limits of roles in memory.

#include "modules/org/exports/desk.h"
#include "platform/json/value.h"

namespace tilth::org {

namespace {

ExportRow export_row(const sql::Row& row) {
    return {row.id<ExportId>(0),
            static_cast<kernel::ActorKind>(row.i64(1)),
            row.id<StaffId>(2).bytes,
            std::string(row.txt(3)),
            std::string(row.txt(4)),
            row.instant(5),
            std::string(row.txt(6)),
            std::string(row.txt(7)),
            std::string(row.txt(8)),
            std::string(row.txt(9)),
            static_cast<kernel::FileData>(row.i64(10)),
            static_cast<ExportState>(row.i64(11)),
            row.i64(12),
            row.i64(13),
            row.flag(14),
            std::string(row.txt(15)),
            row.opt_instant(16),
            std::string(row.txt(17)),
            row.opt_instant(18),
            std::string(row.txt(19)),
            row.opt_instant(20),
            row.i64(21)};
}

}  // namespace

namespace store {

Result<std::optional<ExportRow>> find_export(sql::Connection& sql, const TenantId& tenant, const ExportId& id) {
    return sql.one(
        "SELECT id, actor_kind, actor, actor_name, scope, at, path, query, title_zh, title_en, data, state, file_rows,"
        " people, may_ask, reason, asked_at, decided_by, decided_at, decision, ends_at, fetched FROM export"
        " WHERE tenant_id = ?1 AND id = ?2",
        {tenant, id}, export_row);
}

Status exports(sql::Connection& sql, const TenantId& tenant, const ExportAsked& asked,
               const std::function<bool(ExportRow)>& fn) {
    const std::int64_t any_actor = asked.actor ? 0 : 1;
    const std::int64_t any_state = asked.state ? 0 : 1;
    return sql.query(
        "SELECT id, actor_kind, actor, actor_name, scope, at, path, query, title_zh, title_en, data, state, file_rows,"
        " people, may_ask, reason, asked_at, decided_by, decided_at, decision, ends_at, fetched FROM export"
        " WHERE tenant_id = ?1 AND (?2 = 1 OR actor = ?3) AND (?4 = 1 OR state = ?5)"
        " AND (at < ?6 OR (at = ?6 AND id < ?7)) ORDER BY at DESC, id DESC LIMIT 2000",
        {tenant, any_actor, StaffId{asked.actor.value_or(Bytes16{})}, any_state,
         static_cast<std::int64_t>(asked.state.value_or(ExportState::Taken)), asked.before, asked.before_id},
        [&](const sql::Row& row) { return fn(export_row(row)); });
}

}  // namespace store

Status State::load_export_limits(sql::Connection& sql) {
    return sql.query("SELECT tenant_id, role_id, people, files_a_day, approval, pages_an_hour FROM export_limit", {},
                     [this](const sql::Row& row) {
                         tenants[row.id<TenantId>(0)].export_limits[row.id<Id<tag::Role>>(1)] = {
                             row.i64(2), row.i64(3), static_cast<ExportApproval>(row.i64(4)), row.i64(5)};
                         return true;
                     });
}

Status OrgService::set_export_limit(kernel::Unit& unit, const Id<tag::Role>& role,
                                    const std::optional<ExportLimit>& limit) {
    if (!unit.context().scope->all) return Error(ErrorCode::Forbidden, "headquarters sets what roles may take out");
    const auto found = state_.read([&](const State& state) -> std::optional<std::vector<std::string>> {
        const auto& roles = state.tenants.at(unit.tenant()).roles;
        const auto at = roles.find(role);
        return at == roles.end() ? std::nullopt : std::optional(at->second.permissions);
    });
    if (!found) return Error(ErrorCode::NotFound, "role");
    TRY(check_held(unit.context(), *found));
    json::Value detail = json::Value::object();
    if (limit) {
        TRY(unit.sql().write(
            "INSERT INTO export_limit (tenant_id, role_id, people, files_a_day, approval, pages_an_hour, changed_at)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (tenant_id, role_id) DO UPDATE SET"
            " people = excluded.people, files_a_day = excluded.files_a_day, approval = excluded.approval,"
            " pages_an_hour = excluded.pages_an_hour, changed_at = excluded.changed_at",
            {unit.tenant(), role, limit->people, limit->files_a_day, static_cast<std::int64_t>(limit->approval),
             limit->pages_an_hour, unit.now()}));
        detail.set("people", limit->people).set("files_a_day", limit->files_a_day);
        detail.set("approval", static_cast<std::int64_t>(limit->approval)).set("pages_an_hour", limit->pages_an_hour);
    } else {
        TRY(unit.sql().write("DELETE FROM export_limit WHERE tenant_id = ?1 AND role_id = ?2", {unit.tenant(), role}));
    }
    TRY(unit.audit({.action = "role.export_limit", .object = role.str(), .detail = detail.print()}));
    unit.on_commit([this, tenant = unit.tenant(), role, limit] {
        state_.change([&](State& state) {
            auto& limits = state.tenants[tenant].export_limits;
            if (limit) limits.insert_or_assign(role, *limit);
            else limits.erase(role);
        });
    });
    return ok();
}

}  // namespace tilth::org
