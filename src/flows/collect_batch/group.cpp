#include "flows/collect_batch/group.h"

namespace tilth::flows {

namespace {

constexpr int kTrackerConfidence = 50;

// One event: new or seen before, whose, and what it declares.
Result<bool> apply_event(const PipelineParts& parts, kernel::Unit& unit, const ParsedBatch& batch,
                         const collect::Incoming& incoming, std::vector<kernel::Event>& events) {
    if (!parts.collect.dedup().remember(unit, batch.source, incoming.fingerprint, batch.received)) return false;
    const std::string source = batch.source.str();
    customer::Sighting sighting;
    sighting.claims = incoming.claims;
    sighting.at = incoming.time;
    sighting.source = source;
    sighting.rule = incoming.rule;
    const auto found = TRY(parts.customers.resolve(unit, sighting));
    if (!incoming.traits.empty()) {
        TRY(parts.customers.declare(unit, found.customer, incoming.traits, source, kTrackerConfidence));
    }
    kernel::Event& event = events.emplace_back();
    event.fingerprint = incoming.fingerprint;
    event.time = incoming.time;
    event.received = batch.received;
    event.source = batch.source;
    event.customer = found.customer;
    event.identity = found.identity;
    event.type = incoming.type;
    event.properties = incoming.properties;
    return true;
}

}  // namespace

Result<GroupCounts> apply_group(const PipelineParts& parts, kernel::Unit& unit, const Group& group) {
    GroupCounts counts;
    std::vector<kernel::Event> events;
    for (const ParsedBatch& batch : group.batches) {
        std::int64_t fresh = 0;
        for (const collect::Incoming& incoming : batch.parsed.events) {
            if (TRY(apply_event(parts, unit, batch, incoming, events))) ++fresh;
            else ++counts.duplicates;
        }
        const auto refused = static_cast<std::int64_t>(batch.parsed.refused.size());
        if (refused > 0) TRY(parts.collect.refuse(unit, batch.source, batch.parsed.refused, batch.received));
        counts.duplicates += batch.parsed.duplicates;
        counts.refused += refused;
        unit.on_commit([&collect = parts.collect, source = batch.source, fresh, refused, at = batch.received] {
            collect.count(source, fresh, refused, at);
        });
    }
    counts.events = static_cast<std::int64_t>(events.size());
    TRY(kernel::append_events(unit, events));
    parts.activity.apply(unit, events);
    return counts;
}

}  // namespace tilth::flows
