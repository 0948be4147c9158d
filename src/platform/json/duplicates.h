#pragma once
// Whether any object below a node names a key twice. For JSON of unknown shape; described structs check by themselves.

#include "platform/json/reader.h"

namespace tilth::json {

bool has_duplicate_keys(Node node);

}  // namespace tilth::json
