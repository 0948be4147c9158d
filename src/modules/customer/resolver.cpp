#include "modules/customer/resolver.h"

#include <algorithm>
#include <tuple>

#include "modules/customer/privacy.h"
#include "modules/customer/sights.h"
#include "platform/json/value.h"

namespace tilth::customer {

Result<std::uint32_t> source_number(kernel::Unit& unit, TenantState& state, std::string_view name) {
    if (const std::uint32_t known = state.sources.source(name); known != 0) return known;
    const auto number = static_cast<std::uint32_t>(unit.next_number("customer_source"));
    TRY(store::insert_source(unit, number, name));
    state.sources.add_source(number, std::string(name));
    return number;
}

Status log_changes(kernel::Unit& unit, TenantState& state, std::vector<Place> places) {
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    for (const Place place : places) {
        const std::int64_t number = unit.next_number("customer_change");
        TRY(store::insert_change(unit, number, state.map.state(place).id));
        state.map.set_change_no(number);
    }
    return ok();
}

Result<std::int64_t> make_link(kernel::Unit& unit, TenantState& state, std::pair<Place, Place> ends,
                               const LinkWords& words, std::vector<Place>& moved) {
    const CustomerId a = state.map.state(ends.first).id;
    const CustomerId b = state.map.state(ends.second).id;
    const std::int64_t number = unit.next_number("link");
    TRY(store::insert(unit, store::NewLink{number, a, b, words.rule, words.source, words.reason, words.evidence}));
    state.links.add({number, ends.first, ends.second, words.source, LinkState::Active});
    const std::vector<Place> joined = state.map.join(ends.first, ends.second);
    moved.insert(moved.end(), joined.begin(), joined.end());
    TRY(unit.emit(
        "customer.linked", a.str(),
        json::Value::object({{"link", number}, {"a", a.str()}, {"b", b.str()}, {"rule", words.rule}}).print()));
    return number;
}

Status undo_link(kernel::Unit& unit, TenantState& state, const LinkFact& link, UndoCause cause, std::string_view reason,
                 std::vector<Place>& moved) {
    const bool by_hand = cause == UndoCause::ByHand;
    const CustomerId a = state.map.state(link.a).id;
    const CustomerId b = state.map.state(link.b).id;
    TRY(store::insert_undo(unit, link.number, by_hand, reason));
    state.links.set_state(link.number, by_hand ? LinkState::Separated : LinkState::TakenBack);
    const std::vector<Place> parted = state.map.split(state.links.reach(link.a));
    moved.insert(moved.end(), parted.begin(), parted.end());
    return unit.emit("customer.unlinked", a.str(),
                     json::Value::object({{"link", link.number}, {"a", a.str()}, {"b", b.str()}}).print());
}

Result<Resolution> Resolver::run() {
    look_up();
    Place holder = kNobody;
    if (one_person()) {
        holder = keys_.front().found.customer;
        TRY(add_sources());
    } else {
        const Decision decision = TRY(decide_holders());
        begin();
        TRY(add_sources());
        TRY(apply(decision));
        holder = places_[decision.holder.front()];
    }
    TRY(touch(holder));
    TRY(log_changes(unit_, state_, std::move(changed_)));
    out_.customer = state_.map.state(holder).id;
    out_.identity = keys_.front().found.number;
    return out_;
}

void Resolver::look_up() {
    keys_.reserve(sighting_.claims.size());
    for (const Claim& claim : sighting_.claims) keys_.push_back({&claim, claim.index.now, {}});
    const auto rank = [this](const Key& key) {
        const bool joins = state_.rules[static_cast<std::size_t>(key.claim->kind)].joins;
        return std::tuple(!joins, key.claim->kind, key.claim->index.now);
    };
    if (keys_.size() > 1) {
        std::sort(keys_.begin(), keys_.end(), [&](const Key& a, const Key& b) { return rank(a) < rank(b); });
        const auto same = [&](const Key& a, const Key& b) { return rank(a) == rank(b); };
        keys_.erase(std::unique(keys_.begin(), keys_.end(), same), keys_.end());
    }
    for (Key& key : keys_) {
        const IdentityMap::Holder holder = state_.map.holder(key.claim->index, Sight::Writer);
        key.at = holder.at;
        key.found = holder.state;
    }
}

// The common case: nothing new, nothing to join.
bool Resolver::one_person() const {
    if (keys_.front().found.number == 0) return false;
    const Place first = keys_.front().found.customer;
    return std::all_of(keys_.begin() + 1, keys_.end(), [&](const Key& key) {
        return key.found.number != 0 &&
               (key.found.customer == first || state_.map.same_person(key.found.customer, first));
    });
}

void Resolver::begin() {
    if (begun_) return;
    begun_ = true;
    state_.enlist(unit_);
}

// Remembers that this source, too, brought the keys that were there.
Status Resolver::add_sources() {
    source_ = state_.sources.source(sighting_.source);
    if (source_ == 0) {
        begin();
        source_ = TRY(source_number(unit_, state_, sighting_.source));
    }
    for (Key& key : keys_) {
        if (key.found.number == 0 || state_.sources.contains(key.found.sources, source_)) continue;
        begin();
        key.found.sources = state_.sources.with(key.found.sources, source_);
        state_.map.set_key(key.at, key.found);
        const bool full = key.found.sources == SourceSets::kEverybody;
        TRY(store::add_identity_source(unit_, key.found.number, full ? 0 : source_, sighting_.at));
    }
    return ok();
}

// How many of each limited kind a person has: phones are known from memory, the rest is rarely limited.
Status Resolver::count_kinds(Seen& seen, Place leader) const {
    seen.has[static_cast<std::size_t>(IdentityKind::Phone)] = state_.map.person_has_phone(leader) ? 1 : 0;
    const bool more = std::any_of(state_.rules.begin() + 1, state_.rules.end(),
                                  [](const KindRule& rule) { return rule.per_person != 0; });
    if (!more) return ok();
    for (const Place member : state_.map.members(leader)) {
        for (const IdentityKind kind : TRY(store::kinds_of(unit_.sql(), unit_.tenant(), state_.map.state(member).id))) {
            auto& count = seen.has[static_cast<std::size_t>(kind)];
            if (kind != IdentityKind::Phone && count < UINT8_MAX / 2) ++count;
        }
    }
    return ok();
}

Result<Decision> Resolver::decide_holders() const {
    std::vector<Seen> seen;
    seen.reserve(keys_.size());
    Counts limits{};
    for (std::size_t kind = 0; kind < kKinds; ++kind) limits[kind] = state_.rules[kind].per_person;
    for (const Key& key : keys_) {
        const auto kind = static_cast<std::size_t>(key.claim->kind);
        Seen one{.kind = key.claim->kind, .joins = state_.rules[kind].joins};
        if (key.found.number != 0) {
            const Place leader = state_.map.state(key.found.customer).leader;
            one.customer = key.found.customer;
            one.person = leader;
            one.known = state_.map.state(leader).known;
            TRY(count_kinds(one, leader));
        }
        seen.push_back(one);
    }
    const auto apart = [&](std::uint32_t a, std::uint32_t b) {
        return state_.links.separated(a, b) || state_.conflicts.kept_apart(a, b);
    };
    return decide(seen, rule_joins(sighting_.rule), apart, limits);
}

Status Resolver::apply(const Decision& decision) {
    TRY(seat_parties(decision));
    TRY(attach_all(decision));
    for (const Key& key : keys_) evidence_.push_back(key.found.number);
    for (const Pair& pair : decision.links) {
        out_.linked = true;
        TRY(make_link(unit_, state_, {places_[pair.a], places_[pair.b]}, {sighting_.rule, source_, {}, evidence_},
                      changed_));
    }
    return note_conflicts(decision);
}

// Makes the new customers and gives the others what their new keys make of them.
Status Resolver::seat_parties(const Decision& decision) {
    places_.clear();
    for (std::size_t party = 0; party < decision.parties.size(); ++party) {
        const Place place = decision.parties[party].customer;
        CustomerState wanted = place == kNobody ? CustomerState{} : state_.map.state(place);
        const CustomerState before = wanted;
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            if (decision.holder[i] != party || keys_[i].found.number != 0) continue;
            const IdentityKind kind = keys_[i].claim->kind;
            wanted.known = wanted.known || is_strong(kind);
            wanted.phone = wanted.phone || kind == IdentityKind::Phone;
            wanted.member = wanted.member || kind == IdentityKind::Card;
        }
        if (place == kNobody) {
            places_.push_back(TRY(make_customer(wanted)));
            if (party == decision.holder.front()) out_.created = true;
            continue;
        }
        places_.push_back(place);
        if (wanted == before) continue;
        if (wanted.known != before.known)
            wanted.ordinal = static_cast<std::uint32_t>(unit_.next_number("person_known"));
        const std::vector<Place> moved = state_.map.change(place, wanted);
        changed_.insert(changed_.end(), moved.begin(), moved.end());
        changed_.push_back(place);
        TRY(store::update(unit_, wanted));
    }
    return ok();
}

