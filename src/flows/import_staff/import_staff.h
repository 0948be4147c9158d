#pragma once
// A staff list becomes people with posts and till codes: the target "staff". Known by their number, people are updated:
// a second post is added, a name changes, who is said to have left is disabled and signed out. Roles with rights over
// staff, roles or keys are refused ("role_too_strong"). Nobody gets a password by a list.

#include <memory>

#include "modules/collect/api.h"
#include "modules/org/api.h"

namespace tilth::flows {

std::unique_ptr<collect::ImportTarget> make_import_staff(org::Org& org);

}  // namespace tilth::flows
