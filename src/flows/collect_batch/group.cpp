#include "flows/collect_batch/group.h"

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <tuple>

#include "modules/collect/quality/api.h"
#include "modules/customer/detach/api.h"
#include "modules/customer/touch/api.h"

namespace tilth::flows {

namespace {

constexpr int kTrackerConfidence = 50;
constexpr std::size_t kShownOfGroup = 200;  // for the live debugger; of a larger group the last ones

// One new event: whose it is, and what it declares. `properties`: what of them the catalogue lets through.
Result<CustomerId> apply_event(const PipelineParts& parts, kernel::Unit& unit, const ParsedBatch& batch,
                               const collect::Incoming& incoming, const std::string& properties,
                               std::vector<kernel::Event>& events) {
    const std::string source = batch.source.str();
    customer::Sighting sighting;
    sighting.claims = incoming.claims;
    sighting.at = incoming.time;
    sighting.source = source;
    sighting.rule = incoming.rule;
    sighting.home_node = incoming.home_node;
    // Of an unbinding the first key alone is seen; the others part from it.
    const bool unbinds = incoming.rule == customer::kUnbindRule && incoming.claims.size() > 1 &&
                         incoming.claims.front().kind == customer::IdentityKind::CustomId;
    if (unbinds) sighting.claims.resize(1);
    const auto found = TRY(parts.customers.resolve(unit, sighting));
    if (unbinds) {
        const std::span<const customer::Claim> others(incoming.claims.begin() + 1, incoming.claims.end());
        TRY(customer::unbind(parts.customers, unit, incoming.claims.front(), others, source, incoming.time));
    }
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
    event.properties = properties;
    if (customer::is_touch_event(incoming.type))
        TRY(customer::note_touch(unit, found.customer, incoming.type, properties, incoming.time));
    if (!incoming.capture.empty()) TRY(parts.collect.captured(unit, incoming, found.customer));
    return found.customer;
}

// What the debugger is to be told about the last events of a group.
class Telling {
public:
    explicit Telling(const Group& group) {
        for (const ParsedBatch& batch : group.batches) left_ += batch.parsed.events.size();
    }
    void tell(const ParsedBatch& batch, const collect::Incoming& event, std::string_view verdict, std::string_view code,
              const CustomerId& customer, const std::string& properties) {
        if (left_-- > kShownOfGroup) return;
        collect::Seen one = collect::seen_of(batch.source, batch.received, event);
        if (!verdict.empty()) one.verdict = verdict;
        one.code = code;
        one.customer = customer;
        if (properties.size() < event.properties.size() && one.properties == event.properties)
            one.properties = properties;
        seen_.push_back(std::move(one));
    }
    void tell_refused(const ParsedBatch& batch) {
        for (const collect::Verdict& verdict : batch.parsed.refused) {
            if (refused_++ >= kShownOfGroup) return;
            collect::Seen one;
            one.received = one.time = batch.received;
            one.source = batch.source;
            one.verdict = "rejected";
            one.code = verdict.code;
            seen_.push_back(std::move(one));
        }
    }
    std::vector<collect::Seen> take() { return std::move(seen_); }

private:
    std::size_t left_ = 0;
    std::size_t refused_ = 0;
    std::vector<collect::Seen> seen_;
};

// What was wrong with what a group brought, per source, store and moment of receipt.
class Judging {
public:
    collect::Quality& of(const ParsedBatch& batch, const collect::Incoming& event) {
        return at(batch, event.store);
    }
    collect::Quality& at(const ParsedBatch& batch, std::string store) {
        return sums_[{batch.source, std::move(store), batch.received}];
    }
    std::vector<collect::Judged> take() {
        std::vector<collect::Judged> all;
        for (auto& [key, quality] : sums_) {
            const auto& [source, store, received] = key;
            all.push_back({source, store, received, quality});
        }
        return all;
    }

private:
    std::map<std::tuple<SourceId, std::string, Instant>, collect::Quality> sums_;
};

// A batch's events past the catalogue and the de-duplication.
Status apply_batch(const PipelineParts& parts, kernel::Unit& unit, const ParsedBatch& batch, Telling& telling,
                   Judging& judging, GroupCounts& counts, std::vector<kernel::Event>& events) {
    const auto& incoming = batch.parsed.events;
    const auto rulings = TRY(parts.collect.rule(unit, incoming));
    const auto held = [&](std::size_t i) { return !rulings.empty() && !rulings[i].held.empty(); };
    std::vector<Bytes16> fingerprints;
    for (std::size_t i = 0; i < incoming.size(); ++i) {
        if (!held(i)) fingerprints.push_back(incoming[i].fingerprint);
    }
    // What is held back is not remembered as seen: once released it comes in like any other.
    const auto is_new = parts.collect.dedup().remember(unit, batch.source, fingerprints, batch.received);
    counts.duplicates += std::count(is_new.begin(), is_new.end(), false);
    std::size_t asked = 0;
    for (std::size_t i = 0; i < incoming.size(); ++i) {
        const collect::Incoming& one = incoming[i];
        // Also what is held is shown without the members that the catalogue calls personal.
        const bool replaced = !rulings.empty() && rulings[i].properties.has_value();
        const std::string& properties = replaced ? *rulings[i].properties : one.properties;
        if (held(i)) {
            const bool first = TRY(parts.collect.hold(unit, batch.source, one, rulings[i].held));
            judging.of(batch, one).add(first ? collect::Fault::Held : collect::Fault::Duplicate);
            telling.tell(batch, one, first ? "held" : "duplicate", rulings[i].held, {}, properties);
            continue;
        }
        const bool contradicts = parts.collect.contradicts(batch.source, one);
        if (is_new[asked++]) {
            const auto customer = TRY(apply_event(parts, unit, batch, one, properties, events));
            telling.tell(batch, one, {}, {}, customer, properties);
            judging.of(batch, one).take(one, batch.received);
        } else {
            judging.of(batch, one).add(contradicts ? collect::Fault::Contradictory : collect::Fault::Duplicate);
            telling.tell(batch, one, "duplicate", {}, {}, properties);
        }
    }
    return ok();
}

}  // namespace

Result<GroupCounts> apply_group(const PipelineParts& parts, kernel::Unit& unit, const Group& group) {
    GroupCounts counts;
    const auto events = std::make_shared<std::vector<kernel::Event>>();
    Telling telling(group);
    Judging judging;
    for (const ParsedBatch& batch : group.batches) {
        TRY(apply_batch(parts, unit, batch, telling, judging, counts, *events));
        telling.tell_refused(batch);
        const auto refused = static_cast<std::int64_t>(batch.parsed.refused.size());
        if (refused > 0) TRY(parts.collect.refuse(unit, batch.source, batch.parsed.refused, batch.received));
        counts.duplicates += batch.parsed.duplicates;
        counts.refused += refused;
        collect::Quality& whole = judging.at(batch, {});
        whole.refused += refused;
        whole.duplicate += batch.parsed.duplicates;
    }
    counts.events = static_cast<std::int64_t>(events->size());
    TRY(kernel::append_events(unit, *events));
    TRY(parts.collect.tally(unit, *events));
    TRY(parts.collect.judge(unit, judging.take()));
    parts.activity.apply(unit, events);
    const auto seen = std::make_shared<std::vector<collect::Seen>>(telling.take());
    unit.on_commit([&collect = parts.collect, seen, tenant = group.tenant] { collect.show(tenant, std::move(*seen)); });
    return counts;
}

}  // namespace tilth::flows
