// One person in several tenants: accounts that were joined by proving both, and the way from one into the other. What
// crosses is who asks, never data: from the switch on the session is the other account's, with its rights alone.

#include "modules/org/staff_rows.h"

#include <algorithm>

#include "platform/json/value.h"

namespace tilth::org {

namespace {

constexpr int kLinksMax = 50;

std::string stamp_of(std::string_view stored_password) {
    const crypto::Hash hash = crypto::sha256(stored_password);
    return std::string(crypto::view(hash));
}

Result<std::string> stamp(sql::Connection& sql, const TenantId& tenant, const StaffId& staff) {
    const auto stored = TRY(sql.one("SELECT password FROM login WHERE tenant_id = ?1 AND staff_id = ?2",
                                    {tenant, staff}, [](const sql::Row& row) { return stamp_of(row.txt(0)); }));
    if (!stored) return Error(ErrorCode::NotFound, "login");
    return *stored;
}

Status insert_link(kernel::Unit& unit, const StaffId& staff, const TenantId& other_tenant, const StaffId& other) {
    const std::string own = TRY(stamp(unit.sql(), unit.tenant(), staff));
    const std::string theirs = TRY(stamp(unit.sql(), other_tenant, other));
    return unit.sql().write(
        "INSERT INTO account_link (tenant_id, staff_id, other_tenant, other_staff, own_stamp, other_stamp, created_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (tenant_id, staff_id, other_tenant) DO UPDATE SET "
        "other_staff = excluded.other_staff, own_stamp = excluded.own_stamp, other_stamp = excluded.other_stamp, "
        "created_at = excluded.created_at",
        {unit.tenant(), staff, other_tenant, other, sql::Blob{own}, sql::Blob{theirs}, unit.now()});
}

std::string naming(std::string_view word, const TenantId& tenant) {
    return json::Value::object({{std::string(word), tenant.str()}}).print();
}

Error only_in_the_browser() { return Error(ErrorCode::Forbidden, "staff in a browser session only"); }

bool is_staff(const kernel::Context& context) {
    return context.actor.kind == kernel::ActorKind::Staff && context.by_cookie;
}

Error ended() {
    return Error::invalid("tenant", "link_ended", "密码改过或账号已停用，关联已失效",
                          "A password was changed or the account closed: the link has ended", "重新验证后再进入",
                          "Prove both accounts again");
}

}  // namespace

std::optional<StaffMember> OrgService::at_work(const TenantId& tenant, const StaffId& staff, Instant now) const {
    return state_.read([&](const State& state) -> std::optional<StaffMember> {
        const TenantState* found = state.tenant(tenant);
        if (found == nullptr || !found->staff.contains(staff)) return std::nullopt;
        const StaffMember& member = found->staff.at(staff);
        return member.works_on(found->calendar.day_of(now)) ? std::optional(member) : std::nullopt;
    });
}

Result<std::vector<OrgService::Linked>> OrgService::links_of(const kernel::Context& context) {
    return kernel_.record.read<std::vector<Linked>>(
        context, [&](kernel::View& view) -> Result<std::vector<Linked>> {
            std::vector<Linked> links;
            const StaffId own{context.actor.id};
            TRY(view.sql().query(
                "SELECT k.other_tenant, k.other_staff, o.login, k.own_stamp, k.other_stamp, l.password, o.password "
                "FROM account_link k JOIN login l ON l.tenant_id = k.tenant_id AND l.staff_id = k.staff_id "
                "JOIN login o ON o.tenant_id = k.other_tenant AND o.staff_id = k.other_staff "
                "WHERE k.tenant_id = ?1 AND k.staff_id = ?2 ORDER BY k.other_tenant",
                {view.tenant(), own}, [&](const sql::Row& row) {
                    links.push_back({row.id<TenantId>(0), row.id<StaffId>(1), std::string(row.txt(2)),
                                     std::string(row.bin(3)) + std::string(row.bin(4)),
                                     stamp_of(row.txt(5)) + stamp_of(row.txt(6))});
                    return links.size() < kLinksMax;
                }));
            return links;
        });
}

Result<std::vector<OrgService::LinkedAccount>> OrgService::linked_accounts(const kernel::Context& context) {
    std::vector<LinkedAccount> accounts;
    if (context.actor.kind != kernel::ActorKind::Staff) return accounts;
    for (const Linked& link : TRY(links_of(context))) {
        const auto other = tenant(link.tenant);
        if (!other) continue;
        const auto member = at_work(link.tenant, link.staff, context.now);
        accounts.push_back({link.tenant, other->name, other->sample, link.login, member && member->second_factor,
                            member.has_value() && link.stamps_then == link.stamps_now});
    }
    std::sort(accounts.begin(), accounts.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return accounts;
}

Status OrgService::join(kernel::Unit& unit, const Account& own, const Account& other, std::string_view action) {
    TRY(insert_link(unit, own.staff, other.tenant, other.staff));
    return unit.audit({.action = action, .object = own.staff.str(), .detail = naming("tenant", other.tenant)});
}

Result<TenantId> OrgService::link_account(const kernel::Context& context, const Secret& own_password,
                                          std::string_view login, const Secret& password, std::string_view code) {
    if (!is_staff(context)) return only_in_the_browser();
    const Account own{context.tenant, StaffId{context.actor.id}};
    const auto stored = TRY(kernel_.record.read<std::optional<std::string>>(
        context, [&](kernel::View& view) -> Result<std::optional<std::string>> {
            return view.sql().one("SELECT password FROM login WHERE tenant_id = ?1 AND staff_id = ?2",
                                  {own.tenant, own.staff}, [](const sql::Row& row) { return std::string(row.txt(0)); });
        }));
    if (!stored || stored->empty() || TRY(compare(*stored, own_password)) == crypto::PasswordCheck::Wrong) {
        return Error::invalid("own_password", "wrong", "当前密码不对", "The present password is wrong",
                              "输入当前账号的密码", "Enter the password of this account");
    }
    // The other account proves itself as it always does: counted, locked, audited in its own tenant.
    const SignedIn other = TRY(sign_in(context, login, password, code));
    const Account theirs{other.tenant, other.staff.id};
    const std::string opened = stamp_of(other.token);
    kernel::Context there = kernel::Context::system(theirs.tenant, context.now);
    there.actor = {kernel::ActorKind::Staff, theirs.staff.bytes, std::string(login)};
    there.request = context.request;
    const bool refused = theirs.tenant == own.tenant || other.staff.must_change;
    TRY(kernel_.record.write<bool>(there, [&](kernel::Unit& unit) -> Result<bool> {
        TRY(unit.sql().write("DELETE FROM session WHERE tenant_id = ?1 AND token_hash = ?2",
                             {unit.tenant(), sql::Blob{opened}}));
        if (!refused) TRY(join(unit, theirs, own, "session.link"));
        unit.on_commit([this, opened] { state_.change([&](State& state) { state.sessions.erase(opened); }); });
        return true;
    }));
    if (theirs.tenant == own.tenant) {
        return Error::invalid("login", "same_tenant", "这是本租户的账号", "This account is of the same tenant",
                              "填写另一租户的账号", "Enter an account of another tenant");
    }
    if (refused) {
        return Error::invalid("password", "one_time", "一次性密码须先修改", "A one-time password must be changed first",
                              "先登录该租户修改密码", "Sign in to that tenant and change it");
    }
    TRY(kernel_.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
        TRY(join(unit, own, theirs, "session.link"));
        return true;
    }));
    return theirs.tenant;
}

