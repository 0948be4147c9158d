#include "modules/org/exports/desk.h"
#include "modules/org/service.h"

namespace tilth {
std::vector<sql::Migration> migrations_of_module_org();
}

namespace tilth::org {

std::unique_ptr<Org> make_org(kernel::Kernel& kernel) {
    auto org = std::make_unique<OrgService>(kernel);
    add_session_routes(kernel, *org);
    add_link_routes(kernel, *org);
    add_tree_routes(kernel, *org);
    add_org_routes(kernel, *org);
    add_post_routes(kernel, *org);
    add_governance_routes(kernel, *org);
    add_export_routes(kernel, *org);
    return org;
}

kernel::ModuleInfo org_module() {
    return {.name = "org",
            .migrations = migrations_of_module_org(),
            .permissions = {kOrgRead, kOrgWrite, kPostWrite, kRoleWrite, kViewAs, kKeyWrite, kExportApprove}};
}

}  // namespace tilth::org
