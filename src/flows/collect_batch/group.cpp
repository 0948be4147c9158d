#include "flows/collect_batch/group.h"

#include <algorithm>

namespace tilth::flows {

namespace {

constexpr int kTrackerConfidence = 50;

// One new event: whose it is, and what it declares.
Status apply_event(const PipelineParts& parts, kernel::Unit& unit, const ParsedBatch& batch,
                   const collect::Incoming& incoming, std::vector<kernel::Event>& events) {
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
    return ok();
}

}  // namespace

Result<GroupCounts> apply_group(const PipelineParts& parts, kernel::Unit& unit, const Group& group) {
    GroupCounts counts;
    std::vector<kernel::Event> events;
    for (const ParsedBatch& batch : group.batches) {
        std::vector<Bytes16> fingerprints;
        for (const collect::Incoming& incoming : batch.parsed.events) fingerprints.push_back(incoming.fingerprint);
        const auto is_new = parts.collect.dedup().remember(unit, batch.source, fingerprints, batch.received);
        const std::int64_t fresh = std::count(is_new.begin(), is_new.end(), true);
        for (std::size_t i = 0; i < is_new.size(); ++i) {
            if (is_new[i]) TRY(apply_event(parts, unit, batch, batch.parsed.events[i], events));
        }
        counts.duplicates += static_cast<std::int64_t>(is_new.size()) - fresh;
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
