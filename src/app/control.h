#pragma once
// What commands ask of a running process, and do themselves when none runs: one function, reached over the Unix socket
// DATA/tilth.sock (mode 0600) or directly. Verbs: clock, settle, import, job, verify, rebuild, staff_add, staff_reset.

#include <string>
#include <string_view>

#include "app/world.h"
#include "platform/json/value.h"

namespace tilth::app {

Result<json::Value> control(World& world, std::string_view verb, const json::Value& arguments);

// Through the socket of the data directory; Unavailable when no process listens there.
Result<json::Value> ask(const std::string& data_directory, std::string_view verb, const json::Value& arguments);

}  // namespace tilth::app
