#pragma once
// The rows of one staff member: login, posts, and what staff lists found of them. Within org only.

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
Status write_post(kernel::Unit& unit, const StaffId& staff, const StaffMember::Post& post);  // inserts or replaces

// Of what table staff_before keeps, its column `what` and the texts for what stands.
inline constexpr std::string_view kPersonBefore = "person";
inline constexpr std::string_view kPostBefore = "post ";
inline constexpr std::string_view kCodeBefore = "code ";
std::string person_before(const StaffMember& member);
std::string post_before(const StaffMember::Post& post);
std::string post_before_key(const StaffMember::Post& post);
std::string code_before(std::string_view source);
std::string code_before_key(const StaffCode& code);

}  // namespace tilth::org
