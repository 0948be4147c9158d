#include "kernel/scheduler/dispatch.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/limits.h"
#include "kernel/record/unit.h"
#include "kernel/scheduler/outbox.h"
#include "kernel/scheduler/timers.h"
#include "platform/log/log.h"
#include "platform/metrics/metrics.h"

namespace tilth::kernel {

namespace {

constexpr std::size_t kBatchMax = 256;  // deliveries of one handler, or timers, in the writer's queue at once
constexpr std::int64_t kKeepEvents = 100'000;  // behind the slowest handler, for people who look
constexpr std::int64_t kStep = 10'000;  // rows deleted, or uninteresting events passed, before it is written down
constexpr auto kIdleWait = std::chrono::milliseconds(500);
constexpr auto kTroubleWait = std::chrono::seconds(1);
constexpr std::string_view kTimerPrefix = "timer:";

struct Handler {
    std::string name;
    std::map<std::string, EventHandler, std::less<>> types;
    std::int64_t position = 0;  // as in the record
    std::int64_t scanned = 0;  // ≥ position: events of other types behind it need no row
    int attempts = 0;  // at the event after position that it handles
};

// One unit on its way: the writer's thread fills what follows `event`, the dispatch thread reads it when all are back.
struct Delivery {
    Handler* handler = nullptr;
    std::int64_t expected = 0;
    OutboxEvent event;
    bool out_of_turn = false;
    Status outcome;
};
struct Firing {
    TimerSet::Due due;
    const TimerHandler* fn = nullptr;
    bool gone = false;
    Status outcome;
};

// Waits until as many units have been answered as were sent.
class Countdown {
public:
    explicit Countdown(std::size_t count) : left_(count) {}
    void hit() {
        const std::lock_guard lock(mutex_);
        if (--left_ == 0) done_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return left_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable done_;
    std::size_t left_;
};

// Not the handler's doing: such a failure is not counted, the delivery is tried again later.
bool is_trouble(const Error& error) {
    return error.code == ErrorCode::Unavailable || error.code == ErrorCode::StorageFull ||
           error.code == ErrorCode::StorageFailed;
}
std::string words(const Error& error) { return std::string(info(error.code).name) + ": " + error.detail; }

Status park(Unit& unit, const std::string& handler, const OutboxEvent& event, const Error& error) {
    return unit.sql().write(
        "INSERT INTO outbox_parked (tenant_id, id, handler, sequence, type, key, payload, at, error, "
        "attempts, parked_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        {unit.tenant(), unit.next_number("outbox_parked"), handler, event.sequence, event.type, event.key,
         event.payload, event.at, words(error), limits::kHandlerAttemptsMax, unit.now()});
}

// Takes the timer's row out when it still stands for this instant; yields its payload.
Result<std::optional<std::string>> take_timer(Unit& unit, const TimerSet::Due& due) {
    std::optional<std::string> payload;
    TRY(unit.sql().query(
        "DELETE FROM timer WHERE tenant_id = ?1 AND kind = ?2 AND key = ?3 AND due = ?4 RETURNING payload",
        {due.key.tenant, due.key.kind, due.key.key, due.at}, [&](const sql::Row& row) {
            payload = row.txt(0);
            return true;
        }));
    if (payload) UnitRun::of(unit).timer_changed({due.key.tenant, due.key.kind, due.key.key, std::nullopt});
    return payload;
}

class Scheduler final : public Dispatch {
public:
    explicit Scheduler(Record& record) : record_(record) {}
    ~Scheduler() override {
        stop();
        record_.on_committed({});
    }

