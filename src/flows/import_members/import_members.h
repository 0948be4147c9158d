#pragma once
// A member master becomes customers with their cards, profiles and home stores: the target "members". Levels, points,
// growth and stored value are kept as openings (collect) until membership takes them over. A row that names a person
// already known with the same content changes nothing; a second row of the same key in one file is a duplicate and
// counts as unchanged. Masked keys are passed over; a row that then names nobody is refused ("no_identity").

#include <memory>

#include "modules/collect/api.h"
#include "modules/customer/api.h"
#include "modules/org/api.h"

namespace tilth::flows {

std::unique_ptr<collect::ImportTarget> make_import_members(kernel::Kernel& kernel, org::Org& org,
                                                           customer::Customers& customers,
                                                           collect::MemberOpenings& openings);
// The list of stores with their regions: the target "stores". A known code stays as it is.
std::unique_ptr<collect::ImportTarget> make_import_stores(org::Org& org);

}  // namespace tilth::flows
