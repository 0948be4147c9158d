// Staff, roles and keys over HTTP. Lists obey the caller's scope.

#include <algorithm>

#include "modules/org/service.h"

namespace tilth::org {

struct PostItem {
    OrgNodeId node;
    std::string node_name;
    Id<tag::Role> role;
    std::string role_name_zh;
    std::string role_name_en;
};
API_STRUCT(PostItem, (node, node_name, role, role_name_zh, role_name_en))

struct StaffItem {
    StaffId id;
    std::string name;
    std::string login;
    bool active = true;
    std::vector<PostItem> posts;
};
API_STRUCT(StaffItem, (id, name, login, active, posts))

struct StaffList {
    std::vector<StaffItem> items;
};
API_STRUCT(StaffList, (items))

struct NewStaffRequest {
    Text<1, 40> name;
    Text<2, 64> login;
    OrgNodeId node;
    Id<tag::Role> role;
};
API_STRUCT(NewStaffRequest, (name, login, node, role))

struct NewStaffReply {
    StaffId id;
    std::string one_time_password;
};
API_STRUCT(NewStaffReply, (id, one_time_password))

struct ChangeStaff {
    StaffId id;
    bool active = true;
};
API_STRUCT(ChangeStaff, (id, active))

struct RoleItem {
    Id<tag::Role> id;
    std::string code;
    std::string name_zh;
    std::string name_en;
    std::vector<std::string> permissions;
    bool own = false;  // made here, not one of the catalogue
    bool second_factor = false;
    std::int64_t holders = 0;
};
API_STRUCT(RoleItem, (id, code, name_zh, name_en, permissions, own, second_factor, holders))

struct NewRole {
    Text<1, 40> name;
    std::optional<Id<tag::Role>> copy_of;
};
API_STRUCT(NewRole, (name, copy_of))

struct RoleKey {
    Id<tag::Role> id;
};
API_STRUCT(RoleKey, (id))

struct PatchRole {
    Id<tag::Role> id;
    std::optional<Text<1, 40>> name;
    std::optional<bool> second_factor;
};
API_STRUCT(PatchRole, (id, name, second_factor))

struct PermissionItem {
    std::string name;
    std::string zh;
    std::string en;
};
API_STRUCT(PermissionItem, (name, zh, en))

struct RoleList {
    std::vector<RoleItem> items;
    std::vector<PermissionItem> permissions;
};
API_STRUCT(RoleList, (items, permissions))

struct ChangeRole {
    Id<tag::Role> id;
    List<Text<1, 60>, 200> permissions;
};
API_STRUCT(ChangeRole, (id, permissions))

struct KeyItem {
    Id<tag::ApiKey> id;
    std::string label;
    bool write_only = false;
    std::optional<SourceId> source;
    std::vector<std::string> permissions;
    Instant created_at;
    bool revoked = false;
};
API_STRUCT(KeyItem, (id, label, write_only, source, permissions, created_at, revoked))

struct KeyList {
    std::vector<KeyItem> items;
};
API_STRUCT(KeyList, (items))

struct NewKey {
    Text<1, 80> label;
    List<Text<1, 60>, 50> permissions;
};
API_STRUCT(NewKey, (label, permissions))

struct NewKeyReply {
    std::string key;
};
API_STRUCT(NewKeyReply, (key))

struct KeyRef {
    Id<tag::ApiKey> id;
};
API_STRUCT(KeyRef, (id))

}  // namespace tilth::org

