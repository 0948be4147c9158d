#include "flows/collect_batch/pipeline.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/hooks.h"
#include "base/limits.h"
#include "flows/collect_batch/group.h"
#include "flows/collect_batch/in_flight.h"
#include "platform/log/log.h"
#include "platform/metrics/metrics.h"

namespace tilth::flows {

namespace {

constexpr std::size_t kGroupBytesMax = 4u << 20;  // of journal bytes per transaction
constexpr std::size_t kGroupsInFlightMax = 2;     // one commits while the next is parsed
constexpr std::uint64_t kCrashesMax = 2;          // then the batch is parked
constexpr std::int64_t kWaitMs = 200;
constexpr std::string_view kParkedPurpose = "parked_batch";

struct Entry {
    std::uint64_t sequence = 0;
    std::string bytes;
};

metrics::Counter& events_total() {
    static auto& counter = metrics::counter("tilth_pipeline_events_total", "Events applied to the record");
    return counter;
}
metrics::Counter& parked_total() {
    static auto& counter = metrics::counter("tilth_pipeline_parked_total", "Batches parked");
    return counter;
}
metrics::Gauge& lag() {
    static auto& gauge = metrics::gauge("tilth_pipeline_lag_batches", "Batches acknowledged and not yet applied");
    return gauge;
}

Status save_position(kernel::Unit& unit, std::uint64_t sequence) {
    return unit.sql().write(
        "INSERT INTO journal_position (tenant_id, sequence) VALUES (?1, ?2) "
        "ON CONFLICT (tenant_id) DO UPDATE SET sequence = excluded.sequence",
        {TenantId{}, static_cast<std::int64_t>(sequence)});
}

class PipelineThread final : public Pipeline {
public:
    PipelineThread(PipelineParts parts, InFlightFile in_flight, std::uint64_t applied)
        : parts_(parts),
          in_flight_(std::move(in_flight)),
          applied_(applied),
          staged_(applied),
          read_(applied),
          sent_(applied) {}
    ~PipelineThread() override { stop(); }

    void accept(collect::RawBatch batch, std::function<void(Status)> done) override {
        parts_.journal.append(collect::encode(batch), [done = std::move(done)](Result<std::uint64_t> sequence) {
            done(sequence ? ok() : Status(sequence.error()));
        });
    }

    void run() override {
        parts_.collect.release_into([this](collect::RawBatch batch, std::function<void(Status)> done) {
            accept(std::move(batch), std::move(done));
        });
        thread_ = std::thread([this] { loop(); });
    }

    void stop() override {
        stopping_ = true;
        parts_.collect.release_into({});
        if (thread_.joinable()) thread_.join();
    }

    Status settle() override {
        const std::uint64_t goal = parts_.journal.last();
        std::unique_lock lock(mutex_);
        const bool reached =
            progressed_.wait_for(lock, std::chrono::seconds(60), [&] { return applied_ >= goal || stopping_; });
        if (!reached || applied_ < goal) return Error(ErrorCode::Timeout, "the pipeline has not caught up");
        return ok();
    }

    PipelineState state() const override {
        return {parts_.journal.last(), applied_, events_, duplicates_, refused_, parked_};
    }

    Status retry_parked(const kernel::Context& context, std::int64_t sequence) override {
        std::string sealed;
        auto loaded = parts_.kernel.record.read<bool>(context, [&](kernel::View& view) -> Result<bool> {
            const auto row = TRY(view.sql().one(
                "SELECT sealed FROM parked_batch WHERE tenant_id = ?1 AND sequence = ?2", {view.tenant(), sequence},
                [](const sql::Row& found) { return std::string(found.bin(0)); }));
            if (!row) return Error(ErrorCode::NotFound, "parked batch");
            sealed = *row;
            return true;
        });
        if (!loaded) return loaded.error();
        const std::string bytes = TRY(parts_.kernel.vault.open_for_tenant(context.tenant, kParkedPurpose, sealed));
        const Group group = TRY(parse({{static_cast<std::uint64_t>(sequence), bytes}}));
        auto done = parts_.kernel.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
            TRY(apply_group(parts_, unit, group));
            TRY(unit.sql().write("DELETE FROM parked_batch WHERE tenant_id = ?1 AND sequence = ?2",
                                 {unit.tenant(), sequence}));
            TRY(unit.audit({.action = "pipeline.retry", .object = std::to_string(sequence)}));
            return true;
        });
        return done ? ok() : Status(done.error());
    }

private:
    void loop() {
        recover();
        while (!stopping_) {
            if (failed_) {
                go_carefully(sent_);
                continue;
            }
            auto entries = parts_.journal.read(read_, kGroupBytesMax, kWaitMs);
            if (!entries) {
                say_unreadable(entries.error());
                continue;
            }
            lag().set(static_cast<double>(parts_.journal.last() - applied_));
            if (entries->empty()) rest();
            else take(std::move(*entries));
        }
        wait_for_flights(0);
        clear_mark();  // A clean end is no crash.
    }

