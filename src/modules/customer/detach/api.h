#pragma once
// Severing a key from the customer that holds it: a recycled phone, a shared device, a tracker's unbind. The key stands
// on a new customer from then on, with what comes in under it; orders and events of before stay where they were. The
// ledger of links keeps it (rule "detach"): severed by hand, no rule joins the two again; severed by a tracker, a later
// login may. Taken back by merging the two, after which the person is as if nothing had been severed.

#include <span>
#include <string_view>

#include "modules/customer/api.h"

namespace tilth::customer {

inline constexpr std::string_view kDetachRule = "detach";
inline constexpr std::string_view kUnbindRule = "unbind";  // of a sighting: the first key parts from the others

struct Detachment {
    CustomerId from;
    CustomerId to;          // holds the key now
    std::int64_t link = 0;  // the line in the ledger, undone
};
// By hand, with a reason, audited. NotFound: no such key.
Result<Detachment> detach(Customers& customers, kernel::Unit& unit, IdentityNumber number, std::string_view reason);
Result<std::optional<CustomerId>> holder_of(sql::Connection& sql, const TenantId& tenant, IdentityNumber number);
// By a tracker's word: `keys` part from `login`, unless it was bound to them later than `at` (bonds.h). With a key go
// the keys that stand with it and not with the login, and the customers that hold nothing else; what a hand has merged
// stays. Keys never seen are made, each alone, so that an unbinding may come before what it unbinds. Yields how many
// parted.
Result<std::int64_t> unbind(Customers& customers, kernel::Unit& unit, const Claim& login, std::span<const Claim> keys,
                            std::string_view source, Instant at);

}  // namespace tilth::customer
