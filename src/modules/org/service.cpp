#include "modules/org/staff_rows.h"

#include <algorithm>
#include <utility>

#include "kernel/retention/retention.h"
#include "platform/json/value.h"

namespace tilth::org {

namespace {

std::string sha256_of(std::string_view text) {
    const crypto::Hash hash = crypto::sha256(text);
    return std::string(crypto::view(hash));
}

std::string print_list(const std::vector<std::string>& words) {
    json::Value list = json::Value::array();
    for (const std::string& word : words) list.push(word);
    return list.print();
}

Status write_node(kernel::Unit& unit, const OrgNode& node) {
    return unit.sql().write(
        "INSERT INTO org_node (tenant_id, id, parent_id, kind, code, name, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
        "?7)",
        {unit.tenant(), node.id, node.parent, static_cast<std::int64_t>(node.kind), node.code, node.name, unit.now()});
}

Status write_tenant(kernel::Unit& unit, const NewTenant& tenant, const OrgNodeId& root) {
    TRY(
        unit.sql().write("INSERT INTO tenant (tenant_id, name, zone, currency, cutoff_min, sample, created_at) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                         {unit.tenant(), tenant.name, tenant.zone, tenant.currency.str(),
                          tenant.business_day_cutoff_min, tenant.sample, unit.now()}));
    return write_node(unit, {root, std::nullopt, NodeKind::Headquarters, "HQ", tenant.name});
}

// The catalogue's roles; yields the administrator's.
Result<Id<tag::Role>> write_roles(kernel::Unit& unit) {
    Id<tag::Role> administrator;
    for (const RoleSpec& spec : role_catalogue()) {
        const auto id = unit.new_id<Id<tag::Role>>();
        if (spec.code == "administrator") administrator = id;
        TRY(unit.sql().write("INSERT INTO role (tenant_id, id, code, name_zh, name_en) VALUES (?1, ?2, ?3, ?4, ?5)",
                             {unit.tenant(), id, spec.code, spec.zh, spec.en}));
        for (const auto permission : spec.permissions) {
            TRY(unit.sql().write("INSERT INTO role_permission (tenant_id, role_id, permission) VALUES (?1, ?2, ?3)",
                                 {unit.tenant(), id, permission}));
            TRY(unit.sql().write("INSERT INTO role_given (tenant_id, role_id, permission) VALUES (?1, ?2, ?3)",
                                 {unit.tenant(), id, permission}));
        }
        // Until the tenant says otherwise every store needs a manager and every region too.
        const std::optional<NodeKind> needed = spec.code == "store_manager"    ? std::optional(NodeKind::Store)
                                               : spec.code == "region_manager" ? std::optional(NodeKind::Region)
                                                                               : std::nullopt;
        if (!needed) continue;
        TRY(unit.sql().write("INSERT INTO post_need (tenant_id, kind, role_id, minimum) VALUES (?1, ?2, ?3, 1)",
                             {unit.tenant(), static_cast<std::int64_t>(*needed), id}));
    }
    return administrator;
}

}  // namespace

Status OrgService::reload() {
    const auto context = kernel::Context::system(TenantId{}, kernel_.clock.now());
    auto loaded = kernel_.record.read<bool>(context, [this](kernel::View& view) -> Result<bool> {
        TRY(state_.load(view.sql(), view.now()));
        // Once: later it is the writer's thread's, and a new tenant has none.
        if (!std::exchange(node_sources_loaded_, true)) TRY(load_node_sources(view.sql()));
        return true;
    });
    TRY(loaded);
    // Once a start: what this version's catalogue gives beyond the one that made the tenants.
    if (std::exchange(roles_upgraded_, true) || !TRY(upgrade_roles())) return ok();
    return reload();
}