    void on_event(std::string type, std::string handler, EventHandler fn) override;
    void on_timer(std::string kind, TimerHandler fn) override;
    void run() override;
    void stop() override;
    Status settle() override;
    void poke() override { wake(); }
    Result<std::vector<Parked>> parked(sql::Connection& sql, const TenantId& tenant) override;
    Status retry(Unit& unit, std::int64_t parked_id) override;

private:
    void loop();
    void wake();
    // One round of everything that is due; true when there was something. One thread at a time.
    Result<bool> pump();
    Status load();
    Status read_timers_and_newest(Unit& unit);
    Result<bool> deliver_events();
    Status plan(Handler& handler, std::deque<Delivery>& deliveries, std::int64_t& scanned);
    void send(Delivery& delivery, Countdown& left);
    Status settle_handler(Handler& handler, std::deque<Delivery>& deliveries, std::int64_t scanned);
    Status after_failure(Handler& handler, const Delivery& delivery);
    Status write_position(Handler& handler);
    Result<bool> fire_timers();
    void send(Firing& firing, Countdown& left);
    Status after_failure(const Firing& firing);
    Status trim();

    Record& record_;
    OutboxTail tail_;
    TimerSet timers_;

    std::mutex pump_mutex_;  // held by whoever pumps: the thread of run(), or a caller of settle()
    bool loaded_ = false;
    std::vector<std::unique_ptr<Handler>> handlers_;
    std::map<std::string, TimerHandler, std::less<>> timer_handlers_;
    std::map<TimerSet::Key, int> timer_attempts_;
    std::set<std::string> unknown_kinds_;
    std::int64_t oldest_ = 0;

