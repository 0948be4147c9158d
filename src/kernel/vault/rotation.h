#pragma once
// Rotation of a tenant's keys while everything goes on: a new generation at once, then a job that brings what stands to
// it, place by place (Vault::places()), with its position saved in the unit of each step: a kill resumes there.
//
// Data: what is written after the commit stands under the new generation. Sealed bytes may be on their way from before
// it; therefore the old generations are destroyed only by a look through all places that began an hour after and found
// nothing under them. A look that finds some, a job that failed or was cancelled: the next begins within the hour.
// Index: look-ups know both generations until the job is through; the old one stays as the layer below (ring.h).
// Not touched: backups (they keep the old wrapped keys until they run out), the journal (a key per segment, destroyed
// with it), the event log (nothing in it is sealed: it holds no personal value).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/jobs/jobs.h"
#include "kernel/scheduler/dispatch.h"
#include "kernel/vault/vault.h"

namespace tilth::kernel {

// One for the process; the kernel's parts outlive it. Make it before jobs and dispatch run.
class Rotation {
public:
    Rotation(Record& record, Vault& vault, Jobs& jobs, Dispatch& dispatch);

    struct Started {
        std::int64_t generation = 0;
        JobId job;
    };
    // In the unit of the caller, with its audit line. Conflict: the index key is being rotated. Invalid names `reason`.
    Result<Started> start(Unit& unit, KeyFamily family, std::string_view reason);

    // When what remains is looked through at the latest; nothing when nothing remains.
    static Result<std::optional<Instant>> next_look(sql::Connection& sql, const TenantId& tenant, KeyFamily family);

    // How long sealed bytes may be on their way before they stand in the record.
    static constexpr Duration kOnTheWay = hours(1);

private:
    struct Place;
    Result<StepOutcome> carry_out(JobStep& step, KeyFamily family);
    Result<StepOutcome> begin(JobStep& step, KeyFamily family, const std::vector<const KeptPlace*>& places);
    Result<StepOutcome> finish(JobStep& step, KeyFamily family, const Place& place);
    Status look_again(Unit& unit, const Timer& timer);
    Result<std::optional<KeyGeneration>> unsettled(sql::Connection& sql, const TenantId& tenant,
                                                   KeyFamily family) const;

    Record& record_;
    Vault& vault_;
    Jobs& jobs_;
};

std::string_view name(KeyFamily family);              // "data", "index"
std::string_view rotation_job(KeyFamily family);      // the job's kind

}  // namespace tilth::kernel
