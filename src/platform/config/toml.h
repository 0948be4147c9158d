#pragma once
// A TOML document as a value, for files that are data and not settings: parameter files with tables of tables, lists
// and floating-point numbers. Pure; any thread.

#include <string>
#include <string_view>

#include "base/result.h"
#include "platform/json/value.h"

namespace tilth::config {

// Tables become objects with their keys sorted, arrays stay arrays; a date or a time becomes its text. `name` stands
// in the refusal: Corrupt with "name:line" when it is not TOML.
Result<json::Value> parse_toml(std::string_view text, const std::string& name);

}  // namespace tilth::config
