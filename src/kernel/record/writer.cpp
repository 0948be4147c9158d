#include "kernel/record/writer.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "base/hooks.h"
#include "base/limits.h"
#include "platform/crypto/crypto.h"
#include "platform/log/log.h"
#include "platform/metrics/metrics.h"

namespace tilth::kernel {

namespace {

// A group is closed when its units have run this long: those that came first are not kept waiting for ever.
constexpr std::int64_t kGroupRunNs = 25'000'000;
constexpr std::int64_t kSlowUnitNs = 50'000'000;

struct Meters {
    metrics::Gauge& queue = metrics::gauge("tilth_record_queue_units", "Units waiting for the writer.");
    metrics::Counter& overflow =
        metrics::counter("tilth_record_queue_refusals_total", "Units refused: the queue was full.");
    metrics::Counter& units = metrics::counter("tilth_record_units_total", "Units committed.");
    metrics::Counter& reruns = metrics::counter("tilth_record_group_reruns_total", "Groups undone and run one by one.");
    metrics::Counter& slow = metrics::counter("tilth_record_slow_units_total", "Units that ran longer than 50 ms.");
    metrics::Histogram& group = metrics::histogram("tilth_record_group_units", "Units in one commit.", {},
                                                   {1, 2, 4, 8, 16, 32, 64, 128, 256, 512});
    metrics::Histogram& commit = metrics::histogram("tilth_record_commit_seconds", "Time of one COMMIT with its sync.");

    static Meters& get() {
        static Meters meters;
        return meters;
    }
    static void refused(ErrorCode code) {
        metrics::counter("tilth_record_refusals_total", "Units refused, by code.",
                         {{"code", std::string(info(code).name)}})
            .add();
    }
};

bool is_storage(const Error& error) {
    return error.code == ErrorCode::StorageFull || error.code == ErrorCode::StorageFailed;
}

}  // namespace

Writer::Writer(std::unique_ptr<sql::Connection> connection, Lease lease, ShardState state, Clock& clock)
    : connection_(std::move(connection)), lease_(std::move(lease)), state_(std::move(state)), clock_(clock) {
    thread_ = std::thread([this] { run(); });
}

Writer::~Writer() { stop(); }

void Writer::submit(Context context, Record::UnitFn fn, std::function<void(Status)> done) {
    if (context.now.ms == 0) context.now = clock_.now();
    Pending pending;
    pending.context = std::move(context);
    pending.fn = std::move(fn);
    pending.done = std::move(done);
    pending.seed = crypto::SystemRng().next();
    const char* refusal = nullptr;
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) {
            refusal = "the record is stopping";
        } else if (queue_.size() + in_hand_ >= limits::kRecordQueueUnitsMax) {
            refusal = "too many units are waiting for the record";
        } else {
            queue_.push_back(std::move(pending));
            ++submitted_;
            wake = std::exchange(sleeping_, false);
        }
    }
    if (wake) wake_.notify_one();
    if (refusal == nullptr) return;
    Meters::get().overflow.add();
    pending.done(Error(ErrorCode::Unavailable, refusal));
}

Status Writer::between_groups(std::function<Status(sql::Connection&)> fn) {
    INVARIANT(!on_this_thread(), "the writer's thread never waits for a unit");
    Chore chore{std::move(fn), {}};
    auto done = chore.done.get_future();
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return Error(ErrorCode::Unavailable, "the record is stopping");
        chores_.push_back(&chore);
        wake = std::exchange(sleeping_, false);
    }
    if (wake) wake_.notify_one();
    return done.get();
}

void Writer::do_chores() {
    std::vector<Chore*> chores;
    {
        const std::lock_guard lock(mutex_);
        chores.swap(chores_);
    }
    for (Chore* const chore : chores) {
        try {
            chore->done.set_value(chore->fn(*connection_));
        } catch (const std::exception& failure) {
            log::error("record: an exception left a chore", {{"what", failure.what()}});
            chore->done.set_value(Error(ErrorCode::Internal, "an exception left a chore"));
        }
    }
}

void Writer::drain() {
    INVARIANT(!on_this_thread(), "the writer's thread never waits for a unit");
    std::unique_lock lock(mutex_);
    const std::uint64_t until = submitted_;
    idle_.wait(lock, [&] { return answered_ >= until; });
}

void Writer::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        sleeping_ = false;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Writer::on_committed(std::function<void(const Committed&)> listener) {
    const std::lock_guard lock(listener_mutex_);
    listener_ = std::move(listener);
}

void Writer::run() {
    while (take()) {
        do_chores();
        if (next_ >= batch_.size()) continue;
        const std::size_t size = std::min(batch_.size() - next_, limits::kRecordGroupUnitsMax);
        next_ += run_group(std::span(batch_).subspan(next_, size));
    }
}

// Fills batch_ when it is used up; false when there is nothing left to do and no more will come.
bool Writer::take() {
    if (next_ < batch_.size()) return true;
    batch_.clear();
    next_ = 0;
    std::unique_lock lock(mutex_);
    while (queue_.empty() && chores_.empty()) {
        if (stopping_) return false;
        sleeping_ = true;
        wake_.wait(lock, [this] { return !sleeping_; });
    }
    batch_.swap(queue_);
    in_hand_ = batch_.size();
    return true;
}

