#include "modules/org/governance/governance.h"

#include <array>

namespace tilth::org {

namespace {

constexpr std::array<std::string_view, 3> kCodes{"strong_control", "enabling", "distributed"};

constexpr std::string_view kLockable[] = {
    "audience.write", "audience.tag", "audience.export", "capture.write",   "customer.export", "customer.merge",
    "customer.rules", "import.run",   "lead.assign",     "open.write",      "org.write",       "post.write",
    "reconcile.write", "role.write", "setting.write",   "source.write",
};

// Strong control: headquarters decides, branches carry out. Enabling: what must be one for the brand stays locked.
// Distributed: the branch decides but for who it is and what words mean.
const std::set<std::string>& defaults(GovernanceMode mode) {
    static const std::set<std::string> strong(std::begin(kLockable), std::end(kLockable));
    static const std::set<std::string> enabling{"customer.export", "customer.rules", "open.write",  "role.write",
                                                "setting.write",   "source.write",   "capture.write"};
    static const std::set<std::string> distributed{"customer.rules", "role.write", "setting.write"};
    switch (mode) {
        case GovernanceMode::StrongControl: return strong;
        case GovernanceMode::Enabling: return enabling;
        case GovernanceMode::Distributed: return distributed;
    }
    return strong;
}

}  // namespace

std::string_view code_of(GovernanceMode mode) { return kCodes[static_cast<std::size_t>(mode)]; }

std::optional<GovernanceMode> governance_mode(std::string_view code) {
    for (const GovernanceMode mode : kGovernanceModes) {
        if (code_of(mode) == code) return mode;
    }
    return std::nullopt;
}

std::span<const std::string_view> lockable() { return kLockable; }
std::set<std::string> default_locks(GovernanceMode mode) { return defaults(mode); }

const std::set<std::string>& Governance::locks_of(GovernanceMode mode) const {
    const auto changed = locks.find(mode);
    return changed == locks.end() ? defaults(mode) : changed->second;
}

std::optional<Governed> governed(const Governance& governance, const std::vector<OrgNode>& tree,
                                 const OrgNodeId& node) {
    if (governance.modes.empty()) return std::nullopt;
    std::map<OrgNodeId, std::optional<OrgNodeId>> above;
    for (const OrgNode& one : tree) above.emplace(one.id, one.parent);
    std::optional<OrgNodeId> at = node;
    for (std::size_t steps = 0; at && steps <= tree.size(); ++steps) {
        if (const auto set = governance.modes.find(*at); set != governance.modes.end())
            return Governed{set->second, *at};
        const auto parent = above.find(*at);
        at = parent == above.end() ? std::nullopt : parent->second;
    }
    return std::nullopt;
}

}  // namespace tilth::org
