#pragma once
// What trackers say of a login and another key: bound at one moment, unbound at another. Per pair the newest of each is
// kept and the newer stands (the unbinding of equals), so that who is with whom is a function of what was said and not
// of the order in which it came, nor of how often. Only explicit bindings (rule_joins) of a login count: what was seen
// together otherwise never binds again what was unbound. The writer's thread.

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "kernel/kernel.h"
#include "modules/customer/api.h"

namespace tilth::customer {

struct TenantState;

struct Bond {
    std::optional<Instant> bound;
    std::optional<Instant> unbound;
    bool stands() const { return !unbound || (bound && *unbound < *bound); }
};
using KeyPair = std::pair<IdentityNumber, IdentityNumber>;   // the lesser first
inline KeyPair key_pair(IdentityNumber one, IdentityNumber other) { return std::minmax(one, other); }
using Unbound = std::map<KeyPair, Bond>;   // of the pairs that were ever unbound

// Resolves what a sighting's bonds leave together; keys that were unbound from its login are seen each by itself.
// Notes what the sighting binds.
Result<Resolution> resolve_bound(kernel::Unit& unit, kernel::Vault& vault, TenantState& state,
                                 const Sighting& sighting);
// Notes an unbinding. Whether it has parted what stood together.
Result<bool> note_unbound(kernel::Unit& unit, TenantState& state, const KeyPair& pair, Instant at);

namespace store {
struct BondRow {
    KeyPair pair;
    Bond bond;
};
// All that an identity has.
Result<std::vector<BondRow>> bonds_of(sql::Connection& sql, const TenantId& tenant, IdentityNumber number);
Result<Unbound> unbound(sql::Connection& sql, const TenantId& tenant);
}  // namespace store

}  // namespace tilth::customer
