#pragma once
// Freshness per source and per store (CDP-17): what came last, how long ago, how long it may be silent, and what of
// the last days is late, contradictory or missing. It crosses collect, org and commerce, hence a flow. Alarms are
// worked out when they are asked for, so none is older than the figures.
//
// A store is expected to be fresh when it is open and has sold within 60 days. Its lag is that of its newest till
// receipt (of any channel where it has no till). Of its last seven ended business days: complete is one with both sales
// and close, contradictory one on which they differ, late one whose close came later than the store's limit after the
// day had ended.

#include "modules/collect/api.h"
#include "modules/commerce/api.h"
#include "modules/org/api.h"

namespace tilth::flows {

void add_freshness_routes(kernel::Kernel& kernel, org::Org& org, collect::Collect& collect, commerce::Orders& orders,
                          collect::StoreDays& days);

}  // namespace tilth::flows
