#pragma once
// Blind index -> who holds the key, for tens of millions of keys: sorted linear probing in 256 parts that grow a little
// and on their own, so that a key costs 24 bytes over a load of 0.83 to 0.91 and growing never stops the world.
// Compares 12 of the 16 bytes of a blind index (a keyed hash: two of 60 million keys agree by chance once in 10^13).
// One writer; readers only while nobody writes.

#include <array>
#include <cstdint>
#include <memory>

#include "base/id.h"

namespace tilth::customer {

struct KeyState {
    std::uint32_t number = 0;        // of the identity; 0: nobody holds the key
    std::uint32_t customer = 0;      // place in the map of people
    std::uint32_t sources = 0;       // which sources brought it (source_sets.h)
    bool operator==(const KeyState&) const = default;
};

class KeyTable {
public:
    // number 0 when absent.
    KeyState find(const Bytes16& key) const;
    // Inserts or replaces; state.number > 0.
    void put(const Bytes16& key, const KeyState& state);
    void erase(const Bytes16& key);
    // Room for `keys` in all, without growing on the way.
    void reserve(std::size_t keys);
    std::size_t size() const;
    std::size_t bytes() const;

private:
    struct Head {
        std::uint32_t a = 0;
        std::uint32_t b = 0;
        std::uint32_t c = 0;
        bool operator==(const Head&) const = default;
    };
    struct Slot {
        Head head;
        KeyState state;
        bool used() const { return state.number != 0; }
    };
    static_assert(sizeof(Slot) == 24);

    class Part {
    public:
        const Slot* find(const Head& head) const;
        void put(const Slot& slot);
        void erase(const Head& head);
        void reserve(std::size_t keys);
        std::size_t size() const { return used_; }
        std::size_t bytes() const { return allocated_ * sizeof(Slot); }

    private:
        std::size_t home(const Head& head) const { return (static_cast<std::uint64_t>(head.a) * capacity_) >> 32; }
        std::size_t seek(const Head& head) const;
        void rebuild(std::size_t capacity);
        bool refill(std::size_t capacity, std::size_t slack);

        std::unique_ptr<Slot[]> slots_;   // sorted by head.a between empty ones; ends with slack for the last cluster
        std::size_t capacity_ = 0;
        std::size_t allocated_ = 0;
        std::size_t used_ = 0;
    };

    static constexpr std::size_t kParts = 256;
    static Head head_of(const Bytes16& key);
    static std::size_t part_of(const Head& head) { return head.b % kParts; }

    std::array<Part, kParts> parts_;
};

}  // namespace tilth::customer
