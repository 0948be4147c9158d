#pragma once
// A set of 32-bit ordinals (CRoaring): tags, segments, and what a rule found. Copies are deep. One thread writes; const
// calls from many threads are safe while nobody does. Out of memory ends the process.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tilth::sets {

class Bitmap {
public:
    Bitmap();
    ~Bitmap();
    Bitmap(const Bitmap& other);
    Bitmap(Bitmap&& other) noexcept;
    Bitmap& operator=(Bitmap other) noexcept;

    // Bit i of the words is ordinal i.
    static Bitmap from_words(std::span<const std::uint64_t> words);
    // Corrupt when the bytes are not a set; the portable Roaring format, the same on every machine.
    static Result<Bitmap> from_bytes(std::string_view bytes);
    std::string to_bytes() const;

    bool add(std::uint32_t ordinal);  // false: was there
    bool remove(std::uint32_t ordinal);
    bool contains(std::uint32_t ordinal) const;
    std::uint64_t size() const;
    std::vector<std::uint32_t> to_vector() const;
    std::vector<std::uint32_t> first(std::size_t most) const;  // the smallest
    // Sets the bits of [first, first + 64·words) in the words given; leaves the others as they are.
    void or_into(std::uint32_t first, std::span<std::uint64_t> words) const;

    Bitmap& operator&=(const Bitmap& other);
    Bitmap& operator|=(const Bitmap& other);
    Bitmap& operator-=(const Bitmap& other);
    bool operator==(const Bitmap& other) const;

private:
    struct Set;
    explicit Bitmap(std::unique_ptr<Set> set);
    std::unique_ptr<Set> set_;
};

}  // namespace tilth::sets
