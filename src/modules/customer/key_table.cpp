#include "modules/customer/key_table.h"

#include <algorithm>
#include <cstring>

namespace tilth::customer {

namespace {

constexpr std::size_t kCapacityMin = 16;
constexpr std::size_t kSlackMin = 8;

// Full at a load of 0.91, grown to 0.83: a key is moved some 11 times in a stream, and costs 26.4 to 28.8 bytes.
std::size_t capacity_for(std::size_t keys) { return std::max(kCapacityMin, keys + keys / 5); }
bool is_full(std::size_t keys, std::size_t capacity) { return keys * 11 >= capacity * 10; }

}  // namespace

KeyTable::Head KeyTable::head_of(const Bytes16& key) {
    Head head;
    std::memcpy(&head, key.data(), sizeof head);
    return head;
}

// The first slot that is empty, or not before `head` in the part's order.
std::size_t KeyTable::Part::seek(const Head& head) const {
    std::size_t at = home(head);
    while (at < allocated_ && slots_[at].used() && slots_[at].head.a < head.a) ++at;
    return at;
}

const KeyTable::Slot* KeyTable::Part::find(const Head& head) const {
    if (capacity_ == 0) return nullptr;
    for (std::size_t at = seek(head); at < allocated_ && slots_[at].used() && slots_[at].head.a == head.a; ++at) {
        if (slots_[at].head == head) return &slots_[at];
    }
    return nullptr;
}

void KeyTable::Part::put(const Slot& slot) {
    if (capacity_ == 0) rebuild(kCapacityMin);
    for (;;) {
        std::size_t at = seek(slot.head);
        for (; at < allocated_ && slots_[at].used() && slots_[at].head.a == slot.head.a; ++at) {
            if (slots_[at].head == slot.head) {
                slots_[at].state = slot.state;
                return;
            }
        }
        std::size_t gap = at;
        while (gap < allocated_ && slots_[gap].used()) ++gap;
        if (gap == allocated_ || is_full(used_ + 1, capacity_)) {
            rebuild(std::max(capacity_ + 1, capacity_for(used_ + 1)));
            continue;
        }
        std::move_backward(&slots_[at], &slots_[gap], &slots_[gap] + 1);
        slots_[at] = slot;
        ++used_;
        return;
    }
}

void KeyTable::Part::erase(const Head& head) {
    const Slot* const found = find(head);
    if (found == nullptr) return;
    auto at = static_cast<std::size_t>(found - slots_.get());
    // Those behind move up until one stands at its home, so that no gap lies between a key and its home.
    for (; at + 1 < allocated_ && slots_[at + 1].used() && home(slots_[at + 1].head) <= at; ++at)
        slots_[at] = slots_[at + 1];
    slots_[at] = {};
    --used_;
}

void KeyTable::Part::reserve(std::size_t keys) {
    const std::size_t capacity = std::max(kCapacityMin, keys + keys / 10 + 1);   // just not full
    if (capacity > capacity_) rebuild(capacity);
}

void KeyTable::Part::rebuild(std::size_t capacity) {
    std::size_t slack = std::clamp(capacity / 128, kSlackMin, std::size_t{256});
    while (!refill(capacity, slack)) slack *= 2;
}

bool KeyTable::Part::refill(std::size_t capacity, std::size_t slack) {
    auto fresh = std::make_unique<Slot[]>(capacity + slack);
    std::size_t next = 0;
    for (std::size_t i = 0; i < allocated_; ++i) {
        if (!slots_[i].used()) continue;
        const std::size_t place = (static_cast<std::uint64_t>(slots_[i].head.a) * capacity) >> 32;
        next = std::max(next, place);
        if (next == capacity + slack) return false;
        fresh[next++] = slots_[i];
    }
    slots_ = std::move(fresh);
    capacity_ = capacity;
    allocated_ = capacity + slack;
    return true;
}

KeyState KeyTable::find(const Bytes16& key) const {
    const Head head = head_of(key);
    const Slot* const slot = parts_[part_of(head)].find(head);
    return slot == nullptr ? KeyState{} : slot->state;
}

void KeyTable::put(const Bytes16& key, const KeyState& state) {
    INVARIANT(state.number > 0, "number 0 marks an empty slot");
    const Head head = head_of(key);
    parts_[part_of(head)].put({head, state});
}

void KeyTable::erase(const Bytes16& key) {
    const Head head = head_of(key);
    parts_[part_of(head)].erase(head);
}

void KeyTable::reserve(std::size_t keys) {
    // The parts fill unevenly: two standard deviations more than the mean.
    const std::size_t mean = keys / kParts + 1;
    std::size_t root = 1;
    while (root * root < mean) ++root;
    for (Part& part : parts_) part.reserve(mean + 2 * root);
}

std::size_t KeyTable::size() const {
    std::size_t sum = 0;
    for (const Part& part : parts_) sum += part.size();
    return sum;
}

std::size_t KeyTable::bytes() const {
    std::size_t sum = sizeof *this;
    for (const Part& part : parts_) sum += part.bytes();
    return sum;
}

}  // namespace tilth::customer