Status OrgService::carry_links(kernel::Unit& unit, const StaffId& staff, std::string_view before,
                               std::string_view after) {
    const std::string old_stamp = stamp_of(before);
    const std::string new_stamp = stamp_of(after);
    std::vector<Account> others;
    TRY(unit.sql().query(
        "SELECT other_tenant, other_staff FROM account_link WHERE tenant_id = ?1 AND staff_id = ?2 AND own_stamp = ?3",
        {unit.tenant(), staff, sql::Blob{old_stamp}}, [&](const sql::Row& row) {
            others.push_back({row.id<TenantId>(0), row.id<StaffId>(1)});
            return true;
        }));
    for (const Account& other : others) {
        TRY(unit.sql().write("UPDATE account_link SET own_stamp = ?4 "
                             "WHERE tenant_id = ?1 AND staff_id = ?2 AND other_tenant = ?3",
                             {unit.tenant(), staff, other.tenant, sql::Blob{new_stamp}}));
        TRY(unit.sql().write("UPDATE account_link SET other_stamp = ?5 WHERE tenant_id = ?1 AND staff_id = ?2 "
                             "AND other_tenant = ?3 AND other_staff = ?4",
                             {other.tenant, other.staff, unit.tenant(), staff, sql::Blob{new_stamp}}));
    }
    return ok();
}

