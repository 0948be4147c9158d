#pragma once
// Long work as an object: a job is a row with a kind, parameters, progress and a saved cursor, and runs as steps. A
// step does one unit's worth of work and saves its cursor in the same transaction, so a kill resumes where it stood.
// Jobs survive the process; cancel takes effect between steps. One job of a kind runs at a time per tenant.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "kernel/record/record.h"

namespace tilth::kernel {

enum class JobState : std::uint8_t { Queued, Running, Done, Partial, Failed, Cancelling, Cancelled };

struct Job {
    JobId id;
    TenantId tenant;
    std::string kind;            // "import.run"
    std::string title;           // in the starter's language; no personal value
    JobState state = JobState::Queued;
    std::string phase;           // a word of the kind's own: "reading", "writing"
    std::int64_t done = 0;
    std::int64_t total = 0;      // 0: unknown
    std::string params;          // JSON
    std::string cursor;          // the kind's own
    std::string result = "{}";   // JSON; filled at the end
    std::string error;           // code of the failure
    std::string started_by;
    Instant created_at;
    Instant updated_at;
};

enum class StepOutcome : std::uint8_t { More, Done, Partial };

// What a step may do: read its job, write units that carry the job's new cursor and progress.
class JobStep {
public:
    virtual ~JobStep() = default;
    virtual const Job& job() const = 0;
    virtual const Context& context() const = 0;   // system rights of the job's tenant, `now` of this step
    // Runs fn in a unit and saves the job's progress in the same transaction.
    virtual Status write(const std::function<Status(Unit&)>& fn) = 0;
    virtual void progress(std::string phase, std::int64_t done, std::int64_t total) = 0;
    virtual void cursor(std::string cursor) = 0;
    virtual void result(std::string json) = 0;
};
using StepFn = std::function<Result<StepOutcome>(JobStep&)>;

class Jobs {
public:
    virtual ~Jobs() = default;
    virtual void define(std::string kind, StepFn step) = 0;    // at start, before run()
    virtual Result<JobId> start(Unit& unit, std::string_view kind, std::string title, std::string params_json) = 0;
    virtual Result<Job> find(sql::Connection& sql, const TenantId& tenant, const JobId& id) = 0;
    virtual Result<std::vector<Job>> recent(sql::Connection& sql, const TenantId& tenant, int limit) = 0;
    virtual Status cancel(Unit& unit, const JobId& id) = 0;
    virtual void run() = 0;                                     // starts the workers; resumes what was running
    virtual void stop() = 0;
    virtual bool idle() const = 0;
    // Called with each change, from the writer's thread: feeds the live stream.
    virtual void on_change(std::function<void(const Job&)> listener) = 0;
};
std::unique_ptr<Jobs> make_jobs(Record& record);

}  // namespace tilth::kernel
