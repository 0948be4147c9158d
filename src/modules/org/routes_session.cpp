// Sign-in and the signed-in person: session, me, password.

#include <algorithm>

#include "kernel/authz/lock.h"
#include "modules/org/service.h"
#include "modules/org/words.h"

namespace tilth::org {

struct SignIn {
    Text<1, 64> login;
    Secret password;
    std::optional<Text<0, 40>> code;
};
API_STRUCT(SignIn, (login, password, code))

struct NodeRef {
    OrgNodeId id;
    std::string name;
    NodeKind kind = NodeKind::Store;  // whether a person's scope is of stores alone: the store view
};
API_STRUCT(NodeRef, (id, name, kind))

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

struct Eyes {
    std::string name;
    std::string node;
};
API_STRUCT(Eyes, (name, node))

struct Me {
    std::optional<StaffRef> staff;
    TenantRef tenant;
    std::vector<std::string> permissions;
    std::vector<std::string> locked;  // what the roles give and the governance of the branch locks
    ScopeRef scope;
    bool must_change_password = false;
    bool second_factor = false;
    bool must_enrol = false;  // a role demands a second factor that does not stand yet
    std::optional<Eyes> viewing_as;
    Instant now;
};
API_STRUCT(Me, (staff, tenant, permissions, locked, scope, must_change_password, second_factor, must_enrol, viewing_as,
                now))

struct ViewAsRequest {
    std::optional<StaffId> staff;
    std::optional<Id<tag::Role>> role;
    std::optional<OrgNodeId> node;
};
API_STRUCT(ViewAsRequest, (staff, role, node))
Status check(const ViewAsRequest& request);

struct EnrolReply {
    std::string secret;
    std::string uri;
};
API_STRUCT(EnrolReply, (secret, uri))

struct CodeRequest {
    Text<6, 40> code;
};
API_STRUCT(CodeRequest, (code))

struct RecoveryCodes {
    std::vector<std::string> codes;
};
API_STRUCT(RecoveryCodes, (codes))

struct MySession {
    std::string id;
    Instant since;
    Instant last_seen;
    std::string ip;
};
API_STRUCT(MySession, (id, since, last_seen, ip))

struct MySessions {
    std::vector<MySession> items;
};
API_STRUCT(MySessions, (items))

struct EndSession {
    Text<1, 40> session;
};
API_STRUCT(EndSession, (session))

}  // namespace tilth::org

namespace tilth::org {

struct PasswordChange {
    Secret old_password;
    Secret new_password;
};
API_STRUCT(PasswordChange, (old_password, new_password))

Status check(const ViewAsRequest& request) {
    if (request.staff.has_value() == request.role.has_value()) {
        return Error::invalid("staff", "one_of", "选择一位员工，或一个角色", "Name a person or a role, one of them",
                              "只填其中一项", "Fill in one of the two");
    }
    return ok();
}

std::string session_cookie(std::string_view token, Duration life, bool secure) {
    return std::string(kSessionCookie) + "=" + std::string(token) +
           "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(life.ms / 1000) + (secure ? "; Secure" : "");
}

namespace {

using kernel::Context;
using kernel::None;
using kernel::WithHeaders;

bool demands_factor(const TenantState& tenant, const StaffMember& member, Instant now) {
    const Day today = tenant.calendar.day_of(now);
    return std::any_of(member.posts.begin(), member.posts.end(), [&](const StaffMember::Post& post) {
        const auto role = tenant.roles.find(post.role);
        return post.held_on(today) && role != tenant.roles.end() && role->second.second_factor;
    });
}

std::optional<Eyes> eyes_of(const State& state, const TenantState& tenant, const StaffId& staff) {
    const auto view = state.viewing.find(staff);
    if (view == state.viewing.end()) return std::nullopt;
    Eyes eyes;
    if (view->second.staff) {
        if (const auto other = tenant.staff.find(*view->second.staff); other != tenant.staff.end())
            eyes.name = other->second.name;
        return eyes;
    }
    if (const auto role = tenant.roles.find(*view->second.role); role != tenant.roles.end())
        eyes.name = role->second.name_zh;
    for (const OrgNode& node : tenant.tree)
        if (node.id == view->second.node) eyes.node = node.name;
    return eyes;
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
                reply.second_factor = found->second.second_factor;
                reply.must_enrol = !reply.second_factor && demands_factor(*tenant, found->second, context.now);
                reply.viewing_as = eyes_of(state, *tenant, found->first);
            }
        }
        for (const auto& permission : org.declared()) {
            if (context.may(permission)) reply.permissions.emplace_back(permission.name);
            else if (context.permissions->has(kernel::locked_name(permission.name)))
                reply.locked.emplace_back(permission.name);
        }
        reply.scope.all = context.scope->all;
        for (const OrgNode& node : tenant->tree) {
            if (!context.scope->all && context.scope->covers(node.id))
                reply.scope.nodes.push_back({node.id, node.name, node.kind});
        }
        return reply;
    });
}

