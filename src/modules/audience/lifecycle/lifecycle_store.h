#pragma once
// SQL of lifecycles.

#include "modules/audience/lifecycle/lifecycle.h"

namespace tilth::audience::store {

struct Stage {
    SetId set;
    std::string name;
    StageKind kind = StageKind::Other;
    std::string description;
    std::string rule;  // its own, JSON
};
struct Lifecycle {
    LifecycleId id;
    std::string name;
    CycleScale scale = CycleScale::Big;
    std::string description;
    std::int64_t version = 1;
    std::string created_by;
    Instant created_at;
    Instant changed_at;
    std::optional<Instant> archived_at;
    std::vector<Stage> stages;  // in their natural order
};

// By scale, then age; with stages.
Result<std::vector<Lifecycle>> lifecycles(sql::Connection& sql, const TenantId& tenant);
Result<Lifecycle> lifecycle(sql::Connection& sql, const TenantId& tenant, const LifecycleId& id);  // NotFound
Status insert(kernel::Unit& unit, const Lifecycle& one);
Status update(kernel::Unit& unit, const Lifecycle& one);
// Its stages, as they stand: the rows and nothing of the sets. Then keeps the version.
Status write_stages(kernel::Unit& unit, const Lifecycle& one);
struct Version {
    std::int64_t version = 0;
    std::string name;
    std::string description;
    std::vector<Stage> stages;
};
Result<std::optional<Version>> version_before(sql::Connection& sql, const TenantId& tenant, const LifecycleId& id,
                                              std::int64_t version);

struct PersonChange {
    std::int64_t number = 0;
    SetId set;
    bool entered = false;
    Instant at;
    Cause cause = Cause::Event;
    std::string because;
};
// Of the sets of family Stage only; newest first.
Result<std::vector<PersonChange>> stage_changes_of(sql::Connection& sql, const TenantId& tenant,
                                                   const CustomerId& customer, int limit);

}  // namespace tilth::audience::store
