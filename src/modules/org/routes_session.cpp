// Sign-in and the signed-in person: session, me, password.

#include "modules/org/service.h"

namespace tilth::org {

struct SignIn {
    Text<1, 64> login;
    Secret password;
};
API_STRUCT(SignIn, (login, password))

struct NodeRef {
    OrgNodeId id;
    std::string name;
};
API_STRUCT(NodeRef, (id, name))

struct StaffRef {
    StaffId id;
    std::string name;
    std::string login;
};
API_STRUCT(StaffRef, (id, name, login))

struct SignedInReply {
    StaffRef staff;
    bool must_change_password = false;
};
API_STRUCT(SignedInReply, (staff, must_change_password))

struct TenantRef {
    TenantId id;
    std::string name;
    std::string zone;
    Currency currency;
    std::int64_t business_day_cutoff_min = 0;
    bool sample = false;
};
API_STRUCT(TenantRef, (id, name, zone, currency, business_day_cutoff_min, sample))

struct ScopeRef {
    bool all = false;
    std::vector<NodeRef> nodes;
};
API_STRUCT(ScopeRef, (all, nodes))

struct Me {
    std::optional<StaffRef> staff;
    TenantRef tenant;
    std::vector<std::string> permissions;
    ScopeRef scope;
    bool must_change_password = false;
    Instant now;
};
API_STRUCT(Me, (staff, tenant, permissions, scope, must_change_password, now))

struct PasswordChange {
    Secret old_password;
    Secret new_password;
};
API_STRUCT(PasswordChange, (old_password, new_password))

namespace {

using kernel::Context;
using kernel::None;
using kernel::WithHeaders;

std::string cookie(std::string_view token, Duration life, bool secure) {
    return std::string(kSessionCookie) + "=" + std::string(token) +
           "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(life.ms / 1000) + (secure ? "; Secure" : "");
}

Result<Me> me(const OrgService& org, const Context& context) {
    return org.state().read([&](const State& state) -> Result<Me> {
        const TenantState* tenant = state.tenant(context.tenant);
        if (tenant == nullptr) return Error(ErrorCode::Unauthenticated, "tenant");
        Me reply;
        const Tenant& t = tenant->tenant;
        reply.tenant = {t.id, t.name, t.zone, t.currency, t.business_day_cutoff_min, t.sample};
        reply.now = context.now;
        if (context.actor.kind == kernel::ActorKind::Staff) {
            if (const auto found = tenant->staff.find(StaffId{context.actor.id}); found != tenant->staff.end()) {
                reply.staff = StaffRef{found->second.id, found->second.name, found->second.login};
                reply.must_change_password = found->second.must_change;
            }
        }
        for (const auto& permission : org.declared()) {
            if (context.may(permission)) reply.permissions.emplace_back(permission.name);
        }
        reply.scope.all = context.scope->all;
        for (const OrgNode& node : tenant->tree) {
            if (!context.scope->all && context.scope->covers(node.id))
                reply.scope.nodes.push_back({node.id, node.name});
        }
        return reply;
    });
}

}  // namespace

void add_session_routes(kernel::Kernel& kernel, OrgService& org) {
    kernel.api.action<SignIn, WithHeaders<SignedInReply>>(
        kernel::Method::Post, "/api/v1/session", kernel::kPublic,
        [&org](const Context& context, const SignIn& request) -> Result<WithHeaders<SignedInReply>> {
            const SignedIn in = TRY(org.sign_in(context, request.login.str(), request.password));
            WithHeaders<SignedInReply> reply;
            reply.body = {{in.staff.id, in.staff.name, in.staff.login}, in.staff.must_change};
            reply.headers.push_back({"Set-Cookie", cookie(in.token, kSessionMax, org.cookies_are_secure())});
            return reply;
        },
        {.zh = "登录", .en = "Sign in", .rows = {"PRV-03"}, .tag = "org"});
    kernel.api.action<None, WithHeaders<None>>(
        kernel::Method::Delete, "/api/v1/session", kernel::kSignedIn,
        [&org](const Context& context, const None&) -> Result<WithHeaders<None>> {
            TRY(org.sign_out(context));
            return WithHeaders<None>{{}, {{"Set-Cookie", cookie("", {}, org.cookies_are_secure())}}};
        },
        {.zh = "退出登录", .en = "Sign out", .rows = {"PRV-03"}, .tag = "org"});
    kernel.api.action<None, Me>(
        kernel::Method::Get, "/api/v1/me", kernel::kSignedIn,
        [&org](const Context& context, const None&) { return me(org, context); },
        {.zh = "我是谁、能看什么", .en = "Who I am and what I may see", .rows = {"GOV-01"}, .tag = "org"});
    kernel.api.action<PasswordChange, None>(
        kernel::Method::Post, "/api/v1/me/password", kernel::kSignedIn,
        [&org](const Context& context, const PasswordChange& request) -> Result<None> {
            TRY(org.change_password(context, request.old_password, request.new_password));
            return None{};
        },
        {.zh = "修改密码", .en = "Change my password", .rows = {"PRV-03"}, .tag = "org"});
}

}  // namespace tilth::org
