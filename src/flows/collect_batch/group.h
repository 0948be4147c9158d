#pragma once
// A group of raw batches of one tenant, parsed, and what applying it does within a unit.

#include <vector>

#include "flows/collect_batch/pipeline.h"

namespace tilth::flows {

struct ParsedBatch {
    std::uint64_t sequence = 0;
    SourceId source;
    Instant received;
    collect::Parsed parsed;
};
struct Group {
    TenantId tenant;
    std::uint64_t last = 0;  // the journal position after it
    std::vector<ParsedBatch> batches;
};
struct GroupCounts {
    std::int64_t events = 0;
    std::int64_t duplicates = 0;
    std::int64_t refused = 0;
};

// Everything of the group but the journal position. Safe to run again: it changes the unit and its overlays only.
Result<GroupCounts> apply_group(const PipelineParts& parts, kernel::Unit& unit, const Group& group);

}  // namespace tilth::flows
