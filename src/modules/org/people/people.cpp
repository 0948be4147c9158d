#include "modules/org/people/api.h"

#include "modules/org/service.h"

namespace tilth::org {

std::optional<Colleague> colleague(const Org& org, const TenantId& tenant, const StaffId& staff, Day day) {
    const auto* const service = dynamic_cast<const OrgService*>(&org);
    INVARIANT(service != nullptr, "colleagues are asked of the module's own service");
    const auto member = service->member(tenant, staff);
    if (!member || !member->works_on(day)) return std::nullopt;
    Colleague found{member->id, member->name, {}};
    for (const StaffMember::Post& post : member->posts)
        if (post.held_on(day)) found.nodes.push_back(post.node);
    return found;
}

}  // namespace tilth::org