// Yields how many of the units have been answered.
std::size_t Writer::run_group(std::span<Pending> units) {
    Attempt attempt = transact(units);
    if (attempt.committed) {
        answer(units.first(attempt.executed));
        return attempt.executed;
    }
    if (!connection_->alive()) {
        // The lease went with the connection, and another process may hold it by now.
        log::fatal("record: the connection that writes is lost", {{"detail", attempt.error.detail}});
    }
    if (attempt.executed > 1) {
        Meters::get().reruns.add();
        log::warn(
            "record: a group was undone; its units run one by one",
            {{"units", attempt.executed}, {"code", info(attempt.error.code).name}, {"detail", attempt.error.detail}});
    }
    for (std::size_t i = 0; i < attempt.executed; ++i) {
        const auto one = units.subspan(i, 1);
        if (i == attempt.culprit || attempt.executed == 1) {
            one.front().outcome = attempt.error;
        } else if (Attempt alone = transact(one); !alone.committed) {
            one.front().outcome = alone.error;
        }
        answer(one);
    }
    return attempt.executed;
}

Writer::Attempt Writer::transact(std::span<Pending> units) {
    Attempt attempt;
    const auto undone = [&](Error error) {
        attempt.executed = std::max<std::size_t>(attempt.executed, 1);
        undo(units.first(attempt.executed));
        connection_->rollback();
        attempt.error = std::move(error);
        return attempt;
    };
    if (auto begun = connection_->begin(); !begun) return undone(begun.error());
    if (auto held = lease_.check(*connection_); !held) {
        if (held.error().code == ErrorCode::NotLeader)
            log::fatal("record: the lease is lost", {{"detail", held.error().detail}});
        return undone(held.error());
    }
    state_.begin_group();
    if (auto run = run_units(units, attempt); !run) return undone(run.error());
    if (auto finished = finish(); !finished) return undone(finished.error());
    attempt.committed = true;
    publish(units.first(attempt.executed));
    return attempt;
}

Status Writer::run_units(std::span<Pending> units, Attempt& attempt) {
    const std::int64_t start = clock_.steady_ns();
    std::int64_t before = start;
    for (auto& pending : units) {
        if (attempt.executed > 0 && before - start > kGroupRunNs) break;
        pending.forget_run();
        ++attempt.executed;
        if (auto run = run_one(pending, units.size() > 1); !run) {
            // Without a savepoint the unit is alone, and the transaction is undone with it.
            if (units.size() == 1 || is_storage(run.error())) attempt.culprit = attempt.executed - 1;
            return run;
        }
        const std::int64_t after = clock_.steady_ns();
        if (after - before > kSlowUnitNs) Meters::get().slow.add();
        before = after;
    }
    return ok();
}

// A refusal is the unit's own affair and stands in pending.outcome; an error undoes the transaction.
Status Writer::run_one(Pending& pending, bool savepoint) {
    if (savepoint) TRY(connection_->savepoint());
    Status status = call(pending);
    // What was sent and not yet answered for must be known before the next unit runs, or it would be blamed.
    if (status) status = savepoint ? connection_->release() : connection_->flush();
    if (status) return ok();
    if (is_storage(status.error()) || !savepoint) return status;
    pending.undo_run();
    pending.outcome = status;
    return connection_->rollback_to();
}

Status Writer::call(Pending& pending) {
    UnitRun unit(pending, *connection_, state_);
    try {
        return pending.fn(unit);
    } catch (const std::exception& failure) {
        log::error("record: an exception left a unit", {{"what", failure.what()}});
        return Error(ErrorCode::Internal, "an exception left a unit");
    }
}

// Everything between the last unit and the moment from which the group stands.
Status Writer::finish() {
    TRY(state_.flush(*connection_));
    TRY(connection_->flush());
    if (FAILPOINT("record.before_commit")) return Error(ErrorCode::StorageFailed, "failpoint before COMMIT");
    const std::int64_t start = clock_.steady_ns();
    const Status committed = connection_->commit();
    Meters::get().commit.observe(static_cast<double>(clock_.steady_ns() - start) * 1e-9);
    const bool failed = !committed || FAILPOINT("record.after_commit");
    if (!failed) return ok();
    // A full disk and a constraint are refused before anything is written; after any other failure nobody knows
    // what is on the disk, and a second sync may lie (reliability.md §1, R-05).
    if (!committed &&
        (committed.error().code == ErrorCode::StorageFull || committed.error().code == ErrorCode::Conflict))
        return committed;
    log::fatal("record: COMMIT failed, the process ends",
               {{"detail", committed ? "failpoint" : committed.error().detail}});
}

void Writer::undo(std::span<Pending> units) {
    for (auto unit = units.rbegin(); unit != units.rend(); ++unit) unit->undo_run();
}

void Writer::publish(std::span<Pending> units) {
    Meters::get().group.observe(static_cast<double>(units.size()));
    Committed all;
    for (auto& unit : units) {
        unit.take_back.clear();
        for (const auto& change : unit.publish) change();
        std::move(unit.committed.events.begin(), unit.committed.events.end(), std::back_inserter(all.events));
        std::move(unit.committed.timers.begin(), unit.committed.timers.end(), std::back_inserter(all.timers));
    }
    if (all.events.empty() && all.timers.empty()) return;
    const std::lock_guard lock(listener_mutex_);
    if (listener_) listener_(all);
}

void Writer::answer(std::span<Pending> units) {
    if (FAILPOINT("record.before_answer")) log::fatal("record: failpoint before the answer");
    std::size_t good = 0;
    for (auto& unit : units) {
        if (unit.outcome) ++good;
        else Meters::refused(unit.outcome.error().code);
        if (unit.done) unit.done(std::move(unit.outcome));
        unit.done = nullptr;
        unit.fn = nullptr;
        unit.publish.clear();
    }
    Meters::get().units.add(static_cast<double>(good));
    {
        const std::lock_guard lock(mutex_);
        answered_ += units.size();
        in_hand_ -= std::min(in_hand_, units.size());
        Meters::get().queue.set(static_cast<double>(queue_.size() + in_hand_));
    }
    idle_.notify_all();
}

}  // namespace tilth::kernel
