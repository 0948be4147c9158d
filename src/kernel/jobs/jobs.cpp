#include "kernel/jobs/jobs.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "kernel/jobs/store.h"
#include "platform/log/log.h"
#include "platform/metrics/metrics.h"

namespace tilth::kernel {

namespace {

constexpr std::size_t kWorkers = 2;
// A step that fails for a reason that may pass (a full disk, a full queue) is tried this often, then the job fails.
constexpr int kAttemptsMax = 6;
constexpr auto kFirstWait = std::chrono::milliseconds(100);
constexpr auto kLoadWait = std::chrono::seconds(1);

using Listeners = std::vector<std::function<void(const Job&)>>;

bool may_pass(const Error& error) {
    return error.code == ErrorCode::Unavailable || error.code == ErrorCode::StorageFull ||
           error.code == ErrorCode::StorageFailed || error.code == ErrorCode::Timeout;
}

// What a step sees and sets; lives for one call of the step's function, on a worker's thread.
class Step final : public JobStep {
public:
    Step(Record& record, const Listeners& listeners, Job& job, Instant now)
        : record_(record), listeners_(listeners), job_(job), saved_(job), context_(Context::system(job.tenant, now)) {
        job_.updated_at = now;
    }

    const Job& job() const override { return job_; }
    const Context& context() const override { return context_; }
    void progress(std::string phase, std::int64_t done, std::int64_t total) override {
        job_.phase = std::move(phase);
        job_.done = done;
        job_.total = total;
        unsaved_ = true;
    }
    void cursor(std::string cursor) override {
        job_.cursor = std::move(cursor);
        unsaved_ = true;
    }
    void result(std::string json) override {
        job_.result = std::move(json);
        unsaved_ = true;
    }
    Status write(const std::function<Status(Unit&)>& fn) override {
        // Saved after fn, which may set the cursor itself; this thread waits meanwhile, so job_ has one user.
        const Status written = record_.write<void>(context_, [&](Unit& unit) -> Status {
            TRY(fn(unit));
            TRY(job_store::save(unit.sql(), job_));
            unit.on_commit([this] { tell(job_); });
            return ok();
        });
        if (written) {
            unsaved_ = false;
            saved_ = job_;
        }
        return written;
    }
    bool unsaved() const { return unsaved_; }
    // As it stands in the record: what a step that failed has to begin with again.
    const Job& saved() const { return saved_; }
    void tell(const Job& job) const {
        for (const auto& listener : listeners_) listener(job);
    }

private:
    Record& record_;
    const Listeners& listeners_;
    Job& job_;
    Job saved_;
    Context context_;
    bool unsaved_ = false;
};

class Runner final : public Jobs {
public:
    explicit Runner(Record& record) : record_(record) {}
    ~Runner() override { stop(); }

    void define(std::string kind, StepFn step) override;
    Result<JobId> start(Unit& unit, std::string_view kind, std::string title, std::string params_json) override;
    Result<Job> find(sql::Connection& sql, const TenantId& tenant, const JobId& id) override;
    Result<std::vector<Job>> recent(sql::Connection& sql, const TenantId& tenant, int limit) override {
        return job_store::recent(sql, tenant, limit);
    }
    Status cancel(Unit& unit, const JobId& id) override;
    void run() override;
    void stop() override;
    bool idle() const override;
    void on_change(std::function<void(const Job&)> listener) override { listeners_.push_back(std::move(listener)); }

private:
    // A job that is not finished, as the workers know it.
    struct Live {
        TenantId tenant;
        std::string kind;
        Instant created;
        bool running = false;
        bool cancel = false;
    };
    using Lives = std::map<JobId, Live>;

    void work(bool first);
    void wait_for_load();
    Status load();
    void add(const Job& job);
    Lives::iterator next();
    void run_job(const TenantId& tenant, const JobId& id, const std::string& kind);
    // The job's end, or nothing when it shall go on after the next start of the process.
    std::optional<Job> run_steps(Job job, const StepFn& fn);
    Result<StepOutcome> run_step(Step& step, const StepFn& fn);
    Status set_state(Job& job, JobState from, JobState or_from);
    bool wait(std::chrono::milliseconds time);
    bool stopping() const;
    bool cancelled(const JobId& id) const;
    void tell(const Job& job) const {
        for (const auto& listener : listeners_) listener(job);
    }

