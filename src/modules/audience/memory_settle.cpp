// Who enters and leaves: one person at a time when something touched it, everybody when a rule is new.

#include <algorithm>
#include <bit>

#include "modules/audience/memory.h"
#include "platform/crypto/crypto.h"

namespace tilth::audience {

using kernel::rules::kBlockPeople;
using kernel::rules::kBlockWords;
using kernel::rules::PlainEvent;

// One person as a rule sees it; its events are gathered when first asked for, unless they are kept.
class Memory::View final : public rules::PersonFacts {
public:
    View(const Memory& memory, std::uint32_t person) : memory_(memory), person_(person) {
        if (const auto kept = memory.kept_.find(person); kept != memory.kept_.end()) kept_ = &kept->second;
    }
    std::uint32_t person() const { return person_; }
    std::int64_t attribute(std::size_t column) const override { return memory_.person_values_[column][person_]; }
    bool member(rules::MemberKind kind, const std::string& name) const override {
        if (kind == rules::MemberKind::Org) return memory_.in_org(person_, name);
        const auto found = memory_.named_.find({kind, name});
        return found != memory_.named_.end() && found->second->members.contains(person_);
    }
    std::span<const PlainEvent> events() const override { return latest(SIZE_MAX); }
    std::span<const PlainEvent> latest(std::size_t count) const override {
        if (kept_ != nullptr) return kept_->all;
        if (count > gathered_) gathered_events_ = memory_.latest(person_, gathered_ = count);
        return gathered_events_;
    }
    // Nearly everybody did little: what many rules look at is put apart by type once.
    std::optional<std::span<const PlainEvent>> events_of(std::uint32_t type) const override {
        if (kept_ == nullptr && gathered_ <= kKeptFrom) latest(kKeptFrom + 1);
        if (kept_ == nullptr && gathered_events_.size() > kKeptFrom) return std::nullopt;
        if (type == rules::kAnyType) return latest(0);
        if (kept_ == nullptr && few_.by_type.empty()) {
            for (const PlainEvent& one : gathered_events_) few_.of(one.type).push_back(one);
        }
        for (const auto& [of, events] : (kept_ == nullptr ? few_ : *kept_).by_type) {
            if (of == type) return events;
        }
        return std::span<const PlainEvent>();
    }

private:
    const Memory& memory_;
    std::uint32_t person_;
    const Kept* kept_ = nullptr;
    mutable std::size_t gathered_ = 0;  // as many of the last ones, or all
    mutable std::vector<PlainEvent> gathered_events_;
    mutable Kept few_;
};

namespace {

bool earlier(const PlainEvent& a, const PlainEvent& b) {
    return std::tie(a.time, a.type, a.properties) < std::tie(b.time, b.type, b.properties);
}

bool has(rules::ConstBlockSet words, std::size_t bit) { return (words[bit / 64] >> (bit % 64) & 1) != 0; }

std::vector<PlainEvent> merged(std::vector<PlainEvent> a, const std::vector<PlainEvent>& b) {
    if (b.empty()) return a;
    std::vector<PlainEvent> out;
    out.reserve(a.size() + b.size());
    std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out), earlier);
    return out;
}

bool within(const rules::EventRange& range, const PlainEvent& one) {
    return (range.type == rules::kAnyType || range.type == one.type) && one.time >= range.from && one.time < range.to;
}

}  // namespace

// ---- Events and orders as one source ----

std::vector<PlainEvent> Memory::orders_of(std::uint32_t person) const {
    std::vector<PlainEvent> out;
    const auto take = [&](std::uint32_t slot) {
        const auto found = sales_of_.find(slot);
        if (found == sales_of_.end()) return;
        for (const auto& [id, event] : found->second) out.push_back(event);
    };
    if (groups_[person] == nullptr) take(person);
    else for (const std::uint32_t slot : slots_of(person)) take(slot);
    std::sort(out.begin(), out.end(), earlier);
    return out;
}

Purchases Memory::purchases(std::uint32_t person, Instant until) const {
    return purchases_of(orders_of(person), until.ms, order_codes_, calendar_);
}

