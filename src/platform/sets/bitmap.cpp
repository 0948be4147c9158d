#include "platform/sets/bitmap.h"

#include <algorithm>

#include <roaring/roaring.h>

#include <bit>

namespace tilth::sets {

struct Bitmap::Set {
    explicit Set(roaring_bitmap_t* made) : raw(made) { INVARIANT(raw != nullptr, "memory for a set"); }
    ~Set() { roaring_bitmap_free(raw); }
    Set(const Set&) = delete;
    Set& operator=(const Set&) = delete;
    roaring_bitmap_t* raw;
};

Bitmap::Bitmap() : set_(std::make_unique<Set>(roaring_bitmap_create())) {}
Bitmap::Bitmap(std::unique_ptr<Set> set) : set_(std::move(set)) {}
Bitmap::~Bitmap() = default;
Bitmap::Bitmap(const Bitmap& other) : set_(std::make_unique<Set>(roaring_bitmap_copy(other.set_->raw))) {}
Bitmap::Bitmap(Bitmap&& other) noexcept = default;
Bitmap& Bitmap::operator=(Bitmap other) noexcept {
    set_.swap(other.set_);
    return *this;
}

// By way of the portable format, whose containers of more than 4,096 members are the words themselves
// (https://github.com/RoaringBitmap/RoaringFormatSpec): copying instead of adding one by one.
Bitmap Bitmap::from_words(std::span<const std::uint64_t> words) {
    constexpr std::size_t kContainerWords = 1'024;
    std::string header;
    std::string data;
    std::vector<std::uint32_t> offsets;
    const auto put = [](std::string& out, auto value) {
        out.append(reinterpret_cast<const char*>(&value), sizeof value);
    };
    for (std::size_t begin = 0; begin < words.size(); begin += kContainerWords) {
        const auto part = words.subspan(begin, std::min(kContainerWords, words.size() - begin));
        std::uint32_t members = 0;
        for (const std::uint64_t word : part) members += static_cast<std::uint32_t>(std::popcount(word));
        if (members == 0) continue;
        put(header, static_cast<std::uint16_t>(begin / kContainerWords));
        put(header, static_cast<std::uint16_t>(members - 1));
        offsets.push_back(static_cast<std::uint32_t>(data.size()));
        if (members > 4'096) {
            data.append(reinterpret_cast<const char*>(part.data()), part.size() * 8);
            data.append((kContainerWords - part.size()) * 8, '\0');
            continue;
        }
        for (std::size_t i = 0; i < part.size(); ++i) {
            for (std::uint64_t rest = part[i]; rest != 0; rest &= rest - 1) {
                put(data, static_cast<std::uint16_t>(i * 64 + static_cast<std::size_t>(std::countr_zero(rest))));
            }
        }
    }
    std::string bytes;
    put(bytes, std::uint32_t{12346});
    put(bytes, static_cast<std::uint32_t>(offsets.size()));
    bytes += header;
    const auto start = static_cast<std::uint32_t>(bytes.size() + 4 * offsets.size());
    for (const std::uint32_t offset : offsets) put(bytes, start + offset);
    bytes += data;
    return MUST(from_bytes(bytes));  // Made by the lines above.
}

Result<Bitmap> Bitmap::from_bytes(std::string_view bytes) {
    roaring_bitmap_t* raw = roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size());
    if (raw == nullptr) return {ErrorCode::Corrupt, "not a set"};
    return Bitmap(std::make_unique<Set>(raw));
}

std::string Bitmap::to_bytes() const {
    std::string out(roaring_bitmap_portable_size_in_bytes(set_->raw), '\0');
    roaring_bitmap_portable_serialize(set_->raw, out.data());
    return out;
}

bool Bitmap::add(std::uint32_t ordinal) { return roaring_bitmap_add_checked(set_->raw, ordinal); }
bool Bitmap::remove(std::uint32_t ordinal) { return roaring_bitmap_remove_checked(set_->raw, ordinal); }
bool Bitmap::contains(std::uint32_t ordinal) const { return roaring_bitmap_contains(set_->raw, ordinal); }
std::uint64_t Bitmap::size() const { return roaring_bitmap_get_cardinality(set_->raw); }

std::vector<std::uint32_t> Bitmap::to_vector() const {
    std::vector<std::uint32_t> out(size());
    roaring_bitmap_to_uint32_array(set_->raw, out.data());
    return out;
}

std::vector<std::uint32_t> Bitmap::first(std::size_t most) const {
    std::vector<std::uint32_t> out(std::min<std::size_t>(most, size()));
    roaring_uint32_iterator_t at;
    roaring_init_iterator(set_->raw, &at);
    out.resize(roaring_read_uint32_iterator(&at, out.data(), static_cast<std::uint32_t>(out.size())));
    return out;
}

void Bitmap::or_into(std::uint32_t first, std::span<std::uint64_t> words) const {
    roaring_uint32_iterator_t at;
    roaring_init_iterator(set_->raw, &at);
    if (!roaring_move_uint32_iterator_equalorlarger(&at, first)) return;
    const std::uint64_t end = std::uint64_t{first} + 64 * words.size();
    std::uint32_t some[256];
    for (;;) {
        const std::uint32_t read = roaring_read_uint32_iterator(&at, some, 256);
        for (std::uint32_t i = 0; i < read; ++i) {
            if (some[i] >= end) return;
            words[(some[i] - first) / 64] |= std::uint64_t{1} << ((some[i] - first) % 64);
        }
        if (read < 256) return;
    }
}

Bitmap& Bitmap::operator&=(const Bitmap& other) {
    roaring_bitmap_and_inplace(set_->raw, other.set_->raw);
    return *this;
}
Bitmap& Bitmap::operator|=(const Bitmap& other) {
    roaring_bitmap_or_inplace(set_->raw, other.set_->raw);
    return *this;
}
Bitmap& Bitmap::operator-=(const Bitmap& other) {
    roaring_bitmap_andnot_inplace(set_->raw, other.set_->raw);
    return *this;
}
bool Bitmap::operator==(const Bitmap& other) const { return roaring_bitmap_equals(set_->raw, other.set_->raw); }

}  // namespace tilth::sets
