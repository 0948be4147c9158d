#pragma once
// The rows of one staff member with a login and a post. Within org only.

#include "modules/org/service.h"

namespace tilth::org {

struct StaffRows {
    StaffId id;
    std::string name;
    std::string login;
    std::string password_hash;
    OrgNodeId node;
    Id<tag::Role> role;
};
Status write_staff(kernel::Unit& unit, const StaffRows& staff);

}  // namespace tilth::org
