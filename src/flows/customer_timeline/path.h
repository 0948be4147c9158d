#pragma once
// The path of one person across touch points, online to offline and back: GET /api/v1/customers/{id}/path (CDP-05).

#include "flows/customer_timeline/customer_timeline.h"

namespace tilth::flows {

void add_customer_path(const TimelineParts& parts);

}  // namespace tilth::flows