std::vector<PlainEvent> Memory::latest(std::uint32_t person, std::size_t count) const {
    auto events = merged(index_.latest(person, count), orders_of(person));
    if (events.size() > count) events.erase(events.begin(), events.end() - static_cast<std::ptrdiff_t>(count));
    return events;
}

void Memory::count(std::size_t block, rules::ConstBlockSet domain, const rules::EventRange& range,
                   std::span<std::uint32_t> counts) const {
    index_.count(block, domain, range, counts);
    if (range.type != rules::kAnyType && !is_order_type(range.type)) return;
    for (std::size_t i = 0; i < kBlockPeople; ++i) {
        const std::size_t person = block * kBlockPeople + i;
        if (person >= size()) break;
        if (!has(domain, i)) continue;
        for (const PlainEvent& one : orders_of(static_cast<std::uint32_t>(person))) counts[i] += within(range, one);
    }
}

void Memory::gather(std::size_t block, rules::ConstBlockSet domain, const rules::EventRange& range,
                    const PersonFn& fn) const {
    if (range.type != rules::kAnyType && !is_order_type(range.type)) return index_.gather(block, domain, range, fn);
    std::unordered_map<std::size_t, std::vector<PlainEvent>> logged;
    index_.gather(block, domain, range, [&](std::size_t offset, std::span<const PlainEvent> events) {
        logged[offset].assign(events.begin(), events.end());
    });
    for (std::size_t i = 0; i < kBlockPeople; ++i) {
        const std::size_t person = block * kBlockPeople + i;
        if (person >= size()) break;
        if (!has(domain, i)) continue;
        auto orders = orders_of(static_cast<std::uint32_t>(person));
        std::erase_if(orders, [&](const PlainEvent& one) { return !within(range, one); });
        const auto found = logged.find(i);
        if (found == logged.end() && orders.empty()) continue;
        const auto all = found == logged.end() ? std::move(orders) : merged(std::move(found->second), orders);
        fn(i, all);
    }
}

// ---- People ----

void Memory::persons(std::size_t block, rules::BlockSet out) const {
    for (std::size_t i = 0; i < kBlockPeople; ++i) {
        const std::size_t slot = block * kBlockPeople + i;
        if (slot >= size()) break;
        if (is_person(static_cast<std::uint32_t>(slot))) out[i / 64] |= std::uint64_t{1} << (i % 64);
    }
}

const sets::Bitmap* Memory::members(rules::MemberKind kind, const std::string& name) const {
    if (kind == rules::MemberKind::Org) {
        const auto found = org_members_.find(name);
        return found == org_members_.end() ? nullptr : &found->second;
    }
    const auto found = named_.find({kind, name});
    return found == named_.end() ? nullptr : &found->second->members;
}

void Memory::prepare(const rules::Plan& plan) {
    for (const auto& [kind, name] : plan.touches().members) {
        if (kind != rules::MemberKind::Org) continue;
        sets::Bitmap found;
        for (std::uint32_t slot = 0; slot < size(); ++slot) {
            if (is_person(slot) && in_org(slot, name)) found.add(slot);
        }
        org_members_[name] = std::move(found);
    }
}

std::int32_t Memory::home_of(std::uint32_t person) const {
    if (groups_[person] == nullptr) return -1;
    for (const std::uint32_t slot : slots_of(person)) {
        if (homes_[slot] >= 0) return homes_[slot];
    }
    return -1;
}

bool Memory::in_org(std::uint32_t person, const std::string& name) const {
    const auto found = nodes_named_.find(name);
    return found != nodes_named_.end() && found->second.contains(home_of(person));
}

// ---- One person ----

bool Memory::holds(const rules::Plan& plan, std::uint32_t person, Instant now) const {
    return plan.holds(View(*this, person), now);
}

rules::Plan::Verdict Memory::judge(const Set& set, const View& view, Instant now) const {
    rules::Plan::Verdict out;
    if (set.of.archived_at || !is_person(view.person())) return out;
    if (set.plan) return set.plan->judge(view, now);
    for (const std::uint32_t slot : slots_of(view.person())) {
        const auto found = set.assigned.find(slot);
        if (found == set.assigned.end() || found->second <= now.ms) continue;
        out.holds = true;
        out.next_change = std::min(out.next_change, Instant{found->second});
    }
    return out;
}

