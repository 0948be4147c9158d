#pragma once
// One thread that calls back when a guarded piece of work outlives its time. Any thread may guard.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace tilth::columns {

class Watchdog {
public:
    Watchdog();
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    // While a Guard lives, `expired` is called at its deadline, and again every 50 ms until the guard goes; never after
    // the guard's destructor has returned.
    class Guard {
    public:
        Guard(Watchdog& dog, std::int64_t timeout_ms, std::function<void()> expired);
        ~Guard();
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;
        bool fired() const;

    private:
        Watchdog& dog_;
        std::uint64_t id_;
    };

private:
    struct Watched {
        std::int64_t due_ms = 0;
        std::function<void()> expired;
        bool fired = false;
    };
    void run();
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::uint64_t, Watched> watched_;
    std::uint64_t next_id_ = 0;
    bool ended_ = false;
    std::thread thread_;
};

}  // namespace tilth::columns
