#pragma once
// Who works where, for modules that hand work to people.

#include "modules/org/api.h"

namespace tilth::org {

struct Colleague {
    StaffId id;
    std::string name;
    std::vector<OrgNodeId> nodes;  // of the posts held on that day
};
// Nothing when the id is unknown, or the person is disabled or gone. Any thread.
std::optional<Colleague> colleague(const Org& org, const TenantId& tenant, const StaffId& staff, Day day);

}  // namespace tilth::org
