#pragma once
// The events that handlers have still to see: the newest in memory, filled by each commit, older ones read from the
// record. Thread-safe: the writer's thread adds, the dispatch thread reads. Not for code outside kernel/scheduler.

#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "kernel/record/record.h"

namespace tilth::kernel {

class OutboxTail {
public:
    // On the writer's thread, in commit order.
    void add(const std::vector<OutboxEvent>& events);
    // The newest sequence committed; 0 when there is none. Set at the start from the record.
    std::int64_t newest() const;
    void start_after(std::int64_t sequence);
    // Up to `limit` events after `after`, in order; fewer only when there are no more.
    Result<std::vector<OutboxEvent>> after(Record& record, std::int64_t after, std::size_t limit) const;

private:
    mutable std::mutex mutex_;
    std::deque<OutboxEvent> events_;  // bounded; the oldest go first
    std::size_t bytes_ = 0;
    std::int64_t newest_ = 0;
};

}  // namespace tilth::kernel
