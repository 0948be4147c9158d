#pragma once
// A queued unit and the Unit that its function is given. Not for code outside kernel/.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/record/record.h"
#include "kernel/record/shard_state.h"

namespace tilth::kernel {

// Lives from submit() to its answer; what a run of the unit leaves behind stands here until COMMIT or undo.
struct Pending {
    Context context;
    Record::UnitFn fn;
    std::function<void(Status)> done;
    std::uint64_t seed = 0;  // drawn once, so that every run of the unit makes the same ids
    Status outcome;
    std::vector<std::function<void()>> publish;
    TakeBack take_back;
    Committed committed;

    void forget_run() {
        publish.clear();
        take_back.clear();
        committed.events.clear();
        committed.timers.clear();
        outcome = ok();
    }
    // Undoes in memory what the run did, last change first.
    void undo_run() {
        while (!take_back.empty()) {
            const auto undo = std::move(take_back.back());
            take_back.pop_back();
            undo();
        }
        publish.clear();
        committed.events.clear();
        committed.timers.clear();
    }
};

class UnitRun final : public Unit {
public:
    UnitRun(Pending& pending, sql::Connection& connection, ShardState& state)
        : pending_(pending), connection_(connection), state_(state), rng_(pending.seed) {}

    const Context& context() const override { return pending_.context; }
    sql::Connection& sql() override { return connection_; }
    Rng& rng() override { return rng_; }
    std::int64_t next_number(std::string_view sequence) override;
    Status audit(AuditEntry entry) override;
    Status emit(std::string_view type, std::string_view key, std::string payload) override;
    Status set_timer(std::string_view kind, std::string_view key, Instant due, std::string payload) override;
    Status clear_timer(std::string_view kind, std::string_view key) override;
    void on_commit(std::function<void()> publish) override { pending_.publish.push_back(std::move(publish)); }
    void on_undo(std::function<void()> take_back) override { pending_.take_back.push_back(std::move(take_back)); }

    // For kernel/scheduler: the last event whose effect stands for this handler, and moving it on in this unit.
    std::int64_t position(std::string_view handler) const { return state_.position(handler); }
    void advance(std::string_view handler, std::int64_t sequence) {
        state_.advance(handler, sequence, pending_.take_back);
    }
    // Tells the scheduler of a timer whose row this unit has changed by itself.
    void timer_changed(TimerChange change) { pending_.committed.timers.push_back(std::move(change)); }

    static UnitRun& of(Unit& unit);

private:
    Pending& pending_;
    sql::Connection& connection_;
    ShardState& state_;
    SeededRng rng_;
};

}  // namespace tilth::kernel
