// Sign-in and passwords. Nothing here says which of login and password was wrong or whether a login exists: an unknown
// one is compared, counted and locked as a known one.

#include "modules/org/service.h"

#include <algorithm>

#include "base/hooks.h"

namespace tilth::org {

namespace {

constexpr int kHashesWaitingMax = 32;
// Longer than any lock.
constexpr Duration kGuessKept = hours(24);

crypto::PasswordCost password_cost() {
    return hooks::cheap_passwords() ? crypto::kCheapPasswordCost : crypto::PasswordCost{};
}

std::string sha256_of(std::string_view text) {
    const crypto::Hash hash = crypto::sha256(text);
    return std::string(crypto::view(hash));
}

// Counts those who wait for a hash, so that a flood of sign-ins cannot park every worker.
class Turn {
public:
    Turn(std::atomic<int>& waiting, std::counting_semaphore<2>& hashers) : waiting_(waiting), hashers_(hashers) {
        admitted_ = waiting_.fetch_add(1) < kHashesWaitingMax;
        if (admitted_) hashers_.acquire();
    }
    ~Turn() {
        if (admitted_) hashers_.release();
        waiting_.fetch_sub(1);
    }
    bool admitted() const { return admitted_; }

private:
    std::atomic<int>& waiting_;
    std::counting_semaphore<2>& hashers_;
    bool admitted_ = false;
};

}  // namespace

Result<std::string> OrgService::hash_password(const Secret& password) {
    const Turn turn(waiting_hashes_, hashers_);
    if (!turn.admitted()) return Error(ErrorCode::TooManyRequests, "password hashes waiting");
    return crypto::hash_password(password, password_cost());
}

Result<crypto::PasswordCheck> OrgService::compare(std::string_view stored, const Secret& password) {
    const Turn turn(waiting_hashes_, hashers_);
    if (!turn.admitted()) return Error(ErrorCode::TooManyRequests, "password hashes waiting");
    return crypto::check_password(stored, password, password_cost());
}

Result<std::optional<LoginRow>> OrgService::find_login(const kernel::Context& context, std::string_view login) {
    return kernel_.record.read<std::optional<LoginRow>>(
        context, [&](kernel::View& view) -> Result<std::optional<LoginRow>> {
            return view.sql().one(
                "SELECT l.tenant_id, l.staff_id, l.password, l.failures, l.locked_until FROM login l "
                "JOIN tenant t ON t.tenant_id = l.tenant_id WHERE l.login = ?1 ORDER BY t.created_at LIMIT 1",
                {login}, [](const sql::Row& row) {
                    return LoginRow{row.id<TenantId>(0),
                                    row.id<StaffId>(1),
                                    std::string(row.txt(2)),
                                    {static_cast<int>(row.i64(3)), row.instant(4)}};
                });
        });
}

// A login that nobody has fails, counts and locks as one that somebody has, with a comparison and a commit of its own.
Error OrgService::refuse_unknown(const kernel::Context& context, std::string_view login) {
    const auto all = tenants();
    if (all.empty()) return Error(ErrorCode::Unauthenticated, "login or password");
    const crypto::Hash keyed = crypto::blake2b(kernel_.master.derive("org.login_guess"), login);
    const std::string hash(crypto::view(keyed));
    kernel::Context as = kernel::Context::system(all.front().id, context.now);
    as.request = context.request;
    auto written = kernel_.record.write<bool>(as, [&](kernel::Unit& unit) -> Result<bool> {
        const auto known = TRY(unit.sql().one(
            "SELECT failures, locked_until FROM login_guess WHERE tenant_id = ?1 AND hash = ?2",
            {unit.tenant(), sql::Blob{hash}},
            [](const sql::Row& one) { return LoginState{static_cast<int>(one.i64(0)), one.instant(1)}; }));
        const LoginState standing = known.value_or(LoginState{});
        TRY(may_try(standing, unit.now()));
        const LoginState next = after_failure(standing, unit.now());
        TRY(unit.sql().write("DELETE FROM login_guess WHERE tenant_id = ?1 AND at < ?2",
                             {unit.tenant(), unit.now() + Duration{-kGuessKept.ms}}));
        TRY(unit.sql().write("INSERT INTO login_guess (tenant_id, hash, failures, locked_until, at) "
                             "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (tenant_id, hash) DO UPDATE SET "
                             "failures = excluded.failures, locked_until = excluded.locked_until, at = excluded.at",
                             {unit.tenant(), sql::Blob{hash}, next.failures, next.locked_until, unit.now()}));
        TRY(unit.audit({.action = "session.refused"}));
        return true;
    });
    return written ? Error(ErrorCode::Unauthenticated, "login or password") : written.error();
}

Result<SignedIn> OrgService::sign_in(const kernel::Context& context, std::string_view login, const Secret& password,
                                     std::string_view code) {
    static const std::string nobody = crypto::hash_password(Secret("nobody has this password"), password_cost());
    const std::optional<LoginRow> row = TRY(find_login(context, login));
    // Compared before anything is told: a locked, an unknown and a wrong one take equally long.
    const auto check = TRY(compare(row && !row->password.empty() ? row->password : nobody, password));
    if (!row) return refuse_unknown(context, login);
    const auto member = state().read([&](const State& state) -> std::optional<StaffMember> {
        const TenantState* tenant = state.tenant(row->tenant);
        if (tenant == nullptr || !tenant->staff.contains(row->staff)) return std::nullopt;
        const StaffMember& found = tenant->staff.at(row->staff);
        return found.works_on(tenant->calendar.day_of(context.now)) ? std::optional(found) : std::nullopt;
    });
    const bool known = check != crypto::PasswordCheck::Wrong && member && !row->password.empty();
    StaffMember who = member.value_or(StaffMember{});
    who.id = row->staff;
    return enter(context, {row->tenant, std::move(who), std::string(login), known, std::string(code),
                           "session.sign_in", "{}"});
}

// The part of every way in: the lock, the second factor and the session, in one unit.
Result<SignedIn> OrgService::enter(const kernel::Context& context, const Entry& entry) {
    SignedIn reply{crypto::random_token(), entry.tenant, entry.member};
    const StaffId& staff = entry.member.id;
    const std::string hash = sha256_of(reply.token);
    kernel::Context as = kernel::Context::system(entry.tenant, context.now);
    as.actor = {kernel::ActorKind::Staff, staff.bytes, entry.login};
    as.request = context.request;
    bool asks_code = false;
    bool right = false;
    auto written = kernel_.record.write<bool>(as, [&](kernel::Unit& unit) -> Result<bool> {
        // Guesses that came together have all passed the first look: what counts stands in the row by now.
        const auto standing = TRY(unit.sql().one(
            "SELECT failures, locked_until FROM login WHERE tenant_id = ?1 AND login = ?2",
            {unit.tenant(), entry.login},
            [](const sql::Row& one) { return LoginState{static_cast<int>(one.i64(0)), one.instant(1)}; }));
        if (!standing) return Error(ErrorCode::Unauthenticated, "login or password");
        TRY(may_try(*standing, unit.now()));
        asks_code = entry.known && entry.member.second_factor && entry.code.empty();
        // Asked for the code, nobody has failed yet.
        if (asks_code) return true;
        right = entry.known && (!entry.member.second_factor || TRY(take_code(unit, staff, entry.code)));
        const LoginState next = right ? LoginState{} : after_failure(*standing, unit.now());
        TRY(unit.sql().write("UPDATE login SET failures = ?3, locked_until = ?4 WHERE tenant_id = ?1 AND login = ?2",
                             {unit.tenant(), entry.login, next.failures, next.locked_until}));
        TRY(unit.audit({.action = right ? entry.action : "session.refused",
                        .object = staff.str(),
                        .detail = right ? entry.detail : "{}"}));
        if (!right) return true;
        const Instant longest = unit.now() + kSessionMax;
        const Instant until = std::min(longest, entry.until.value_or(longest));
        TRY(unit.sql().write("INSERT INTO session (tenant_id, token_hash, staff_id, created_at, expires_at, ip) "
                             "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                             {unit.tenant(), sql::Blob{hash}, staff, unit.now(), until, context.client_ip}));
        unit.on_commit([this, hash, info = SessionInfo{unit.tenant(), staff, unit.now(), until, unit.now(),
                                                       context.client_ip}] {
            state_.change([&](State& state) { state.sessions[hash] = info; });
        });
        return true;
    });
    if (!written) return written.error();
    if (asks_code || (entry.known && !right)) {
        return Error::invalid("code", asks_code ? "second_factor" : "wrong_code",
                              asks_code ? "需要动态验证码" : "动态验证码不对或已用过",
                              asks_code ? "A one-time code is needed" : "The code is wrong or was used",
                              "打开验证器查看 6 位数字，或用一个恢复码", "Open the authenticator, or use a recovery code");
    }
    if (!right) return Error(ErrorCode::Unauthenticated, "login or password");
    return reply;
}

Status OrgService::sign_out(const kernel::Context& context) {
    const StaffId staff{context.actor.id};
    auto written = kernel_.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
        TRY(unit.sql().write("DELETE FROM session WHERE tenant_id = ?1 AND staff_id = ?2", {unit.tenant(), staff}));
        TRY(unit.audit({.action = "session.sign_out", .object = staff.str()}));
        unit.on_commit([this, staff] {
            state_.change([&](State& state) {
                std::erase_if(state.sessions, [&](const auto& one) { return one.second.staff == staff; });
                state.viewing.erase(staff);
            });
        });
        return true;
    });
    return written ? ok() : Status(written.error());
}

Status OrgService::change_password(const kernel::Context& context, const Secret& old_password,
                                   const Secret& new_password) {
    if (context.actor.kind != kernel::ActorKind::Staff) return Error(ErrorCode::Forbidden, "staff only");
    const StaffId staff{context.actor.id};
    auto row = kernel_.record.read<std::optional<std::pair<std::string, std::string>>>(
        context, [&](kernel::View& view) -> Result<std::optional<std::pair<std::string, std::string>>> {
            return view.sql().one(
                "SELECT login, password FROM login WHERE tenant_id = ?1 AND staff_id = ?2", {view.tenant(), staff},
                [](const sql::Row& found) { return std::pair(std::string(found.txt(0)), std::string(found.txt(1))); });
        });
    if (!row) return row.error();
    if (!*row) return Error(ErrorCode::NotFound, "login");
    const auto& [login, stored] = **row;
    TRY(check_password(new_password.reveal(), login));
    if (TRY(compare(stored, old_password)) == crypto::PasswordCheck::Wrong) {
        return Error::invalid("old_password", "wrong", "原密码不对", "The present password is wrong", "重新输入原密码",
                              "Enter it again");
    }
    const std::string hash = TRY(hash_password(new_password));
    auto written = kernel_.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
        TRY(unit.sql().write("UPDATE login SET password = ?3, must_change = 0 WHERE tenant_id = ?1 AND staff_id = ?2",
                             {unit.tenant(), staff, hash}));
        TRY(carry_links(unit, staff, stored, hash));
        TRY(unit.audit({.action = "session.password", .object = staff.str()}));
        unit.on_commit([this, tenant = unit.tenant(), staff] {
            state_.change([&](State& state) { state.tenants[tenant].staff[staff].must_change = false; });
        });
        return true;
    });
    return written ? ok() : Status(written.error());
}

}  // namespace tilth::org
