#include "modules/collect/capture/desk.h"
#include "modules/collect/feeds/feeds.h"
#include "modules/collect/imports/kept.h"
#include "modules/collect/open/service.h"
#include "modules/collect/service.h"

namespace tilth {
std::vector<sql::Migration> migrations_of_module_collect();
}

namespace tilth::collect {

std::unique_ptr<Collect> make_collect(kernel::Kernel& kernel, org::Org& org) {
    auto collect = std::make_unique<CollectService>(kernel, org);
    keep_places(kernel);
    add_source_routes(kernel, *collect);
    add_quality_routes(kernel, *collect);
    add_debugger_routes(kernel, *collect);
    add_catalogue_routes(kernel, *collect);
    add_import_routes(kernel, *collect);
    add_feed_routes(kernel, std::make_shared<Feeds>(kernel, *collect));
    return collect;
}

kernel::ModuleInfo collect_module() {
    return {.name = "collect",
            .migrations = migrations_of_module_collect(),
            .permissions = {kSourceRead, kSourceWrite, kImportRead, kImportRun, kReconcileRead, kReconcileWrite,
                            open::kOpenRead, open::kOpenWrite, capture::kCaptureRead, capture::kCaptureWrite}};
}

}  // namespace tilth::collect
