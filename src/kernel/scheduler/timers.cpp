#include "kernel/scheduler/timers.h"

namespace tilth::kernel {

void TimerSet::drop(const Key& key) {
    const auto found = timers_.find(key);
    if (found == timers_.end()) return;
    by_due_.erase({found->second, &found->first});
    timers_.erase(found);
}

void TimerSet::apply(const TimerChange& change) {
    const std::lock_guard lock(mutex_);
    Key key{change.tenant, change.kind, change.key};
    drop(key);
    if (!change.due) return;
    const auto placed = timers_.emplace(std::move(key), *change.due).first;
    by_due_.emplace(placed->second, &placed->first);
}

void TimerSet::forget(const Due& due) {
    const std::lock_guard lock(mutex_);
    const auto found = timers_.find(due.key);
    if (found != timers_.end() && found->second == due.at) drop(due.key);
}

std::vector<TimerSet::Due> TimerSet::due(Instant now, std::size_t limit) const {
    const std::lock_guard lock(mutex_);
    std::vector<Due> out;
    for (auto timer = by_due_.begin(); timer != by_due_.end() && timer->first <= now && out.size() < limit; ++timer)
        out.push_back({timer->first, *timer->second});
    return out;
}

std::optional<Instant> TimerSet::next() const {
    const std::lock_guard lock(mutex_);
    if (by_due_.empty()) return std::nullopt;
    return by_due_.begin()->first;
}

std::size_t TimerSet::size() const {
    const std::lock_guard lock(mutex_);
    return timers_.size();
}

}  // namespace tilth::kernel
