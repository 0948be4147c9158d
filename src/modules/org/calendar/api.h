#pragma once
// When a tenant's business day ends.

#include "modules/org/api.h"

namespace tilth::org {

// The setting's name in the audit and on the page of business definitions.
inline constexpr std::string_view kCutoffSetting = "calendar.cutoff_min";
inline constexpr int kCutoffMax = 720;

// Minutes after midnight, 0 … 720, up to which a sale belongs to the day before; audited. Projections count their days
// again. Invalid, field "value", for anything else.
Status set_cutoff(Org& org, kernel::Unit& unit, std::int64_t minutes);

}  // namespace tilth::org
