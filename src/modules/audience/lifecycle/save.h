#pragma once
// Making and changing lifecycles: rules checked, stages written as sets, each save kept.

#include "modules/audience/lifecycle/lifecycle_store.h"

namespace tilth::audience {

// Stages asked for, with their own rules as trees; each problem names stages/<place>/….
struct Draft {
    struct Stage {
        store::Stage kept;  // `set` is all zeros for a new one
        rules::Node own;
    };
    std::vector<Stage> stages;
};
// `of`: the lifecycle that is changed, or nullptr.
Result<Draft> draft_of(AudienceService& service, sql::Connection& sql, const TenantId& tenant,
                       const std::vector<StageInput>& stages, const store::Lifecycle* of);

Result<LifecycleKey> make_lifecycle(AudienceService& service, kernel::Unit& unit, const NewLifecycle& request);
Result<kernel::None> change_lifecycle(AudienceService& service, kernel::Unit& unit, const ChangeLifecycle& request);
// The stages as they were saved before, as a new version.
Result<kernel::None> undo_lifecycle(AudienceService& service, kernel::Unit& unit, const LifecycleKey& key);
Result<kernel::None> archive_lifecycle(kernel::Unit& unit, const LifecycleKey& key);
Result<kernel::None> restore_lifecycle(kernel::Unit& unit, const LifecycleKey& key);

}  // namespace tilth::audience
