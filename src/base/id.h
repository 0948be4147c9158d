#pragma once
// Id<Tag>: 128 bits, time-sorted (48-bit milliseconds, then 80 random bits), so that ids made later sort later and
// indexes stay local. Printed as a prefix and 26 letters of Crockford base 32: "cus_01J8ZQ4R5T6V7W8X9Y0Z1A2B3C".
// The tag keeps a customer's id from being passed as an order's. Plain value, any thread.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/rng.h"
#include "base/time.h"

namespace tilth {

using Bytes16 = std::array<std::uint8_t, 16>;

std::string encode_id(std::string_view prefix, const Bytes16& bytes);
// Refuses another prefix, another length, letters outside the alphabet; lower case is taken.
Result<Bytes16> decode_id(std::string_view prefix, std::string_view text);
Bytes16 make_id_bytes(Instant now, Rng& rng);

// A tag is a struct with `static constexpr std::string_view kPrefix` ("cus").
template <class Tag>
struct Id {
    using tag = Tag;
    Bytes16 bytes{};

    auto operator<=>(const Id&) const = default;
    bool empty() const { return bytes == Bytes16{}; }
    std::string str() const { return encode_id(Tag::kPrefix, bytes); }
    std::string_view raw() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

    static Id make(Instant now, Rng& rng) { return {make_id_bytes(now, rng)}; }
    // From the 16 bytes of a stored column.
    static Id from_raw(std::string_view raw16) {
        INVARIANT(raw16.size() == 16, "an id column holds 16 bytes");
        Id id;
        std::memcpy(id.bytes.data(), raw16.data(), 16);
        return id;
    }
    static Result<Id> parse(std::string_view text) {
        auto bytes = decode_id(Tag::kPrefix, text);
        if (!bytes) return bytes.error();
        return Id{*bytes};
    }
};

namespace tag {
struct Tenant { static constexpr std::string_view kPrefix = "ten"; };
struct OrgNode { static constexpr std::string_view kPrefix = "org"; };
struct Staff { static constexpr std::string_view kPrefix = "stf"; };
struct Role { static constexpr std::string_view kPrefix = "rol"; };
struct ApiKey { static constexpr std::string_view kPrefix = "key"; };
struct Session { static constexpr std::string_view kPrefix = "ses"; };
struct Customer { static constexpr std::string_view kPrefix = "cus"; };
struct Order { static constexpr std::string_view kPrefix = "ord"; };
struct Import { static constexpr std::string_view kPrefix = "imp"; };
struct Source { static constexpr std::string_view kPrefix = "src"; };
struct Job { static constexpr std::string_view kPrefix = "job"; };
struct Event { static constexpr std::string_view kPrefix = "evt"; };
struct Audit { static constexpr std::string_view kPrefix = "aud"; };
struct Outbox { static constexpr std::string_view kPrefix = "out"; };
struct Request { static constexpr std::string_view kPrefix = "req"; };
struct Mapping { static constexpr std::string_view kPrefix = "map"; };
struct Product { static constexpr std::string_view kPrefix = "prd"; };
struct Shop { static constexpr std::string_view kPrefix = "shp"; };
struct SavedView { static constexpr std::string_view kPrefix = "vw"; };
}  // namespace tag

using TenantId = Id<tag::Tenant>;
using OrgNodeId = Id<tag::OrgNode>;
using StaffId = Id<tag::Staff>;
using CustomerId = Id<tag::Customer>;
using OrderId = Id<tag::Order>;
using ImportId = Id<tag::Import>;
using SourceId = Id<tag::Source>;
using JobId = Id<tag::Job>;
using RequestId = Id<tag::Request>;

struct IdHash {
    template <class Tag>
    std::size_t operator()(const Id<Tag>& id) const noexcept {
        std::uint64_t tail = 0;  // The low bytes are random: already a hash.
        std::memcpy(&tail, id.bytes.data() + 8, 8);
        return tail;
    }
};

}  // namespace tilth

template <class Tag>
struct std::hash<tilth::Id<Tag>> : tilth::IdHash {};
