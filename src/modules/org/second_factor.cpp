// The second factor, sessions as a list, and looking through others' eyes.

#include <algorithm>

#include "modules/org/service.h"
#include "modules/org/totp.h"

namespace tilth::org {

namespace {

constexpr int kRecoveryCodes = 10;
constexpr std::size_t kRecoveryBytes = 10;
constexpr std::size_t kCodeBytesMax = 64;
constexpr std::size_t kSessionIdLetters = 16;

struct FactorRow {
    std::string secret;
    bool confirmed = false;
    std::int64_t last_step = 0;
};

std::string bound(const TenantId& tenant, const StaffId& staff) {
    return "org.second_factor " + tenant.str() + " " + staff.str();
}

Result<std::optional<FactorRow>> find_factor(kernel::Unit& unit, const crypto::Key& key, const StaffId& staff) {
    const auto sealed = TRY(unit.sql().one(
        "SELECT secret, confirmed_at, last_step FROM second_factor WHERE tenant_id = ?1 AND staff_id = ?2",
        {unit.tenant(), staff},
        [](const sql::Row& row) { return FactorRow{std::string(row.bin(0)), !row.null(1), row.i64(2)}; }));
    if (!sealed) return std::optional<FactorRow>();
    FactorRow row = *sealed;
    row.secret = TRY(crypto::unseal(key, row.secret, bound(unit.tenant(), staff)));
    return std::optional(row);
}

std::string hash_of(std::string_view text) {
    const crypto::Hash hash = crypto::sha256(text);
    return std::string(crypto::view(hash));
}

// "abcde-fghij-…" as it is shown; dashes, blanks and capitals do not matter when it is typed.
std::string plain(std::string_view code) {
    std::string out;
    for (const char c : code) {
        if (c == '-' || c == ' ') continue;
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return out;
}

std::string new_recovery_code() {
    std::string letters = plain(base32(crypto::random_bytes(kRecoveryBytes)));
    for (std::size_t at = 4; at < letters.size(); at += 5) letters.insert(at, "-");
    return letters;
}

Error wrong_code() {
    return Error::invalid("code", "wrong_code", "动态验证码不对或已用过", "The code is wrong or was used",
                          "等下一个 6 位数字再试", "Wait for the next six digits");
}

}  // namespace

Result<bool> OrgService::take_code(kernel::Unit& unit, const StaffId& staff, std::string_view code) {
    if (code.empty() || code.size() > kCodeBytesMax) return false;
    const auto factor = TRY(find_factor(unit, kernel_.master.derive("org.second_factor"), staff));
    if (!factor) return false;
    if (const auto step = accept_totp(factor->secret, code, unit.now(), factor->last_step)) {
        TRY(unit.sql().write("UPDATE second_factor SET last_step = ?3 WHERE tenant_id = ?1 AND staff_id = ?2",
                             {unit.tenant(), staff, *step}));
        return true;
    }
    if (!factor->confirmed) return false;
    const std::string hash = hash_of(plain(code));
    const auto used = TRY(unit.sql().change("UPDATE recovery_code SET used_at = ?4 WHERE tenant_id = ?1 AND "
                                            "staff_id = ?2 AND hash = ?3 AND used_at IS NULL",
                                            {unit.tenant(), staff, sql::Blob{hash}, unit.now()}));
    if (used > 0) TRY(unit.audit({.action = "session.recovery_code", .object = staff.str()}));
    return used > 0;
}

Result<OrgService::Enrolment> OrgService::enrol(kernel::Unit& unit) {
    if (unit.context().actor.kind != kernel::ActorKind::Staff) return Error(ErrorCode::Forbidden, "staff only");
    const StaffId staff{unit.context().actor.id};
    const crypto::Key key = kernel_.master.derive("org.second_factor");
    const auto standing = TRY(find_factor(unit, key, staff));
    if (standing && standing->confirmed) return Error(ErrorCode::Conflict, "a second factor stands");
    const std::string secret = crypto::random_bytes(kTotpSecretBytes);
    const std::string sealed = crypto::seal(key, secret, bound(unit.tenant(), staff));
    TRY(unit.sql().write("INSERT INTO second_factor (tenant_id, staff_id, secret, confirmed_at, last_step) "
                         "VALUES (?1, ?2, ?3, NULL, 0) ON CONFLICT (tenant_id, staff_id) DO UPDATE SET "
                         "secret = excluded.secret, confirmed_at = NULL, last_step = 0",
                         {unit.tenant(), staff, sql::Blob{sealed}}));
    const auto own = tenant(unit.tenant());
    return Enrolment{base32(secret), otpauth_uri(own ? own->name : "Tilth", unit.context().actor.name, secret)};
}

Result<std::vector<std::string>> OrgService::confirm_factor(kernel::Unit& unit, std::string_view code) {
    if (unit.context().actor.kind != kernel::ActorKind::Staff) return Error(ErrorCode::Forbidden, "staff only");
    const StaffId staff{unit.context().actor.id};
    const auto standing = TRY(find_factor(unit, kernel_.master.derive("org.second_factor"), staff));
    if (!standing || standing->confirmed) return Error(ErrorCode::Conflict, "nothing to confirm");
    if (!TRY(take_code(unit, staff, code))) return wrong_code();
    TRY(unit.sql().write("UPDATE second_factor SET confirmed_at = ?3 WHERE tenant_id = ?1 AND staff_id = ?2",
                         {unit.tenant(), staff, unit.now()}));
    TRY(unit.sql().write("DELETE FROM recovery_code WHERE tenant_id = ?1 AND staff_id = ?2", {unit.tenant(), staff}));
    std::vector<std::string> codes;
    for (int i = 0; i < kRecoveryCodes; ++i) {
        codes.push_back(new_recovery_code());
        const std::string hash = hash_of(plain(codes.back()));
        TRY(unit.sql().write(
            "INSERT INTO recovery_code (tenant_id, staff_id, hash, used_at) VALUES (?1, ?2, ?3, NULL)",
            {unit.tenant(), staff, sql::Blob{hash}}));
    }
    TRY(unit.audit({.action = "session.second_factor", .object = staff.str()}));
    unit.on_commit([this, tenant = unit.tenant(), staff] {
        state_.change([&](State& state) { state.tenants[tenant].staff[staff].second_factor = true; });
    });
    return codes;
}

Status OrgService::remove_factor(kernel::Unit& unit, std::string_view code) {
    if (unit.context().actor.kind != kernel::ActorKind::Staff) return Error(ErrorCode::Forbidden, "staff only");
    const StaffId staff{unit.context().actor.id};
    if (!TRY(take_code(unit, staff, code))) return wrong_code();
    return reset_factor(unit, staff);
}

Status OrgService::reset_factor(kernel::Unit& unit, const StaffId& staff) {
    TRY(unit.sql().write("DELETE FROM second_factor WHERE tenant_id = ?1 AND staff_id = ?2", {unit.tenant(), staff}));
    TRY(unit.sql().write("DELETE FROM recovery_code WHERE tenant_id = ?1 AND staff_id = ?2", {unit.tenant(), staff}));
    TRY(unit.audit({.action = "session.second_factor_off", .object = staff.str()}));
    unit.on_commit([this, tenant = unit.tenant(), staff] {
        state_.change([&](State& state) { state.tenants[tenant].staff[staff].second_factor = false; });
    });
    return ok();
}

// ---- Sessions ----

namespace {

std::string session_id(const std::string& token_hash) {
    return crypto::hex(hash_of(token_hash)).substr(0, kSessionIdLetters);
}

}  // namespace

std::vector<OrgService::OpenSession> OrgService::sessions_of(const TenantId& tenant, const StaffId& staff,
                                                             Instant now) const {
    std::vector<OpenSession> open = state_.read([&](const State& state) {
        std::vector<OpenSession> found;
        for (const auto& [hash, info] : state.sessions) {
            const bool holds = now < info.expires_at && now < info.last_seen + kSessionIdle;
            if (info.tenant == tenant && info.staff == staff && holds) found.push_back({session_id(hash), info});
        }
        return found;
    });
    std::sort(open.begin(), open.end(), [](const OpenSession& a, const OpenSession& b) {
        return std::tie(b.info.created_at, a.id) < std::tie(a.info.created_at, b.id);
    });
    return open;
}

Status OrgService::end_session(kernel::Unit& unit, const StaffId& staff, std::string_view id) {
    const auto hash = state_.read([&](const State& state) -> std::optional<std::string> {
        for (const auto& [one, info] : state.sessions)
            if (info.tenant == unit.tenant() && info.staff == staff && session_id(one) == id) return one;
        return std::nullopt;
    });
    if (!hash) return Error(ErrorCode::NotFound, "session");
    TRY(unit.sql().write("DELETE FROM session WHERE tenant_id = ?1 AND token_hash = ?2",
                         {unit.tenant(), sql::Blob{*hash}}));
    TRY(unit.audit({.action = "session.end", .object = staff.str()}));
    unit.on_commit([this, hash = *hash] { state_.change([&](State& state) { state.sessions.erase(hash); }); });
    return ok();
}

Status OrgService::end_sessions(kernel::Unit& unit, const StaffId& staff) {
    TRY(unit.sql().write("DELETE FROM session WHERE tenant_id = ?1 AND staff_id = ?2", {unit.tenant(), staff}));
    TRY(unit.audit({.action = "session.end", .object = staff.str()}));
    unit.on_commit([this, staff] {
        state_.change([&](State& state) {
            std::erase_if(state.sessions, [&](const auto& one) { return one.second.staff == staff; });
            state.viewing.erase(staff);
        });
    });
    return ok();
}

// ---- Through others' eyes ----

Status OrgService::check_within(const kernel::Context& context, const StaffId& staff) const {
    const bool within = state_.read([&](const State& state) {
        const TenantState* tenant = state.tenant(context.tenant);
        if (tenant == nullptr || !tenant->staff.contains(staff)) return false;
        const auto& posts = tenant->staff.at(staff).posts;
        return context.scope->all || std::any_of(posts.begin(), posts.end(), [&](const StaffMember::Post& post) {
                   return context.scope->covers(post.node);
               });
    });
    return within ? ok() : Status(Error(ErrorCode::NotFound, "staff"));
}

Status OrgService::view_as(kernel::Unit& unit, const ViewAs& view) {
    const kernel::Context& context = unit.context();
    if (context.actor.kind != kernel::ActorKind::Staff) return Error(ErrorCode::Forbidden, "staff only");
    std::string object;
    if (view.staff) {
        TRY(check_within(context, *view.staff));
        object = view.staff->str();
    } else {
        const bool known = state_.read([&](const State& state) {
            const TenantState* tenant = state.tenant(unit.tenant());
            return tenant != nullptr && view.role && tenant->roles.contains(*view.role);
        });
        if (!known) return Error(ErrorCode::NotFound, "role");
        if (!node(unit.tenant(), view.node) || !context.scope->covers(view.node))
            return Error(ErrorCode::NotFound, "node");
        object = view.role->str() + " " + view.node.str();
    }
    TRY(unit.audit({.action = "session.view_as", .object = object}));
    unit.on_commit([this, staff = StaffId{context.actor.id}, view] {
        state_.change([&](State& state) { state.viewing[staff] = view; });
    });
    return ok();
}

Status OrgService::stop_viewing(kernel::Unit& unit) {
    if (unit.context().actor.kind != kernel::ActorKind::Staff) return Error(ErrorCode::Forbidden, "staff only");
    const StaffId staff{unit.context().actor.id};
    const bool looks = state_.read([&](const State& state) { return state.viewing.contains(staff); });
    if (!looks) return ok();
    TRY(unit.audit({.action = "session.view_end", .object = staff.str()}));
    unit.on_commit([this, staff] { state_.change([&](State& state) { state.viewing.erase(staff); }); });
    return ok();
}

}  // namespace tilth::org
