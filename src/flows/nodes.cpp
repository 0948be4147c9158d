#include "flows/nodes.h"

#include "modules/collect/api.h"
#include "modules/commerce/api.h"
#include "modules/customer/api.h"

namespace tilth::flows {

Result<std::int64_t> take_back_nodes(org::Org& org, kernel::Unit& unit, std::string_view source, int limit) {
    return org.take_back(unit, source, limit, [](kernel::Unit& in, const OrgNodeId& node) -> Result<bool> {
        for (const auto names : {commerce::names_node, customer::names_node, collect::names_node}) {
            if (TRY(names(in.sql(), in.tenant(), node))) return true;
        }
        return false;
    });
}

}  // namespace tilth::flows
