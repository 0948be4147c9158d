#pragma once
// Decisions of OneID as pure functions: no I/O, no clock, no randomness. Any thread.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "modules/customer/api.h"

namespace tilth::customer {

inline constexpr std::uint32_t kNobody = 0xFFFF'FFFF;

// Sources that are remembered per identity. One that more have brought counts as everybody's: taking a source back
// never removes it.
inline constexpr std::size_t kSourcesPerIdentityMax = 4;
inline constexpr std::size_t kIdentityBytesMax = 256;
inline constexpr std::size_t kTraitValueBytesMax = 2'000;
inline constexpr std::size_t kTraitFieldsMax = 200;       // per customer

// ---- Identity values ----

// The value as it is compared: phones E.164, e-mail lower case, others without spaces around. Refuses empty, too long
// and placeholder values ("null", "undefined", "0"): such a key would join everybody. Field: the kind's name.
Result<std::string> normalise(IdentityKind kind, std::string_view value, std::string_view region);
// Whether the clear value is kept in the vault. A visitor's random cookie tells nothing that could be shown: only its
// blind index stays.
bool is_kept(IdentityKind kind);
std::string masked(IdentityKind kind, std::string_view clear);
// The vault's field of an identity, "phone:3", and back.
std::string vault_field(IdentityKind kind, IdentityNumber number);
std::optional<std::pair<IdentityKind, IdentityNumber>> identity_of_field(std::string_view field);

// ---- Whose keys are these? ----

inline constexpr std::size_t kKinds = 10;
using Counts = std::array<std::uint8_t, kKinds>;   // by kind; as a limit 0 means none
inline constexpr std::size_t kBlockedMax = 200;    // patterns of one kind

// How a tenant treats a kind of identity.
struct KindRule {
    bool joins = false;                 // found under two people it makes them one (strong); else it only attaches
    std::uint8_t per_person = 0;        // how many one person may have before people are asked; 0: any number
    std::vector<std::string> blocked = {};   // values that identify nobody; "*" stands for any text
    bool operator==(const KindRule&) const = default;
};
using KindRules = std::array<KindRule, kKinds>;
// Strong kinds join, and one person has one phone.
KindRules default_rules();
// Phones join and are one per person; limits are of kinds that join; patterns are neither empty nor only "*".
Status check_rule(IdentityKind kind, const KindRule& rule);
bool is_blocked(const KindRule& rule, std::string_view normalised);
// Whether a link that was made from these kinds, seen together, would be made under the rules.
bool link_holds(std::span<const IdentityKind> evidence, const KindRules& rules);

// One key of a sighting, those that join first, then in the enum's order, no two alike, and who holds it now.
struct Seen {
    IdentityKind kind = IdentityKind::Anonymous;
    bool joins = false;                 // by the tenant's rules
    std::uint32_t customer = kNobody;
    std::uint32_t person = kNobody;     // of that customer
    bool known = false;                 // that person has a strong key
    Counts has{};                       // of that person, for kinds with a limit
};
struct Party {
    std::uint32_t customer = kNobody;   // kNobody: made now
};
struct Pair {
    std::size_t a = 0;                  // parties
    std::size_t b = 0;
    bool operator==(const Pair&) const = default;
};
enum class ConflictCause : std::uint8_t { TwoPhones, KeptApart, Limit };
struct Clash {
    Pair pair;
    ConflictCause cause = ConflictCause::TwoPhones;
};
std::string_view name(ConflictCause cause);   // "two_phones"

struct Decision {
    std::vector<Party> parties;
    std::vector<std::size_t> holder;    // for each key, the party that holds it from now on
    std::vector<Pair> links;
    std::vector<Clash> conflicts;
};
// Whether people have separated these two persons by hand.
using Apart = std::function<bool(std::uint32_t person_a, std::uint32_t person_b)>;

// Strong keys (those that join) that are found join their holders; new keys go to the holder of the strongest of
// them. Two phones (or more of another kind than its limit) never come under one person by themselves: the second one
// stays with, or gets, a customer of its own, and the pair is a conflict. Weak keys go with the others when nobody
// holds them; a holder without any strong key is joined when the sighting has a strong key or `joins` (the client's
// word that the keys are one person); a known holder is left alone (a shared device). What is left of order: where a
// weak key sits, and which of two phones' people keeps the strong key that they share.
Decision decide(std::span<const Seen> seen, bool joins, const Apart& apart, const Counts& limits = {1});
// Rules by which a client says that keys are one person.
bool rule_joins(std::string_view rule);

// ---- The profile ----

enum class Block : std::uint8_t { Identity, Place, Channel, Behaviour, Value, Membership };
inline constexpr std::size_t kBlocks = 6;
enum class Mask : std::uint8_t { Clear, Name, Phone, Email, Tail, Hidden };

struct FieldSpec {
    std::string_view name;
    std::string_view zh;
    std::string_view en;
    Block block = Block::Behaviour;
    Mask mask = Mask::Hidden;
};
struct BlockSpec {
    Block block;
    std::string_view zh;
    std::string_view en;
};
std::span<const BlockSpec> blocks();
// The field's entry of the catalogue; unknown fields stand in Behaviour under their own name, hidden.
FieldSpec field_spec(std::string_view field);
std::string masked(Mask mask, std::string_view clear);
// "firstName", "First Name" -> "first_name"; nothing when no usable name is left or it is longer than 64 bytes.
std::optional<std::string> canonical_field(std::string_view field);
// A value that can be kept: UTF-8 within kTraitValueBytesMax.
bool is_usable(std::string_view value);

// Survivorship: the source's trust decides, then the time, then the source's name, then the value. A total order,
// so that what stands is the greatest of all that was ever declared, in whatever order, however often and however late
// it came; and the greatest over the customers of a person is what that person shows. An empty value takes the field
// away and stands like any other; at the same moment it comes last.
struct Standing {
    Instant at;
    int confidence = 0;
    std::string_view source = {};
    std::string_view value = {};
};
bool outranks(const Standing& a, const Standing& b);

}  // namespace tilth::customer
