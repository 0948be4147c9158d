#pragma once
// Loads the demonstration chain into a running Tilth through its public API, and compares the control totals there
// with what was sent. What has been done stands in a state file, so that a load that was cut off goes on.

#include <cstdint>
#include <string>

#include "chain/parameters.h"
#include "platform/json/value.h"

namespace tilth::chain {

struct LoadOptions {
    Parameters parameters;
    std::string url;         // "http://127.0.0.1:8686"
    std::string state_path;  // JSON with "login" and "password" to begin with; gone when all is loaded
    std::string last_day;    // ISO; empty: yesterday on the server's clock
    bool quiet = false;
};

// What was sent, as one JSON object: totals, hash, and how long it took. Conflict when Tilth's totals differ, when the
// tenant holds no demonstration data, or when an import ends otherwise than done.
Result<json::Value> load(const LoadOptions& options);

}  // namespace tilth::chain