Result<FirstAdmin> OrgService::create_tenant(const NewTenant& tenant) {
    if (!Zone::find(tenant.zone)) {
        return Error::invalid("zone", "unknown_zone", "没有这个时区", "There is no such time zone",
                              "例如 Asia/Shanghai", "For example Asia/Shanghai");
    }
    FirstAdmin admin;
    admin.login = tenant.admin_login;
    admin.one_time_password = crypto::random_token().substr(0, 16);
    const std::string hash = TRY(hash_password(Secret(admin.one_time_password)));
    const Instant now = kernel_.clock.now();
    admin.tenant = TenantId::make(now, kernel_.rng);
    auto made = kernel_.record.write<StaffId>(
        kernel::Context::system(admin.tenant, now), [&](kernel::Unit& unit) -> Result<StaffId> {
            const auto root = unit.new_id<OrgNodeId>();
            TRY(write_tenant(unit, tenant, root));
            TRY(kernel_.vault.ensure_tenant(unit, unit.tenant()));
            TRY(kernel::Retention::schedule(unit));
            const auto role = TRY(write_roles(unit));
            const auto staff = unit.new_id<StaffId>();
            TRY(write_staff(unit, {staff, "管理员", tenant.admin_login, hash, root, role}));
            TRY(unit.audit({.action = "tenant.create", .object = unit.tenant().str()}));
            return staff;
        });
    if (!made) return made.error();
    admin.staff = *made;
    TRY(reload());
    if (tenant.sample) TRY(invite_administrator(admin));
    return admin;
}

std::vector<Tenant> OrgService::tenants() const {
    return state_.read([](const State& state) {
        std::vector<Tenant> all;
        for (const auto& [id, tenant] : state.tenants) all.push_back(tenant.tenant);
        return all;
    });
}

std::optional<Tenant> OrgService::tenant(const TenantId& id) const {
    return state_.read([&](const State& state) {
        const TenantState* found = state.tenant(id);
        return found == nullptr ? std::nullopt : std::optional(found->tenant);
    });
}

BusinessCalendar OrgService::calendar(const TenantId& id) const {
    const auto found = tenant(id);
    if (!found) return {};
    return {Zone::find(found->zone).value_or(Zone::utc()), minutes(found->business_day_cutoff_min)};
}

Result<OrgNodeId> OrgService::ensure_node(kernel::Unit& unit, NodeKind kind, std::string_view code,
                                          std::string_view name, const OrgNodeId& parent, std::string_view source) {
    std::optional<OrgNodeId> known;
    if (const auto committed = node_by_code(unit.tenant(), code)) known = committed->id;
    const std::pair<TenantId, std::string> key(unit.tenant(), std::string(code));
    if (const auto fresh = fresh_nodes_.find(key); fresh != fresh_nodes_.end()) known = fresh->second.id;
    if (known) {
        TRY(note_source(unit, *known, source, false));
        return *known;
    }
    const OrgNode node{unit.new_id<OrgNodeId>(), parent, kind, std::string(code), std::string(name)};
    TRY(write_node(unit, node));
    TRY(note_source(unit, node.id, source, true));
    TRY(unit.audit({.action = "org.node_add", .object = node.id.str()}));
    fresh_nodes_[key] = node;
    unit.on_undo([this, key] { fresh_nodes_.erase(key); });
    unit.on_commit([this, key, node] {
        state_.change([&](State& state) {
            TenantState& tenant = state.tenants[key.first];
            tenant.nodes.push_back(node);
            tenant.tree.push_back(node);
        });
        fresh_nodes_.erase(key);
    });
    return node.id;
}

Result<std::string> OrgService::create_key(kernel::Unit& unit, std::string_view label,
                                           std::vector<std::string> permissions, std::optional<SourceId> source) {
    // Drawn from the kernel, not from the unit: a key needs all its entropy. A re-run draws another key and stores
    // that.
    const std::string presented = (source ? "wk_" : "sk_") + crypto::random_token();
    const std::string hash = sha256_of(presented);
    KeyInfo key;
    key.grant = {unit.tenant(), unit.new_id<Id<tag::ApiKey>>(), source.value_or(SourceId{}), source.has_value(),
                 std::string(label)};
    key.permissions = std::move(permissions);
    key.created_at = unit.now();
    TRY(unit.sql().write(
        "INSERT INTO api_key (tenant_id, id, hash, label, source_id, permissions, created_at, revoked_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        {unit.tenant(), key.grant.key, sql::Blob{hash}, label, source, print_list(key.permissions), unit.now(),
         sql::Null{}}));
    TRY(unit.audit({.action = "key.create", .object = key.grant.key.str()}));
    unit.on_commit([this, hash, key] { state_.change([&](State& state) { state.keys[hash] = key; }); });
    return presented;
}