    std::mutex wake_mutex_;
    std::condition_variable wake_;
    bool awake_ = false;  // under wake_mutex_
    bool stopping_ = false;  // under wake_mutex_
    std::thread thread_;
};

void Scheduler::on_event(std::string type, std::string handler, EventHandler fn) {
    INVARIANT(!loaded_, "handlers are registered before the first event is delivered");
    auto found =
        std::find_if(handlers_.begin(), handlers_.end(), [&](const auto& known) { return known->name == handler; });
    if (found == handlers_.end()) {
        handlers_.push_back(std::make_unique<Handler>());
        handlers_.back()->name = std::move(handler);
        found = std::prev(handlers_.end());
    }
    const bool fresh = (*found)->types.emplace(std::move(type), std::move(fn)).second;
    INVARIANT(fresh, "a handler takes a type of event once");
}

void Scheduler::on_timer(std::string kind, TimerHandler fn) {
    INVARIANT(!loaded_, "handlers are registered before the first timer fires");
    const bool fresh = timer_handlers_.emplace(std::move(kind), std::move(fn)).second;
    INVARIANT(fresh, "a kind of timer has one handler");
}

void Scheduler::run() {
    INVARIANT(!thread_.joinable(), "run() is called once");
    thread_ = std::thread([this] { loop(); });
}

void Scheduler::stop() {
    {
        const std::lock_guard lock(wake_mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Scheduler::wake() {
    {
        const std::lock_guard lock(wake_mutex_);
        awake_ = true;
    }
    wake_.notify_all();
}

void Scheduler::loop() {
    std::unique_lock lock(wake_mutex_);
    while (!stopping_) {
        awake_ = false;
        lock.unlock();
        const auto worked = pump();
        if (!worked) log::warn("dispatch: held up", {{"error", words(worked.error())}});
        const auto next = timers_.next();
        lock.lock();
        if (worked && *worked) continue;
        if (!worked) {
            wake_.wait_for(lock, kTroubleWait, [this] { return stopping_; });
            continue;
        }
        auto wait = kIdleWait;
        if (next) {
            const std::int64_t left = std::max<std::int64_t>((*next - record_.clock().now()).ms, 1);
            wait = std::min(wait, std::chrono::milliseconds(left));
        }
        wake_.wait_for(lock, wait, [this] { return stopping_ || awake_; });
    }
}

Status Scheduler::settle() {
    for (;;) {
        record_.drain();
        if (!TRY(pump())) return ok();
    }
}

Result<bool> Scheduler::pump() {
    const std::lock_guard lock(pump_mutex_);
    TRY(load());
    bool worked = TRY(deliver_events());
    if (TRY(fire_timers())) worked = true;
    if (!worked) TRY(trim());
    return worked;
}

Status Scheduler::load() {
    if (loaded_) return ok();
    // First listen, then read: a change in between is told twice, never missed.
    record_.on_committed([this](const Committed& committed) {
        tail_.add(committed.events);
        for (const auto& change : committed.timers) timers_.apply(change);
        wake();
    });
    TRY(record_.write<void>(Context::system({}, {}), [this](Unit& unit) { return read_timers_and_newest(unit); }));
    loaded_ = true;
    return ok();
}

Status Scheduler::read_timers_and_newest(Unit& unit) {
    auto timers = TRY(unit.sql().all("SELECT tenant_id, kind, key, due FROM timer", {}, [](const sql::Row& row) {
        return TimerChange{row.id<TenantId>(0), std::string(row.txt(1)), std::string(row.txt(2)), row.instant(3)};
    }));
    const auto number = [](const sql::Row& row) { return row.i64(0); };
    const auto newest =
        TRY(unit.sql().one("SELECT sequence FROM outbox_event ORDER BY sequence DESC LIMIT 1", {}, number));
    const auto oldest = TRY(unit.sql().one("SELECT sequence FROM outbox_event ORDER BY sequence LIMIT 1", {}, number));
    for (auto& handler : handlers_) {
        handler->position = UnitRun::of(unit).position(handler->name);
        handler->scanned = handler->position;
    }
    oldest_ = oldest.value_or(1);
    unit.on_commit([this, timers = std::move(timers), newest = newest.value_or(0)] {
        for (const auto& timer : timers) timers_.apply(timer);
        tail_.start_after(newest);
    });
    return ok();
}

Result<bool> Scheduler::deliver_events() {
    struct Plan {
        std::deque<Delivery> deliveries;  // a deque: the writer holds pointers into it
        std::int64_t scanned = 0;
    };
    std::vector<Plan> plans(handlers_.size());
    std::size_t count = 0;
    for (std::size_t i = 0; i < handlers_.size(); ++i) {
        TRY(plan(*handlers_[i], plans[i].deliveries, plans[i].scanned));
        count += plans[i].deliveries.size();
    }
    if (count > 0) {
        Countdown left(count);
        for (auto& one : plans)
            for (auto& delivery : one.deliveries) send(delivery, left);
        left.wait();
    }
    Status trouble;
    for (std::size_t i = 0; i < handlers_.size(); ++i) {
        const Status settled = settle_handler(*handlers_[i], plans[i].deliveries, plans[i].scanned);
        if (!settled) trouble = settled;
    }
    if (!trouble) return trouble.error();
    return count > 0;
}

// The next events of the handler's types, and how far the outbox was looked through for them.
Status Scheduler::plan(Handler& handler, std::deque<Delivery>& deliveries, std::int64_t& scanned) {
    scanned = handler.scanned;
    std::int64_t expected = handler.position;
    while (deliveries.size() < kBatchMax) {
        const auto events = TRY(tail_.after(record_, scanned, kBatchMax));
        if (events.empty()) break;
        for (const auto& event : events) {
            if (deliveries.size() == kBatchMax) break;
            scanned = event.sequence;
            if (!handler.types.contains(event.type)) continue;
            deliveries.push_back(
                {.handler = &handler, .expected = expected, .event = event, .out_of_turn = false, .outcome = {}});
            expected = event.sequence;
        }
    }
    return ok();
}

void Scheduler::send(Delivery& delivery, Countdown& left) {
    record_.submit(
        Context::system(delivery.event.tenant, {}),
        [&delivery](Unit& unit) -> Status {
            UnitRun& run = UnitRun::of(unit);
            // When an event fails, those behind it in the queue must wait until it has passed or is parked.
            delivery.out_of_turn = run.position(delivery.handler->name) != delivery.expected;
            if (delivery.out_of_turn) return Error(ErrorCode::Stale, "an earlier event has not passed");
            TRY(delivery.handler->types.find(delivery.event.type)->second(unit, delivery.event));
            run.advance(delivery.handler->name, delivery.event.sequence);
            return ok();
        },
        [&delivery, &left](Status status) {
            delivery.outcome = std::move(status);
            left.hit();
        });
}

Status Scheduler::settle_handler(Handler& handler, std::deque<Delivery>& deliveries, std::int64_t scanned) {
    for (const auto& delivery : deliveries) {
        if (!delivery.outcome) return after_failure(handler, delivery);
        handler.position = delivery.event.sequence;
        handler.scanned = delivery.event.sequence;
        handler.attempts = 0;
    }
    handler.scanned = std::max(handler.scanned, scanned);
    if (handler.scanned - handler.position < kStep) return ok();
    return write_position(handler);
}

Status Scheduler::after_failure(Handler& handler, const Delivery& delivery) {
    const Error& error = delivery.outcome.error();
    // Out of turn only behind a failure, which was looked at first; so this is the queue or the disk.
    if (is_trouble(error) || delivery.out_of_turn) return error;
    ++handler.attempts;
    log::warn("dispatch: a handler failed", {{"handler", handler.name},
                                             {"sequence", delivery.event.sequence},
                                             {"attempt", handler.attempts},
                                             {"error", words(error)}});
    if (handler.attempts < limits::kHandlerAttemptsMax) return ok();
    const auto set_aside = [&](Unit& unit) -> Status {
        UnitRun::of(unit).advance(handler.name, delivery.event.sequence);
        return park(unit, handler.name, delivery.event, error);
    };
    TRY(record_.write<void>(Context::system(delivery.event.tenant, {}), set_aside));
    metrics::counter("tilth_outbox_parked_total", "Events and timers parked for a handler.",
                     {{"handler", handler.name}})
        .add();
    handler.position = delivery.event.sequence;
    handler.scanned = delivery.event.sequence;
    handler.attempts = 0;
    return ok();
}

// So that a restart does not look through the same uninteresting events again.
Status Scheduler::write_position(Handler& handler) {
    TRY(record_.write<void>(Context::system({}, {}), [&](Unit& unit) -> Status {
        UnitRun::of(unit).advance(handler.name, handler.scanned);
        return ok();
    }));
    handler.position = handler.scanned;
    return ok();
}

Result<bool> Scheduler::fire_timers() {
    std::deque<Firing> firings;
    for (auto& due : timers_.due(record_.clock().now(), kBatchMax)) {
        const auto handler = timer_handlers_.find(due.key.kind);
        if (handler == timer_handlers_.end()) {
            if (unknown_kinds_.insert(due.key.kind).second)
                log::warn("dispatch: nobody handles these timers", {{"kind", due.key.kind}});
            timers_.forget(due);
            continue;
        }
        firings.push_back({.due = std::move(due), .fn = &handler->second, .gone = false, .outcome = {}});
    }
    if (firings.empty()) return false;
    Countdown left(firings.size());
    for (auto& firing : firings) send(firing, left);
    left.wait();
    Status trouble;
    for (const auto& firing : firings) {
        if (firing.outcome) {
            timer_attempts_.erase(firing.due.key);
            if (firing.gone) timers_.forget(firing.due);
        } else if (const Status noted = after_failure(firing); !noted) {
            trouble = noted;
        }
    }
    if (!trouble) return trouble.error();
    return true;
}

void Scheduler::send(Firing& firing, Countdown& left) {
    record_.submit(
        Context::system(firing.due.key.tenant, {}),
        [&firing](Unit& unit) -> Status {
            const auto payload = TRY(take_timer(unit, firing.due));
            firing.gone = !payload.has_value();
            if (firing.gone) return ok();
            return (*firing.fn)(
                unit, {firing.due.key.tenant, firing.due.key.kind, firing.due.key.key, firing.due.at, *payload});
        },
        [&firing, &left](Status status) {
            firing.outcome = std::move(status);
            left.hit();
        });
}

Status Scheduler::after_failure(const Firing& firing) {
    const Error& error = firing.outcome.error();
    if (is_trouble(error)) return error;
    const auto& key = firing.due.key;
    const int attempts = ++timer_attempts_[key];
    log::warn("dispatch: a timer's handler failed",
              {{"kind", key.kind}, {"key", key.key}, {"attempt", attempts}, {"error", words(error)}});
    if (attempts < limits::kHandlerAttemptsMax) return ok();
    const std::string handler = std::string(kTimerPrefix) + key.kind;
    const auto set_aside = [&](Unit& unit) -> Status {
        const auto payload = TRY(take_timer(unit, firing.due));
        if (!payload) return ok();
        return park(unit, handler, {0, key.tenant, key.kind, key.key, *payload, firing.due.at}, error);
    };
    TRY(record_.write<void>(Context::system(key.tenant, {}), set_aside));
    metrics::counter("tilth_outbox_parked_total", "Events and timers parked for a handler.", {{"handler", handler}})
        .add();
    timer_attempts_.erase(key);
    return ok();
}

// Events that every handler has long seen go, a step at a time.
Status Scheduler::trim() {
    std::int64_t slowest = tail_.newest();
    for (const auto& handler : handlers_) slowest = std::min(slowest, handler->scanned);
    static metrics::Gauge& lag =
        metrics::gauge("tilth_outbox_lag_events", "Events that the slowest handler has not seen.");
    lag.set(static_cast<double>(tail_.newest() - slowest));
    const std::int64_t until = oldest_ + kStep - 1;
    if (until > slowest - kKeepEvents) return ok();
    TRY(record_.write<void>(Context::system({}, {}), [until](Unit& unit) {
        return unit.sql().write("DELETE FROM outbox_event WHERE sequence <= ?1", {until});
    }));
    oldest_ = until + 1;
    return ok();
}

Result<std::vector<Parked>> Scheduler::parked(sql::Connection& sql, const TenantId& tenant) {
    return sql.all(
        "SELECT id, tenant_id, handler, sequence, type, key, error, attempts, parked_at FROM outbox_parked "
        "WHERE tenant_id = ?1 ORDER BY id",
        {tenant}, [](const sql::Row& row) {
            return Parked{.id = row.i64(0),
                          .tenant = row.id<TenantId>(1),
                          .handler = std::string(row.txt(2)),
                          .sequence = row.i64(3),
                          .type = std::string(row.txt(4)),
                          .key = std::string(row.txt(5)),
                          .error = std::string(row.txt(6)),
                          .attempts = static_cast<int>(row.i64(7)),
                          .parked_at = row.instant(8)};
        });
}

// Within the caller's unit: when the handler refuses again, the unit is undone and the event stays parked.
Status Scheduler::retry(Unit& unit, std::int64_t parked_id) {
    std::string handler;
    OutboxEvent event;
    TRY(unit.sql().query(
        "DELETE FROM outbox_parked WHERE tenant_id = ?1 AND id = ?2 "
        "RETURNING handler, sequence, type, key, payload, at",
        {unit.tenant(), parked_id}, [&](const sql::Row& row) {
            handler = row.txt(0);
            event = {
                row.i64(1),    unit.tenant(), std::string(row.txt(2)), std::string(row.txt(3)), std::string(row.txt(4)),
                row.instant(5)};
            return true;
        }));
    if (handler.empty()) return Error(ErrorCode::NotFound, "no such parked event");
    if (handler.starts_with(kTimerPrefix)) {
        const auto timer = timer_handlers_.find(event.type);
        if (timer == timer_handlers_.end())
            return Error(ErrorCode::Conflict, "nobody handles this kind of timer any more");
        return timer->second(unit, {event.tenant, event.type, event.key, event.at, event.payload});
    }
    for (const auto& known : handlers_) {
        const auto fn = known->types.find(event.type);
        if (known->name == handler && fn != known->types.end()) return fn->second(unit, event);
    }
    return Error(ErrorCode::Conflict, "nobody handles this event any more");
}

}  // namespace

std::unique_ptr<Dispatch> make_dispatch(Record& record) { return std::make_unique<Scheduler>(record); }

}  // namespace tilth::kernel
