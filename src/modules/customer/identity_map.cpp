#include "modules/customer/identity_map.h"

#include <algorithm>
#include <mutex>

namespace tilth::customer {

class IdentityMap::Guard {
public:
    Guard(const IdentityMap& map, Sight sight) : lock_(map.mutex_, std::defer_lock) {
        if (sight == Sight::Published) lock_.lock();
    }

private:
    std::shared_lock<std::shared_mutex> lock_;
};

// ---- Reading ----

const CustomerState& IdentityMap::at(Place place, Sight sight) const {
    if (sight == Sight::Writer) {
        const auto changed = changed_.find(place);
        if (changed != changed_.end()) return changed->second;
    }
    return base(place);
}

Place IdentityMap::find_place(const CustomerId& id, Sight sight) const {
    if (sight == Sight::Writer && !new_ids_.empty()) {
        const auto fresh = new_ids_.find(id);
        if (fresh != new_ids_.end()) return at(fresh->second, sight).alive ? fresh->second : kNobody;
    }
    if (index_.empty()) return kNobody;
    const std::size_t mask = index_.size() - 1;
    for (std::size_t i = IdHash{}(id) & mask; index_[i] != kNobody; i = (i + 1) & mask) {
        const CustomerState& state = at(index_[i], sight);
        if (state.id == id && state.alive) return index_[i];
    }
    return kNobody;
}

KeyState IdentityMap::key(const Bytes16& key, Sight sight) const {
    const Guard guard(*this, sight);
    return find_key(key, sight);
}

// Under one lock: a row is moved from before to now by one publish().
IdentityMap::Holder IdentityMap::holder(const kernel::BlindIndex& index, Sight sight) const {
    const Guard guard(*this, sight);
    const Holder now{index.now, find_key(index.now, sight)};
    if (now.state.number != 0 || index.before == index.now) return now;
    const Holder before{index.before, find_key(index.before, sight)};
    return before.state.number != 0 ? before : now;
}

KeyState IdentityMap::find_key(const Bytes16& key, Sight sight) const {
    if (sight == Sight::Writer && !new_keys_.empty()) {
        const auto changed = new_keys_.find(key);
        if (changed != new_keys_.end()) return changed->second;
    }
    return keys_.find(key);
}

Place IdentityMap::place_of(const CustomerId& id, Sight sight) const {
    const Guard guard(*this, sight);
    return find_place(id, sight);
}

std::optional<CustomerId> IdentityMap::id_of(Place place, Sight sight) const {
    const Guard guard(*this, sight);
    if (place >= (sight == Sight::Writer ? new_count_ : count_)) return std::nullopt;
    const CustomerState& state = at(place, sight);
    return state.alive ? std::optional(state.id) : std::nullopt;
}

std::optional<Person> IdentityMap::person_of(const CustomerId& id, Sight sight) const {
    const Guard guard(*this, sight);
    const Place place = find_place(id, sight);
    if (place == kNobody) return std::nullopt;
    const CustomerState& leader = at(at(place, sight).leader, sight);
    return Person{leader.ordinal, leader.known, leader.id};
}

std::vector<CustomerId> IdentityMap::ids_of_person(Place place, Sight sight) const {
    std::vector<Place> places;
    Place walk = place;
    do {
        places.push_back(walk);
        walk = at(walk, sight).next;
    } while (walk != place);
    const Place leader = at(place, sight).leader;
    std::sort(places.begin(), places.end(), [&](Place a, Place b) {
        if ((a == leader) != (b == leader)) return a == leader;
        return leads_before(at(a, sight), at(b, sight));
    });
    std::vector<CustomerId> ids;
    ids.reserve(places.size());
    for (const Place member : places) ids.push_back(at(member, sight).id);
    return ids;
}

std::vector<CustomerId> IdentityMap::customers_of(std::uint32_t ordinal, bool known, Sight sight) const {
    const Guard guard(*this, sight);
    const std::vector<Place>& places = known ? known_ : anonymous_;
    if (sight == Sight::Writer) {
        for (const auto& [place, state] : changed_) {
            if (state.alive && state.ordinal == ordinal && state.known == known) return ids_of_person(place, sight);
        }
    }
    if (ordinal >= places.size() || places[ordinal] == kNobody) return {};
    const CustomerState& state = at(places[ordinal], sight);
    if (!state.alive || state.ordinal != ordinal || state.known != known) return {};
    return ids_of_person(places[ordinal], sight);
}

std::vector<CustomerId> IdentityMap::customers_of(const CustomerId& id, Sight sight) const {
    const Guard guard(*this, sight);
    const Place place = find_place(id, sight);
    return place == kNobody ? std::vector<CustomerId>{} : ids_of_person(place, sight);
}

std::int64_t IdentityMap::people(bool known) const {
    const Guard guard(*this, Sight::Published);
    return people_[known ? 1 : 0];
}

std::int64_t IdentityMap::change_no() const {
    const Guard guard(*this, Sight::Published);
    return change_no_;
}

std::size_t IdentityMap::keys() const {
    const Guard guard(*this, Sight::Published);
    return keys_.size();
}

std::size_t IdentityMap::bytes() const {
    const Guard guard(*this, Sight::Published);
    return keys_.bytes() + chunks_.size() * sizeof(Chunk) +
           (index_.capacity() + known_.capacity() + anonymous_.capacity()) * sizeof(Place);
}

std::vector<std::pair<Place, CustomerState>> IdentityMap::all() const {
    const Guard guard(*this, Sight::Published);
    std::vector<std::pair<Place, CustomerState>> states;
    states.reserve(count_);
    for (Place place = 0; place < count_; ++place) {
        if (base(place).alive) states.emplace_back(place, base(place));
    }
    return states;
}

// ---- Changing: the writer's thread, in the overlay ----

CustomerState IdentityMap::state(Place place) const { return at(place, Sight::Writer); }

std::vector<Place> IdentityMap::members(Place place) const {
    std::vector<Place> places;
    Place walk = place;
    do {
        places.push_back(walk);
        walk = at(walk, Sight::Writer).next;
    } while (walk != place);
    return places;
}

bool IdentityMap::person_has_phone(Place place) const {
    Place walk = place;
    do {
        const CustomerState& state = at(walk, Sight::Writer);
        if (state.phone) return true;
        walk = state.next;
    } while (walk != place);
    return false;
}

void IdentityMap::set(Place place, const CustomerState& state) {
    const auto [entry, fresh] = changed_.try_emplace(place, state);
    if (fresh) {
        undo_.push_back([this, place] { changed_.erase(place); });
        return;
    }
    if (entry->second == state) return;
    undo_.push_back([this, place, before = entry->second] { changed_[place] = before; });
    entry->second = state;
}

Place IdentityMap::add(CustomerState state) {
    INVARIANT(new_count_ < kNobody, "customers of a tenant are numbered with 32 bits");
    const auto place = static_cast<Place>(new_count_++);
    state.leader = place;
    state.next = place;
    new_ids_.emplace(state.id, place);
    undo_.push_back([this, id = state.id] {
        new_ids_.erase(id);
        --new_count_;
    });
    set(place, state);
    return place;
}

bool IdentityMap::leads_before(const CustomerState& a, const CustomerState& b) const {
    return a.known != b.known ? a.known : a.ordinal < b.ordinal;
}

std::vector<Place> IdentityMap::seat(const std::vector<Place>& members) {
    Place leader = members.front();
    for (const Place member : members) {
        if (leads_before(state(member), state(leader))) leader = member;
    }
    std::vector<Place> moved;
    for (std::size_t i = 0; i < members.size(); ++i) {
        CustomerState member = state(members[i]);
        if (member.leader != leader) moved.push_back(members[i]);
        member.leader = leader;
        member.next = members[(i + 1) % members.size()];
        set(members[i], member);
    }
    return moved;
}

std::vector<Place> IdentityMap::change(Place place, const CustomerState& wanted) {
    CustomerState now = state(place);
    const bool other_rank = now.known != wanted.known || now.ordinal != wanted.ordinal;
    now.ordinal = wanted.ordinal;
    now.known = wanted.known;
    now.phone = wanted.phone;
    now.member = wanted.member;
    now.homed = wanted.homed;
    now.imported = wanted.imported;
    now.first_seen = wanted.first_seen;
    set(place, now);
    if (!other_rank) return {};
    std::vector<Place> all = members(place);
    const Place led = now.leader;
    std::vector<Place> moved = seat(all);
    // The person carries its leader's ordinal: where that one is new, everybody's person has changed.
    if (led == place && state(place).leader == place) return all;
    return moved;
}

void IdentityMap::remove(Place place) {
    CustomerState gone = state(place);
    INVARIANT(gone.next == place, "only a customer without links is forgotten");
    gone.alive = false;
    set(place, gone);
}

void IdentityMap::set_key(const Bytes16& key, const KeyState& state) {
    const auto [entry, fresh] = new_keys_.try_emplace(key, state);
    if (fresh) {
        undo_.push_back([this, key] { new_keys_.erase(key); });
        return;
    }
    undo_.push_back([this, key, before = entry->second] { new_keys_[key] = before; });
    entry->second = state;
}

std::vector<Place> IdentityMap::join(Place a, Place b) {
    INVARIANT(state(a).leader != state(b).leader, "only two persons can become one");
    std::vector<Place> all = members(a);
    const std::vector<Place> others = members(b);
    all.insert(all.end(), others.begin(), others.end());
    return seat(all);
}

std::vector<Place> IdentityMap::split(const std::vector<Place>& part) {
    std::vector<Place> rest = members(part.front());
    std::erase_if(rest, [&](Place place) { return std::find(part.begin(), part.end(), place) != part.end(); });
    std::vector<Place> moved = seat(part);
    if (rest.empty()) return moved;
    const std::vector<Place> more = seat(rest);
    moved.insert(moved.end(), more.begin(), more.end());
    return moved;
}

void IdentityMap::set_change_no(std::int64_t number) {
    undo_.push_back([this, before = new_change_no_] { new_change_no_ = before; });
    new_change_no_ = number;
}

void IdentityMap::undo_to(std::size_t mark) {
    while (undo_.size() > mark) {
        const auto undo = std::move(undo_.back());
        undo_.pop_back();
        undo();
    }
}

// ---- Publishing ----

void IdentityMap::index_place(const CustomerId& id, Place place) {
    if (count_ * 4 >= index_.size() * 3) grow_index();
    const std::size_t mask = index_.size() - 1;
    std::size_t i = IdHash{}(id) & mask;
    while (index_[i] != kNobody) i = (i + 1) & mask;
    index_[i] = place;
}

void IdentityMap::grow_index() {
    std::vector<Place> old(std::max<std::size_t>(64, index_.size() * 2), kNobody);
    old.swap(index_);
    const std::size_t mask = index_.size() - 1;
    for (const Place place : old) {
        if (place == kNobody) continue;
        std::size_t i = IdHash{}(base(place).id) & mask;
        while (index_[i] != kNobody) i = (i + 1) & mask;
        index_[i] = place;
    }
}

// Room for the next place; its state follows by apply().
void IdentityMap::append(const CustomerId& id) {
    const auto place = static_cast<Place>(count_);
    if (place / kChunk == chunks_.size()) {
        chunks_.push_back(std::make_unique<Chunk>());
        for (CustomerState& empty : *chunks_.back()) empty.alive = false;
    }
    (*chunks_.back())[place % kChunk].id = id;   // The index reads it when it grows.
    ++count_;
    index_place(id, place);
}

void IdentityMap::apply(Place place, const CustomerState& state) {
    CustomerState& slot = (*chunks_[place / kChunk])[place % kChunk];
    if (slot.alive && slot.leader == place) --people_[slot.known ? 1 : 0];
    if (slot.known != state.known || slot.ordinal != state.ordinal || !state.alive) {
        std::vector<Place>& before = by_ordinal(slot.known);
        if (slot.ordinal < before.size() && before[slot.ordinal] == place) before[slot.ordinal] = kNobody;
    }
    slot = state;
    if (!state.alive) return;
    if (state.leader == place) ++people_[state.known ? 1 : 0];
    std::vector<Place>& places = by_ordinal(state.known);
    if (places.size() <= state.ordinal) places.resize(state.ordinal + 1, kNobody);
    places[state.ordinal] = place;
}

void IdentityMap::publish() {
    if (undo_.empty()) return;
    undo_.clear();
    const std::unique_lock lock(mutex_);
    while (count_ < new_count_) append(changed_.at(static_cast<Place>(count_)).id);
    for (const auto& [place, state] : changed_) apply(place, state);
    for (const auto& [key, state] : new_keys_) {
        if (state.number == 0) {
            keys_.erase(key);
        } else {
            keys_.put(key, state);
        }
    }
    change_no_ = std::max(change_no_, new_change_no_);
    changed_.clear();
    new_keys_.clear();
    new_ids_.clear();
}

// ---- Loading ----

void IdentityMap::reserve(std::size_t keys) { keys_.reserve(keys); }

Place IdentityMap::load(CustomerState state) {
    INVARIANT(new_count_ < kNobody && changed_.empty(), "a map is loaded before it is used");
    const auto place = static_cast<Place>(new_count_++);
    state.leader = place;
    state.next = place;
    append(state.id);
    apply(place, state);
    return place;
}

}  // namespace tilth::customer