constexpr std::size_t kEventsKnown = 16;  // 2^16 events and more are enough for any rule

std::size_t Memory::most_events(std::uint32_t person) const {
    std::size_t out = 0;
    if (groups_[person] == nullptr) return out;
    for (const std::uint32_t slot : slots_of(person)) {
        out += logged_[slot];
        if (const auto sales = sales_of_.find(slot); sales != sales_of_.end()) out += sales->second.size();
    }
    return out;
}

void Memory::index_sets() {
    const std::size_t words = (sets_.size() + 63) / 64;
    asking_ = {.all = SetMask(words),
               .any_type = SetMask(words),
               .needing = std::vector<SetMask>(kEventsKnown, SetMask(words)),
               .types = {},
               .columns = {},
               .members = {}};
    for (std::size_t i = 0; i < sets_.size(); ++i) {
        const Set& set = *sets_[i];
        if (set.of.archived_at) continue;
        const auto note = [&](SetMask& mask) {
            mask.resize(words);
            mask[i / 64] |= std::uint64_t{1} << (i % 64);
        };
        note(asking_.all);
        const std::size_t needed = set.plan ? set.plan->events_needed() : 0;
        for (std::size_t bits = 0; bits < kEventsKnown; ++bits) {
            if (needed < (std::size_t{1} << bits)) note(asking_.needing[bits]);
        }
        for (const std::uint32_t type : set.touches.types)
            note(type == rules::kAnyType ? asking_.any_type : asking_.types[type]);
        for (const std::size_t column : set.touches.attributes) note(asking_.columns[column]);
        for (const auto& member : set.touches.members) note(asking_.members[member]);
        note(asking_.members[{set.kind, set.of.name}]);  // who is in it by hand
    }
}

Memory::SetMask Memory::asking(const Touch& touch) const {
    if (touch.all) return asking_.all;
    SetMask out(asking_.all.size());
    const auto add = [&](const SetMask& mask) {
        for (std::size_t w = 0; w < out.size(); ++w) out[w] |= mask[w];
    };
    const auto add_of = [&](const auto& masks, const auto& key) {
        if (const auto found = masks.find(key); found != masks.end()) add(found->second);
    };
    if (!touch.types.empty()) add(asking_.any_type);
    for (const std::uint32_t type : touch.types) add_of(asking_.types, type);
    for (const std::size_t column : touch.columns) add_of(asking_.columns, column);
    for (const auto& member : touch.members) add_of(asking_.members, member);
    return out;
}

void Memory::flip(Set& set, std::uint32_t slot, bool entered, Instant now, Cause cause, std::vector<Transition>& out) {
    if (entered) set.members.add(slot);
    else set.members.remove(slot);
    Transition one{set.of.id, set.of.family, customers_[slot], entered, now, cause, {}, {}};
    const View view(*this, slot);
    for (const Part& part : set.parts) {
        if (is_person(slot) && part.plan.holds(view, now) != entered) continue;
        one.because_zh.push_back(part.zh);
        one.because_en.push_back(part.en);
    }
    out.push_back(std::move(one));
}

void Memory::wake_at(std::uint32_t slot, Instant due, bool replace) {
    const std::int64_t before = due_[slot];
    const std::int64_t after = replace ? due.ms : std::min(before, due.ms);
    if (after == before) return;
    if (before != Instant::never().ms) wakes_.erase({before, slot});
    if (after != Instant::never().ms) wakes_.insert({after, slot});
    due_[slot] = after;
}

// ---- The events of those who do much ----

std::vector<PlainEvent>& Memory::Kept::of(std::uint32_t type) {
    for (auto& [known, events] : by_type) {
        if (known == type) return events;
    }
    return by_type.emplace_back(type, std::vector<PlainEvent>()).second;
}

void Memory::Kept::add(const PlainEvent& one) {
    for (auto* events : {&all, &of(one.type)}) {
        const bool last = events->empty() || !earlier(one, events->back());
        events->insert(last ? events->end() : std::upper_bound(events->begin(), events->end(), one, earlier), one);
    }
}

