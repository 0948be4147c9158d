#pragma once
// The behaviour index: what people did as plain columns, sorted by slot then time, in partitions of a UTC month, with a
// recent tail. A month has a few partitions, each more than twice as large as the next: the tail becomes a small one,
// and two of like size are merged, so that what is old is seldom read again. A slot is a customer's ordinal and never
// changes; a person is the slot of its first customer, and links say which further slots it reads. So merge and unmerge
// change the links only. Derived: built from the event log, it is the same again (state_hash). One thread writes while
// nobody reads; reads from many threads.
//
// Bytes an event: 4 (time) + 2 (type) + 8 for each promoted property that a month uses; 8 a slot and partition.

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernel/rules/plan.h"

namespace tilth::kernel {

struct IndexedEvent {
    std::uint32_t slot = 0;
    rules::PlainEvent event;  // type codes below 65,535; times 1970 … 2200
};

class BehaviourIndex final : public rules::EventSource {
public:
    // Into the tail, in any order of time.
    void append(std::span<const IndexedEvent> events);
    // Makes partitions of the tail. Call it when the tail is longer than kTailMax; answers do not change.
    static constexpr std::size_t kTailMax = 32'768;
    void seal();
    // Straight into partitions: for building from the log, some millions at a time; then compact().
    void build(std::span<const IndexedEvent> events);
    // One partition a month: reading everybody is fastest so. Answers do not change.
    void compact();
    // The slots that a person reads, its own among them; one or none takes the links away. The other slots are no
    // persons meanwhile.
    void link(std::uint32_t person, std::vector<std::uint32_t> slots);
    bool is_absorbed(std::uint32_t slot) const { return absorbed_.contains(slot); }
    // Drops whole months that end by then, and the tail's events of them (retention).
    void drop_before(Instant moment);

    // One person's events by time; of latest() the last `count` of them, or all.
    std::vector<rules::PlainEvent> events_of(std::uint32_t person) const { return latest(person, SIZE_MAX); }
    std::vector<rules::PlainEvent> latest(std::uint32_t person, std::size_t count) const;
    // Puts a person's tail in order, so that latest() need not. Answers do not change.
    void order_tail(std::uint32_t person);
    void count(std::size_t block, rules::ConstBlockSet domain, const rules::EventRange& range,
               std::span<std::uint32_t> counts) const override;
    void gather(std::size_t block, rules::ConstBlockSet domain, const rules::EventRange& range,
                const PersonFn& fn) const override;

    std::size_t events() const;
    std::size_t tail_events() const { return tail_events_; }
    std::size_t bytes() const;
    std::string state_hash() const;  // hex; of the events alone, however they came

private:
    struct Partition {
        std::int64_t start = 0;
        std::int64_t until = 0;
        std::vector<std::uint32_t> slots;   // those with events, ascending
        std::vector<std::uint32_t> begins;  // of each slot's run, and one more
        std::vector<std::uint32_t> times;   // ms from start
        std::vector<std::uint16_t> types;
        std::array<std::vector<std::int64_t>, rules::Registry::kPropertiesMax> properties;  // empty: all missing

        std::size_t size() const { return times.size(); }
        std::size_t find(std::uint32_t slot) const;  // in slots; slots.size() when absent
        rules::PlainEvent at(std::size_t row) const;
        // Rows of the run within the range.
        std::pair<std::size_t, std::size_t> rows(std::size_t run, const rules::EventRange& range) const;
        std::uint32_t count(std::size_t run, const rules::EventRange& range) const;
        void take(std::size_t run, const rules::EventRange& range, std::vector<rules::PlainEvent>& out) const;
    };
    struct Tail {
        std::vector<rules::PlainEvent> events;
        std::size_t ordered = 0;  // the first ones, by time; the others as they came
        void order();
    };
    static void fill(Partition& partition, const std::vector<IndexedEvent>& sorted);
    static void merge_last(std::vector<Partition>& partitions);
    static Partition merged(const Partition& a, const Partition& b);
    const Tail* tail_of(std::uint32_t slot) const;
    void take_latest(std::uint32_t slot, std::size_t count, std::vector<rules::PlainEvent>& out) const;
    void take_slot(std::uint32_t slot, const rules::EventRange& range, std::vector<rules::PlainEvent>& out) const;

    std::map<std::int64_t, std::vector<Partition>> months_;                // by start; the largest partition first
    std::vector<std::unordered_map<std::uint32_t, Tail>> tail_;            // by block of slots, then slot
    std::map<std::uint32_t, std::vector<std::uint32_t>> links_;            // person -> further slots
    std::map<std::uint32_t, std::uint32_t> absorbed_;                      // slot -> person
    std::size_t tail_events_ = 0;
};

}  // namespace tilth::kernel