    // Nothing waits: what is applied leaves the journal after a while, also when nothing else comes.
    void rest() {
        if (parts_.kernel.clock.steady_ns() - dropped_at_ < kDropEveryNs) return;
        if (flights_ == 0 && applied_ != 0) drop(applied_);
    }

    // What was in flight when the last process ended is applied one by one, and parked when it is the cause.
    void recover() {
        const InFlight found = in_flight_.found();
        while (found.first != 0 && applied_ < found.last && !stopping_) {
            auto entries = parts_.journal.read(applied_, 1, kWaitMs);
            if (!entries) {
                say_unreadable(entries.error());
                continue;
            }
            if (entries->empty()) return;
            const Entry entry{entries->front().sequence, std::move(entries->front().bytes)};
            const bool alone = found.first == found.last;
            const std::uint64_t crashes = entry.sequence < found.first ? 0 : (alone ? found.crashes : 1);
            if (crashes >= kCrashesMax) park(entry, "in_flight_at_two_crashes");
            else settle_one(entry, crashes);
            resume();
        }
    }

    void say_unreadable(const Error& error) {
        log::error("the journal cannot be read", {{"error", error.detail}});
        std::this_thread::sleep_for(std::chrono::milliseconds(kWaitMs));
    }

    // Goes on behind what is applied: after a refusal, whatever was read further is read again, in order.
    void resume() { read_ = sent_ = applied_; }

    // Splits what was read at each change of tenant and sends the groups off, at most kGroupsInFlightMax at a time.
    void take(std::vector<kernel::JournalEntry> entries) {
        std::vector<Entry> run;
        TenantId tenant;
        for (auto& entry : entries) {
            const auto batch = collect::decode(entry.bytes);
            const TenantId of = batch ? batch->tenant : TenantId{};
            if (!run.empty() && of != tenant && !send(std::exchange(run, {}))) return;
            tenant = of;
            run.push_back({entry.sequence, std::move(entry.bytes)});
        }
        send(std::move(run));
    }

    // False when these entries, or those before them, were applied carefully instead: then read again.
    bool send(std::vector<Entry> entries) {
        read_ = entries.back().sequence;
        mark(applied_ + 1, read_, 0);  // Before parsing: what ends the process may be the parser.
        auto group = parse(entries);
        wait_for_flights(group ? kGroupsInFlightMax - 1 : 0);
        if (!group || failed_) {
            go_carefully(failed_ ? sent_ : read_);
            return false;
        }
        mark(applied_ + 1, read_, 0);
        sent_ = read_;
        ++flights_;
        submit(std::make_shared<const Group>(std::move(*group)));
        return true;
    }

    // After a refusal: up to `until` one entry after the other, each applied or parked before the next is looked at.
    void go_carefully(std::uint64_t until) {
        wait_for_flights(0);
        failed_ = false;
        while (!stopping_ && applied_ < until) {
            auto entries = parts_.journal.read(applied_, kGroupBytesMax, kWaitMs);
            if (!entries) say_unreadable(entries.error());
            if (!entries) continue;
            for (auto& entry : *entries) {
                if (entry.sequence > until || !settle_one({entry.sequence, std::move(entry.bytes)}, 0)) break;
            }
        }
        resume();
    }

    // Runs on the writer's thread. `staged_` is the position that the units of this group have reached, committed or
    // not: numbers have no gap, so a flight never overtakes one that was refused.
    Result<GroupCounts> stage(kernel::Unit& unit, const Group& group) {
        if (group.batches.front().sequence != staged_ + 1) return Error(ErrorCode::Conflict, "out of order");
        GroupCounts counts = TRY(apply_group(parts_, unit, group));
        TRY(advance(unit, group.last));
        return counts;
    }