Result<Place> Resolver::make_customer(const CustomerState& wanted) {
    CustomerState state = wanted;
    state.id = unit_.new_id<CustomerId>();
    state.ordinal = static_cast<std::uint32_t>(unit_.next_number(state.known ? "person_known" : "person_anonymous"));
    state.first_seen = sighting_.at;
    state.homed = sighting_.home_node.has_value();
    state.imported = owner() != 0;
    TRY(store::insert(unit_, store::NewCustomer{state, sighting_.home_node, source_}));
    const Place place = state_.map.add(state);
    if (state.imported) TRY(first_sight(unit_, state_, new_sight(place)));
    changed_.push_back(place);
    return place;
}

// A phone that was erased comes back with a purchase: a new customer, whom no marketing reaches.
Status Resolver::check_suppression(const Claim& claim, const CustomerId& customer) {
    if (state_.suppressed.empty()) return ok();
    const auto fingerprint = TRY(suppression_of(vault_, unit_.tenant(), claim.kind, claim.value));
    if (!fingerprint || !is_suppressed(state_.suppressed, *fingerprint)) return ok();
    return store::suppress(unit_, customer);
}

Status Resolver::attach(std::size_t index, Place place, std::vector<kernel::VaultValue>& values) {
    Key& key = keys_[index];
    const CustomerId customer = state_.map.state(place).id;
    const std::int64_t number = unit_.next_number("identity");
    INVARIANT(number <= UINT32_MAX, "identities of a tenant are numbered with 32 bits");
    key.found = {static_cast<std::uint32_t>(number), place, state_.sources.with(0, source_)};
    state_.map.set_key(key.at, key.found);
    TRY(store::insert(unit_, store::NewIdentity{key.found.number, key.claim->kind, key.at, key.claim->index.generation,
                                                customer, sighting_.at, source_}));
    TRY(check_suppression(*key.claim, customer));
    if (!is_kept(key.claim->kind)) return ok();
    constexpr int kSeen = 100;   // The value is the key itself: nothing is more certain.
    values.push_back({vault_field(key.claim->kind, key.found.number), key.claim->value, std::string(sighting_.source),
                      sighting_.at, kSeen});
    return ok();
}

