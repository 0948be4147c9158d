#pragma once
// The SQL of `facts` (see definition.h): the one relation from which every value, people list and trend is computed.
// Texts are put together from fixed pieces and integers only.

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "modules/audience/api.h"
#include "modules/performance/metrics/definition.h"
#include "modules/performance/metrics/period.h"
#include "modules/performance/projection/projection.h"

namespace tilth::performance {

// Settings of the tenant that definitions refer to.
struct Meanings {
    std::int64_t active_days = kYearDays;
    std::int64_t sleeping_days = 180;
    std::int64_t receipts_per_day = 4;
    audience::RfmRule rfm;
    bool new_at_nodes = false;    // new: the first sale at the nodes asked for; else the first one anywhere
    bool refunds_deducted = true;
    bool lines_sampled = false;  // the orders are a sample of receipt lines: what baskets hold is no total
    // When days are to be counted by another calendar than the projection's: the first moment (ms) of each day from the
    // first one that has any orders or customers to the last. Empty: as the projection has them.
    std::vector<std::pair<Day, std::int64_t>> recut = {};
};

struct FactsQuery {
    std::int32_t tenant = 0;
    NodeSet nodes = {};
    std::vector<Period> windows;  // facts.w is the place in this list
    // Splits what was bought by node and day: facts.grp is the span's group, or `other_group` for what is in none.
    // Empty: one group, 0. Not with stock. An order is in one span at most, or counts in each of its groups.
    std::vector<NodeSpan> groups = {};
    std::int32_t other_group = 0;
    // Only what lies in this slice counts as bought; first_day stays that of the whole tenant.
    std::optional<Slice> slice = {};
    // Splits what was bought by channel, guide or product: facts.grp is the place of its number in `parts`, or
    // `other_group`; first_here is then the first within the part. Not with stock, groups or slice.
    std::optional<Cut> by = {};
    std::vector<std::int32_t> parts = {};
    bool stock = false;
    bool ranked = false;
    bool daily = false;
    bool lapsed = false;
    bool referral = false;  // with stock
    bool everywhere = false;
    Meanings meanings = {};
};

// "WITH … , facts AS (…) ": a SELECT from facts follows.
std::string facts_sql(const FactsQuery& query);
// "node IN (1, 2)", "true", or "false" for a set that holds nothing.
std::string node_condition(std::string_view column, const NodeSet& nodes);
// Of an order: by the spans when there are such.
std::string order_condition(std::string_view node, std::string_view day, const NodeSet& nodes);

}  // namespace tilth::performance
