#pragma once
// How the hops of one person's path hang together: the ledger of links and the keys, for flows/customer_timeline.

#include <map>
#include <string>
#include <vector>

#include "modules/customer/api.h"

namespace tilth::customer {

// The steps of the ledger that hold between these customers now: undone ones are left out. Oldest first.
Result<std::vector<LinkLine>> links_that_hold(sql::Connection& sql, const TenantId& tenant,
                                              const std::vector<CustomerId>& customers);

// The ledger numbers on the one way from `from` to `to`, in the order of the way; empty when they are the same customer
// or nothing leads there. Links form a forest, hence one way. Pure.
std::vector<std::int64_t> way_between(const std::vector<LinkLine>& links, const CustomerId& from,
                                      const CustomerId& to);

}  // namespace tilth::customer
