#include "kernel/scheduler/outbox.h"

#include <algorithm>

namespace tilth::kernel {

namespace {

constexpr std::size_t kTailEventsMax = 50'000;
constexpr std::size_t kTailBytesMax = 32u << 20;

std::size_t bytes_of(const OutboxEvent& event) {
    return sizeof event + event.type.size() + event.key.size() + event.payload.size();
}

}  // namespace

void OutboxTail::add(const std::vector<OutboxEvent>& events) {
    const std::lock_guard lock(mutex_);
    for (const auto& event : events) {
        bytes_ += bytes_of(event);
        newest_ = event.sequence;
        events_.push_back(event);
    }
    while (events_.size() > kTailEventsMax || (bytes_ > kTailBytesMax && !events_.empty())) {
        bytes_ -= bytes_of(events_.front());
        events_.pop_front();
    }
}

std::int64_t OutboxTail::newest() const {
    const std::lock_guard lock(mutex_);
    return newest_;
}

void OutboxTail::start_after(std::int64_t sequence) {
    const std::lock_guard lock(mutex_);
    newest_ = std::max(newest_, sequence);
}

Result<std::vector<OutboxEvent>> OutboxTail::after(Record& record, std::int64_t after, std::size_t limit) const {
    {
        const std::lock_guard lock(mutex_);
        if (after >= newest_) return std::vector<OutboxEvent>{};
        // Sequences have no gaps, so the first event in memory says whether all that are asked for are there.
        if (!events_.empty() && events_.front().sequence <= after + 1) {
            const auto first = static_cast<std::ptrdiff_t>(after + 1 - events_.front().sequence);
            const auto count = std::min(limit, events_.size() - static_cast<std::size_t>(first));
            return std::vector<OutboxEvent>(events_.begin() + first,
                                            events_.begin() + first + static_cast<std::ptrdiff_t>(count));
        }
    }
    auto loan = TRY(record.readers().borrow());
    return loan->all(
        "SELECT sequence, tenant_id, type, key, payload, at FROM outbox_event WHERE sequence > ?1 "
        "ORDER BY sequence LIMIT ?2",
        {after, static_cast<std::int64_t>(limit)}, [](const sql::Row& row) {
            return OutboxEvent{row.i64(0),
                               row.id<TenantId>(1),
                               std::string(row.txt(2)),
                               std::string(row.txt(3)),
                               std::string(row.txt(4)),
                               row.instant(5)};
        });
}

}  // namespace tilth::kernel
