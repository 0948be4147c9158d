#pragma once
// The only way to read time. A Clock is shared by all threads; ManualClock moves only when told (tests, scenarios).

#include <atomic>
#include <cstdint>

#include "base/time.h"

namespace tilth {

class Clock {
public:
    virtual ~Clock() = default;
    // Wall time. Never decreases within a process: a step backwards of the machine's clock is held at the last value.
    virtual Instant now() const = 0;
    // Monotonic nanoseconds for durations, rates and timeouts; unrelated to now().
    virtual std::int64_t steady_ns() const = 0;
};

class SystemClock final : public Clock {
public:
    Instant now() const override;
    std::int64_t steady_ns() const override;

private:
    mutable std::atomic<std::int64_t> last_ms_{0};
};

class ManualClock final : public Clock {
public:
    explicit ManualClock(Instant start) : now_ms_(start.ms) {}
    Instant now() const override { return {now_ms_.load()}; }
    std::int64_t steady_ns() const override;  // Real monotonic time: waiting is real even when the calendar is not.
    // Refuses (returns false) to move backwards.
    bool set(Instant t);
    void advance(Duration d) { now_ms_.fetch_add(d.ms); }

private:
    std::atomic<std::int64_t> now_ms_;
};

}  // namespace tilth