void add_factor_routes(kernel::Api& api, OrgService& org) {
    api.command<None, EnrolReply>(
        kernel::Method::Post, "/api/v1/me/second-factor", kernel::kSignedIn,
        [&org](kernel::Unit& unit, const None&) -> Result<EnrolReply> {
            const auto made = TRY(org.enrol(unit));
            return EnrolReply{made.secret, made.uri};
        },
        {.zh = "绑定动态验证码：得到密钥", .en = "Enrol a second factor: the secret", .rows = {"PRV-03"}, .tag = "org"});
    api.command<CodeRequest, RecoveryCodes>(
        kernel::Method::Post, "/api/v1/me/second-factor/confirm", kernel::kSignedIn,
        [&org](kernel::Unit& unit, const CodeRequest& request) -> Result<RecoveryCodes> {
            return RecoveryCodes{TRY(org.confirm_factor(unit, request.code.str()))};
        },
        {.zh = "用第一个验证码确认，得到恢复码", .en = "Confirm with a first code", .rows = {"PRV-03"}, .tag = "org"});
    api.command<CodeRequest, None>(
        kernel::Method::Post, "/api/v1/me/second-factor/remove", kernel::kSignedIn,
        [&org](kernel::Unit& unit, const CodeRequest& request) -> Result<None> {
            TRY(org.remove_factor(unit, request.code.str()));
            return None{};
        },
        {.zh = "解除动态验证码", .en = "Give up the second factor", .rows = {"PRV-03"}, .tag = "org"});
    api.action<None, MySessions>(
        kernel::Method::Get, "/api/v1/me/sessions", kernel::kSignedIn,
        [&org](const Context& context, const None&) -> Result<MySessions> {
            MySessions reply;
            for (const auto& one : org.sessions_of(context.tenant, StaffId{context.actor.id}, context.now))
                reply.items.push_back({one.id, one.info.created_at, one.info.last_seen, one.info.ip});
            return reply;
        },
        {.zh = "我的登录会话", .en = "My sessions", .rows = {"PRV-03"}, .tag = "org"});
    api.command<EndSession, None>(
        kernel::Method::Post, "/api/v1/me/sessions/end", kernel::kSignedIn,
        [&org](kernel::Unit& unit, const EndSession& request) -> Result<None> {
            TRY(org.end_session(unit, StaffId{unit.context().actor.id}, request.session.str()));
            return None{};
        },
        {.zh = "结束我的一个会话", .en = "End one of my sessions", .rows = {"PRV-03"}, .tag = "org"});
    api.command<ViewAsRequest, None>(
        kernel::Method::Post, "/api/v1/session/view-as", kViewAs,
        [&org](kernel::Unit& unit, const ViewAsRequest& request) -> Result<None> {
            TRY(org.view_as(unit, {request.staff, request.role, request.node.value_or(org.root(unit.tenant()))}));
            return None{};
        },
        {.zh = "以他人身份查看（只读）", .en = "Look through others' eyes; reading alone", .rows = {"PRV-03"}, .tag = "org"});
    api.command<None, None>(
        kernel::Method::Delete, "/api/v1/session/view-as", kernel::kSignedIn,
        [&org](kernel::Unit& unit, const None&) -> Result<None> {
            TRY(org.stop_viewing(unit));
            return None{};
        },
        {.zh = "回到本人身份", .en = "Back to one's own eyes", .rows = {"PRV-03"}, .tag = "org"});
}

}  // namespace

void add_session_routes(kernel::Kernel& kernel, OrgService& org) {
    kernel.api.action<SignIn, WithHeaders<SignedInReply>>(
        kernel::Method::Post, "/api/v1/session", kernel::kPublic,
        [&org](const Context& context, const SignIn& request) -> Result<WithHeaders<SignedInReply>> {
            const std::string code = request.code ? request.code->str() : "";
            const SignedIn in = TRY(org.sign_in(context, request.login.str(), request.password, code));
            WithHeaders<SignedInReply> reply;
            reply.body = {{in.staff.id, in.staff.name, in.staff.login}, in.staff.must_change};
            reply.headers.push_back({"Set-Cookie", session_cookie(in.token, kSessionMax, org.cookies_are_secure())});
            return reply;
        },
        {.zh = "登录", .en = "Sign in", .rows = {"PRV-03"}, .tag = "org"});
    kernel.api.action<None, WithHeaders<None>>(
        kernel::Method::Delete, "/api/v1/session", kernel::kSignedIn,
        [&org](const Context& context, const None&) -> Result<WithHeaders<None>> {
            TRY(org.sign_out(context));
            return WithHeaders<None>{{}, {{"Set-Cookie", session_cookie("", {}, org.cookies_are_secure())}}};
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
    add_factor_routes(kernel.api, org);
}

}  // namespace tilth::org
