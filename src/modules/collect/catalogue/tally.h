#pragma once
// How many events of each type came in, in the record: what the catalogue shows after a restart too.

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "kernel/behaviour/event_log.h"

namespace tilth::collect::catalogue {

struct TypeCount {
    std::string type;
    std::int64_t events = 0;
    Instant first_at;  // received
    Instant last_at;
};

class Tally {
public:
    static constexpr std::size_t kTypesMax = 2'000;  // of a tenant; types beyond are not counted
    // One row per type of the group, within its unit; on the writer's thread.
    Status add(kernel::Unit& unit, const std::vector<kernel::Event>& events);
    Result<std::vector<TypeCount>> list(sql::Connection& sql, const TenantId& tenant) const;

private:
    std::map<TenantId, std::set<std::string>> known_;  // the writer's thread alone
};

}  // namespace tilth::collect::catalogue
