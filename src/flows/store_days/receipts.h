#pragma once
// The till's receipts of a store-day beside ours, receipt by receipt (CDP-20): which are missing on one side, and which
// say another amount. Lists come in as the target "receipt_list".

#include <memory>

#include "modules/collect/store_days/api.h"
#include "modules/commerce/api.h"
#include "modules/org/api.h"

namespace tilth::flows {

std::unique_ptr<collect::ImportTarget> make_import_receipt_list(org::Org& org);

struct ReceiptDifference {
    std::string number;  // the till's, without the store
    std::optional<OrderId> order;
    std::optional<std::int64_t> ours_minor;  // none: it is missing here
    std::optional<std::int64_t> till_minor;  // none: the till does not know it
};
// By number, those that differ alone; nothing when the till has listed no receipt of that day. `ours` are the day's
// orders, of which those of tills count; a sale and its return under one number count together.
std::optional<std::vector<ReceiptDifference>> differences(const std::vector<commerce::OrderView>& ours,
                                                          const std::vector<collect::TillReceipt>& till,
                                                          std::string_view store_code);

}  // namespace tilth::flows