    Status advance(kernel::Unit& unit, std::uint64_t last) {
        unit.on_undo([this, before = staged_] { staged_ = before; });
        staged_ = last;
        return save_position(unit, last);
    }

    // A group on its way: parsed here, applied on the writer's thread.
    void submit(const std::shared_ptr<const Group>& group) {
        parts_.kernel.record.submit(
            kernel::Context::system(group->tenant, parts_.kernel.clock.now()),
            [this, group](kernel::Unit& unit) -> Status {
                const GroupCounts counts = TRY(stage(unit, *group));
                unit.on_commit([this, last = group->last, counts] { applied(last, counts); });
                return ok();
            },
            [this](const Status& status) { landed(status); });
    }

    void applied(std::uint64_t last, const GroupCounts& counts) {
        events_ += counts.events;
        duplicates_ += counts.duplicates;
        refused_ += counts.refused;
        events_total().add(static_cast<double>(counts.events));
        const std::lock_guard lock(mutex_);
        applied_ = last;
        progressed_.notify_all();
    }

    void landed(const Status& status) {
        const std::lock_guard lock(mutex_);
        --flights_;
        if (!status) {
            failed_ = true;
            last_error_ = std::string(info(status.error().code).name) + ": " + status.error().detail;
        }
        progressed_.notify_all();
    }

    void wait_for_flights(std::size_t most) {
        std::unique_lock lock(mutex_);
        progressed_.wait(lock, [&] { return flights_ <= most; });
        lock.unlock();
        if (flights_ == 0 && !failed_) clear_mark();
        if (const std::uint64_t done = applied_; done > dropped_ + kDropEvery) drop(done);
    }

    void drop(std::uint64_t up_to) {
        dropped_ = up_to;
        dropped_at_ = parts_.kernel.clock.steady_ns();
        const auto dropped = parts_.journal.drop_up_to(up_to);
        if (!dropped) log::warn("applied segments stay in the journal", {{"error", dropped.error().detail}});
    }

    // Applies one entry, with three tries, or parks it; a full disk or a lost connection is waited for. False when the
    // entry is neither applied nor parked yet: nothing behind it may go on.
    bool settle_one(const Entry& entry, std::uint64_t crashes) {
        mark(entry.sequence, entry.sequence, crashes);
        std::string why;
        for (int attempt = 0; attempt < limits::kHandlerAttemptsMax;) {
            if (stopping_) return false;
            const Status status = apply_one(entry);
            if (status) {
                clear_mark();
                return true;
            }
            why = info(status.error().code).name;
            if (info(status.error().code).retryable) std::this_thread::sleep_for(std::chrono::milliseconds(kWaitMs));
            else ++attempt;
        }
        if (!park(entry, why)) return false;
        clear_mark();
        return true;
    }

    Status apply_one(const Entry& entry) {
        const Group group = TRY(parse({entry}));
        auto done =
            parts_.kernel.record.write<GroupCounts>(kernel::Context::system(group.tenant, parts_.kernel.clock.now()),
                                                    [&](kernel::Unit& unit) { return stage(unit, group); });
        if (!done) return done.error();
        applied(entry.sequence, *done);
        return ok();
    }

    // Without its seal a batch is never set aside: the position then stays, and the pipeline says so until it can.
    bool park(const Entry& entry, const std::string& reason) {
        const auto batch = collect::decode(entry.bytes);
        const TenantId tenant = batch ? batch->tenant : TenantId{};
        const SourceId source = batch ? batch->source : SourceId{};
        auto done = parts_.kernel.record.write<bool>(
            kernel::Context::system(tenant, parts_.kernel.clock.now()), [&](kernel::Unit& unit) -> Result<bool> {
                const std::string kept = TRY(parts_.kernel.vault.seal_for_tenant(tenant, kParkedPurpose, entry.bytes));
                TRY(unit.sql().write(
                    "INSERT INTO parked_batch (tenant_id, sequence, source_id, reason, parked_at, sealed) "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    {unit.tenant(), static_cast<std::int64_t>(entry.sequence), source, reason, unit.now(),
                     sql::Blob{kept}}));
                TRY(advance(unit, entry.sequence));
                return true;
            });
        if (!done) {
            log::error("a batch can be neither applied nor parked",
                       {{"sequence", entry.sequence}, {"error", done.error().detail}});
            std::this_thread::sleep_for(std::chrono::milliseconds(kWaitMs));
            return false;
        }
        log::warn("batch parked", {{"sequence", entry.sequence}, {"reason", reason}});
        parked_total().add();
        ++parked_;
        applied(entry.sequence, {});
        return true;
    }