Status OrgService::part(const kernel::Context& context, const Account& own, const Account& other) {
    auto written = kernel_.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
        TRY(unit.sql().write("DELETE FROM account_link WHERE tenant_id = ?1 AND staff_id = ?2 AND other_tenant = ?3",
                             {unit.tenant(), own.staff, other.tenant}));
        TRY(unit.audit({.action = "session.unlink",
                        .object = own.staff.str(),
                        .detail = naming("tenant", other.tenant)}));
        return true;
    });
    return written ? ok() : Status(written.error());
}

Status OrgService::unlink_account(const kernel::Context& context, const TenantId& other) {
    if (!is_staff(context)) return only_in_the_browser();
    const Account own{context.tenant, StaffId{context.actor.id}};
    for (const Linked& link : TRY(links_of(context))) {
        if (link.tenant != other) continue;
        TRY(part(context, own, {link.tenant, link.staff}));
        kernel::Context there = kernel::Context::system(link.tenant, context.now);
        there.actor = {kernel::ActorKind::Staff, link.staff.bytes, link.login};
        there.request = context.request;
        return part(there, {link.tenant, link.staff}, own);
    }
    return Error(ErrorCode::NotFound, "tenant");
}

Result<SignedIn> OrgService::switch_tenant(const kernel::Context& context, const TenantId& other,
                                           std::string_view code) {
    if (!is_staff(context)) return only_in_the_browser();
    for (const Linked& link : TRY(links_of(context))) {
        if (link.tenant != other) continue;
        const auto member = at_work(link.tenant, link.staff, context.now);
        if (!member || link.stamps_then != link.stamps_now) return ended();
        std::optional<Instant> until;
        for (const OpenSession& one : sessions_of(context.tenant, StaffId{context.actor.id}, context.now))
            until = std::max(until.value_or(one.info.expires_at), one.info.expires_at);
        SignedIn in = TRY(enter(context, {link.tenant, *member, link.login, true, std::string(code), "session.enter",
                                          naming("from", context.tenant), until}));
        TRY(kernel_.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
            TRY(unit.audit({.action = "session.switch",
                            .object = StaffId{context.actor.id}.str(),
                            .detail = naming("to", other)}));
            return true;
        }));
        return in;
    }
    return Error(ErrorCode::NotFound, "tenant");
}

// A sample holds nobody's data, and whoever made both tenants runs the machine: its first administrator gets an account
// there that has no password, so that the link is the only way in. A password that the sample's own people give that
// account ends the link, which keeps them out of the first tenant.
Status OrgService::invite_administrator(const FirstAdmin& sample) {
    struct Found {
        Account account;
        std::string login;
        OrgNodeId root;
        Id<tag::Role> role;
    };
    const auto found = state_.read([&](const State& state) -> std::optional<Found> {
        if (state.tenants.size() < 2) return std::nullopt;
        const auto& [first, tenant] = *state.tenants.begin();
        if (first == sample.tenant || tenant.staff.empty()) return std::nullopt;
        const StaffMember& oldest = tenant.staff.begin()->second;
        const TenantState& there = state.tenants.at(sample.tenant);
        const Id<tag::Role> role = there.staff.at(sample.staff).posts.front().role;
        return Found{{first, oldest.id}, oldest.login, there.root, role};
    });
    if (!found || found->login.empty()) return ok();
    const auto now = kernel_.clock.now();
    auto guest = kernel_.record.write<StaffId>(
        kernel::Context::system(sample.tenant, now), [&](kernel::Unit& unit) -> Result<StaffId> {
            const auto id = unit.new_id<StaffId>();
            TRY(write_staff(unit, {id, "安装管理员", found->login + "@" + sample.login, "", found->root, found->role}));
            TRY(unit.sql().write("UPDATE login SET must_change = 0 WHERE tenant_id = ?1 AND staff_id = ?2",
                                 {unit.tenant(), id}));
            TRY(unit.audit({.action = "staff.add", .object = id.str()}));
            TRY(join(unit, {unit.tenant(), id}, found->account, "session.link"));
            return id;
        });
    if (!guest) return guest.error();
    auto joined = kernel_.record.write<bool>(
        kernel::Context::system(found->account.tenant, now), [&](kernel::Unit& unit) -> Result<bool> {
            TRY(join(unit, found->account, {sample.tenant, *guest}, "session.link"));
            return true;
        });
    return joined ? reload() : Status(joined.error());
}

}  // namespace tilth::org
