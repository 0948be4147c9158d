#pragma once
// The fingerprints of the hour being filled: an open-addressing set in one array, so that a look-up touches one cache
// line or two and adding allocates no node. Linear probing at a load of at most 5/8; erasing shifts the followers back
// (Knuth, TAOCP volume 3, section 6.4, algorithm R), so no marks of erased keys gather. Plain value; one thread.

#include <cstdint>
#include <utility>
#include <vector>

#include "base/id.h"
#include "modules/collect/dedup/run.h"

namespace tilth::collect {

class Fresh {
public:
    std::size_t size() const { return used_ + (zero_ ? 1 : 0); }
    bool empty() const { return size() == 0; }
    void clear() { *this = Fresh(); }  // gives the memory back

    bool contains(const Bytes16& key) const {
        if (key == Bytes16{}) return zero_;
        return used_ > 0 && slots_[place(key)] == key;
    }

    // False when it stands already.
    bool insert(const Bytes16& key) {
        if (key == Bytes16{}) return !std::exchange(zero_, true);
        if ((used_ + 1) * 8 > slots_.size() * 5) grow();
        Bytes16& slot = slots_[place(key)];
        if (slot == key) return false;
        slot = key;
        ++used_;
        return true;
    }

    // False when it does not stand.
    bool erase(const Bytes16& key) {
        if (key == Bytes16{}) return std::exchange(zero_, false);
        if (!contains(key)) return false;
        const std::size_t mask = slots_.size() - 1;
        std::size_t hole = place(key);
        for (std::size_t at = (hole + 1) & mask; slots_[at] != Bytes16{}; at = (at + 1) & mask) {
            // A follower moves into the hole unless its home lies behind the hole.
            if (((at - home(slots_[at])) & mask) < ((at - hole) & mask)) continue;
            slots_[hole] = slots_[at];
            hole = at;
        }
        slots_[hole] = Bytes16{};
        --used_;
        return true;
    }

    // In no particular order.
    std::vector<Bytes16> keys() const {
        std::vector<Bytes16> out;
        out.reserve(size());
        if (zero_) out.emplace_back();
        for (const Bytes16& key : slots_) {
            if (key != Bytes16{}) out.push_back(key);
        }
        return out;
    }

private:
    static constexpr std::size_t kSlotsMin = 1024;

    std::size_t home(const Bytes16& key) const { return hash_of(key) & (slots_.size() - 1); }
    // Where the key stands, or the empty slot that it would take.
    std::size_t place(const Bytes16& key) const {
        std::size_t at = home(key);
        while (slots_[at] != Bytes16{} && slots_[at] != key) at = (at + 1) & (slots_.size() - 1);
        return at;
    }
    void grow() {
        std::vector<Bytes16> before(slots_.empty() ? kSlotsMin : slots_.size() * 2);
        before.swap(slots_);
        for (const Bytes16& key : before) {
            if (key != Bytes16{}) slots_[place(key)] = key;
        }
    }

    std::vector<Bytes16> slots_;  // a power of two; all zero bytes: empty
    std::size_t used_ = 0;
    bool zero_ = false;  // the key of zero bytes cannot stand in a slot
};

}  // namespace tilth::collect
