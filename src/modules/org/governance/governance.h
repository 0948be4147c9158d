#pragma once
// Governance modes (GOV-02): how much a branch decides itself. A mode stands at a node of the tree and holds below it
// until another one does; it is a set of locks on permissions. Headquarters is bound by none. Pure, but for the routes.

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "modules/org/api.h"

namespace tilth::org {

// 强总控强运营, 弱总控强赋能, 分布式.
enum class GovernanceMode : std::uint8_t { StrongControl, Enabling, Distributed };
inline constexpr GovernanceMode kGovernanceModes[] = {GovernanceMode::StrongControl, GovernanceMode::Enabling,
                                                      GovernanceMode::Distributed};
std::string_view code_of(GovernanceMode mode);  // "strong_control" …; as it is stored
std::optional<GovernanceMode> governance_mode(std::string_view code);

// What may be locked: deciding and changing. Never reading, and never what the law gives a person.
std::span<const std::string_view> lockable();
// What a mode locks unless the tenant has said otherwise.
std::set<std::string> default_locks(GovernanceMode mode);

struct Governance {
    std::map<OrgNodeId, GovernanceMode> modes;              // as set
    std::map<GovernanceMode, std::set<std::string>> locks;  // as changed; absent: default_locks()
    const std::set<std::string>& locks_of(GovernanceMode mode) const;
};

struct Governed {
    GovernanceMode mode = GovernanceMode::Distributed;
    OrgNodeId from;  // the node at which it was set
};
// The mode that holds at a node: its own, or that of the nearest node above; nothing: no lock.
std::optional<Governed> governed(const Governance& governance, const std::vector<OrgNode>& tree,
                                 const OrgNodeId& node);

}  // namespace tilth::org