void Memory::keep(std::uint32_t person) {
    index_.order_tail(person);
    if (most_events(person) <= kKeptFrom || kept_.contains(person)) return;
    if (kept_events_ > kKeptMax) {
        kept_.clear();
        kept_events_ = 0;
    }
    Kept& one = kept_[person];
    one.all = latest(person, SIZE_MAX);
    for (const PlainEvent& event : one.all) one.of(event.type).push_back(event);
    kept_events_ += one.all.size();
}

void Memory::forget_kept(std::uint32_t person) {
    const auto found = kept_.find(person);
    if (found == kept_.end()) return;
    kept_events_ -= std::min(kept_events_, found->second.all.size());
    kept_.erase(found);
}

void Memory::evaluate(std::uint32_t slot, Instant now, const Touch& touch, std::vector<Transition>& out) {
    if (touch.all || !touch.columns.empty()) forget_kept(slot);
    keep(slot);
    const View view(*this, slot);
    Instant due = Instant::never();
    SetMask open = asking(touch);
    SetMask by_sets(open.size());  // those that a set before them has moved
    // Another event leaves in who is in by rules that events only fulfil; what time does to them was known before.
    const bool by_events = !touch.all && touch.columns.empty() && touch.members.empty();
    // Who has too few events for a rule was not in before either.
    const std::size_t known = static_cast<std::size_t>(std::bit_width(by_events ? most_events(slot) : 0));
    if (by_events && known < kEventsKnown) {
        for (std::size_t w = 0; w < open.size(); ++w) open[w] &= asking_.needing[known][w];
    }
    for (std::size_t w = 0; w < open.size(); ++w) {
        while (open[w] != 0) {
            const int bit = std::countr_zero(open[w]);
            open[w] &= open[w] - 1;
            Set& set = *sets_[w * 64 + static_cast<std::size_t>(bit)];
            const bool was = set.members.contains(slot);
            const bool asked_by_sets = (by_sets[w] >> bit & 1) != 0;
            const auto stays = was ? rules::Plan::Trend::Up : rules::Plan::Trend::Down;
            if (by_events && !asked_by_sets && set.trend == stays) continue;
            const auto [is, next] = judge(set, view, now);
            if (is != was) {
                flip(set, slot, is, now, touch.cause, out);
                // Rules that ask for this set stand behind it.
                const SetMask& asking = asking_.members.at({set.kind, set.of.name});
                const std::uint64_t here = asking[w] & ~(~std::uint64_t{0} >> (63 - bit));
                for (std::size_t at = w; at < open.size(); ++at) {
                    open[at] |= at == w ? here : asking[at];
                    by_sets[at] |= asking[at];
                }
            }
            due = std::min(due, next);
        }
    }
    wake_at(slot, due, touch.all);
}

// ---- Everybody ----

sets::Bitmap Memory::all(const Set& set, Instant now) {
    sets::Bitmap found;
    if (set.of.archived_at) return found;
    if (set.plan) {
        prepare(*set.plan);
        return set.plan->all(*this, now);
    }
    for (const auto& [slot, until] : set.assigned) {
        if (until > now.ms && groups_[slot] != nullptr) found.add(rep_[slot]);
    }
    return found;
}

void Memory::fill(Set& set, Instant now, std::vector<Transition>& out) {
    set.fresh = false;
    const sets::Bitmap is = all(set, now);
    sets::Bitmap entered = is;
    entered -= set.members;
    sets::Bitmap left = set.members;
    left -= is;
    for (const std::uint32_t slot : left.to_vector()) flip(set, slot, false, now, set.fresh_cause, out);
    for (const std::uint32_t slot : entered.to_vector()) flip(set, slot, true, now, set.fresh_cause, out);
    if (set.of.archived_at) return;
    for (std::uint32_t slot = 0; slot < size(); ++slot) {
        if (is_person(slot)) wake_at(slot, judge(set, View(*this, slot), now).next_change, false);
    }
}

