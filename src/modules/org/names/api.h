#pragma once
// Who a staff id is, for modules that show people beside what they did: also those who have left.

#include "modules/org/api.h"

namespace tilth::org {

struct StaffName {
    std::string number;  // the business's own; may be empty
    std::string name;
};
// Nothing when the id is unknown. Any thread.
std::optional<StaffName> staff_name(const Org& org, const TenantId& tenant, const StaffId& staff);
// The person with that number of the business's own, else with that login. Any thread.
std::optional<StaffId> staff_by_number(const Org& org, const TenantId& tenant, std::string_view number);

}  // namespace tilth::org
