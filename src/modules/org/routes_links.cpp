// The tenants that one person may enter: list, join by proving both accounts, part, switch.

#include "modules/org/service.h"

namespace tilth::org {

struct TenantChoice {
    TenantId tenant;
    std::string name;
    bool sample = false;
    bool current = false;
    std::string login;
    bool asks_code = false;
    bool holds = true;
};
API_STRUCT(TenantChoice, (tenant, name, sample, current, login, asks_code, holds))

struct TenantChoices {
    std::vector<TenantChoice> items;
};
API_STRUCT(TenantChoices, (items))

struct LinkRequest {
    Secret own_password;
    Text<1, 64> login;
    Secret password;
    std::optional<Text<0, 40>> code;
};
API_STRUCT(LinkRequest, (own_password, login, password, code))

struct LinkReply {
    TenantId tenant;
};
API_STRUCT(LinkReply, (tenant))

struct SwitchRequest {
    TenantId tenant;
    std::optional<Text<0, 40>> code;
};
API_STRUCT(SwitchRequest, (tenant, code))

struct SwitchReply {
    TenantId tenant;
    std::string name;
};
API_STRUCT(SwitchReply, (tenant, name))

namespace {

using kernel::Context;
using kernel::None;
using kernel::WithHeaders;

std::string code_of(const std::optional<Text<0, 40>>& code) { return code ? code->str() : std::string(); }

Result<TenantChoices> choices(OrgService& org, const Context& context) {
    TenantChoices reply;
    const auto own = org.tenant(context.tenant);
    if (own) reply.items.push_back({own->id, own->name, own->sample, true, context.actor.name, false, true});
    for (auto& one : TRY(org.linked_accounts(context)))
        reply.items.push_back({one.tenant, one.name, one.sample, false, one.login, one.asks_code, one.holds});
    return reply;
}

}  // namespace

void add_link_routes(kernel::Kernel& kernel, OrgService& org) {
    kernel.api.action<None, TenantChoices>(
        kernel::Method::Get, "/api/v1/me/tenants", kernel::kSignedIn,
        [&org](const Context& context, const None&) { return choices(org, context); },
        {.zh = "我能进入的租户", .en = "Tenants that I may enter", .rows = {"PRV-03"}, .tag = "org"});
    kernel.api.action<LinkRequest, LinkReply>(
        kernel::Method::Post, "/api/v1/me/tenants", kernel::kSignedIn,
        [&org](const Context& context, const LinkRequest& request) -> Result<LinkReply> {
            return LinkReply{TRY(org.link_account(context, request.own_password, request.login.str(), request.password,
                                                  code_of(request.code)))};
        },
        {.zh = "关联另一租户的账号（验证双方密码）",
         .en = "Join an account of another tenant; both prove themselves",
         .rows = {"PRV-03"},
         .tag = "org"});
    kernel.api.action<SwitchRequest, None>(
        kernel::Method::Post, "/api/v1/me/tenants/unlink", kernel::kSignedIn,
        [&org](const Context& context, const SwitchRequest& request) -> Result<None> {
            TRY(org.unlink_account(context, request.tenant));
            return None{};
        },
        {.zh = "解除与另一租户账号的关联", .en = "Part from an account of another tenant", .rows = {"PRV-03"}, .tag = "org"});
    kernel.api.action<SwitchRequest, WithHeaders<SwitchReply>>(
        kernel::Method::Post, "/api/v1/session/tenant", kernel::kSignedIn,
        [&org](const Context& context, const SwitchRequest& request) -> Result<WithHeaders<SwitchReply>> {
            const SignedIn in = TRY(org.switch_tenant(context, request.tenant, code_of(request.code)));
            const auto entered = org.tenant(in.tenant);
            WithHeaders<SwitchReply> reply;
            reply.body = {in.tenant, entered ? entered->name : std::string()};
            reply.headers.push_back({"Set-Cookie", session_cookie(in.token, kSessionMax, org.cookies_are_secure())});
            return reply;
        },
        {.zh = "切换租户", .en = "Enter another tenant", .rows = {"PRV-03"}, .tag = "org"});
}

}  // namespace tilth::org
