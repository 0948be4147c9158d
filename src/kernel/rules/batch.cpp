// A plan over all people: blocks of 65,536 ordinals whose sets stay in the cache; the cheapest condition first, and
// each next one only over those who are still in question.

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <thread>

#include "kernel/rules/part.h"

namespace tilth::kernel::rules {
namespace {

using Words = std::array<std::uint64_t, kBlockWords>;

bool empty(const Words& words) {
    return std::all_of(words.begin(), words.end(), [](std::uint64_t word) { return word == 0; });
}

template <class Fn>
void each_bit(const Words& words, const Fn& fn) {
    for (std::size_t w = 0; w < kBlockWords; ++w) {
        for (std::uint64_t rest = words[w]; rest != 0; rest &= rest - 1)
            fn(w * 64 + static_cast<std::size_t>(std::countr_zero(rest)));
    }
}

// Eight bytes of 0 or 1 into eight bits, the first byte into the lowest.
std::uint64_t packed(const std::uint8_t* bytes) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes, 8);
    return (eight * 0x0102040810204080ULL) >> 56;
}

template <class T>
void scan_range(const T* values, std::size_t people, T lo, T hi, const Words& domain, Words& out) {
    for (std::size_t w = 0; w * 64 < people; ++w) {
        if (domain[w] == 0) continue;
        std::uint8_t in[64]{};
        const T* at = values + w * 64;
        const std::size_t lanes = std::min<std::size_t>(64, people - w * 64);
        if (lanes == 64) {
            for (std::size_t i = 0; i < 64; ++i) in[i] = static_cast<std::uint8_t>((at[i] >= lo) & (at[i] <= hi));
        } else {
            for (std::size_t i = 0; i < lanes; ++i) in[i] = static_cast<std::uint8_t>((at[i] >= lo) & (at[i] <= hi));
        }
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < 8; ++i) bits |= packed(in + 8 * i) << (8 * i);
        out[w] = bits & domain[w];
    }
}

template <class T>
void scan(const void* data, std::size_t first, std::size_t people, const Accept& accept, const Words& domain,
          Words& out) {
    const T* values = static_cast<const T*>(data) + first;
    constexpr T kNone = std::numeric_limits<T>::min();
    constexpr T kHigh = std::numeric_limits<T>::max();
    if (accept.negated || !accept.values.empty()) {
        each_bit(domain, [&](std::size_t i) {
            const std::int64_t value = values[i] == kNone ? kMissing : std::int64_t{values[i]};
            if (accept(value)) out[i / 64] |= std::uint64_t{1} << (i % 64);
        });
        return;
    }
    const bool none = accept.lo == kMissing;  // "is unknown"
    if (!none && (accept.lo > kHigh || accept.hi <= kNone || accept.hi < accept.lo)) return;
    const auto lo = none ? kNone : static_cast<T>(std::max<std::int64_t>(accept.lo, std::int64_t{kNone} + 1));
    const auto hi = none ? kNone : static_cast<T>(std::min<std::int64_t>(accept.hi, kHigh));
    scan_range(values, people, lo, hi, domain, out);
}

class Batch {
public:
    Batch(const People& people, const BusinessCalendar& calendar, Instant now)
        : people_(people), calendar_(calendar), now_(now) {}

