#pragma once
// The till's list of receipts of a store-day (CDP-20). Stateless; functions take a unit's or a view's connection.

#include <string>
#include <string_view>
#include <vector>

#include "modules/collect/api.h"

namespace tilth::collect {

struct TillReceipt {
    OrgNodeId node;
    Day day{};
    std::string receipt;         // the till's number, without the store
    std::int64_t net_minor = 0;  // negative: a return
};
Result<StoreDays::Put> compare_receipt(sql::Connection& sql, const TenantId& tenant, const TillReceipt& one);
Result<StoreDays::Put> put_receipt(kernel::Unit& unit, const TillReceipt& one, std::string_view source);
// Those of the day that stand, by number.
Result<std::vector<TillReceipt>> receipts_of(sql::Connection& sql, const TenantId& tenant, const OrgNodeId& node,
                                             Day day);
Result<std::int64_t> take_back_receipts(kernel::Unit& unit, std::string_view source, int limit);
struct ReceiptTotals {
    std::int64_t receipts = 0;
    std::int64_t net_minor = 0;
};
Result<ReceiptTotals> receipt_totals(sql::Connection& sql, const TenantId& tenant, std::string_view source);

}  // namespace tilth::collect
