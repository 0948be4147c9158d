// Sign-in, sessions and keys: who asks, and what they may see. Nothing here says which of login and password was wrong,
// and an unknown login takes as long as a known one.

#include "modules/org/service.h"

#include <algorithm>

#include "base/hooks.h"

namespace tilth::org {

namespace {

constexpr int kHashesWaitingMax = 32;
constexpr std::size_t kTokenBytesMax = 200;

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

struct LoginRow {
    TenantId tenant;
    StaffId staff;
    std::string password;
    LoginState state;
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

Result<SignedIn> OrgService::sign_in(const kernel::Context& context, std::string_view login, const Secret& password) {
    auto found = kernel_.record.read<std::optional<LoginRow>>(
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
    if (!found) return found.error();
    static const std::string nobody = crypto::hash_password(Secret("nobody has this password"), password_cost());
    const std::optional<LoginRow>& row = *found;
    if (row) TRY(may_try(row->state, context.now));
    const auto check = TRY(compare(row ? row->password : nobody, password));
    const auto member = !row ? std::nullopt : state_.read([&](const State& state) -> std::optional<StaffMember> {
        const TenantState* tenant = state.tenant(row->tenant);
        if (tenant == nullptr || !tenant->staff.contains(row->staff)) return std::nullopt;
        return tenant->staff.at(row->staff);
    });
    const bool right = check != crypto::PasswordCheck::Wrong && member && member->active;
    if (!row) return Error(ErrorCode::Unauthenticated, "login or password");

    SignedIn reply{crypto::random_token(), row->tenant, member.value_or(StaffMember{})};
    const std::string hash = sha256_of(reply.token);
    kernel::Context as = kernel::Context::system(row->tenant, context.now);
    as.actor = {kernel::ActorKind::Staff, row->staff.bytes, std::string(login)};
    as.request = context.request;
    auto written = kernel_.record.write<bool>(as, [&](kernel::Unit& unit) -> Result<bool> {
        // Guesses that came together have all passed the first look: what counts stands in the row by now.
        const auto standing = TRY(unit.sql().one(
            "SELECT failures, locked_until FROM login WHERE tenant_id = ?1 AND login = ?2", {unit.tenant(), login},
            [](const sql::Row& one) { return LoginState{static_cast<int>(one.i64(0)), one.instant(1)}; }));
        if (!standing) return Error(ErrorCode::Unauthenticated, "login or password");
        TRY(may_try(*standing, unit.now()));
        const LoginState next = right ? LoginState{} : after_failure(*standing, unit.now());
        TRY(unit.sql().write("UPDATE login SET failures = ?3, locked_until = ?4 WHERE tenant_id = ?1 AND login = ?2",
                             {unit.tenant(), login, next.failures, next.locked_until}));
        TRY(unit.audit({.action = right ? "session.sign_in" : "session.refused", .object = row->staff.str()}));
        if (!right) return true;
        TRY(unit.sql().write(
            "INSERT INTO session (tenant_id, token_hash, staff_id, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            {unit.tenant(), sql::Blob{hash}, row->staff, unit.now(), unit.now() + kSessionMax}));
        unit.on_commit(
            [this, hash, info = SessionInfo{unit.tenant(), row->staff, unit.now(), unit.now() + kSessionMax}] {
                state_.change([&](State& state) { state.sessions[hash] = info; });
            });
        return true;
    });
    if (!written) return written.error();
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
        TRY(unit.audit({.action = "session.password", .object = staff.str()}));
        unit.on_commit([this, tenant = unit.tenant(), staff] {
            state_.change([&](State& state) { state.tenants[tenant].staff[staff].must_change = false; });
        });
        return true;
    });
    return written ? ok() : Status(written.error());
}

Result<kernel::Context> OrgService::authenticate(const http::Request& request) {
    keep_up();
    constexpr std::string_view kBearer = "Bearer ";
    const std::string_view authorization = request.header("Authorization");
    if (authorization.starts_with(kBearer)) return by_key(authorization.substr(kBearer.size()));
    const std::string token = request.cookie(kSessionCookie);
    if (token.empty()) return kernel::Context{};
    return by_session(request, token);
}

Result<kernel::Context> OrgService::by_session(const http::Request&, std::string_view token) {
    if (token.size() > kTokenBytesMax) return Error(ErrorCode::Unauthenticated, "session");
    const Instant now = kernel_.clock.now();
    const std::string hash = sha256_of(token);
    std::optional<kernel::Context> context;
    bool stale = false;
    state_.read([&](const State& state) {
        const auto session = state.sessions.find(hash);
        if (session == state.sessions.end()) return;
        const SessionInfo& info = session->second;
        const TenantState* tenant = state.tenant(info.tenant);
        if (now >= info.expires_at || now >= info.last_seen + kSessionIdle || tenant == nullptr) return;
        const auto member = tenant->staff.find(info.staff);
        if (member == tenant->staff.end() || !member->second.active) return;
        context = context_of(state, *tenant, member->second);
        stale = now >= info.last_seen + minutes(1);
    });
    if (!context) return Error(ErrorCode::Unauthenticated, "session");
    if (stale)
        state_.change([&](State& state) {
            if (const auto at = state.sessions.find(hash); at != state.sessions.end()) at->second.last_seen = now;
        });
    context->by_cookie = true;
    return std::move(*context);
}

kernel::Context OrgService::context_of(const State&, const TenantState& tenant, const StaffMember& member) const {
    kernel::Context context;
    context.tenant = tenant.tenant.id;
    context.actor = {kernel::ActorKind::Staff, member.id.bytes, member.login};
    std::vector<std::string> patterns;
    auto scope = std::make_shared<kernel::Scope>();
    for (const StaffMember::Post& post : member.posts) {
        const auto role = tenant.roles.find(post.role);
        if (role == tenant.roles.end()) continue;
        patterns.insert(patterns.end(), role->second.permissions.begin(), role->second.permissions.end());
        if (post.node == tenant.root) scope->all = true;
        const auto below = subtree_of(tenant.tree, post.node);
        scope->nodes.insert(scope->nodes.end(), below.begin(), below.end());
    }
    std::sort(scope->nodes.begin(), scope->nodes.end());
    scope->nodes.erase(std::unique(scope->nodes.begin(), scope->nodes.end()), scope->nodes.end());
    // Until the one-time password is changed, nothing but changing it is allowed.
    if (member.must_change) patterns.clear();
    context.permissions = std::make_shared<kernel::PermissionSet>(expand(patterns, declared_));
    context.scope = std::move(scope);
    return context;
}

Result<kernel::Context> OrgService::by_key(std::string_view presented) {
    const std::string hash = sha256_of(presented);
    return state_.read([&](const State& state) -> Result<kernel::Context> {
        const auto found = state.keys.find(hash);
        if (found == state.keys.end() || found->second.revoked || found->second.grant.write_only) {
            return Error(ErrorCode::Unauthenticated, "key");
        }
        kernel::Context context;
        context.tenant = found->second.grant.tenant;
        context.actor = {kernel::ActorKind::ApiKey, found->second.grant.key.bytes, found->second.grant.label};
        context.permissions = std::make_shared<kernel::PermissionSet>(expand(found->second.permissions, declared_));
        context.scope = std::make_shared<kernel::Scope>(kernel::Scope{.all = true, .nodes = {}});
        return context;
    });
}

}  // namespace tilth::org
