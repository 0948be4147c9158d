#pragma once
// The writer's thread: takes what is queued, runs it as one transaction, answers. Not for code outside kernel/.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "kernel/record/lease.h"
#include "kernel/record/record.h"
#include "kernel/record/shard_state.h"
#include "kernel/record/unit.h"

namespace tilth::kernel {

class Writer {
public:
    // The connection is migrated and belongs to the writer from here on; the state is loaded from it.
    Writer(std::unique_ptr<sql::Connection> connection, Lease lease, ShardState state, Clock& clock);
    ~Writer();

    void submit(Context context, Record::UnitFn fn, std::function<void(Status)> done);
    // Between two groups, outside any transaction; waits. See upkeep.h.
    Status between_groups(std::function<Status(sql::Connection&)> fn);
    void drain();
    void stop();
    bool on_this_thread() const { return std::this_thread::get_id() == thread_.get_id(); }
    void on_committed(std::function<void(const Committed&)> listener);

private:
    // What became of one transaction over the first `executed` of the units it was given.
    struct Attempt {
        std::size_t executed = 0;
        bool committed = false;
        Error error;  // when it was undone
        std::size_t culprit = SIZE_MAX;  // the unit that caused it, where known
    };

    void run();
    bool take();
    struct Chore {
        std::function<Status(sql::Connection&)> fn;
        std::promise<Status> done;
    };
    void do_chores();
    std::size_t run_group(std::span<Pending> units);
    Attempt transact(std::span<Pending> units);
    // Runs units until the group is full in time; an error is one that undoes the whole group.
    Status run_units(std::span<Pending> units, Attempt& attempt);
    Status run_one(Pending& pending, bool savepoint);
    Status call(Pending& pending);
    Status finish();
    void undo(std::span<Pending> units);
    void publish(std::span<Pending> units);
    void answer(std::span<Pending> units);

    std::unique_ptr<sql::Connection> connection_;
    Lease lease_;
    ShardState state_;
    Clock& clock_;

    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable idle_;
    std::vector<Pending> queue_;  // under mutex_
    std::vector<Chore*> chores_;  // under mutex_; each belongs to a thread that waits
    bool stopping_ = false;  // under mutex_
    bool sleeping_ = false;  // under mutex_
    std::uint64_t submitted_ = 0;  // under mutex_
    std::uint64_t answered_ = 0;  // under mutex_
    std::size_t in_hand_ = 0;  // under mutex_: taken from the queue, not yet answered

    std::mutex listener_mutex_;
    std::function<void(const Committed&)> listener_;  // under listener_mutex_

    std::vector<Pending> batch_;  // the writer's thread only
    std::size_t next_ = 0;  // first of batch_ that has not been run
    std::thread thread_;
};

}  // namespace tilth::kernel