std::optional<KeyGrant> OrgService::key(std::string_view presented) const {
    const std::string hash = sha256_of(presented);
    return state_.read([&](const State& state) -> std::optional<KeyGrant> {
        const auto found = state.keys.find(hash);
        if (found == state.keys.end() || found->second.revoked) return std::nullopt;
        return found->second.grant;
    });
}

Status OrgService::revoke_key(kernel::Unit& unit, const Id<tag::ApiKey>& key) {
    const auto changed = TRY(
        unit.sql().change("UPDATE api_key SET revoked_at = ?3 WHERE tenant_id = ?1 AND id = ?2 AND revoked_at IS NULL",
                          {unit.tenant(), key, unit.now()}));
    if (changed == 0) return Error(ErrorCode::NotFound, "key");
    TRY(unit.audit({.action = "key.revoke", .object = key.str()}));
    unit.on_commit([this, key] {
        state_.change([&](State& state) {
            for (auto& [hash, info] : state.keys) {
                if (info.grant.key == key) info.revoked = true;
            }
        });
    });
    return ok();
}

Status OrgService::check_known(const std::vector<std::string>& permissions) const {
    for (std::size_t i = 0; i < permissions.size(); ++i) {
        const std::string& name = permissions[i];
        const bool known =
            name == "*" || name.ends_with(".*") ||
            std::any_of(declared_.begin(), declared_.end(), [&](const auto& p) { return p.name == name; });
        if (!known) {
            return Error::invalid("permissions/" + std::to_string(i), "unknown_permission", "没有这项权限",
                                  "There is no such permission", "从权限表里选择", "Choose from the list");
        }
    }
    return ok();
}

Status OrgService::check_held(const kernel::Context& context, const std::vector<std::string>& permissions) const {
    if (context.permissions->all()) return ok();
    const kernel::PermissionSet asked = expand(permissions, declared_);
    const auto held = [&](const std::string& name) { return context.permissions->has(name); };
    if (asked.all() || !std::all_of(asked.names().begin(), asked.names().end(), held)) {
        return Error(ErrorCode::Forbidden, "nobody hands out a right that they do not have");
    }
    return ok();
}

Result<std::string> OrgService::add_key(const kernel::Context& context, std::string_view label,
                                        std::vector<std::string> permissions) {
    TRY(check_known(permissions));
    TRY(check_held(context, permissions));
    if (!context.scope->all) return Error(ErrorCode::Forbidden, "a key reaches the whole tenant");
    return kernel_.record.write<std::string>(
        context, [&](kernel::Unit& unit) { return create_key(unit, label, permissions, std::nullopt); });
}

Status OrgService::set_role_permissions(kernel::Unit& unit, const Id<tag::Role>& role,
                                        const std::vector<std::string>& permissions) {
    const bool known = state_.read([&](const State& state) {
        const TenantState* tenant = state.tenant(unit.tenant());
        return tenant != nullptr && tenant->roles.contains(role);
    });
    if (!known) return Error(ErrorCode::NotFound, "role");
    TRY(check_known(permissions));
    TRY(check_held(unit.context(), permissions));
    TRY(unit.sql().write("DELETE FROM role_permission WHERE tenant_id = ?1 AND role_id = ?2", {unit.tenant(), role}));
    for (const std::string& name : permissions) {
        TRY(unit.sql().write("INSERT INTO role_permission (tenant_id, role_id, permission) VALUES (?1, ?2, ?3)",
                             {unit.tenant(), role, name}));
    }
    TRY(unit.audit({.action = "role.change", .object = role.str(), .detail = print_list(permissions)}));
    unit.on_commit([this, tenant = unit.tenant(), role, permissions] {
        state_.change([&](State& state) { state.tenants[tenant].roles[role].permissions = permissions; });
    });
    return ok();
}

}  // namespace tilth::org