    // Reads the raw batches; the clock of the parse is the batch's own. FAILPOINT pipeline.parse stands for a parser
    // that ends the process.
    Result<Group> parse(const std::vector<Entry>& entries) const {
        Group group;
        for (const Entry& entry : entries) {
            collect::RawBatch batch = TRY(collect::decode(entry.bytes));
            const collect::Inlet* inlet = collect::inlet(batch.inlet);
            if (inlet == nullptr) return Error(ErrorCode::Invalid, "no inlet " + batch.inlet);
            if (FAILPOINT("pipeline.parse")) return Error(ErrorCode::Internal, "failpoint");
            group.tenant = batch.tenant;
            group.last = entry.sequence;
            group.batches.push_back(
                {entry.sequence, batch.source, batch.received, inlet->parse(batch, parts_.kernel.vault)});
        }
        return group;
    }

    void mark(std::uint64_t first, std::uint64_t last, std::uint64_t crashes) {
        const auto marked = in_flight_.mark(first, last, crashes);
        if (!marked) log::warn("the in-flight mark cannot be written", {{"error", marked.error().detail}});
    }
    void clear_mark() {
        const auto cleared = in_flight_.clear();
        if (!cleared) log::warn("the in-flight mark cannot be cleared", {{"error", cleared.error().detail}});
    }

    static constexpr std::uint64_t kDropEvery = 256;
    static constexpr std::int64_t kDropEveryNs = 60'000'000'000;

    PipelineParts parts_;
    InFlightFile in_flight_;
    std::atomic<std::uint64_t> applied_;
    std::uint64_t staged_;         // writer's thread only
    std::uint64_t read_;           // pipeline thread only: last entry taken from the journal
    std::uint64_t sent_;           // pipeline thread only: last entry sent to the writer
    std::uint64_t dropped_ = 0;    // pipeline thread only
    std::int64_t dropped_at_ = 0;  // pipeline thread only; steady
    std::atomic<bool> stopping_{false};
    std::atomic<bool> failed_{false};
    std::atomic<std::size_t> flights_{0};
    std::atomic<std::int64_t> events_{0};
    std::atomic<std::int64_t> duplicates_{0};
    std::atomic<std::int64_t> refused_{0};
    std::atomic<std::int64_t> parked_{0};
    std::string last_error_;  // under mutex_
    std::mutex mutex_;
    std::condition_variable progressed_;
    std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Pipeline>> make_pipeline(PipelineParts parts) {
    parts.kernel.vault.keep(
        {.table = "parked_batch", .column = "sealed", .number = "sequence", .purpose = kParkedPurpose});
    auto in_flight = TRY(InFlightFile::open(parts.kernel.files, parts.kernel.data_directory + "/pipeline.inflight"));
    const auto context = kernel::Context::system(TenantId{}, parts.kernel.clock.now());
    const auto applied =
        TRY(parts.kernel.record.read<std::int64_t>(context, [](kernel::View& view) -> Result<std::int64_t> {
            const auto row = TRY(view.sql().one("SELECT sequence FROM journal_position WHERE tenant_id = ?1",
                                                {TenantId{}}, [](const sql::Row& found) { return found.i64(0); }));
            return row.value_or(0);
        }));
    // A journal that ends before what was applied from it is another's, or has been cut: going on would lose what is
    // acknowledged next.
    if (static_cast<std::uint64_t>(applied) > parts.journal.last()) {
        return Error(ErrorCode::Corrupt, "the record has applied batch " + std::to_string(applied) +
                                             ", the journal ends at " + std::to_string(parts.journal.last()));
    }
    return std::unique_ptr<Pipeline>(
        std::make_unique<PipelineThread>(parts, std::move(in_flight), static_cast<std::uint64_t>(applied)));
}

}  // namespace tilth::flows
