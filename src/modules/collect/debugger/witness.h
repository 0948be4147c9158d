#pragma once
// The last events of each source with what became of them. Memory, lost at a restart. Thread-safe.

#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include "modules/collect/api.h"

namespace tilth::collect {

class Witness {
public:
    static constexpr std::size_t kPerSource = 300;
    static constexpr std::size_t kSourcesMax = 100;  // beyond it the source that was silent longest is forgotten

    void show(const TenantId& tenant, std::vector<Seen> seen);
    struct Filter {
        std::optional<SourceId> source;
        std::string type;
        std::string verdict;
        std::vector<CustomerId> customers;  // empty: anybody
    };
    // Newest first, at most `limit`.
    std::vector<Seen> find(const TenantId& tenant, const Filter& filter, std::size_t limit) const;

private:
    struct Source {
        std::deque<Seen> events;
    };
    mutable std::mutex mutex_;
    std::map<std::pair<TenantId, SourceId>, Source> sources_;
};

}  // namespace tilth::collect
