#pragma once
// Store-day reconciliation (CDP-20): the till's day close beside what came in as orders. Day-close files are the target
// "store_days"; the comparison is made anew with each question, so it is never older than the figures. It crosses
// collect and commerce, hence a flow.
//
// A store-day is keyed by node and business day. Receipts are sales without returns; net is after refunds; refunds are
// the returns' worth, positive. Adjustments are neither. State:
//   match          both sides say the same
//   differ         they do not
//   missing_sales  a close without a single order
//   missing_close  orders without a close, on a day on which other stores of the same channel have closed
// A decision (explained, accepted) stands as long as both sides say what they said then.

#include <memory>

#include "modules/collect/api.h"
#include "modules/commerce/api.h"
#include "modules/org/api.h"

namespace tilth::flows {

std::unique_ptr<collect::ImportTarget> make_import_store_days(org::Org& org, collect::StoreDays& days);

struct Figures {
    std::int64_t receipts = 0;
    std::int64_t net_minor = 0;
    std::int64_t refund_minor = 0;
    bool operator==(const Figures&) const = default;
};
struct Compared {
    OrgNodeId node;
    Day day{};
    std::string state;
    std::optional<Figures> closed;
    Figures ours;
    std::optional<collect::StoreDayDecision> decision;  // that stands
    // Neither matching nor accepted: marked in every report.
    bool red() const { return state != "match" && !(decision && decision->state == "accepted"); }
};
// Both sides as one text, without any personal value; what a decision was made about.
std::string figures_text(const std::optional<Figures>& closed, const Figures& ours);
// Every store-day of [from, to] of the given nodes (sorted), by day and node.
Result<std::vector<Compared>> reconcile(sql::Connection& sql, const TenantId& tenant, org::Org& org,
                                        commerce::Orders& orders, collect::StoreDays& days,
                                        const std::vector<OrgNodeId>& nodes, Day from, Day to);

void add_reconcile_routes(kernel::Kernel& kernel, org::Org& org, commerce::Orders& orders, collect::StoreDays& days);

}  // namespace tilth::flows
