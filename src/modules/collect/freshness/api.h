#pragma once
// How fresh what comes in is (CDP-17): sources of events and feeds of files with what was late, sent twice or
// contradictory, and how long each of them, and each store, may be silent. Stores themselves are told by a flow, which
// knows the orders. Counts of events are of today and the seven business days before; of files, of all.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "modules/collect/api.h"

namespace tilth::collect {

// Subjects of limits: "source:src_…", "feed:3", "store:org_…", and "stores" for every store without one of its own.
struct SourceFreshness {
    std::string subject;
    std::string name;
    bool is_feed = false;
    std::optional<Instant> last;  // when something new came
    int usual_limit_min = 0;      // unless a limit is set
    std::int64_t accepted = 0;    // events, or files
    std::int64_t refused = 0;
    std::int64_t late = 0;           // events of more than a day ago
    std::int64_t duplicate = 0;
    std::int64_t contradictory = 0;  // a clock that cannot be; held by the catalogue; of a feed: files that do
                                     // not fit, and rows that contradict what stands
    std::string error;               // of a feed's last run, in Chinese or (zh = false) in English
    bool paused = false;
};

inline constexpr std::string_view kStoresSubject = "stores";
inline constexpr int kStoreLimitMin = 36 * 60;
inline constexpr int kSourceLimitMin = 24 * 60;
inline constexpr int kFreshnessLimitMax = 90 * 24 * 60;

inline constexpr int kIntakeDays = 7;
// `today`: the business day.
Result<std::vector<SourceFreshness>> source_freshness(Collect& collect, sql::Connection& sql, const TenantId& tenant,
                                                      Day today, bool zh);
// Minutes by subject; 0: never an alarm.
Result<std::map<std::string, int>> freshness_limits(sql::Connection& sql, const TenantId& tenant);
// Without a limit the usual one holds again.
Status set_freshness_limit(kernel::Unit& unit, std::string_view subject, std::optional<int> limit_min);

}  // namespace tilth::collect
