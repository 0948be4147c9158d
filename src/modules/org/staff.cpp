// Staff: adding, a new one-time password, disabling.

#include <algorithm>

#include "modules/org/staff_rows.h"

namespace tilth::org {

Status write_staff(kernel::Unit& unit, const StaffRows& staff) {
    TRY(unit.sql().write("INSERT INTO staff (tenant_id, id, name, active, created_at) VALUES (?1, ?2, ?3, 1, ?4)",
                         {unit.tenant(), staff.id, staff.name, unit.now()}));
    TRY(unit.sql().write(
        "INSERT INTO login (tenant_id, login, staff_id, password, must_change, failures, locked_until) "
        "VALUES (?1, ?2, ?3, ?4, 1, 0, 0)",
        {unit.tenant(), staff.login, staff.id, staff.password_hash}));
    return unit.sql().write("INSERT INTO staff_post (tenant_id, staff_id, node_id, role_id) VALUES (?1, ?2, ?3, ?4)",
                            {unit.tenant(), staff.id, staff.node, staff.role});
}

Result<std::string> OrgService::add_member(const kernel::Context& context, const NewStaff& staff, StaffId& made) {
    if (!node(context.tenant, staff.node) || !context.scope->covers(staff.node))
        return Error(ErrorCode::NotFound, "node");
    const auto rights = state_.read([&](const State& state) -> std::optional<std::vector<std::string>> {
        const TenantState* tenant = state.tenant(context.tenant);
        const bool known = tenant != nullptr && tenant->roles.contains(staff.role);
        return known ? std::optional(tenant->roles.at(staff.role).permissions) : std::nullopt;
    });
    if (!rights) return Error(ErrorCode::NotFound, "role");
    TRY(check_held(context, *rights));
    std::string password = crypto::random_token().substr(0, 16);
    const std::string hash = TRY(hash_password(Secret(password)));
    auto written = kernel_.record.write<StaffId>(context, [&](kernel::Unit& unit) -> Result<StaffId> {
        const auto taken = TRY(unit.sql().one("SELECT staff_id FROM login WHERE tenant_id = ?1 AND login = ?2",
                                              {unit.tenant(), staff.login}, [](const sql::Row&) { return true; }));
        if (taken) {
            return Error::invalid("login", "taken", "登录名已被使用", "This login is taken", "换一个登录名",
                                  "Choose another");
        }
        const auto id = unit.new_id<StaffId>();
        TRY(write_staff(unit, {id, staff.name, staff.login, hash, staff.node, staff.role}));
        TRY(unit.audit({.action = "staff.add", .object = id.str()}));
        unit.on_commit([this, tenant = unit.tenant(), id, staff] {
            state_.change([&](State& state) {
                state.tenants[tenant].staff[id] = {id, staff.name, staff.login, true, true, {{staff.node, staff.role}}};
            });
        });
        return id;
    });
    if (!written) return written.error();
    made = *written;
    return password;
}

Status OrgService::set_staff_active(kernel::Unit& unit, const StaffId& staff, bool active) {
    const bool within = state_.read([&](const State& state) {
        const TenantState* tenant = state.tenant(unit.tenant());
        if (tenant == nullptr || !tenant->staff.contains(staff)) return false;
        const auto& posts = tenant->staff.at(staff).posts;
        return unit.context().scope->all || std::any_of(posts.begin(), posts.end(), [&](const StaffMember::Post& post) {
                   return unit.context().scope->covers(post.node);
               });
    });
    if (!within) return Error(ErrorCode::NotFound, "staff");
    const auto changed = TRY(unit.sql().change("UPDATE staff SET active = ?3 WHERE tenant_id = ?1 AND id = ?2",
                                               {unit.tenant(), staff, active}));
    if (changed == 0) return Error(ErrorCode::NotFound, "staff");
    if (!active)
        TRY(unit.sql().write("DELETE FROM session WHERE tenant_id = ?1 AND staff_id = ?2", {unit.tenant(), staff}));
    TRY(unit.audit({.action = active ? "staff.enable" : "staff.disable", .object = staff.str()}));
    unit.on_commit([this, tenant = unit.tenant(), staff, active] {
        state_.change([&](State& state) {
            state.tenants[tenant].staff[staff].active = active;
            if (!active) std::erase_if(state.sessions, [&](const auto& one) { return one.second.staff == staff; });
        });
    });
    return ok();
}

Status OrgService::check_may_reset(const kernel::Context& context, const StaffId& staff) const {
    TRY(check_within(context, staff));
    std::vector<std::string> rights;
    const bool covered = state_.read([&](const State& state) {
        const TenantState& tenant = state.tenants.at(context.tenant);
        const auto& posts = tenant.staff.at(staff).posts;
        for (const StaffMember::Post& post : posts) {
            const auto role = tenant.roles.find(post.role);
            if (role == tenant.roles.end()) continue;
            rights.insert(rights.end(), role->second.permissions.begin(), role->second.permissions.end());
        }
        return std::all_of(posts.begin(), posts.end(),
                           [&](const StaffMember::Post& post) { return context.scope->covers(post.node); });
    });
    if (!covered) return Error(ErrorCode::Forbidden, "this person has posts beyond the caller's scope");
    return check_held(context, rights);
}

Result<std::string> OrgService::new_password(const kernel::Context& context, const StaffId& staff) {
    TRY(check_may_reset(context, staff));
    const auto found = member(context.tenant, staff);
    if (!found || found->login.empty()) return Error(ErrorCode::NotFound, "login");
    return reset_password(context, found->login);
}

Result<std::string> OrgService::add_staff(const kernel::Context& context, std::string_view login, std::string_view name,
                                          std::string_view role_code) {
    const auto found = state_.read([&](const State& state) -> std::optional<NewStaff> {
        const TenantState* tenant = state.tenant(context.tenant);
        if (tenant == nullptr) return std::nullopt;
        for (const auto& [id, role] : tenant->roles) {
            if (role.code == role_code) return NewStaff{std::string(name), std::string(login), tenant->root, id};
        }
        return std::nullopt;
    });
    if (!found) {
        return Error::invalid("role", "unknown_role", "没有这个角色", "There is no such role",
                              "例如 operations、analyst", "For example operations, analyst");
    }
    StaffId made;
    return add_member(context, *found, made);
}

Result<std::string> OrgService::reset_password(const kernel::Context& context, std::string_view login) {
    std::string password = crypto::random_token().substr(0, 16);
    const std::string hash = TRY(hash_password(Secret(password)));
    auto written = kernel_.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
        const auto staff =
            TRY(unit.sql().one("SELECT staff_id FROM login WHERE tenant_id = ?1 AND login = ?2", {unit.tenant(), login},
                               [](const sql::Row& row) { return row.id<StaffId>(0); }));
        if (!staff) return Error(ErrorCode::NotFound, "login");
        TRY(
            unit.sql().write("UPDATE login SET password = ?3, must_change = 1, failures = 0, locked_until = 0 WHERE "
                             "tenant_id = ?1 AND login = ?2",
                             {unit.tenant(), login, hash}));
        TRY(unit.sql().write("DELETE FROM session WHERE tenant_id = ?1 AND staff_id = ?2", {unit.tenant(), *staff}));
        TRY(unit.audit({.action = "staff.reset", .object = staff->str()}));
        unit.on_commit([this, tenant = unit.tenant(), id = *staff] {
            state_.change([&](State& state) {
                state.tenants[tenant].staff[id].must_change = true;
                std::erase_if(state.sessions, [&](const auto& one) { return one.second.staff == id; });
            });
        });
        return true;
    });
    if (!written) return written.error();
    return password;
}

}  // namespace tilth::org
