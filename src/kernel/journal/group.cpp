#include "kernel/journal/group.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "base/limits.h"
#include "kernel/journal/layout.h"
#include "kernel/journal/upkeep.h"
#include "platform/log/log.h"
#include "platform/metrics/metrics.h"

namespace tilth::kernel {
namespace {

constexpr std::size_t kGroupBytesMax = 8u << 20;

struct JournalMetrics {
    metrics::Counter& entries = metrics::counter("tilth_journal_entries_total", "Batches acknowledged");
    metrics::Counter& groups = metrics::counter("tilth_journal_groups_total", "Syncs that served them");
    metrics::Counter& refused = metrics::counter("tilth_journal_refused_total", "Batches refused: queue or disk full");
    metrics::Counter& held_back =
        metrics::counter("tilth_journal_held_back_total", "Batches refused: too far ahead of what is applied");
    metrics::Gauge& ahead = metrics::gauge("tilth_journal_ahead_bytes", "Bytes acknowledged that nobody has read yet");
    metrics::Gauge& waiting = metrics::gauge("tilth_journal_waiting_bytes", "Bytes waiting for their sync");
    metrics::Histogram& seconds = metrics::histogram("tilth_journal_group_seconds", "Writing and syncing a group");
};
JournalMetrics& numbers() {
    static JournalMetrics all;
    return all;
}

class GroupedJournal final : public Journal, public JournalUpkeep {
public:
    GroupedJournal(std::unique_ptr<JournalStore> store, const JournalOptions& options)
        : options_(options), store_(std::move(store)), last_(store_->last()), thread_([this] { run(); }) {}
    ~GroupedJournal() override {
        {
            const std::lock_guard lock(mutex_);
            ended_ = true;
        }
        work_.notify_all();
        grown_.notify_all();
        thread_.join();
    }

    using Journal::append;
    void append(std::string bytes, std::function<void(Result<std::uint64_t>)> done) override {
        std::optional<Error> refusal;
        if (bytes.size() > kJournalEntryBytesMax)
            refusal = Error(ErrorCode::PayloadTooLarge, "a batch beyond the journal's bound");
        if (!refusal) {
            const std::lock_guard lock(mutex_);
            if (ended_ || waiting_bytes_ + bytes.size() > limits::kJournalQueueBytesMax) {
                refusal = Error(ErrorCode::Unavailable, "the journal's queue is full");
            } else if (ahead_bytes_ > 0 && ahead_bytes_ + waiting_bytes_ + bytes.size() > options_.ahead_bytes_max) {
                refusal = Error(ErrorCode::Unavailable, "acknowledging is too far ahead of applying");
                numbers().held_back.add();
            } else {
                waiting_bytes_ += bytes.size();
                queue_.push_back({std::move(bytes), std::move(done)});
            }
        }
        if (!refusal) return work_.notify_one();
        numbers().refused.add();
        done(std::move(*refusal));
    }

    Result<std::vector<JournalEntry>> read(std::uint64_t after, std::size_t max_bytes, std::int64_t wait_ms) override {
        std::vector<Recent> found;
        std::uint64_t upto = 0;
        {
            std::unique_lock lock(mutex_);
            forget_ahead(after);
            grown_.wait_for(lock, std::chrono::milliseconds(wait_ms), [&] { return last_ > after || ended_; });
            upto = last_;
            if (upto <= after) return std::vector<JournalEntry>();
            if (!recent_.empty() && recent_.front().sequence <= after + 1) found = take_recent(after, max_bytes);
        }
        if (found.empty()) return store_->read(after, upto, max_bytes);
        std::vector<JournalEntry> out;
        out.reserve(found.size());
        for (const auto& one : found) out.push_back({one.sequence, *one.bytes});
        return out;
    }

