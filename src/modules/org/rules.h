#pragma once
// Decisions about logins, roles and the tree as pure functions.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "modules/org/api.h"

namespace tilth::org {

inline constexpr int kFailuresMax = 5;
inline constexpr Duration kLockFor = minutes(15);
inline constexpr Duration kSessionIdle = minutes(30);
inline constexpr Duration kSessionMax = hours(12);

struct LoginState {
    int failures = 0;
    Instant locked_until;
};
// LockedOut while the lock holds.
Status may_try(const LoginState& state, Instant now);
LoginState after_failure(LoginState state, Instant now);

// At least 8 characters, not a common password, not the login (ASVS 5.0, 6.2).
Status check_password(std::string_view password, std::string_view login);

// The roles that a new tenant starts with. "*" is every permission; "customer.*" every one of that noun.
struct RoleSpec {
    std::string_view code;
    std::string_view zh;
    std::string_view en;
    std::vector<std::string_view> permissions;
};
const std::vector<RoleSpec>& role_catalogue();
// Patterns over the declared permissions.
kernel::PermissionSet expand(const std::vector<std::string>& patterns, std::span<const kernel::Permission> declared);

// Depth-first from `top`, sorted by id; `top` included. Children by parent.
std::vector<OrgNodeId> subtree_of(const std::vector<OrgNode>& nodes, const OrgNodeId& top);

}  // namespace tilth::org