Status Resolver::attach_all(const Decision& decision) {
    for (std::size_t party = 0; party < places_.size(); ++party) {
        std::vector<kernel::VaultValue> values;
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            if (decision.holder[i] == party && keys_[i].found.number == 0) TRY(attach(i, places_[party], values));
        }
        if (!values.empty()) TRY(vault_.put(unit_, state_.map.state(places_[party]).id, values));
    }
    return ok();
}

Status Resolver::note_conflicts(const Decision& decision) {
    for (const Clash& clash : decision.conflicts) {
        const Place a = places_[clash.pair.a];
        const Place b = places_[clash.pair.b];
        if (state_.conflicts.has(a, b)) continue;
        begin();
        state_.conflicts.add(a, b);
        TRY(store::insert(unit_, store::NewConflict{state_.map.state(a).id, state_.map.state(b).id, name(clash.cause),
                                                    sighting_.rule, source_, evidence_}));
    }
    return ok();
}

NewSight Resolver::new_sight(Place place) const {
    return {place, owner(), sighting_.at, sighting_.home_node, sighting_.declares_home && owner() != 0};
}

// An earlier first sight than was known, and the first home node.
Status Resolver::touch(Place place) {
    CustomerState wanted = state_.map.state(place);
    if (owner() != 0 || wanted.imported) {
        begin();
        if (TRY(note_sight(unit_, state_, new_sight(place))))
            changed_.push_back(place);
        return ok();
    }
    const bool earlier = sighting_.at < wanted.first_seen;
    const bool home = sighting_.home_node && !wanted.homed;
    if (!earlier && !home) return ok();
    begin();
    if (earlier) wanted.first_seen = sighting_.at;
    if (home) wanted.homed = true;
    state_.map.change(place, wanted);
    changed_.push_back(place);
    if (home) TRY(store::set_home(unit_, wanted.id, sighting_.home_node));
    return earlier ? store::update(unit_, wanted) : ok();
}

}  // namespace tilth::customer
