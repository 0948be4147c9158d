// Ready roles of tenants that an earlier version made: rights that the catalogue gives since are added once. What a
// tenant took away stays away, and its own roles are left alone.

#include <algorithm>

#include "modules/org/service.h"
#include "platform/json/value.h"

namespace tilth::org {

namespace {

struct Ready {
    Id<tag::Role> id;
    const RoleSpec* spec = nullptr;
};

// Whether the role holds it from now on and did not before.
Result<bool> give(kernel::Unit& unit, const Id<tag::Role>& role, std::string_view permission, bool holds) {
    TRY(unit.sql().write("INSERT INTO role_given (tenant_id, role_id, permission) VALUES (?1, ?2, ?3) "
                         "ON CONFLICT (tenant_id, role_id, permission) DO NOTHING",
                         {unit.tenant(), role, permission}));
    if (!holds) return false;
    return TRY(unit.sql().change("INSERT INTO role_permission (tenant_id, role_id, permission) VALUES (?1, ?2, ?3) "
                                 "ON CONFLICT (tenant_id, role_id, permission) DO NOTHING",
                                 {unit.tenant(), role, permission})) > 0;
}

// Before gifts were written down, the audit log alone tells whether a tenant chose the rights of a ready role itself.
Result<bool> was_chosen(kernel::Unit& unit, const Id<tag::Role>& role) {
    bool chosen = false;
    TRY(unit.sql().query("SELECT detail FROM audit_line WHERE tenant_id = ?1 AND object = ?2 AND action = ?3",
                         {unit.tenant(), role.str(), "role.change"}, [&](const sql::Row& row) {
                             chosen = chosen || row.txt(0).starts_with("[");
                             return !chosen;
                         }));
    return chosen;
}

// Whether anything was added.
Result<bool> upgrade_role(kernel::Unit& unit, const Ready& ready) {
    std::vector<std::string> given;
    TRY(unit.sql().query("SELECT permission FROM role_given WHERE tenant_id = ?1 AND role_id = ?2",
                         {unit.tenant(), ready.id}, [&](const sql::Row& row) {
                             given.emplace_back(row.txt(0));
                             return true;
                         }));
    const bool chosen = given.empty() && TRY(was_chosen(unit, ready.id));
    json::Value added = json::Value::array();
    bool any = false;
    for (const auto permission : ready.spec->permissions) {
        if (std::find(given.begin(), given.end(), permission) != given.end()) continue;
        if (!TRY(give(unit, ready.id, permission, !chosen))) continue;
        added.push(std::string(permission));
        any = true;
    }
    if (any) TRY(unit.audit({.action = "role.upgrade", .object = ready.id.str(), .detail = added.print()}));
    return any;
}

Status add_ready_role(kernel::Unit& unit, const RoleSpec& spec) {
    const auto id = unit.new_id<Id<tag::Role>>();
    TRY(unit.sql().write("INSERT INTO role (tenant_id, id, code, name_zh, name_en) VALUES (?1, ?2, ?3, ?4, ?5)",
                         {unit.tenant(), id, spec.code, spec.zh, spec.en}));
    for (const auto permission : spec.permissions) TRY(give(unit, id, permission, true));
    return unit.audit({.action = "role.add", .object = id.str()});
}

}  // namespace

Result<bool> OrgService::upgrade_roles() {
    bool any = false;
    for (const Tenant& tenant : tenants()) {
        const auto roles = state_.read([&](const State& state) {
            std::vector<Ready> found;
            for (const RoleSpec& spec : role_catalogue()) {
                Ready ready{{}, &spec};
                for (const auto& [id, role] : state.tenants.at(tenant.id).roles)
                    if (role.code == spec.code) ready.id = id;
                found.push_back(ready);
            }
            return found;
        });
        any = TRY(kernel_.record.write<bool>(
                  kernel::Context::system(tenant.id, kernel_.clock.now()), [&](kernel::Unit& unit) -> Result<bool> {
                      bool changed = false;
                      for (const Ready& ready : roles) {
                          if (ready.id.empty()) {
                              TRY(add_ready_role(unit, *ready.spec));
                              changed = true;
                          } else {
                              changed = TRY(upgrade_role(unit, ready)) || changed;
                          }
                      }
                      return changed;
                  })) ||
              any;
    }
    return any;
}

}  // namespace tilth::org
