#pragma once
// When each timer is due, in memory: keys and instants only; payloads stay in the record. Thread-safe: the writer's
// thread changes it after each commit, the dispatch thread asks. Not for code outside kernel/scheduler.

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "kernel/record/record.h"
#include "kernel/scheduler/dispatch.h"

namespace tilth::kernel {

class TimerSet {
public:
    struct Key {
        TenantId tenant;
        std::string kind;
        std::string key;
        auto operator<=>(const Key&) const = default;
    };
    struct Due {
        Instant at;
        Key key;
    };
    void apply(const TimerChange& change);
    // Those due at `now`, oldest first, up to `limit`; they stay in the set until a commit takes them out.
    std::vector<Due> due(Instant now, std::size_t limit) const;
    // When the next one is due.
    std::optional<Instant> next() const;
    std::size_t size() const;
    // Leaves it to the record alone: nobody in this process handles its kind, or its row is not there.
    void forget(const Due& due);

private:
    void drop(const Key& key);

    struct Earlier {
        bool operator()(const std::pair<Instant, const Key*>& a, const std::pair<Instant, const Key*>& b) const {
            return std::tie(a.first, *a.second) < std::tie(b.first, *b.second);
        }
    };
    mutable std::mutex mutex_;
    std::map<Key, Instant> timers_;
    std::set<std::pair<Instant, const Key*>, Earlier> by_due_;  // points into timers_
};

}  // namespace tilth::kernel