namespace tilth::org {

namespace {

using http::Method;
using kernel::Context;
using kernel::None;
using kernel::Unit;

std::vector<std::string> texts(const std::vector<Text<1, 60>>& list) {
    std::vector<std::string> out;
    for (const auto& text : list) out.push_back(text.str());
    return out;
}

StaffList list_staff(const OrgService& org, const Context& context) {
    return org.state().read([&](const State& state) {
        StaffList reply;
        const TenantState* tenant = state.tenant(context.tenant);
        if (tenant == nullptr) return reply;
        for (const auto& [id, member] : tenant->staff) {
            StaffItem item{id, member.name, member.login, member.active, {}};
            bool visible = context.scope->all;
            for (const auto& post : member.posts) {
                visible = visible || context.scope->covers(post.node);
                PostItem line{post.node, {}, post.role, {}, {}};
                const auto node = std::find_if(tenant->tree.begin(), tenant->tree.end(),
                                               [&](const OrgNode& one) { return one.id == post.node; });
                if (node != tenant->tree.end()) line.node_name = node->name;
                if (const auto role = tenant->roles.find(post.role); role != tenant->roles.end()) {
                    line.role_name_zh = role->second.name_zh;
                    line.role_name_en = role->second.name_en;
                }
                item.posts.push_back(std::move(line));
            }
            if (visible) reply.items.push_back(std::move(item));
        }
        return reply;
    });
}

RoleList list_roles(const OrgService& org, const Context& context) {
    RoleList reply;
    org.state().read([&](const State& state) {
        if (const TenantState* tenant = state.tenant(context.tenant)) {
            for (const auto& [id, role] : tenant->roles) {
                RoleItem item{id, role.code, role.name_zh, role.name_en, role.permissions,
                              role.code.starts_with("own:"), role.second_factor, 0};
                for (const auto& [staff, member] : tenant->staff) {
                    item.holders += std::any_of(member.posts.begin(), member.posts.end(),
                                                [&](const StaffMember::Post& post) { return post.role == id; });
                }
                reply.items.push_back(std::move(item));
            }
        }
    });
    for (const auto& p : org.declared()) {
        reply.permissions.push_back({std::string(p.name), std::string(p.zh), std::string(p.en)});
    }
    return reply;
}

KeyList list_keys(const OrgService& org, const Context& context) {
    KeyList reply;
    org.state().read([&](const State& state) {
        for (const auto& [hash, key] : state.keys) {
            if (key.grant.tenant != context.tenant) continue;
            KeyItem item{key.grant.key,   key.grant.label, key.grant.write_only, std::nullopt,
                         key.permissions, key.created_at,  key.revoked};
            if (key.grant.write_only) item.source = key.grant.source;
            reply.items.push_back(std::move(item));
        }
    });
    std::sort(reply.items.begin(), reply.items.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return reply;
}

void add_staff_routes(kernel::Kernel& kernel, OrgService& org) {
    kernel.api.action<None, StaffList>(
        Method::Get, "/api/v1/staff", kOrgRead,
        [&org](const Context& context, const None&) -> Result<StaffList> { return list_staff(org, context); },
        {.zh = "员工", .en = "Staff within scope", .rows = {"GOV-01"}, .tag = "org"});
    kernel.api.action<NewStaffRequest, NewStaffReply>(
        Method::Post, "/api/v1/staff", kOrgWrite,
        [&org](const Context& context, const NewStaffRequest& request) -> Result<NewStaffReply> {
            NewStaffReply reply;
            reply.one_time_password = TRY(org.add_member(
                context, {request.name.str(), request.login.str(), request.node, request.role}, reply.id));
            return reply;
        },
        {.zh = "新增员工",
         .en = "Add a staff member; the one-time password is shown once",
         .rows = {"GOV-01"},
         .tag = "org"});
    kernel.api.command<ChangeStaff, None>(
        Method::Patch, "/api/v1/staff/{id}", kOrgWrite,
        [&org](Unit& unit, const ChangeStaff& request) -> Result<None> {
            TRY(org.set_staff_active(unit, request.id, request.active));
            return None{};
        },
        {.zh = "停用或启用员工", .en = "Disable or enable a staff member", .rows = {"GOV-01"}, .tag = "org"});
    kernel.api.action<None, RoleList>(
        Method::Get, "/api/v1/roles", kOrgRead,
        [&org](const Context& context, const None&) -> Result<RoleList> { return list_roles(org, context); },
        {.zh = "角色与权限", .en = "Roles and permissions", .rows = {"GOV-01"}, .tag = "org"});
    kernel.api.command<ChangeRole, None>(
        Method::Put, "/api/v1/roles/{id}", kRoleWrite,
        [&org](Unit& unit, const ChangeRole& request) -> Result<None> {
            TRY(org.set_role_permissions(unit, request.id, texts(request.permissions)));
            return None{};
        },
        {.zh = "修改角色权限", .en = "Change a role's permissions", .rows = {"GOV-01"}, .tag = "org"});
}

void add_role_routes(kernel::Kernel& kernel, OrgService& org) {
    kernel.api.command<NewRole, RoleKey>(
        Method::Post, "/api/v1/roles", kRoleWrite,
        [&org](Unit& unit, const NewRole& request) -> Result<RoleKey> {
            return RoleKey{TRY(org.add_role(unit, request.name.str(), request.copy_of))};
        },
        {.zh = "新建角色，可复制一个", .en = "Make a role, as a copy of another", .rows = {"PRV-03"}, .tag = "org"});
    kernel.api.command<PatchRole, None>(
        Method::Patch, "/api/v1/roles/{id}", kRoleWrite,
        [&org](Unit& unit, const PatchRole& request) -> Result<None> {
            OrgService::RoleChange change;
            if (request.name) change.name = request.name->str();
            change.second_factor = request.second_factor;
            TRY(org.change_role(unit, request.id, change));
            return None{};
        },
        {.zh = "改角色名与要求", .en = "Change a role's name and demands", .rows = {"PRV-03"}, .tag = "org"});
    kernel.api.command<RoleKey, None>(Method::Delete, "/api/v1/roles/{id}", kRoleWrite,
                                      [&org](Unit& unit, const RoleKey& request) -> Result<None> {
                                          TRY(org.remove_role(unit, request.id));
                                          return None{};
                                      },
                                      {.zh = "删除自建角色",
                                       .en = "Remove a role of one's own",
                                       .rows = {"PRV-03"},
                                       .tag = "org"});
}

void add_key_routes(kernel::Kernel& kernel, OrgService& org) {
    kernel.api.action<None, KeyList>(
        Method::Get, "/api/v1/api-keys", kKeyWrite,
        [&org](const Context& context, const None&) -> Result<KeyList> { return list_keys(org, context); },
        {.zh = "接口密钥", .en = "Keys", .rows = {"CDP-09"}, .tag = "org"});
    kernel.api.action<NewKey, NewKeyReply>(
        Method::Post, "/api/v1/api-keys", kKeyWrite,
        [&org](const Context& context, const NewKey& request) -> Result<NewKeyReply> {
            return NewKeyReply{TRY(org.add_key(context, request.label.str(), texts(request.permissions)))};
        },
        {.zh = "新建接口密钥，只显示一次", .en = "Make a key; it is shown once", .rows = {"CDP-09"}, .tag = "org"});
    kernel.api.command<KeyRef, None>(Method::Delete, "/api/v1/api-keys/{id}", kKeyWrite,
                                     [&org](Unit& unit, const KeyRef& request) -> Result<None> {
                                         TRY(org.revoke_key(unit, request.id));
                                         return None{};
                                     },
                                     {.zh = "吊销密钥", .en = "Revoke a key", .rows = {"CDP-09"}, .tag = "org"});
}

}  // namespace

void add_org_routes(kernel::Kernel& kernel, OrgService& org) {
    add_staff_routes(kernel, org);
    add_role_routes(kernel, org);
    add_key_routes(kernel, org);
}

}  // namespace tilth::org
