#pragma once
// Nodes of the organisation that an import made.

#include "modules/org/api.h"

namespace tilth::flows {

// Removes those that the import alone brought and that no order, customer or day close names. At most `limit` a call;
// 0 when nothing is left. After everything else of the import is gone.
Result<std::int64_t> take_back_nodes(org::Org& org, kernel::Unit& unit, std::string_view source, int limit);

}  // namespace tilth::flows
