#pragma once
// Permissions are data: a module declares them, roles bundle them, every route names one. Denied by default.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace tilth::kernel {

struct Permission {
    std::string_view name;  // "customer.read"; also the id in roles and in /openapi.json
    std::string_view zh;
    std::string_view en;
};

inline constexpr Permission kPublic{"public", "公开", "Public"};              // no sign-in; listed in tools/arrows.toml
inline constexpr Permission kSignedIn{"signed_in", "已登录", "Signed in"};    // any staff session
inline constexpr Permission kWriteKey{"write_key", "写入密钥", "Write key"};  // trackers: the inlet checks its own key

class PermissionSet {
public:
    PermissionSet() = default;
    explicit PermissionSet(std::vector<std::string> names) : names_(std::move(names)) {
        std::sort(names_.begin(), names_.end());
    }
    bool has(std::string_view name) const {
        return all_ || std::binary_search(names_.begin(), names_.end(), name, std::less<>{});
    }
    static PermissionSet everything() {
        PermissionSet set;
        set.all_ = true;
        return set;
    }
    bool all() const { return all_; }
    const std::vector<std::string>& names() const { return names_; }

private:
    bool all_ = false;
    std::vector<std::string> names_;
};

}  // namespace tilth::kernel
