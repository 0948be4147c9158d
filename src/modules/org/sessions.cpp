// Who asks, and what they may see: by a session's cookie or a key, through their own eyes or others'.

#include <algorithm>

#include "kernel/authz/lock.h"
#include "modules/org/governance/governance.h"
#include "modules/org/service.h"

namespace tilth::org {

namespace {

constexpr std::size_t kTokenBytesMax = 200;

std::string sha256_of(std::string_view text) {
    const crypto::Hash hash = crypto::sha256(text);
    return std::string(crypto::view(hash));
}

void add_scope(kernel::Scope& scope, const TenantState& tenant, const OrgNodeId& node) {
    if (node == tenant.root) scope.all = true;
    const auto below = subtree_of(tenant.tree, node);
    scope.nodes.insert(scope.nodes.end(), below.begin(), below.end());
}

void close_scope(kernel::Scope& scope) {
    std::sort(scope.nodes.begin(), scope.nodes.end());
    scope.nodes.erase(std::unique(scope.nodes.begin(), scope.nodes.end()), scope.nodes.end());
}

// A search is a question that is posted, since what is looked for must not stand in an address.
bool is_reading(const http::Request& request) {
    return request.method == http::Method::Get || request.path.ends_with("/search") ||
           request.path == "/api/v1/session" || request.path == "/api/v1/session/view-as";
}

}  // namespace

Result<kernel::Context> OrgService::authenticate(const http::Request& request) {
    keep_up();
    constexpr std::string_view kBearer = "Bearer ";
    const std::string_view authorization = request.header("Authorization");
    if (authorization.starts_with(kBearer)) return by_key(authorization.substr(kBearer.size()));
    const std::string token = request.cookie(kSessionCookie);
    if (token.empty()) return kernel::Context{};
    return by_session(request, token);
}

Result<kernel::Context> OrgService::by_session(const http::Request& request, std::string_view token) {
    if (token.size() > kTokenBytesMax) return Error(ErrorCode::Unauthenticated, "session");
    const Instant now = kernel_.clock.now();
    const std::string hash = sha256_of(token);
    std::optional<kernel::Context> context;
    bool stale = false;
    bool viewing = false;
    state_.read([&](const State& state) {
        const auto session = state.sessions.find(hash);
        if (session == state.sessions.end()) return;
        const SessionInfo& info = session->second;
        const TenantState* tenant = state.tenant(info.tenant);
        if (now >= info.expires_at || now >= info.last_seen + kSessionIdle || tenant == nullptr) return;
        const auto member = tenant->staff.find(info.staff);
        const Day today = tenant->calendar.day_of(now);
        if (member == tenant->staff.end() || !member->second.works_on(today)) return;
        context = context_of(*tenant, member->second, today);
        if (const auto view = state.viewing.find(info.staff); view != state.viewing.end()) {
            viewing = true;
            look_through(*context, *tenant, view->second, today);
        }
        stale = now >= info.last_seen + minutes(1);
    });
    if (!context) return Error(ErrorCode::Unauthenticated, "session");
    if (viewing && !is_reading(request))
        return Error(ErrorCode::Forbidden, "who looks through others' eyes only reads");
    if (stale)
        state_.change([&](State& state) {
            if (const auto at = state.sessions.find(hash); at != state.sessions.end()) at->second.last_seen = now;
        });
    context->by_cookie = true;
    return std::move(*context);
}

namespace {

// What several posts give together. What the governance of one branch locks, another post may still give.
class Granted {
public:
    void add(const TenantState& tenant, const OrgNodeId& node, const std::vector<std::string>& patterns,
             std::span<const kernel::Permission> declared) {
        const auto holds = governed(tenant.governance, tenant.tree, node);
        if (!holds) {
            patterns_.insert(patterns_.end(), patterns.begin(), patterns.end());
            return;
        }
        const auto& locks = tenant.governance.locks_of(holds->mode);
        const kernel::PermissionSet given = expand(patterns, declared);
        for (const kernel::Permission& one : declared) {
            if (!given.has(one.name)) continue;
            (locks.contains(std::string(one.name)) ? locked_ : patterns_).emplace_back(one.name);
        }
    }
    kernel::PermissionSet all(std::span<const kernel::Permission> declared) && {
        kernel::PermissionSet open = expand(patterns_, declared);
        if (open.all() || locked_.empty()) return open;
        std::vector<std::string> names = open.names();
        for (const std::string& one : locked_)
            if (!open.has(one)) names.push_back(kernel::locked_name(one));
        return kernel::PermissionSet(std::move(names));
    }

private:
    std::vector<std::string> patterns_;
    std::vector<std::string> locked_;
};

}  // namespace

kernel::Context OrgService::context_of(const TenantState& tenant, const StaffMember& member, Day today) const {
    kernel::Context context;
    context.tenant = tenant.tenant.id;
    context.actor = {kernel::ActorKind::Staff, member.id.bytes, member.login};
    Granted granted;
    auto scope = std::make_shared<kernel::Scope>();
    bool wants_factor = false;
    for (const StaffMember::Post& post : member.posts) {
        const auto role = tenant.roles.find(post.role);
        if (role == tenant.roles.end() || !post.held_on(today)) continue;
        wants_factor = wants_factor || role->second.second_factor;
        granted.add(tenant, post.node, role->second.permissions, declared_);
        add_scope(*scope, tenant, post.node);
    }
    close_scope(*scope);
    // Until the one-time password is changed and a demanded second factor stands, nothing but that is allowed.
    if (member.must_change || (wants_factor && !member.second_factor)) granted = {};
    context.permissions = std::make_shared<kernel::PermissionSet>(std::move(granted).all(declared_));
    context.scope = std::move(scope);
    return context;
}

// Never more than one's own: rights and scope of both, and reading ones alone.
void OrgService::look_through(kernel::Context& context, const TenantState& tenant, const ViewAs& view,
                              Day today) const {
    kernel::PermissionSet theirs;
    kernel::Scope seen;
    if (view.staff) {
        const auto member = tenant.staff.find(*view.staff);
        if (member != tenant.staff.end()) {
            const kernel::Context as = context_of(tenant, member->second, today);
            theirs = *as.permissions;
            seen = *as.scope;
        }
    } else if (view.role) {
        const auto role = tenant.roles.find(*view.role);
        if (role != tenant.roles.end()) theirs = expand(role->second.permissions, declared_);
        add_scope(seen, tenant, view.node);
        close_scope(seen);
    }
    std::vector<std::string> names = {std::string(kernel::kSignedIn.name)};
    for (const kernel::Permission& one : declared_) {
        const bool both = theirs.has(one.name) && context.permissions->has(one.name);
        if (both && one.name.ends_with(".read")) names.emplace_back(one.name);
    }
    auto scope = std::make_shared<kernel::Scope>();
    scope->all = seen.all && context.scope->all;
    for (const OrgNodeId& node : seen.nodes)
        if (context.scope->covers(node)) scope->nodes.push_back(node);
    context.permissions = std::make_shared<kernel::PermissionSet>(std::move(names));
    context.scope = std::move(scope);
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
