#pragma once
// What came from each source per business day, in the record (CDP-17).

#include <map>
#include <vector>

#include "modules/collect/api.h"

namespace tilth::collect {

struct SourceDay {
    Day day;
    Intake intake;
    Instant last_at;  // when the last batch of the day came
};
struct SourceSum {
    Intake sum;
    Instant last;
};

// Adds to a day, within the unit that applies the events.
Status count_intake(kernel::Unit& unit, const SourceId& source, Day day, const Intake& intake, Instant at);
// Newest first.
Result<std::vector<SourceDay>> source_days(sql::Connection& sql, const TenantId& tenant, const SourceId& source,
                                           int limit);
// Of all sources that had anything since `first`.
Result<std::map<SourceId, SourceSum>> intake_since(sql::Connection& sql, const TenantId& tenant, Day first);

}  // namespace tilth::collect