    Status drop_up_to(std::uint64_t sequence) override {
        auto promise = std::make_shared<std::promise<Status>>();
        auto done = promise->get_future();
        {
            const std::lock_guard lock(mutex_);
            if (ended_) return Error(ErrorCode::Unavailable, "the journal is closing");
            sequence = std::min(sequence, pinned_after_);
            drops_.push_back({sequence, promise});
        }
        work_.notify_one();
        return done.get();
    }
    std::uint64_t last() const override { return last_; }
    void pin(std::uint64_t after) override {
        const std::lock_guard lock(mutex_);
        pinned_after_ = after;
    }
    void unpin() override { pin(UINT64_MAX); }

private:
    struct Waiting {
        std::string bytes;
        std::function<void(Result<std::uint64_t>)> done;
    };
    struct Recent {
        std::uint64_t sequence = 0;
        std::shared_ptr<const std::string> bytes;
    };
    struct Drop {
        std::uint64_t sequence = 0;
        std::shared_ptr<std::promise<Status>> done;
    };

    // Held: mutex_. Whoever asks for what follows `after` has what stands before it.
    void forget_ahead(std::uint64_t after) {
        for (; !ahead_.empty() && ahead_.front().first <= after; ahead_.pop_front())
            ahead_bytes_ -= ahead_.front().second;
        numbers().ahead.set(static_cast<double>(ahead_bytes_));
    }

    // Held: mutex_.
    std::vector<Recent> take_recent(std::uint64_t after, std::size_t max_bytes) const {
        std::vector<Recent> out;
        std::size_t bytes = 0;
        for (auto i = static_cast<std::size_t>(after + 1 - recent_.front().sequence); i < recent_.size(); ++i) {
            if (!out.empty() && bytes + recent_[i].bytes->size() > max_bytes) break;
            bytes += recent_[i].bytes->size();
            out.push_back(recent_[i]);
        }
        return out;
    }

    void run() {
        auto next_idle = journal_clock_ms() + options_.mark_every_ms;
        std::unique_lock lock(mutex_);
        while (true) {
            const auto left = std::max<std::int64_t>(next_idle - journal_clock_ms(), 0);
            work_.wait_for(lock, std::chrono::milliseconds(left),
                           [&] { return ended_ || !queue_.empty() || !drops_.empty(); });
            auto group = next_group();
            auto drops = std::exchange(drops_, {});
            const bool last_turn = ended_ && group.empty();
            lock.unlock();
            if (!group.empty()) commit(group);
            for (auto& drop : drops) drop.done->set_value(store_->drop(drop.sequence));
            if (last_turn) return store_->close();
            if (journal_clock_ms() >= next_idle) {
                store_->idle();
                next_idle = journal_clock_ms() + options_.mark_every_ms;
            }
            lock.lock();
        }
    }

    // Held: mutex_.
    std::vector<Waiting> next_group() {
        std::vector<Waiting> group;
        std::size_t bytes = 0;
        while (!queue_.empty()) {
            const auto size = queue_.front().bytes.size();
            if (!group.empty() && bytes + size > kGroupBytesMax) break;
            bytes += size;
            group.push_back(std::move(queue_.front()));
            queue_.pop_front();
        }
        return group;
    }

