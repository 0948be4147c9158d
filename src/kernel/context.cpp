#include "kernel/context.h"

namespace tilth::kernel {

Context Context::system(TenantId tenant, Instant now) {
    static const auto all_rights = std::make_shared<const PermissionSet>(PermissionSet::everything());
    static const auto whole = std::make_shared<const Scope>(Scope{.all = true, .nodes = {}});
    Context context;
    context.tenant = tenant;
    context.actor = {.kind = ActorKind::System, .id = {}, .name = "system"};
    context.permissions = all_rights;
    context.scope = whole;
    context.now = now;
    return context;
}

}  // namespace tilth::kernel
