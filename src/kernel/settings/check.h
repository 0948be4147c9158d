#pragma once
// Whether a setting may hold a value, before anything is written.

#include <string>
#include <string_view>

#include "kernel/settings/settings.h"

namespace tilth::kernel {

// The value as it would be kept; flags are "true" or "false". Invalid, field "value", names the bound. Pure.
Result<std::string> check_setting(const SettingSpec& spec, std::string_view value);

}  // namespace tilth::kernel
