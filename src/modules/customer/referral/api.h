#pragma once
// Who brought whom (推荐关系): a customer is brought by one other. Member files say so, and people by hand, whose word
// stands before any file's; of files the first word stands. Rows hold customers, not persons, so that merging and
// unmerging need nothing; who was merged with whom brought him brought nobody. The writer's thread within a unit.

#include <optional>
#include <string_view>
#include <vector>

#include "modules/customer/api.h"

namespace tilth::customer {

inline constexpr std::string_view kByHand = "manual";

// Invalid, field "referrer", for a person's own self; NotFound for a customer that is not there.
Status refer(Customers& customers, kernel::Unit& unit, const CustomerId& customer, const CustomerId& referrer,
             std::string_view source);
// Takes this source's word on one customer away; nothing when there is none.
Status unrefer(Customers& customers, kernel::Unit& unit, const CustomerId& customer, std::string_view source);
// Takes back what `source` said, at most `limit` customers; 0 when nothing is left.
Result<std::int64_t> take_back_referrals(Customers& customers, kernel::Unit& unit, std::string_view source, int limit);
// What stands of this customer alone.
Result<std::optional<CustomerId>> referrer_of(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer);
// Customers whom one of these brought, as it stands, by id; at most `limit`.
Result<std::vector<CustomerId>> brought_by(sql::Connection& sql, const TenantId& tenant,
                                           const std::vector<CustomerId>& referrers, int limit);

}  // namespace tilth::customer
