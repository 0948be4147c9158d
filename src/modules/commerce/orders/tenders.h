#pragma once
// How orders were paid: one set per source, of which the newest stands.

#include <string_view>
#include <vector>

#include "modules/commerce/api.h"

namespace tilth::commerce::store {

// The set that stands, in the source's order.
Result<std::vector<Tender>> tenders(sql::Connection& sql, const TenantId& tenant, const OrderId& order);
// Whether `given` says something that the standing set does not. Ways of paying without an amount are collected over
// the rows of one order: such a set says nothing new when all of its ways are known.
bool says_more(const std::vector<Tender>& standing, const std::vector<Tender>& given);
// Writes the set of `source`; ways without an amount are added to what that source has said already.
Status put_tenders(kernel::Unit& unit, const OrderId& order, std::string_view source,
                   const std::vector<Tender>& given);
Status remove_tenders(kernel::Unit& unit, const OrderId& order);
// Those that `source` brought, ≤ limit rows; 0 when nothing is left.
Result<std::int64_t> take_back_tenders(kernel::Unit& unit, std::string_view source, int limit);

}  // namespace tilth::commerce::store
