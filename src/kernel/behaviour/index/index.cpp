#include "kernel/behaviour/index/index.h"

#include <algorithm>
#include <bit>

#include "platform/crypto/crypto.h"

namespace tilth::kernel {
namespace {

using rules::EventRange;
using rules::kAnyType;
using rules::kBlockPeople;
using rules::kBlockWords;
using rules::kMissing;
using rules::PlainEvent;

std::int64_t month_start(std::int64_t ms, int by = 0) {
    const std::int64_t day = ms >= 0 ? ms / 86'400'000 : -1;
    CivilDate civil = civil_from_day({static_cast<std::int32_t>(day)});
    const int months = civil.year * 12 + civil.month - 1 + by;
    return std::int64_t{day_from_civil({months / 12, months % 12 + 1, 1}).number} * 86'400'000;
}

bool in(const EventRange& range, const PlainEvent& one) {
    return (range.type == kAnyType || one.type == range.type) && one.time >= range.from && one.time < range.to;
}

bool has(rules::ConstBlockSet words, std::size_t bit) { return (words[bit / 64] >> (bit % 64) & 1) != 0; }

bool by_time(const PlainEvent& a, const PlainEvent& b) {
    return std::tie(a.time, a.type, a.properties) < std::tie(b.time, b.type, b.properties);
}

// Stable, by slot: two passes over what the greatest slot needs; then each run by time, which it mostly is already.
void sort_by_slot(std::vector<IndexedEvent>& events) {
    std::uint32_t most = 0;
    for (const IndexedEvent& one : events) most = std::max(most, one.slot);
    const int bits = std::max(1, (static_cast<int>(std::bit_width(most)) + 1) / 2);
    std::vector<std::uint32_t> order(events.size());
    std::vector<std::uint32_t> swapped(events.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    for (int pass = 0; pass < 2; ++pass) {
        const auto digit = [&](std::uint32_t i) { return events[i].slot >> (pass * bits) & ((1u << bits) - 1); };
        std::vector<std::uint32_t> starts((std::size_t{1} << bits) + 1);
        for (const std::uint32_t i : order) ++starts[digit(i) + 1];
        for (std::size_t d = 1; d < starts.size(); ++d) starts[d] += starts[d - 1];
        for (const std::uint32_t i : order) swapped[starts[digit(i)]++] = i;
        order.swap(swapped);
    }
    std::vector<IndexedEvent> sorted;
    sorted.reserve(events.size());
    for (const std::uint32_t i : order) sorted.push_back(events[i]);
    events.swap(sorted);
    for (std::size_t begin = 0; begin < events.size();) {
        std::size_t end = begin + 1;
        bool ordered = true;
        for (; end < events.size() && events[end].slot == events[begin].slot; ++end)
            ordered = ordered && by_time(events[end - 1].event, events[end].event);
        if (!ordered) {
            std::sort(events.begin() + static_cast<std::ptrdiff_t>(begin),
                      events.begin() + static_cast<std::ptrdiff_t>(end),
                      [](const IndexedEvent& a, const IndexedEvent& b) { return by_time(a.event, b.event); });
        }
        begin = end;
    }
}

}  // namespace

std::size_t BehaviourIndex::Partition::find(std::uint32_t slot) const {
    const auto at = std::lower_bound(slots.begin(), slots.end(), slot);
    return at != slots.end() && *at == slot ? static_cast<std::size_t>(at - slots.begin()) : slots.size();
}

PlainEvent BehaviourIndex::Partition::at(std::size_t row) const {
    PlainEvent out;
    out.time = start + times[row];
    out.type = types[row];
    for (std::size_t p = 0; p < properties.size(); ++p) {
        if (!properties[p].empty()) out.properties[p] = properties[p][row];
    }
    return out;
}

std::pair<std::size_t, std::size_t> BehaviourIndex::Partition::rows(std::size_t run, const EventRange& range) const {
    std::size_t begin = begins[run];
    std::size_t end = begins[run + 1];
    if (range.from > start) {
        const auto from = static_cast<std::uint32_t>(std::min(range.from - start, std::int64_t{UINT32_MAX}));
        while (begin < end && times[begin] < from) ++begin;
    }
    if (range.to < until) {
        const auto to = static_cast<std::uint32_t>(std::max(range.to - start, std::int64_t{0}));
        while (begin < end && times[end - 1] >= to) --end;
    }
    return {begin, end};
}

std::uint32_t BehaviourIndex::Partition::count(std::size_t run, const EventRange& range) const {
    const auto [begin, end] = rows(run, range);
    if (range.type == kAnyType) return static_cast<std::uint32_t>(end - begin);
    std::uint32_t out = 0;
    for (std::size_t row = begin; row < end; ++row) out += types[row] == range.type ? 1 : 0;
    return out;
}

void BehaviourIndex::Partition::take(std::size_t run, const EventRange& range, std::vector<PlainEvent>& out) const {
    const auto [begin, end] = rows(run, range);
    for (std::size_t row = begin; row < end; ++row) {
        if (range.type == kAnyType || types[row] == range.type) out.push_back(at(row));
    }
}

void BehaviourIndex::append(std::span<const IndexedEvent> events) {
    for (const IndexedEvent& one : events) {
        INVARIANT(one.event.type < 65'535, "an event type has two bytes");
        const std::size_t block = one.slot / kBlockPeople;
        if (block >= tail_.size()) tail_.resize(block + 1);
        Tail& tail = tail_[block][one.slot];
        const bool ordered = tail.ordered == tail.events.size() &&
                             (tail.events.empty() || !by_time(one.event, tail.events.back()));
        tail.events.push_back(one.event);
        if (ordered) ++tail.ordered;
    }
    tail_events_ += events.size();
}

void BehaviourIndex::fill(Partition& month, const std::vector<IndexedEvent>& sorted) {
    const std::size_t rows = sorted.size();
    month.slots.clear();
    month.begins.clear();
    month.times.resize(rows);
    month.types.resize(rows);
    for (std::size_t p = 0; p < month.properties.size(); ++p) {
        auto& column = month.properties[p];
        const bool used = std::any_of(sorted.begin(), sorted.end(),
                                      [&](const IndexedEvent& one) { return one.event.properties[p] != kMissing; });
        column.resize(used ? rows : 0);
        if (!used) continue;
        for (std::size_t row = 0; row < rows; ++row) column[row] = sorted[row].event.properties[p];
    }
    for (std::size_t row = 0; row < rows; ++row) {
        if (row == 0 || sorted[row].slot != sorted[row - 1].slot) {
            month.slots.push_back(sorted[row].slot);
            month.begins.push_back(static_cast<std::uint32_t>(row));
        }
        month.times[row] = static_cast<std::uint32_t>(sorted[row].event.time - month.start);
        month.types[row] = static_cast<std::uint16_t>(sorted[row].event.type);
    }
    month.begins.push_back(static_cast<std::uint32_t>(rows));
    month.slots.shrink_to_fit();
    month.begins.shrink_to_fit();
}

void BehaviourIndex::seal() {
    std::vector<IndexedEvent> recent;
    recent.reserve(tail_events_);
    for (const auto& block : tail_) {
        for (const auto& [slot, tail] : block) {
            for (const PlainEvent& one : tail.events) recent.push_back({slot, one});
        }
    }
    tail_.clear();
    tail_events_ = 0;
    build(recent);
}

void BehaviourIndex::build(std::span<const IndexedEvent> added) {
    std::map<std::int64_t, std::vector<IndexedEvent>> fresh;
    std::vector<IndexedEvent>* into = nullptr;
    std::int64_t start = 1;
    std::int64_t end = 0;
    for (const IndexedEvent& one : added) {
        INVARIANT(one.event.type < 65'535, "an event type has two bytes");
        if (one.event.time < start || one.event.time >= end) {
            start = month_start(one.event.time);
            end = month_start(one.event.time, 1);
            into = &fresh[start];
        }
        into->push_back(one);
    }
    for (auto& [begin, events] : fresh) {
        sort_by_slot(events);
        auto& partitions = months_[begin];
        Partition& made = partitions.emplace_back();
        made.start = begin;
        made.until = month_start(begin, 1);
        fill(made, events);
        while (partitions.size() > 1 && partitions.end()[-2].size() <= 2 * partitions.back().size())
            merge_last(partitions);
    }
}

void BehaviourIndex::compact() {
    for (auto& [start, partitions] : months_) {
        while (partitions.size() > 1) merge_last(partitions);
    }
}

void BehaviourIndex::merge_last(std::vector<Partition>& partitions) {
    Partition both = merged(partitions.end()[-2], partitions.back());
    partitions.pop_back();
    partitions.back() = std::move(both);
}

BehaviourIndex::Partition BehaviourIndex::merged(const Partition& a, const Partition& b) {
    Partition out;
    out.start = a.start;
    out.until = a.until;
    const std::size_t rows = a.size() + b.size();
    out.times.reserve(rows);
    out.types.reserve(rows);
    out.slots.reserve(a.slots.size() + b.slots.size());
    out.begins.reserve(a.slots.size() + b.slots.size() + 1);
    std::array<bool, rules::Registry::kPropertiesMax> used{};
    for (std::size_t p = 0; p < used.size(); ++p) {
        used[p] = !a.properties[p].empty() || !b.properties[p].empty();
        if (used[p]) out.properties[p].reserve(rows);
    }
    const auto take = [&](const Partition& from, std::size_t begin, std::size_t end) {
        const auto part = [&](const auto& column) {
            return std::pair(column.begin() + static_cast<std::ptrdiff_t>(begin),
                             column.begin() + static_cast<std::ptrdiff_t>(end));
        };
        const auto add = [&](auto& to, const auto& column) {
            const auto [first, last] = part(column);
            to.insert(to.end(), first, last);
        };
        add(out.times, from.times);
        add(out.types, from.types);
        for (std::size_t p = 0; p < used.size(); ++p) {
            if (!used[p]) continue;
            if (from.properties[p].empty()) out.properties[p].resize(out.times.size(), kMissing);
            else add(out.properties[p], from.properties[p]);
        }
    };
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.slots.size() || j < b.slots.size()) {
        const bool of_a = j == b.slots.size() || (i < a.slots.size() && a.slots[i] <= b.slots[j]);
        const bool of_b = i == a.slots.size() || (j < b.slots.size() && b.slots[j] <= a.slots[i]);
        out.slots.push_back(of_a ? a.slots[i] : b.slots[j]);
        out.begins.push_back(static_cast<std::uint32_t>(out.times.size()));
        if (of_a && of_b) {
            std::size_t at = a.begins[i];
            std::size_t other = b.begins[j];
            while (at < a.begins[i + 1] || other < b.begins[j + 1]) {
                const bool first = other == b.begins[j + 1] ||
                                   (at < a.begins[i + 1] && !by_time(b.at(other), a.at(at)));
                take(first ? a : b, first ? at : other, (first ? at : other) + 1);
                ++(first ? at : other);
            }
        } else {
            const Partition& one = of_a ? a : b;
            const std::size_t run = of_a ? i : j;
            take(one, one.begins[run], one.begins[run + 1]);
        }
        i += of_a ? 1 : 0;
        j += of_b ? 1 : 0;
    }
    out.begins.push_back(static_cast<std::uint32_t>(rows));
    return out;
}

void BehaviourIndex::link(std::uint32_t person, std::vector<std::uint32_t> slots) {
    if (const auto known = links_.find(person); known != links_.end()) {
        for (const std::uint32_t slot : known->second) absorbed_.erase(slot);
        links_.erase(known);
    }
    std::erase(slots, person);
    if (slots.empty()) return;
    for (const std::uint32_t slot : slots) absorbed_[slot] = person;
    links_[person] = std::move(slots);
}

void BehaviourIndex::drop_before(Instant moment) {
    std::erase_if(months_, [&](const auto& one) { return one.second.front().until <= moment.ms; });
    const std::int64_t kept = month_start(moment.ms);
    for (auto& block : tail_) {
        for (auto& [slot, tail] : block) {
            tail.order();
            tail_events_ -= std::erase_if(tail.events, [&](const PlainEvent& one) { return one.time < kept; });
            tail.ordered = tail.events.size();
        }
        std::erase_if(block, [](const auto& one) { return one.second.events.empty(); });
    }
}

void BehaviourIndex::Tail::order() {
    const auto middle = events.begin() + static_cast<std::ptrdiff_t>(ordered);
    if (middle == events.end()) return;
    std::sort(middle, events.end(), by_time);
    // Late events fall among the last ones as a rule.
    std::inplace_merge(std::upper_bound(events.begin(), middle, *middle, by_time), middle, events.end(), by_time);
    ordered = events.size();
}

void BehaviourIndex::order_tail(std::uint32_t person) {
    const auto order = [this](std::uint32_t slot) {
        const std::size_t block = slot / kBlockPeople;
        if (block >= tail_.size()) return;
        if (const auto found = tail_[block].find(slot); found != tail_[block].end()) found->second.order();
    };
    order(person);
    if (const auto linked = links_.find(person); linked != links_.end()) {
        for (const std::uint32_t slot : linked->second) order(slot);
    }
}

const BehaviourIndex::Tail* BehaviourIndex::tail_of(std::uint32_t slot) const {
    const std::size_t block = slot / kBlockPeople;
    if (block >= tail_.size()) return nullptr;
    const auto found = tail_[block].find(slot);
    return found == tail_[block].end() ? nullptr : &found->second;
}

void BehaviourIndex::take_slot(std::uint32_t slot, const EventRange& range, std::vector<PlainEvent>& out) const {
    for (const auto& [start, partitions] : months_) {
        if (partitions.front().until <= range.from || start >= range.to) continue;
        for (const Partition& month : partitions) {
            const std::size_t run = month.find(slot);
            if (run < month.slots.size()) month.take(run, range, out);
        }
    }
    if (const auto* recent = tail_of(slot))
        std::copy_if(recent->events.begin(), recent->events.end(), std::back_inserter(out),
                     [&](const PlainEvent& one) { return in(range, one); });
}

// Appends, by time; a few more than `count` may come.
void BehaviourIndex::take_latest(std::uint32_t slot, std::size_t count, std::vector<PlainEvent>& out) const {
    const auto begin = static_cast<std::ptrdiff_t>(out.size());
    std::vector<const std::vector<Partition>*> months;  // newest first
    std::size_t found = 0;
    for (auto at = months_.rbegin(); at != months_.rend() && found < count; ++at) {
        months.push_back(&at->second);
        for (const Partition& one : at->second) {
            const std::size_t run = one.find(slot);
            if (run < one.slots.size()) found += one.begins[run + 1] - one.begins[run];
        }
    }
    for (auto at = months.rbegin(); at != months.rend(); ++at) {
        const auto month = static_cast<std::ptrdiff_t>(out.size());
        for (const Partition& one : **at) {
            const std::size_t run = one.find(slot);
            if (run == one.slots.size()) continue;
            const auto before = static_cast<std::ptrdiff_t>(out.size());
            const std::size_t last = one.begins[run + 1];
            for (std::size_t row = std::max<std::size_t>(one.begins[run], last - std::min<std::size_t>(last, count));
                 row < last; ++row)
                out.push_back(one.at(row));
            std::inplace_merge(out.begin() + month, out.begin() + before, out.end(), by_time);
        }
    }
    const Tail* tail = tail_of(slot);
    if (tail == nullptr) return;
    const auto middle = static_cast<std::ptrdiff_t>(out.size());
    if (tail->ordered == tail->events.size()) {
        const std::size_t taken = std::min(count, tail->events.size());
        out.insert(out.end(), tail->events.end() - static_cast<std::ptrdiff_t>(taken), tail->events.end());
    } else {
        out.insert(out.end(), tail->events.begin(), tail->events.end());
        std::sort(out.begin() + middle, out.end(), by_time);
    }
    std::inplace_merge(out.begin() + begin, out.begin() + middle, out.end(), by_time);
}

std::vector<PlainEvent> BehaviourIndex::latest(std::uint32_t person, std::size_t count) const {
    std::vector<PlainEvent> out;
    take_latest(person, count, out);
    if (const auto linked = links_.find(person); linked != links_.end()) {
        for (const std::uint32_t slot : linked->second) take_latest(slot, count, out);
        std::sort(out.begin(), out.end(), by_time);
    }
    if (out.size() > count) out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(count));
    return out;
}

void BehaviourIndex::count(std::size_t block, rules::ConstBlockSet domain, const EventRange& range,
                           std::span<std::uint32_t> counts) const {
    const std::size_t first = block * kBlockPeople;
    const std::uint64_t end = first + kBlockPeople;
    for (const auto& [start, partitions] : months_) {
        if (partitions.front().until <= range.from || start >= range.to) continue;
        for (const Partition& month : partitions) {
            auto run = static_cast<std::size_t>(std::lower_bound(month.slots.begin(), month.slots.end(), first) -
                                                month.slots.begin());
            for (; run < month.slots.size() && month.slots[run] < end; ++run) {
                const std::size_t offset = month.slots[run] - first;
                if (has(domain, offset)) counts[offset] += month.count(run, range);
            }
        }
    }
    if (block < tail_.size()) {
        for (const auto& [slot, tail] : tail_[block]) {
            for (const PlainEvent& one : tail.events) counts[slot - first] += in(range, one) ? 1 : 0;
        }
    }
    std::vector<PlainEvent> more;
    for (auto at = links_.lower_bound(static_cast<std::uint32_t>(first)); at != links_.end() && at->first < end; ++at) {
        if (!has(domain, at->first - first)) continue;
        more.clear();
        for (const std::uint32_t slot : at->second) take_slot(slot, range, more);
        counts[at->first - first] += static_cast<std::uint32_t>(more.size());
    }
}

void BehaviourIndex::gather(std::size_t block, rules::ConstBlockSet domain, const EventRange& range,
                            const PersonFn& fn) const {
    struct Cursor {
        const Partition* month;
        std::size_t run;
    };
    const std::size_t first = block * kBlockPeople;
    std::vector<Cursor> cursors;
    for (const auto& [start, partitions] : months_) {
        if (partitions.front().until <= range.from || start >= range.to) continue;
        for (const Partition& month : partitions)
            cursors.push_back(
                {&month, static_cast<std::size_t>(std::lower_bound(month.slots.begin(), month.slots.end(), first) -
                                                  month.slots.begin())});
    }
    auto linked = links_.lower_bound(static_cast<std::uint32_t>(first));
    std::vector<PlainEvent> events;
    for (std::size_t w = 0; w < kBlockWords; ++w) {
        for (std::uint64_t rest = domain[w]; rest != 0; rest &= rest - 1) {
            const std::size_t offset = w * 64 + static_cast<std::size_t>(std::countr_zero(rest));
            const auto person = static_cast<std::uint32_t>(first + offset);
            events.clear();
            bool mixed = false;  // months are in order already, partitions of one are not
            const Partition* before = nullptr;
            for (Cursor& at : cursors) {
                const auto& slots = at.month->slots;
                while (at.run < slots.size() && slots[at.run] < person) ++at.run;
                if (at.run == slots.size() || slots[at.run] != person) continue;
                at.month->take(at.run, range, events);
                mixed = mixed || (before != nullptr && before->start == at.month->start);
                before = at.month;
            }
            if (const auto* recent = tail_of(person)) {
                mixed = true;
                std::copy_if(recent->events.begin(), recent->events.end(), std::back_inserter(events),
                             [&](const PlainEvent& one) { return in(range, one); });
            }
            while (linked != links_.end() && linked->first < person) ++linked;
            if (linked != links_.end() && linked->first == person) {
                mixed = true;
                for (const std::uint32_t slot : linked->second) take_slot(slot, range, events);
            }
            if (mixed) std::sort(events.begin(), events.end(), by_time);
            if (!events.empty()) fn(offset, events);
        }
    }
}

std::size_t BehaviourIndex::events() const {
    std::size_t out = tail_events_;
    for (const auto& [start, partitions] : months_) {
        for (const Partition& one : partitions) out += one.size();
    }
    return out;
}

std::size_t BehaviourIndex::bytes() const {
    std::size_t out = tail_events_ * sizeof(PlainEvent);
    for (const auto& [start, partitions] : months_) {
        for (const Partition& one : partitions) {
            out += one.size() * 6 + one.slots.size() * 8;
            for (const auto& column : one.properties) out += column.size() * 8;
        }
    }
    return out;
}

std::string BehaviourIndex::state_hash() const {
    BehaviourIndex whole = *this;
    whole.seal();
    whole.compact();
    std::string bytes;
    const auto put = [&](auto value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); };
    for (const auto& [start, partitions] : whole.months_) {
        const Partition& month = partitions.front();
        for (std::size_t run = 0; run < month.slots.size(); ++run) {
            for (std::size_t row = month.begins[run]; row < month.begins[run + 1]; ++row) {
                const PlainEvent one = month.at(row);
                put(month.slots[run]);
                put(one.time);
                put(one.type);
                for (const std::int64_t value : one.properties) put(value);
            }
        }
    }
    const auto hash = crypto::blake2b(bytes);
    return crypto::hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

}  // namespace tilth::kernel
