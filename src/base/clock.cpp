#include "base/clock.h"

#include <chrono>

namespace tilth {

namespace {
std::int64_t monotonic_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}
}  // namespace

Instant SystemClock::now() const {
    const std::int64_t read =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    std::int64_t last = last_ms_.load();
    while (read > last && !last_ms_.compare_exchange_weak(last, read)) {}
    return {read > last ? read : last};
}

std::int64_t SystemClock::steady_ns() const { return monotonic_ns(); }
std::int64_t ManualClock::steady_ns() const { return monotonic_ns(); }

bool ManualClock::set(Instant t) {
    std::int64_t current = now_ms_.load();
    while (t.ms >= current) {
        if (now_ms_.compare_exchange_weak(current, t.ms)) return true;
    }
    return false;
}

}  // namespace tilth