std::vector<Transition> Memory::settle(Instant now, bool whole, bool scores) {
    std::vector<Transition> out;
    for (const std::uint32_t person : std::exchange(uncounted_, {})) count_orders(person);
    const Day yesterday = calendar_.day_of(now) + -1;
    if (whole) {
        score(yesterday);
        touched_.clear();
        for (const auto& set : sets_) {
            set->fresh_cause = Cause::CaughtUp;
            fill(*set, now, out);
        }
        return out;
    }
    // Moments that have come are settled as of then, so that what is written does not depend on when somebody looked.
    // What a fact of this batch touched is looked at as of now: the fact was not known then.
    while (true) {
        const Day day = scored_as_of_.value_or(yesterday) + 2;  // whose beginning moves the scores next
        const std::int64_t begins = calendar_.start_of(day).ms;
        const bool woken = !wakes_.empty() && wakes_.begin()->first <= now.ms;
        if (begins <= now.ms && (!woken || begins <= wakes_.begin()->first)) {
            begin_day(day, out);
            continue;
        }
        if (!woken) break;
        const auto [moment, slot] = *wakes_.begin();
        wake_at(slot, Instant::never(), true);
        if (touched_.contains(slot)) {
            touched_.at(slot).all = true;
            continue;
        }
        evaluate(slot, {moment}, {.cause = Cause::Time, .all = true}, out);
    }
    if (rfm_behind_ && scores) {
        for (const std::uint32_t slot : score(yesterday)) {
            Touch& touched = touch(slot, Cause::Order);
            for (std::size_t column = kRfmClass; column <= kRfmM; ++column) touched.columns.push_back(column);
        }
    }
    for (const auto& set : sets_) {
        if (set->fresh) fill(*set, now, out);
    }
    auto touched = std::exchange(touched_, {});
    std::vector<std::uint32_t> order;
    order.reserve(touched.size());
    for (const auto& [slot, touch] : touched) order.push_back(slot);
    std::sort(order.begin(), order.end());
    for (const std::uint32_t slot : order) evaluate(slot, now, touched.at(slot), out);
    return out;
}

// Scores move with the day: purchases leave the window, and everybody's last one is a day older.
void Memory::begin_day(Day day, std::vector<Transition>& out) {
    const Instant begins = calendar_.start_of(day);
    for (const std::uint32_t slot : score(day + -1)) {
        Touch of{.cause = Cause::Time};
        for (std::size_t column = kRfmClass; column <= kRfmM; ++column) of.columns.push_back(column);
        if (const auto waits = touched_.find(slot); waits != touched_.end()) {
            waits->second.columns.insert(waits->second.columns.end(), of.columns.begin(), of.columns.end());
        } else {
            evaluate(slot, begins, of, out);
        }
    }
}

void Memory::rfm_rule(const RfmRule& rule) {
    rfm_behind_ = rfm_behind_ || !(rule == rfm_rule_);
    rfm_rule_ = rule;
}

Memory::Scored Memory::rfm_at(Day as_of) const {
    const std::int64_t from = calendar_.start_of(as_of + -static_cast<std::int32_t>(rfm_rule_.window_days) + 1).ms;
    const std::int64_t to = calendar_.start_of(as_of + 1).ms;
    Scored out;
    for (std::uint32_t person = 0; person < size(); ++person) {
        if (!is_person(person) || person_values_[kKnown][person] != 1) continue;
        RfmMeasures one{.person = person};
        std::int64_t last = 0;
        for (const std::uint32_t slot : slots_of(person)) {
            const auto sales = sales_of_.find(slot);
            if (sales == sales_of_.end()) continue;
            for (const auto& [id, order] : sales->second) {
                if (order.time < from || order.time >= to) continue;
                one.monetary += order.properties[order_codes_.amount];
                if (order.type != order_codes_.paid) continue;
                ++one.frequency;
                last = std::max(last, order.time);
            }
        }
        if (one.frequency == 0) continue;
        one.recency_days = as_of - calendar_.day_of({last});
        out.people.push_back(one);
    }
    out.scale = scale_of(out.people, rfm_rule_);
    return out;
}

