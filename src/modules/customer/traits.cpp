// Survivorship: what stands of the fields that sources declare, and what would stand without an import's.
#include <algorithm>
#include <cstring>

#include "kernel/vault/below.h"
#include "modules/customer/faces.h"
#include "modules/customer/rules.h"
#include "modules/customer/service.h"
#include "modules/customer/sights.h"
#include "platform/crypto/crypto.h"

namespace tilth::customer {

namespace {

using kernel::BelowValue;
using kernel::VaultValue;

// Files of one customer come every night: only the best that could stand again are kept below.
constexpr std::size_t kBelowMax = 4;

// Imports can be taken back one by one; all other sources count as one owner, for good.
std::string_view owner_of(const VaultValue& value) {
    return is_import(value.source) ? std::string_view(value.source) : std::string_view();
}

struct Words {
    std::map<std::string, VaultValue> declared;    // by canonical field
    Declared now;
    Instant latest{INT64_MIN};
};

Words read_traits(const std::vector<Trait>& traits, std::string_view source, int confidence, Instant moment) {
    Words words;
    words.now.at = Instant{INT64_MAX};
    std::string text(source);
    for (const Trait& trait : traits) {
        auto field = canonical_field(trait.field);
        if (!field || !is_usable(trait.value)) continue;
        const Instant at = trait.at == Instant{} ? moment : trait.at;
        words.now.at = std::min(words.now.at, at);
        words.latest = std::max(words.latest, at);
        text.append(1, '\0').append(*field).append(1, '\0').append(trait.value);
        VaultValue value{*field, trait.value, std::string(source), at, confidence};
        const auto [other, fresh] = words.declared.try_emplace(*field, value);
        if (!fresh && outranks(standing(value), standing(other->second))) other->second = std::move(value);
    }
    const Bytes16 print = crypto::fingerprint(text, static_cast<std::uint64_t>(confidence));
    std::memcpy(&words.now.hash, print.data(), sizeof words.now.hash);
    return words;
}

}  // namespace

Status Traits::declare(std::map<std::string, VaultValue> declared) {
    std::size_t fields = 0;
    std::vector<VaultValue> values;
    for (const VaultValue& stands : TRY(vault_.open(unit_.sql(), unit_.tenant(), customer_))) {
        ++fields;
        const auto wanted = declared.find(stands.field);
        if (wanted == declared.end()) continue;
        if (TRY(replaces(wanted->second, stands))) values.push_back(std::move(wanted->second));
        declared.erase(wanted);
    }
    for (auto& [field, value] : declared) {
        if (fields++ >= kTraitFieldsMax) break;
        values.push_back(std::move(value));
    }
    return values.empty() ? ok() : vault_.put(unit_, customer_, values);
}

// Whether `value` takes the place of what stands. Below an import's value is kept the best of every other owner that
// could stand when it is taken back; below any other value nothing is, because it stays.
Result<bool> Traits::replaces(const VaultValue& value, const VaultValue& stands) {
    const bool wins = outranks(standing(value), standing(stands));
    if (owner_of(value) == owner_of(stands)) return wins;
    if (wins) {
        if (is_import(value.source)) {
            TRY(drop_below(owner_of(value), value.field));
            TRY(put_below(stands));
        } else {
            TRY(drop_all_below(value.field));
        }
        return true;
    }
    if (!is_import(stands.source)) return false;
    for (const BelowValue& below : *TRY(below_values())) {
        const bool same = below.owner == owner_of(value) && below.value.field == value.field;
        if (same && !outranks(standing(value), standing(below.value))) return false;
    }
    TRY(put_below(value));
    return false;
}

Status Traits::take_back(std::string_view source) {
    for (const VaultValue& stands : TRY(vault_.open(unit_.sql(), unit_.tenant(), customer_))) {
        if (stands.source == source && !identity_of_field(stands.field)) TRY(stand_without(stands.field));
    }
    const std::vector<BelowValue> below = *TRY(below_values());
    for (const BelowValue& one : below) {
        if (one.owner == source) TRY(drop_below(one.owner, one.value.field));
    }
    return ok();
}

// The best of what stands below takes the place of the value that goes.
Status Traits::stand_without(const std::string& field) {
    std::optional<BelowValue> best;
    for (const BelowValue& below : *TRY(below_values())) {
        if (below.value.field != field) continue;
        if (!best || outranks(standing(below.value), standing(best->value))) best = below;
    }
    if (!best) return vault_.remove(unit_, customer_, field);
    TRY(vault_.put(unit_, customer_, {best->value}));
    // Below a value that stays, nothing is kept.
    return best->owner.empty() ? drop_all_below(field) : drop_below(best->owner, field);
}

Result<const std::vector<BelowValue>*> Traits::below_values() {
    if (!below_) below_ = TRY(kernel::open_below(vault_, unit_.sql(), unit_.tenant(), customer_));
    return &*below_;
}

Status Traits::put_below(const VaultValue& value) {
    std::vector<BelowValue> others = *TRY(below_values());
    std::erase_if(others, [&](const BelowValue& one) {
        return one.value.field != value.field || one.owner.empty() || one.owner == owner_of(value);
    });
    if (others.size() >= kBelowMax) {
        const auto least = std::min_element(others.begin(), others.end(), [](const BelowValue& a, const BelowValue& b) {
            return outranks(standing(b.value), standing(a.value));
        });
        TRY(drop_below(least->owner, value.field));
    }
    VaultValue below = value;
    below.field = kernel::below_field(owner_of(value), value.field);
    below_.reset();
    return vault_.put(unit_, customer_, {below});
}

Status Traits::drop_below(std::string_view owner, std::string_view field) {
    below_.reset();
    return vault_.remove(unit_, customer_, kernel::below_field(owner, field));
}

Status Traits::drop_all_below(std::string_view field) {
    const std::vector<BelowValue> below = *TRY(below_values());
    for (const BelowValue& one : below) {
        if (one.value.field == field) TRY(drop_below(one.owner, field));
    }
    return ok();
}

Status CustomersService::declare(kernel::Unit& unit, const CustomerId& customer, const std::vector<Trait>& traits,
                                 std::string_view source, int confidence) {
    TenantState& state = state_of(unit.tenant());
    const Place place = state.map.place_of(customer, Sight::Writer);
    if (place == kNobody) return Error(ErrorCode::NotFound, "customer");
    Words words = read_traits(traits, source, confidence, unit.now());
    // Without taking back, what stands only ever rises in rank: what was declared before is passed over, unless it is
    // declared for a later moment. Taking back forgets what was declared.
    const auto last = state.declared.find(place);
    const bool again = last != state.declared.end() && last->second.hash == words.now.hash;
    if (words.declared.empty() || (again && words.latest <= last->second.at)) return ok();
    TRY(Traits(unit, kernel_.vault, customer).declare(std::move(words.declared)));
    remember_declared(unit, state, place, words.now);
    return ok();
}

void CustomersService::remember_declared(kernel::Unit& unit, TenantState& state, Place place, const Declared& now) {
    constexpr std::size_t kRememberedMax = 1u << 18;
    // Forgetting is always safe: the next equal declaration reads the vault.
    if (state.declared.size() >= kRememberedMax) state.declared.clear();
    state.declared[place] = now;
    unit.on_undo([&state, place] { state.declared.erase(place); });
}

}  // namespace tilth::customer
