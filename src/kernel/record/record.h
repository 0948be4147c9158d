#pragma once
// The record: what is true. One writer per shard. record.write(ctx, fn) runs fn as a *unit* on the writer's thread,
// together with the units of other requests in one transaction (a savepoint each), and answers after its sync.
//
// fn may run more than once: a full disk or I/O error in one unit undoes the group and the others are run again. So
// fn touches only its Unit: no outside call, no lock, no captured counter. ids and `now` are drawn before and are the
// same in every run. ≤ 5 ms and ≤ 10,000 rows; longer work is a job of steps (kernel/jobs). On PostgreSQL a unit's
// reads come first; its writes go in pipeline mode. State in memory changes only through on_commit and on_undo.
//
// A statement that fails (Conflict, say) fails the unit on both engines, even when fn goes on and returns ok:
// PostgreSQL could not go on. Where a row may stand already, use ON CONFLICT DO NOTHING with change(). An exception
// out of fn undoes the unit and is answered as Internal.

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "kernel/context.h"
#include "platform/sql/sql.h"

namespace tilth::kernel {

// One line of the hash-chained audit log, written in the unit's own transaction. `detail` is JSON without any personal
// value (ids, codes, field names; old and new values only of fields that are not personal).
struct AuditEntry {
    std::string_view action;          // "customer.merge"
    std::string object = {};          // "cus_…"; printed id of what was changed or looked at
    std::string detail = "{}";
    std::string reason = {};          // from a list or free text of staff; for reveals and merges
};

// A fact for other modules, delivered at least once and in commit order to each registered handler, each in a unit of
// its own; (event, handler) takes effect once. Payload is JSON without any personal value.
struct OutboxEvent {
    std::int64_t sequence = 0;        // set by the outbox
    TenantId tenant;
    std::string type;                 // "order.placed"
    std::string key;                  // what it is about: "ord_…"
    std::string payload;
    Instant at;
};

class Unit {
public:
    virtual ~Unit() = default;
    virtual const Context& context() const = 0;
    Instant now() const { return context().now; }
    const TenantId& tenant() const { return context().tenant; }
    virtual sql::Connection& sql() = 0;
    // Ids in the same order in every run of the unit.
    virtual Rng& rng() = 0;
    template <class AnyId>
    AnyId new_id() { return AnyId::make(now(), rng()); }
    // A number from a named per-tenant sequence; no gap in commits, the same after a re-run.
    virtual std::int64_t next_number(std::string_view sequence) = 0;

    virtual Status audit(AuditEntry entry) = 0;
    virtual Status emit(std::string_view type, std::string_view key, std::string payload) = 0;
    // Wakes the handler `kind` at `due`; replaces an earlier timer of the same kind and key.
    virtual Status set_timer(std::string_view kind, std::string_view key, Instant due, std::string payload = {}) = 0;
    virtual Status clear_timer(std::string_view kind, std::string_view key) = 0;
    // Runs on the writer's thread after COMMIT, in order, before the unit's caller is answered and before the next
    // group begins: publish overlays here. Must not fail or block. Dropped when the unit is undone.
    virtual void on_commit(std::function<void()> publish) = 0;
    // For overlays that later units of the same group must already see: change the overlay at once (writer's thread
    // only, invisible to readers) and say here how to take it back. Runs in reverse order when the unit or its group is
    // undone, before anything else runs; dropped at COMMIT.
    virtual void on_undo(std::function<void()> take_back) = 0;
};

struct TimerChange {
    TenantId tenant;
    std::string kind;
    std::string key;
    std::optional<Instant> due;       // none: cleared
};
// What one commit brought for the scheduler, in commit order.
struct Committed {
    std::vector<OutboxEvent> events;
    std::vector<TimerChange> timers;
};

// A read-only snapshot of at most a second.
class View {
public:
    View(const Context& context, sql::Connection& connection) : context_(context), connection_(connection) {}
    const Context& context() const { return context_; }
    const TenantId& tenant() const { return context_.tenant; }
    Instant now() const { return context_.now; }
    sql::Connection& sql() { return connection_; }

private:
    const Context& context_;
    sql::Connection& connection_;
};

class Record {
public:
    virtual ~Record() = default;

    using UnitFn = std::function<Status(Unit&)>;
    // Queues a unit; `done` is called on the writer's thread after the sync (or the refusal) and must be quick.
    // Unavailable at once when limits::kRecordQueueUnitsMax are waiting.
    virtual void submit(Context context, UnitFn fn, std::function<void(Status)> done) = 0;

    // Waits. Not to be called from the writer's thread: it would wait for itself (INVARIANT).
    template <class T>
    Result<T> write(const Context& context, std::function<Result<T>(Unit&)> fn);

    // Runs fn on a reader's snapshot.
    template <class T>
    Result<T> read(const Context& context, const std::function<Result<T>(View&)>& fn) {
        auto loan = readers().borrow();
        if (!loan) return loan.error();
        View view(context, **loan);
        return fn(view);
    }
    virtual sql::ReaderPool& readers() = 0;
    virtual const sql::Location& location() const = 0;
    virtual Clock& clock() = 0;
    // Everything queued before the call is committed (or refused) when it returns.
    virtual void drain() = 0;
    // Stops the writer: queued units are finished, later ones get Unavailable.
    virtual void stop() = 0;

    virtual bool on_writer_thread() const = 0;
    // For kernel/scheduler: called on the writer's thread after each commit that emitted events or changed timers,
    // before the callers are answered. One listener; an empty function takes it away.
    virtual void on_committed(std::function<void(const Committed&)> listener) = 0;
};

struct RecordOptions {
    sql::Location location;
    int readers = 8;
    std::string owner;               // who holds the shard's lease: host and pid, for the refusal's sentence
};
// Migrates, takes the shard's lease (Conflict naming the holder when another process has it; every commit checks the
// epoch and a lost lease ends the process) and starts the writer's thread.
Result<std::unique_ptr<Record>> open_record(const RecordOptions& options, Clock& clock,
                                            std::span<const sql::Migration> migrations);

template <class T>
Result<T> Record::write(const Context& context, std::function<Result<T>(Unit&)> fn) {
    struct Slot {
        std::optional<Result<T>> value;
        std::promise<Status> done;
    };
    INVARIANT(!on_writer_thread(), "the writer's thread never waits for a unit");
    auto slot = std::make_shared<Slot>();
    auto waiting = slot->done.get_future();
    submit(
        context,
        [slot, fn = std::move(fn)](Unit& unit) -> Status {
            slot->value.reset();
            slot->value.emplace(fn(unit));
            if (!*slot->value) return slot->value->error();
            return ok();
        },
        [slot](Status status) { slot->done.set_value(std::move(status)); });
    Status status = waiting.get();
    if (!status) return status.error();
    return std::move(*slot->value);
}

}  // namespace tilth::kernel
