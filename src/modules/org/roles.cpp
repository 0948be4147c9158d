// Roles as data: one's own, copied from others, with what they demand.

#include <algorithm>

#include "modules/org/service.h"

namespace tilth::org {

Result<Id<tag::Role>> OrgService::add_role(kernel::Unit& unit, std::string_view name,
                                           const std::optional<Id<tag::Role>>& copy_of) {
    RoleInfo role;
    const bool known = state_.read([&](const State& state) {
        const auto& roles = state.tenants.at(unit.tenant()).roles;
        if (!copy_of) return true;
        const auto from = roles.find(*copy_of);
        if (from == roles.end()) return false;
        role = from->second;
        return true;
    });
    if (!known) return Error(ErrorCode::NotFound, "role");
    TRY(check_held(unit.context(), role.permissions));
    role.id = unit.new_id<Id<tag::Role>>();
    role.code = "own:" + role.id.str();
    role.name_zh = role.name_en = name;
    TRY(unit.sql().write("INSERT INTO role (tenant_id, id, code, name_zh, name_en, second_factor) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                         {unit.tenant(), role.id, role.code, role.name_zh, role.name_en, role.second_factor}));
    for (const std::string& permission : role.permissions) {
        TRY(unit.sql().write("INSERT INTO role_permission (tenant_id, role_id, permission) VALUES (?1, ?2, ?3)",
                             {unit.tenant(), role.id, permission}));
    }
    TRY(unit.audit({.action = "role.add", .object = role.id.str()}));
    unit.on_commit([this, tenant = unit.tenant(), role] {
        state_.change([&](State& state) { state.tenants[tenant].roles[role.id] = role; });
    });
    return role.id;
}

Status OrgService::change_role(kernel::Unit& unit, const Id<tag::Role>& role, const RoleChange& change) {
    auto info = state_.read([&](const State& state) -> std::optional<RoleInfo> {
        const auto& roles = state.tenants.at(unit.tenant()).roles;
        const auto found = roles.find(role);
        return found == roles.end() ? std::nullopt : std::optional(found->second);
    });
    if (!info) return Error(ErrorCode::NotFound, "role");
    TRY(check_held(unit.context(), info->permissions));
    if (change.name) info->name_zh = info->name_en = *change.name;
    if (change.second_factor) info->second_factor = *change.second_factor;
    TRY(unit.sql().write("UPDATE role SET name_zh = ?3, name_en = ?4, second_factor = ?5 "
                         "WHERE tenant_id = ?1 AND id = ?2",
                         {unit.tenant(), role, info->name_zh, info->name_en, info->second_factor}));
    TRY(unit.audit({.action = "role.change",
                    .object = role.str(),
                    .detail = std::string(R"({"second_factor":)") + (info->second_factor ? "true" : "false") + "}"}));
    unit.on_commit([this, tenant = unit.tenant(), info = *info] {
        state_.change([&](State& state) { state.tenants[tenant].roles[info.id] = info; });
    });
    return ok();
}

Status OrgService::remove_role(kernel::Unit& unit, const Id<tag::Role>& role) {
    enum class Found : std::uint8_t { No, Ready, Held, Free };
    const Found found = state_.read([&](const State& state) {
        const TenantState& tenant = state.tenants.at(unit.tenant());
        const auto at = tenant.roles.find(role);
        if (at == tenant.roles.end()) return Found::No;
        if (!at->second.code.starts_with("own:")) return Found::Ready;
        for (const auto& [id, member] : tenant.staff)
            for (const StaffMember::Post& post : member.posts)
                if (post.role == role) return Found::Held;
        return Found::Free;
    });
    if (found == Found::No) return Error(ErrorCode::NotFound, "role");
    if (found != Found::Free) return Error(ErrorCode::Conflict, found == Found::Held ? "held" : "a ready role");
    TRY(unit.sql().write("DELETE FROM role_permission WHERE tenant_id = ?1 AND role_id = ?2", {unit.tenant(), role}));
    TRY(unit.sql().write("DELETE FROM post_need WHERE tenant_id = ?1 AND role_id = ?2", {unit.tenant(), role}));
    TRY(unit.sql().write("DELETE FROM export_limit WHERE tenant_id = ?1 AND role_id = ?2", {unit.tenant(), role}));
    TRY(unit.sql().write("DELETE FROM role WHERE tenant_id = ?1 AND id = ?2", {unit.tenant(), role}));
    TRY(unit.audit({.action = "role.remove", .object = role.str()}));
    unit.on_commit([this, tenant = unit.tenant(), role] {
        state_.change([&](State& state) {
            state.tenants[tenant].roles.erase(role);
            std::erase_if(state.tenants[tenant].needs, [&](const PostNeed& need) { return need.role == role; });
        });
    });
    return ok();
}

}  // namespace tilth::org
