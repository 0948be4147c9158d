// Exact de-duplication within the window. The hour that is being filled is a hash set; a finished hour becomes a sorted
// run with a filter, and finished days are merged, so that a look-up asks a few dozen filters at most.

#include <algorithm>
#include <atomic>
#include <map>

#include "base/limits.h"
#include "modules/collect/api.h"
#include "modules/collect/dedup/dedup.h"
#include "modules/collect/dedup/fresh.h"
#include "modules/collect/dedup/run.h"
#include "platform/metrics/metrics.h"

namespace tilth::collect {

namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayMs = 24 * kHourMs;

// A span of time [from, to) by receipt, finished.
struct Period {
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0;
    Run run;
};

struct SourceIds {
    std::int64_t hour = 0;  // number of the hour being filled
    Fresh fresh;
    std::vector<Period> periods;  // oldest first

    // In a finished period; the hour being filled is asked by inserting.
    bool in_run(const Bytes16& key) const {
        return std::any_of(periods.rbegin(), periods.rend(), [&](const Period& one) { return one.run.has(key); });
    }
    std::int64_t size() const {
        auto count = static_cast<std::int64_t>(fresh.size());
        for (const Period& one : periods) count += static_cast<std::int64_t>(one.run.size());
        return count;
    }
};

metrics::Gauge& remembered_ids() {
    static auto& gauge = metrics::gauge("tilth_dedup_ids", "Event ids remembered");
    return gauge;
}
metrics::Gauge& window_seconds() {
    static auto& gauge =
        metrics::gauge("tilth_dedup_window_seconds", "Time within which a repeated event is recognised");
    return gauge;
}

class DedupInMemory final : public Dedup {
public:
    std::vector<bool> remember(kernel::Unit& unit, const SourceId& source, const std::vector<Bytes16>& fingerprints,
                               Instant received) override {
        SourceIds& ids = sources_[source];
        roll(ids, received);
        std::vector<bool> is_new(fingerprints.size());
        std::vector<Bytes16> added;
        added.reserve(fingerprints.size());
        for (std::size_t i = 0; i < fingerprints.size(); ++i) {
            is_new[i] = !ids.in_run(fingerprints[i]) && ids.fresh.insert(fingerprints[i]);
            if (is_new[i]) added.push_back(fingerprints[i]);
        }
        count_ += static_cast<std::int64_t>(added.size());
        unit.on_undo([this, source, added = std::move(added)] {
            for (const Bytes16& key : added) unlearn(sources_[source], key);
            count_ -= static_cast<std::int64_t>(added.size());
        });
        return is_new;
    }

    Status load(sql::Connection& sql, const std::vector<TenantId>& tenants, Instant now) override {
        sources_.clear();
        const Instant since = now - milliseconds(limits::kDedupWindowMs);
        std::map<std::pair<SourceId, std::int64_t>, std::vector<Bytes16>> days;
        for (const TenantId& tenant : tenants) {
            const std::int64_t after = TRY(kernel::position_before(sql, tenant, since));
            TRY(kernel::scan_events(sql, tenant, after, [&](std::int64_t, const kernel::Event& event) {
                if (event.received >= since)
                    days[{event.source, event.received.ms / kDayMs}].push_back(event.fingerprint);
                return true;
            }));
        }
        for (auto& [key, fingerprints] : days) {
            const auto& [source, day] = key;
            sources_[source].periods.push_back({day * kDayMs, (day + 1) * kDayMs, Run(std::move(fingerprints))});
        }
        recount();
        return ok();
    }

    std::int64_t remembered() const override { return count_; }
    Duration window() const override { return {window_ms_}; }

private:
    // The hour may have been closed between the unit and its undoing: then the key stands in a run, which is made anew.
    static void unlearn(SourceIds& ids, const Bytes16& key) {
        if (ids.fresh.erase(key)) return;
        for (Period& period : ids.periods) {
            if (!period.run.has(key)) continue;
            std::vector<Bytes16> keys = period.run.keys();
            std::erase(keys, key);
            period.run = Run(std::move(keys));
        }
    }

    // Hours never go back: an event received "before" the hour being filled joins it.
    void roll(SourceIds& ids, Instant received) {
        const std::int64_t hour = received.ms / kHourMs;
        if (hour <= ids.hour) return;
        if (!ids.fresh.empty()) {
            ids.periods.push_back({ids.hour * kHourMs, (ids.hour + 1) * kHourMs,
                                   Run(ids.fresh.keys())});
            ids.fresh.clear();
        }
        ids.hour = hour;
        merge_days(ids, received);
        forget(received);
    }

    // Hours of days that are over become one run a day.
    static void merge_days(SourceIds& ids, Instant now) {
        const std::int64_t today = now.ms / kDayMs;
        std::map<std::int64_t, std::vector<Bytes16>> by_day;
        std::vector<Period> kept;
        for (Period& period : ids.periods) {
            const std::int64_t day = period.from_ms / kDayMs;
            if (day >= today || period.to_ms - period.from_ms >= kDayMs) {
                kept.push_back(std::move(period));
            } else {
                auto& keys = by_day[day];
                keys.insert(keys.end(), period.run.keys().begin(), period.run.keys().end());
            }
        }
        for (auto& [day, keys] : by_day) kept.push_back({day * kDayMs, (day + 1) * kDayMs, Run(std::move(keys))});
        std::sort(kept.begin(), kept.end(), [](const Period& a, const Period& b) { return a.from_ms < b.from_ms; });
        ids.periods = std::move(kept);
    }

    void forget(Instant now) {
        for (auto& [source, ids] : sources_) {
            std::erase_if(ids.periods, [&](const Period& one) { return one.to_ms <= now.ms - limits::kDedupWindowMs; });
        }
        recount();
        window_ms_ = limits::kDedupWindowMs;
        while (count_ > static_cast<std::int64_t>(limits::kDedupIdsMax) && drop_oldest(now)) recount();
        window_seconds().set(static_cast<double>(window_ms_) / 1000.0);
    }

    bool drop_oldest(Instant now) {
        SourceIds* oldest = nullptr;
        for (auto& [source, ids] : sources_) {
            if (ids.periods.empty()) continue;
            if (oldest == nullptr || ids.periods.front().from_ms < oldest->periods.front().from_ms) oldest = &ids;
        }
        if (oldest == nullptr) return false;
        window_ms_ = now.ms - oldest->periods.front().to_ms;
        oldest->periods.erase(oldest->periods.begin());
        return true;
    }

    void recount() {
        count_ = 0;
        for (const auto& [source, ids] : sources_) count_ += ids.size();
        remembered_ids().set(static_cast<double>(count_));
    }

    std::map<SourceId, SourceIds> sources_;  // writer's thread
    std::atomic<std::int64_t> count_{0};
    std::atomic<std::int64_t> window_ms_{limits::kDedupWindowMs};
};

}  // namespace

std::unique_ptr<Dedup> make_dedup() { return std::make_unique<DedupInMemory>(); }

}  // namespace tilth::collect
