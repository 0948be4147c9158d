#pragma once
// Event properties without personal values: the event log holds none (DESIGN §3.5). Pure; any thread.

#include <span>
#include <string>
#include <string_view>

#include "platform/json/reader.h"

namespace tilth::collect {

// Canonical JSON of an object: members whose names say that they are personal (email, phone, name, address, id card …)
// are left out; in every text, e-mail addresses become [email] and Chinese mobile numbers [phone]; a number that is a
// mobile number becomes null. Anything but an object yields {}.
std::string strip_properties(json::Node properties);
// The same; `taken` becomes true when something was left out or replaced. Members of the object itself that
// `not_properties` names stand elsewhere in the event and are passed over.
std::string strip_properties(json::Node properties, bool& taken, std::span<const std::string_view> not_properties = {});
bool is_personal_name(std::string_view member);
// The code of a store in the property "node", when it is a text.
std::string store_of(json::Node properties);
// The text with e-mail addresses and mobile numbers replaced.
std::string strip_text(std::string_view text);

}  // namespace tilth::collect
