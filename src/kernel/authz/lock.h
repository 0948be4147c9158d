#pragma once
// A permission that a role gives and headquarters has taken for a branch: a set holds it under another name, so that
// who asks is told of the lock and not that the right is missing.

#include <string>
#include <string_view>

namespace tilth::kernel {

// "!tag.write": no declared permission begins like it.
inline std::string locked_name(std::string_view permission) { return "!" + std::string(permission); }

}  // namespace tilth::kernel
