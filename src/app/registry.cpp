#include "app/registry.h"

#include "kernel/migrations.h"
#include "modules/audience/api.h"
#include "modules/collect/api.h"
#include "modules/collect/retention/api.h"
#include "modules/commerce/api.h"
#include "modules/customer/api.h"
#include "modules/customer/retention/api.h"
#include "modules/org/api.h"
#include "modules/org/retention/api.h"
#include "modules/performance/api.h"

namespace tilth::app {

const std::vector<kernel::ModuleInfo>& modules() {
    static const std::vector<kernel::ModuleInfo> all = {
        org::org_module(),           customer::customer_module(),       collect::collect_module(),
        commerce::commerce_module(), audience::audience_module(),
        performance::performance_module(),
    };
    return all;
}

std::vector<sql::Migration> all_migrations() {
    std::vector<sql::Migration> all = kernel::kernel_migrations();
    for (const auto& module : modules()) all.insert(all.end(), module.migrations.begin(), module.migrations.end());
    return all;
}

std::vector<kernel::Permission> all_permissions() {
    std::vector<kernel::Permission> all = {kJobRead, kJobCancel, kAuditRead, kAuditExport, kSystemRead, kSystemWrite,
                                           kSettingWrite};
    for (const auto& module : modules()) all.insert(all.end(), module.permissions.begin(), module.permissions.end());
    return all;
}

std::vector<kernel::RetentionClass> all_retention_classes() {
    std::vector<kernel::RetentionClass> all;
    for (const auto& module : {collect::retention_classes(), customer::retention_classes(), org::retention_classes()})
        all.insert(all.end(), module.begin(), module.end());
    return all;
}

}  // namespace tilth::app
