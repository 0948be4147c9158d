#include "platform/columns/duckdb/watchdog.h"

#include <algorithm>
#include <chrono>

namespace tilth::columns {
namespace {

constexpr std::int64_t kAgainMs = 50;

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Watchdog::run() {
    std::unique_lock lock(mutex_);
    while (!ended_) {
        std::int64_t next = now_ms() + 3'600'000;
        for (const auto& [id, one] : watched_) next = std::min(next, one.due_ms);
        changed_.wait_for(lock, std::chrono::milliseconds(std::max<std::int64_t>(next - now_ms(), 0)));
        const auto now = now_ms();
        for (auto& [id, one] : watched_) {
            if (one.due_ms > now) continue;
            one.fired = true;
            // Again until the work has noticed: an interrupt between two steps of it may be forgotten.
            one.due_ms = now + kAgainMs;
            one.expired();
        }
    }
}

Watchdog::Guard::Guard(Watchdog& dog, std::int64_t timeout_ms, std::function<void()> expired) : dog_(dog) {
    {
        const std::lock_guard lock(dog_.mutex_);
        id_ = dog_.next_id_++;
        dog_.watched_[id_] = {now_ms() + timeout_ms, std::move(expired), false};
    }
    dog_.changed_.notify_one();
}

Watchdog::Guard::~Guard() {
    const std::lock_guard lock(dog_.mutex_);
    dog_.watched_.erase(id_);
}

bool Watchdog::Guard::fired() const {
    const std::lock_guard lock(dog_.mutex_);
    return dog_.watched_.at(id_).fired;
}

}  // namespace tilth::columns
