#pragma once
// What a broken rule is called, why it is refused and what to do, in Chinese and English.

#include <string>
#include <string_view>

#include "base/error.h"
#include "platform/json/describe.h"

namespace tilth::json {

// The words for a rule, with the bounds and examples of the type filled in. A rule without words of its own gets the
// words of "invalid".
FieldError refuse(std::string field, std::string_view rule, const Type& type);
// For a name that the object does not have: the remedy is the nearest known one, or the list when none is near.
FieldError refuse_unknown(std::string field, std::string_view name, const Type& object);

}  // namespace tilth::json