std::vector<std::uint32_t> Memory::score(Day as_of) {
    const Scored scored = rfm_at(as_of);
    std::array<std::uint32_t, kRfmClasses> class_codes{};
    for (std::size_t i = 0; i < kRfmClasses; ++i) class_codes[i] = codes_.texts.code(kRfmWords[i].name);
    std::vector<std::uint32_t> moved;
    auto next = scored.people.begin();
    for (std::uint32_t person = 0; person < size(); ++person) {
        std::array<std::int64_t, kOfRfm> now;
        now.fill(rules::kMissing);
        if (next != scored.people.end() && next->person == person) {
            const RfmScores scores = scored.scale.scores(*next++);
            now = {class_codes[static_cast<std::size_t>(scored.scale.class_of(scores))], scores.r, scores.f, scores.m};
        }
        bool differs = false;
        for (std::size_t i = 0; i < kOfRfm; ++i) {
            std::int64_t& value = person_values_[kRfmClass + i][person];
            differs = differs || value != now[i];
            value = now[i];
        }
        if (differs) moved.push_back(person);
    }
    scored_as_of_ = as_of;
    rfm_behind_ = false;
    return moved;
}

Instant Memory::next_wake() const {
    const Instant wake = wakes_.empty() ? Instant::never() : Instant{wakes_.begin()->first};
    return scored_as_of_ ? std::min(wake, calendar_.start_of(*scored_as_of_ + 2)) : wake;
}

// ---- Questions ----

std::vector<Condition> Memory::conditions(const SetId& set, std::uint32_t person, Instant now) const {
    std::vector<Condition> out;
    const auto found = by_id_.find(set);
    if (found == by_id_.end()) return out;
    const View view(*this, person);
    for (const Part& part : found->second->parts) out.push_back({part.zh, part.en, part.plan.holds(view, now)});
    return out;
}

const sets::Bitmap* Memory::members_of(const SetId& set) const {
    const auto found = by_id_.find(set);
    return found == by_id_.end() ? nullptr : &found->second->members;
}

bool Memory::sees(const kernel::Scope& scope, std::uint32_t person) const {
    if (scope.all) return true;
    const std::int32_t home = home_of(person);
    return home >= 0 && scope.covers(node_ids_[static_cast<std::size_t>(home)]);
}

sets::Bitmap Memory::visible(const kernel::Scope& scope) const {
    sets::Bitmap found;
    for (std::uint32_t slot = 0; slot < size(); ++slot) {
        if (is_person(slot) && sees(scope, slot)) found.add(slot);
    }
    return found;
}

sets::Bitmap Memory::flagged(std::size_t column) const {
    sets::Bitmap found;
    for (std::uint32_t slot = 0; slot < size(); ++slot) {
        if (is_person(slot) && person_values_[column][slot] == 1) found.add(slot);
    }
    return found;
}

std::optional<std::uint32_t> Memory::person_of(const CustomerId& customer) const {
    const auto found = slots_.find(customer);
    if (found == slots_.end() || groups_[found->second] == nullptr) return std::nullopt;
    return rep_[found->second];
}

std::vector<CustomerId> Memory::customers_of(std::uint32_t person) const {
    std::vector<CustomerId> out;
    if (groups_[person] == nullptr) return out;
    for (const std::uint32_t slot : slots_of(person)) out.push_back(customers_[slot]);
    return out;
}

std::vector<std::string> Memory::event_types() const {
    std::vector<std::string> out;
    for (std::uint32_t code = 0; code < codes_.types.size(); ++code) out.push_back(codes_.types.text(code));
    return out;
}

std::string Memory::hash() const {
    crypto::Hasher hasher;
    for (const auto& [id, set] : by_id_) {
        std::vector<CustomerId> members;
        for (const std::uint32_t slot : set->members.to_vector()) members.push_back(customers_[slot]);
        std::sort(members.begin(), members.end());
        if (members.empty()) continue;
        hasher.add(id.raw());
        for (const CustomerId& one : members) hasher.add(one.raw());
    }
    return crypto::hex(crypto::view(hasher.finish()));
}

std::vector<SetId> Memory::differing(Instant now) {
    std::vector<SetId> out;
    for (const auto& set : sets_) {
        if (!(all(*set, now) == set->members)) out.push_back(set->of.id);
    }
    return out;
}

}  // namespace tilth::audience
