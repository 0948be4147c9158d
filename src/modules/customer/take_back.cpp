#include <algorithm>
#include <set>

#include "modules/customer/resolver.h"
#include "modules/customer/rules.h"
#include "modules/customer/service.h"
#include "modules/customer/sights.h"

namespace tilth::customer {

Result<std::int64_t> TakeBack::step(int limit) {
    std::int64_t done = TRY(links(limit));
    if (done == 0) {
        const auto brought = TRY(store::brought_by(unit_.sql(), unit_.tenant(), source_, limit));
        std::set<CustomerId> touched;
        for (const store::Brought& one : brought) {
            TRY(identity(one));
            touched.insert(one.customer);
        }
        for (const CustomerId& customer : touched) TRY(settle(customer));
        done = static_cast<std::int64_t>(brought.size());
    }
    if (done == 0) done = TRY(sights(limit));
    TRY(log_changes(unit_, state_, std::move(changed_)));
    return done;
}

Result<std::int64_t> TakeBack::links(int limit) {
    const auto active = state_.links.active_of(source_, static_cast<std::size_t>(limit));
    for (const LinkFact& link : active) {
        TRY(undo_link(unit_, state_, link, UndoCause::SourceTakenBack, "source taken back", changed_));
    }
    return static_cast<std::int64_t>(active.size());
}

Status TakeBack::identity(const store::Brought& brought) {
    KeyState key = state_.map.key(brought.blind, Sight::Writer);
    INVARIANT(key.number == brought.number, "the map and the index name the same identity");
    const bool only_ours = state_.sources.count(key.sources) == 1;
    if (only_ours && !state_.links.has_active(key.customer)) {
        TRY(store::erase_identity(unit_, brought.number));
        if (is_kept(brought.kind))
            TRY(vault_.remove(unit_, brought.customer, vault_field(brought.kind, brought.number)));
        state_.map.set_key(brought.blind, {});
        return ok();
    }
    if (brought.first) {
        TRY(relabel(brought, TRY(store::drop_first_source(unit_, brought.number))));
    } else {
        TRY(store::drop_identity_source(unit_, brought.number, source_));
    }
    if (only_ours) {
        // A link by hand, or by another source, stands on this customer: from now on its keys are everybody's.
        TRY(store::add_identity_source(unit_, brought.number, 0, Instant{}));
        key.sources = SourceSets::kEverybody;
    } else {
        key.sources = state_.sources.without(key.sources, source_);
    }
    state_.map.set_key(brought.blind, key);
    return ok();
}

// The kept clear value says who brought it, and when.
Status TakeBack::relabel(const store::Brought& brought, const store::FirstSource& first) {
    if (!is_kept(brought.kind) || first.source == 0) return ok();
    const std::string field = vault_field(brought.kind, brought.number);
    for (kernel::VaultValue& value : TRY(vault_.open(unit_.sql(), unit_.tenant(), brought.customer))) {
        if (value.field != field) continue;
        value.source = state_.sources.name(first.source);
        value.at = first.at.value_or(value.at);
        return vault_.put(unit_, brought.customer, {value});
    }
    return ok();
}

// Customers that stay, though the source saw them: their first sight, home and fields are what the others said.
Result<std::int64_t> TakeBack::sights(int limit) {
    const auto customers = TRY(store::seen_by(unit_.sql(), unit_.tenant(), source_, limit));
    for (const CustomerId& customer : customers) {
        const Place place = state_.map.place_of(customer, Sight::Writer);
        INVARIANT(place != kNobody, "a sight's customer is there");
        state_.declared.erase(place);
        TRY(Traits(unit_, vault_, customer).take_back(state_.sources.name(source_)));
        if (TRY(forget_sight(unit_, state_, place, source_))) changed_.push_back(place);
    }
    return static_cast<std::int64_t>(customers.size());
}

// What is left of a customer that lost keys.
Status TakeBack::settle(const CustomerId& customer) {
    const Place place = state_.map.place_of(customer, Sight::Writer);
    INVARIANT(place != kNobody, "an identity's customer is there");
    const auto kinds = TRY(store::kinds_of(unit_.sql(), unit_.tenant(), customer));
    state_.declared.erase(place);
    return kinds.empty() ? forget(place) : keep(place, kinds);
}

Status TakeBack::forget(Place place) {
    const CustomerId customer = state_.map.state(place).id;
    TRY(vault_.shred(unit_, customer));
    for (const CustomerId& one : TRY(store::drop_referrals(unit_, customer))) {
        const Place brought = state_.map.place_of(one, Sight::Writer);
        if (brought != kNobody) changed_.push_back(brought);
    }
    TRY(store::erase_customer(unit_, customer));
    changed_.push_back(place);
    state_.map.remove(place);
    return ok();
}

Status TakeBack::keep(Place place, const std::vector<IdentityKind>& kinds) {
    const CustomerState before = state_.map.state(place);
    CustomerState after = before;
    const auto has = [&](IdentityKind kind) { return std::find(kinds.begin(), kinds.end(), kind) != kinds.end(); };
    after.known = std::any_of(kinds.begin(), kinds.end(), is_strong);
    after.phone = has(IdentityKind::Phone);
    after.member = has(IdentityKind::Card);
    TRY(Traits(unit_, vault_, before.id).take_back(state_.sources.name(source_)));
    if (after == before) return ok();
    if (after.known != before.known) {
        after.ordinal =
            static_cast<std::uint32_t>(unit_.next_number(after.known ? "person_known" : "person_anonymous"));
    }
    const std::vector<Place> moved = state_.map.change(place, after);
    changed_.insert(changed_.end(), moved.begin(), moved.end());
    changed_.push_back(place);
    return store::update(unit_, after);
}

}  // namespace tilth::customer