    void block(const Plan::Part& root, std::size_t number, std::uint64_t* out) {
        block_ = number;
        Words domain{};
        people_.persons(number, domain);
        const Words found = holds(root, domain);
        std::copy(found.begin(), found.end(), out);
    }

private:
    Words holds(const Plan::Part& part, const Words& domain) {
        Words out{};
        if (empty(domain)) return out;
        switch (part.kind) {
            case Kind::All:
                out = domain;
                for (const Plan::Part& child : part.children) out = holds(child, out);
                return out;
            case Kind::Any: {
                Words open = domain;
                for (const Plan::Part& child : part.children) {
                    const Words more = holds(child, open);
                    for (std::size_t w = 0; w < kBlockWords; ++w) {
                        out[w] |= more[w];
                        open[w] &= ~more[w];
                    }
                }
                return out;
            }
            case Kind::Not:
                out = holds(part.children.front(), domain);
                for (std::size_t w = 0; w < kBlockWords; ++w) out[w] = domain[w] & ~out[w];
                return out;
            case Kind::Attribute: return attribute(part, domain);
            case Kind::Member: {
                const sets::Bitmap* members = people_.members(part.member, part.name);
                if (members != nullptr) members->or_into(static_cast<std::uint32_t>(block_ * kBlockPeople), out);
                for (std::size_t w = 0; w < kBlockWords; ++w) out[w] &= domain[w];
                return out;
            }
            default: return of_events(part, domain);
        }
    }

    Words attribute(const Plan::Part& part, const Words& domain) const {
        Words out{};
        const Column column = people_.attribute(part.column);
        const Accept accept = part.accept_at(now_);
        const std::size_t first = block_ * kBlockPeople;
        const std::size_t people = std::min<std::size_t>(kBlockPeople, people_.size() - first);
        switch (column.bytes) {
            case 1: scan<std::int8_t>(column.data, first, people, accept, domain, out); break;
            case 2: scan<std::int16_t>(column.data, first, people, accept, domain, out); break;
            case 4: scan<std::int32_t>(column.data, first, people, accept, domain, out); break;
            default: scan<std::int64_t>(column.data, first, people, accept, domain, out);
        }
        return out;
    }

    Words of_events(const Plan::Part& part, const Words& domain) {
        const Range window = part.kind == Kind::Rhythm ? Range{kMissing, now_.ms + 1, 0}
                                                       : range_at(part.window, calendar_, now_);
        EventRange range{kAnyType, window.from, window.to};
        if (part.kind != Kind::Sequence) range.type = part.event.type;
        Words out{};
        const bool counts =
            part.kind == Kind::Absence || (part.kind == Kind::Aggregate && part.measure == Measure::Count);
        if (counts && part.event.where.empty()) {
            counts_.assign(kBlockPeople, 0);
            people_.events().count(block_, domain, range, counts_);
            each_bit(domain, [&](std::size_t i) {
                const bool in = part.kind == Kind::Absence ? counts_[i] == 0 : part.accept(counts_[i]);
                if (in) out[i / 64] |= std::uint64_t{1} << (i % 64);
            });
            return out;
        }
        // Who has no event at all comes out alike: with those whose events all fail the test.
        const bool without_events = part.kind != Kind::Rhythm && part.over({});
        if (without_events) out = domain;
        people_.events().gather(block_, domain, range, [&](std::size_t i, std::span<const PlainEvent> events) {
            const bool in = part.kind == Kind::Rhythm ? part.rhythm_over(events, now_) : part.over(events);
            const std::uint64_t bit = std::uint64_t{1} << (i % 64);
            if (in) out[i / 64] |= bit;
            else out[i / 64] &= ~bit;
        });
        return out;
    }

    const People& people_;
    const BusinessCalendar& calendar_;
    Instant now_;
    std::size_t block_ = 0;
    std::vector<std::uint32_t> counts_;
};

}  // namespace

sets::Bitmap Plan::all(const People& people, Instant now, int threads) const {
    const std::size_t blocks = (std::size_t{people.size()} + kBlockPeople - 1) / kBlockPeople;
    std::vector<std::uint64_t> words(blocks * kBlockWords);
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        Batch batch(people, calendar_, now);
        for (std::size_t block = next++; block < blocks; block = next++)
            batch.block(*root_, block, words.data() + block * kBlockWords);
    };
    std::vector<std::thread> others;
    for (int i = 1; i < threads && static_cast<std::size_t>(i) < blocks; ++i) others.emplace_back(work);
    work();
    for (std::thread& other : others) other.join();
    return sets::Bitmap::from_words(words);
}

}  // namespace tilth::kernel::rules
