#include "modules/collect/debugger/witness.h"

#include <algorithm>

#include "base/text.h"

namespace tilth::collect {

namespace {

constexpr std::size_t kPropertiesShownMax = 1'024;
constexpr std::size_t kKeysShownMax = 6;

std::string masked(const customer::Claim& claim) {
    switch (claim.kind) {
        case customer::IdentityKind::Phone: return mask_phone(claim.value);
        case customer::IdentityKind::Email: return mask_email(claim.value);
        default: return mask_tail(claim.value);
    }
}

}  // namespace

Seen seen_of(const SourceId& source, Instant received, const Incoming& event) {
    Seen seen;
    seen.received = received;
    seen.time = event.time;
    seen.source = source;
    seen.type = event.type;
    seen.verdict = event.corrected == 0 ? "accepted" : "corrected";
    seen.corrected = event.corrected;
    for (std::size_t i = 0; i < std::min(event.claims.size(), kKeysShownMax); ++i) {
        if (i > 0) seen.keys.append(" · ");
        seen.keys.append(name(event.claims[i].kind)).append(" ").append(masked(event.claims[i]));
    }
    // A cut text is no JSON any more, so one that is too long is not shown at all.
    seen.properties = event.properties.size() <= kPropertiesShownMax ? event.properties : R"({"…":"…"})";
    return seen;
}

void Witness::show(const TenantId& tenant, std::vector<Seen> seen) {
    const std::lock_guard lock(mutex_);
    for (Seen& one : seen) {
        auto& events = sources_[{tenant, one.source}].events;
        events.push_back(std::move(one));
        if (events.size() > kPerSource) events.pop_front();
    }
    while (sources_.size() > kSourcesMax) {
        sources_.erase(std::min_element(sources_.begin(), sources_.end(), [](const auto& a, const auto& b) {
            return a.second.events.back().received < b.second.events.back().received;
        }));
    }
}

std::vector<Seen> Witness::find(const TenantId& tenant, const Filter& filter, std::size_t limit) const {
    std::vector<Seen> found;
    const std::lock_guard lock(mutex_);
    for (const auto& [key, source] : sources_) {
        if (key.first != tenant || (filter.source && key.second != *filter.source)) continue;
        for (const Seen& one : source.events) {
            const bool type_fits = filter.type.empty() || one.type == filter.type;
            const bool verdict_fits = filter.verdict.empty() || one.verdict == filter.verdict;
            const bool person_fits =
                filter.customers.empty() ||
                std::find(filter.customers.begin(), filter.customers.end(), one.customer) != filter.customers.end();
            if (type_fits && verdict_fits && person_fits) found.push_back(one);
        }
    }
    // Within a source later ones stand behind earlier ones; turning them first keeps that among equal times.
    std::reverse(found.begin(), found.end());
    std::stable_sort(found.begin(), found.end(), [](const Seen& a, const Seen& b) { return a.received > b.received; });
    if (found.size() > limit) found.resize(limit);
    return found;
}

}  // namespace tilth::collect
