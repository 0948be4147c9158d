#include "modules/org/rules.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"

namespace tilth::org {

Status may_try(const LoginState& state, Instant now) {
    if (state.locked_until > now) return Error(ErrorCode::LockedOut, "locked until " + to_iso(state.locked_until));
    return ok();
}

LoginState after_failure(LoginState state, Instant now) {
    if (++state.failures >= kFailuresMax) return {0, now + kLockFor};
    return state;
}

Status check_password(std::string_view password, std::string_view login) {
    static constexpr std::array<std::string_view, 12> kCommon = {"12345678",  "123456789", "1234567890", "password",
                                                                 "password1", "qwertyui",  "11111111",   "88888888",
                                                                 "66666666",  "iloveyou",  "a1234567",   "abcd1234"};
    const auto length = utf8_length(password);
    if (!length || *length < 8 || *length > 128) {
        return Error::invalid("new_password", "length", "密码须为 8–128 个字符", "A password has 8 to 128 characters",
                              "换一个更长的密码", "Choose a longer one");
    }
    std::string lower(password);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (lower == login || std::find(kCommon.begin(), kCommon.end(), lower) != kCommon.end()) {
        return Error::invalid("new_password", "common", "这个密码太常见", "This password is too common",
                              "换一个不易猜到的密码", "Choose one that is hard to guess");
    }
    return ok();
}

const std::vector<RoleSpec>& role_catalogue() {
    static const std::vector<RoleSpec> roles = {
        {"administrator", "管理员", "Administrator", {"*"}},
        {"operations",
         "总部运营",
         "Operations",
         {"overview.read", "metric.*", "customer.*", "order.read", "import.*", "reconcile.*", "source.read", "org.read",
          "post.write", "job.*", "audience.*", "lead.*", "capture.*", "cycle.*", "export.approve"}},
        {"analyst",
         "数据分析",
         "Analyst",
         {"overview.read", "metric.read", "customer.read", "order.read", "org.read", "audience.read", "cycle.read"}},
        {"region_manager",
         "区域经理",
         "Region manager",
         {"overview.read", "metric.read", "customer.read", "order.read", "org.read", "audience.read", "audience.tag",
          "lead.*", "cycle.*", "export.approve"}},
        {"store_manager",
         "店长",
         "Store manager",
         {"overview.read", "metric.read", "customer.read", "order.read", "audience.read", "audience.tag", "lead.*",
          "cycle.*"}},
        {"guide",
         "导购",
         "Guide",
         {"overview.read", "metric.read", "customer.read", "order.read", "audience.tag", "lead.read", "lead.write"}},
        {"auditor", "审计", "Auditor", {"audit.read", "audit.export", "org.read", "system.read", "metric.read"}},
    };
    return roles;
}

kernel::PermissionSet expand(const std::vector<std::string>& patterns, std::span<const kernel::Permission> declared) {
    std::vector<std::string> names;
    for (const std::string& pattern : patterns) {
        if (pattern == "*") return kernel::PermissionSet::everything();
        if (!pattern.ends_with(".*")) {
            names.push_back(pattern);
            continue;
        }
        const std::string_view noun = std::string_view(pattern).substr(0, pattern.size() - 1);
        for (const auto& permission : declared) {
            if (permission.name.starts_with(noun)) names.emplace_back(permission.name);
        }
    }
    names.emplace_back(kernel::kSignedIn.name);
    return kernel::PermissionSet(std::move(names));
}

std::vector<OrgNodeId> subtree_of(const std::vector<OrgNode>& nodes, const OrgNodeId& top) {
    std::multimap<OrgNodeId, OrgNodeId> children;
    bool known = false;
    for (const OrgNode& node : nodes) {
        known = known || node.id == top;
        if (node.parent) children.emplace(*node.parent, node.id);
    }
    std::vector<OrgNodeId> found;
    if (!known) return found;
    found.push_back(top);
    for (std::size_t at = 0; at < found.size(); ++at) {
        const auto [from, to] = children.equal_range(found[at]);
        for (auto child = from; child != to; ++child) found.push_back(child->second);
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace tilth::org