    void commit(std::vector<Waiting>& group) {
        std::vector<std::string_view> entries;
        std::size_t bytes = 0;
        for (const auto& one : group) {
            entries.push_back(one.bytes);
            bytes += one.bytes.size();
        }
        const auto start = journal_clock_ms();
        const auto first = store_->write(entries);
        numbers().seconds.observe(static_cast<double>(journal_clock_ms() - start) / 1'000.0);
        publish(group, first, bytes);
        for (std::size_t i = 0; i < group.size(); ++i) {
            group[i].done(first ? Result<std::uint64_t>(*first + i) : Result<std::uint64_t>(first.error()));
        }
        numbers().groups.add();
        (first ? numbers().entries : numbers().refused).add(static_cast<double>(group.size()));
    }

    // The readers see the entries before those who appended them are answered.
    void publish(std::vector<Waiting>& group, const Result<std::uint64_t>& first, std::size_t bytes) {
        {
            const std::lock_guard lock(mutex_);
            waiting_bytes_ -= bytes;
            numbers().waiting.set(static_cast<double>(waiting_bytes_));
            if (!first) return;
            if (!recent_.empty() && recent_.back().sequence + 1 != *first) clear_recent();
            for (std::size_t i = 0; i < group.size(); ++i) {
                recent_bytes_ += group[i].bytes.size();
                recent_.push_back({*first + i, std::make_shared<const std::string>(std::move(group[i].bytes))});
            }
            while (recent_bytes_ > options_.recent_bytes_max && !recent_.empty()) {
                recent_bytes_ -= recent_.front().bytes->size();
                recent_.pop_front();
            }
            last_ = *first + group.size() - 1;
            ahead_.emplace_back(last_, bytes);
            ahead_bytes_ += bytes;
            numbers().ahead.set(static_cast<double>(ahead_bytes_));
        }
        grown_.notify_all();
    }
    void clear_recent() {
        recent_.clear();
        recent_bytes_ = 0;
    }

    const JournalOptions options_;
    const std::unique_ptr<JournalStore> store_;
    std::mutex mutex_;
    std::condition_variable work_;
    std::condition_variable grown_;
    std::deque<Waiting> queue_;
    std::vector<Drop> drops_;
    std::deque<std::pair<std::uint64_t, std::size_t>> ahead_;  // groups: last sequence and bytes; not read yet
    std::size_t ahead_bytes_ = 0;
    std::uint64_t pinned_after_ = UINT64_MAX;
    std::size_t waiting_bytes_ = 0;
    std::deque<Recent> recent_;
    std::size_t recent_bytes_ = 0;
    std::atomic<std::uint64_t> last_;
    bool ended_ = false;
    std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace

Result<std::uint64_t> Journal::append(std::string bytes) {
    auto promise = std::make_shared<std::promise<Result<std::uint64_t>>>();
    auto done = promise->get_future();
    append(std::move(bytes), [promise](Result<std::uint64_t> outcome) { promise->set_value(std::move(outcome)); });
    return done.get();
}

JournalUpkeep& upkeep_of(Journal& journal) {
    auto* const upkeep = dynamic_cast<JournalUpkeep*>(&journal);
    INVARIANT(upkeep != nullptr, "every journal that was opened can be kept up");
    return *upkeep;
}

std::unique_ptr<Journal> make_journal(std::unique_ptr<JournalStore> store, const JournalOptions& options) {
    return std::make_unique<GroupedJournal>(std::move(store), options);
}

std::string join_entries(const std::vector<std::string_view>& entries) {
    std::size_t size = 0;
    for (const auto entry : entries) size += entry.size() + 4;
    std::string out;
    out.reserve(size);
    for (const auto entry : entries) {
        put_u32(out, static_cast<std::uint32_t>(entry.size()));
        out += entry;
    }
    return out;
}

Result<std::vector<JournalEntry>> split_entries(std::string_view joined, std::uint64_t first_sequence) {
    std::vector<JournalEntry> out;
    while (!joined.empty()) {
        if (joined.size() < 4 || joined.size() - 4 < get_u32(joined, 0))
            return Error(ErrorCode::Corrupt, "an entry longer than its group");
        const auto size = get_u32(joined, 0);
        out.push_back({first_sequence + out.size(), std::string(joined.substr(4, size))});
        joined.remove_prefix(4 + size);
    }
    return out;
}

void report_broken(const JournalOptions& options, std::string_view why) {
    if (!options.broken) log::fatal("journal.broken", {{"why", why}});
    options.broken(why);
}

std::int64_t journal_clock_ms() {
    static const SystemClock clock;
    return clock.steady_ns() / 1'000'000;
}

}  // namespace tilth::kernel