    Record& record_;
    std::map<std::string, StepFn, std::less<>> kinds_;  // fixed before run()
    Listeners listeners_;  // fixed before run()

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Lives live_;  // under mutex_
    bool loaded_ = false;  // under mutex_
    bool stopping_ = false;  // under mutex_
    std::vector<std::thread> workers_;
};

void Runner::define(std::string kind, StepFn step) {
    INVARIANT(workers_.empty(), "kinds of jobs are defined before the workers start");
    const bool fresh = kinds_.emplace(std::move(kind), std::move(step)).second;
    INVARIANT(fresh, "a kind of job is defined once");
}

Result<JobId> Runner::start(Unit& unit, std::string_view kind, std::string title, std::string params_json) {
    INVARIANT(kinds_.contains(kind), "only a defined kind of job is started");
    Job job;
    job.id = unit.new_id<JobId>();
    job.tenant = unit.tenant();
    job.kind = kind;
    job.title = std::move(title);
    job.params = std::move(params_json);
    job.started_by = unit.context().actor.name;
    job.created_at = unit.now();
    job.updated_at = unit.now();
    TRY(job_store::insert(unit.sql(), job));
    const JobId id = job.id;
    unit.on_commit([this, job = std::move(job)] {
        add(job);
        changed_.notify_all();
        tell(job);
    });
    return id;
}

Result<Job> Runner::find(sql::Connection& sql, const TenantId& tenant, const JobId& id) {
    auto job = TRY(job_store::find(sql, tenant, id));
    if (!job) return Error(ErrorCode::NotFound, "no such job");
    return std::move(*job);
}

Status Runner::cancel(Unit& unit, const JobId& id) {
    Job job = TRY(find(unit.sql(), unit.tenant(), id));
    if (job.state == JobState::Cancelling) return ok();
    const JobState before = job.state;
    if (before != JobState::Queued && before != JobState::Running)
        return Error(ErrorCode::Conflict, "the job has ended already");
    job.state = before == JobState::Queued ? JobState::Cancelled : JobState::Cancelling;
    job.updated_at = unit.now();
    TRY(job_store::set_state(unit.sql(), job, before, before));
    unit.on_commit([this, job = std::move(job)] {
        {
            const std::lock_guard lock(mutex_);
            const auto live = live_.find(job.id);
            if (live != live_.end() && (job.state == JobState::Cancelling || live->second.running))
                live->second.cancel = true;
            else if (live != live_.end()) live_.erase(live);
        }
        changed_.notify_all();
        tell(job);
    });
    return ok();
}

void Runner::run() {
    INVARIANT(workers_.empty(), "run() is called once");
    for (std::size_t i = 0; i < kWorkers; ++i) workers_.emplace_back([this, first = i == 0] { work(first); });
}

void Runner::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (auto& worker : workers_)
        if (worker.joinable()) worker.join();
}

bool Runner::idle() const {
    const std::lock_guard lock(mutex_);
    return live_.empty() && (loaded_ || workers_.empty());
}

bool Runner::stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

bool Runner::cancelled(const JobId& id) const {
    const std::lock_guard lock(mutex_);
    const auto live = live_.find(id);
    return live != live_.end() && live->second.cancel;
}

// False when the workers are told to stop.
bool Runner::wait(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

void Runner::add(const Job& job) {
    const std::lock_guard lock(mutex_);
    live_.emplace(job.id, Live{job.tenant, job.kind, job.created_at, false, job.state == JobState::Cancelling});
}

// What an earlier process left: queued, running or being cancelled.
Status Runner::load() {
    auto loan = TRY(record_.readers().borrow());
    for (const auto& job : TRY(job_store::unfinished(*loan))) {
        if (kinds_.contains(job.kind)) add(job);
        else log::warn("jobs: nobody knows this kind of job", {{"kind", job.kind}, {"job", job.id.str()}});
    }
    return ok();
}

// One worker reads; a second reading could bring back a job that has ended since.
void Runner::wait_for_load() {
    for (;;) {
        const Status read = load();
        if (!read) log::error("jobs: cannot be read", {{"detail", read.error().detail}});
        if (read) {
            const std::lock_guard lock(mutex_);
            loaded_ = true;
            break;
        }
        if (!wait(kLoadWait)) return;
    }
    changed_.notify_all();
}

void Runner::work(bool first) {
    if (first) wait_for_load();
    for (;;) {
        std::unique_lock lock(mutex_);
        auto live = live_.end();
        // Nothing starts before the jobs of earlier processes are known: they are older.
        changed_.wait(lock, [&] { return stopping_ || (loaded_ && (live = next()) != live_.end()); });
        if (stopping_) return;
        live->second.running = true;
        const auto [id, known] = *live;
        lock.unlock();
        run_job(known.tenant, id, known.kind);
        changed_.notify_all();
    }
}

// The oldest job that may run: one of a kind at a time per tenant. Under mutex_.
Runner::Lives::iterator Runner::next() {
    auto best = live_.end();
    for (auto one = live_.begin(); one != live_.end(); ++one) {
        if (one->second.running) continue;
        const bool busy = std::any_of(live_.begin(), live_.end(), [&](const auto& other) {
            return other.second.running && other.second.kind == one->second.kind &&
                   other.second.tenant == one->second.tenant;
        });
        if (!busy && (best == live_.end() || one->second.created < best->second.created)) best = one;
    }
    return best;
}

void Runner::run_job(const TenantId& tenant, const JobId& id, const std::string& kind) {
    const auto read = [&]() -> Result<Job> {
        auto loan = TRY(record_.readers().borrow());
        return find(*loan, tenant, id);
    };
    auto job = read();
    std::optional<Job> end;
    if (job) end = run_steps(std::move(*job), kinds_.find(kind)->second);
    else log::error("jobs: a job cannot be read", {{"job", id.str()}, {"detail", job.error().detail}});
    if (end)
        metrics::counter("tilth_jobs_ended_total", "Jobs that came to an end.",
                         {{"kind", kind}, {"state", std::to_string(static_cast<int>(end->state))}})
            .add();
    const std::lock_guard lock(mutex_);
    live_.erase(id);
}

std::optional<Job> Runner::run_steps(Job job, const StepFn& fn) {
    if (job.state == JobState::Queued) {
        job.state = JobState::Running;
        // Refused when it was cancelled in the meantime.
        if (const Status begun = set_state(job, JobState::Queued, JobState::Queued); !begun) return std::nullopt;
    }
    if (job.state != JobState::Running && job.state != JobState::Cancelling) return std::nullopt;
    int attempts = 0;
    auto pause = kFirstWait;
    while (!stopping()) {
        if (cancelled(job.id) || job.state == JobState::Cancelling) {
            job.state = JobState::Cancelled;
        } else {
            Step step(record_, listeners_, job, record_.clock().now());
            const auto outcome = run_step(step, fn);
            if (outcome && *outcome == StepOutcome::More) {
                attempts = 0;
                pause = kFirstWait;
                continue;
            }
            if (!outcome && may_pass(outcome.error()) && ++attempts < kAttemptsMax) {
                job = step.saved();
                wait(pause);
                pause *= 2;
                continue;
            }
            if (!outcome) {
                job = step.saved();
                job.error = info(outcome.error().code).name;
                log::warn("jobs: a job failed", {{"job", job.id.str()},
                                                 {"kind", job.kind},
                                                 {"code", job.error},
                                                 {"detail", outcome.error().detail}});
            }
            job.state = !outcome                        ? JobState::Failed
                        : *outcome == StepOutcome::Done ? JobState::Done
                                                        : JobState::Partial;
        }
        if (const Status ended = set_state(job, JobState::Running, JobState::Cancelling); ended) return job;
        log::error("jobs: the end of a job cannot be written; it will run again", {{"job", job.id.str()}});
        return std::nullopt;
    }
    return std::nullopt;
}

Result<StepOutcome> Runner::run_step(Step& step, const StepFn& fn) {
    try {
        const auto outcome = TRY(fn(step));
        if (outcome == StepOutcome::More && step.unsaved()) TRY(step.write([](Unit&) { return ok(); }));
        return outcome;
    } catch (const std::exception& failure) {
        log::error("jobs: an exception left a step", {{"error", failure.what()}});
        return Error(ErrorCode::Internal, "an exception left a step");
    }
}

// Saves progress with the state.
Status Runner::set_state(Job& job, JobState from, JobState or_from) {
    job.updated_at = record_.clock().now();
    return record_.write<void>(Context::system(job.tenant, job.updated_at), [&](Unit& unit) -> Status {
        if (!TRY(job_store::set_state(unit.sql(), job, from, or_from)))
            return Error(ErrorCode::Conflict, "the job's state has changed");
        TRY(job_store::save(unit.sql(), job));
        unit.on_commit([this, job] { tell(job); });
        return ok();
    });
}

}  // namespace

std::unique_ptr<Jobs> make_jobs(Record& record) { return std::make_unique<Runner>(record); }

}  // namespace tilth::kernel
