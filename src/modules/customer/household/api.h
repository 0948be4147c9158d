#pragma once
// Households: members (customers, or a child or a pet who is none) and milestones. Says who belongs together and joins
// nobody: identity, consent and value stay each person's own. Rows hold customers, not persons, so that merging and
// unmerging need nothing. A child is recorded only with its guardian's consent, and the day of its birth only if the
// consent names it (PIPL 28–31); without the day a month is kept. Errors name the field. The writer's thread within a
// unit; reads from any snapshot.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modules/customer/api.h"

namespace tilth::customer {

class CustomersService;

enum class Relation : std::uint8_t { Head, Spouse, Child, Parent, Sibling, Grandparent, Grandchild, Pet, Other };

struct GuardianConsent {
    std::string text_version;
    std::string how;                      // where and how it was given
    bool birth_date = false;              // it names the day of birth too
    Instant at;                           // recorded
};
struct NewMember {
    CustomerId of;                        // whose household; of a child, the guardian
    Relation relation = Relation::Other;  // to the householder, who was the first
    std::optional<CustomerId> customer;   // absent: a child or a pet
    std::string name;                     // of a child or a pet; may be empty
    std::optional<GuardianConsent> consent;
};
struct NewMilestone {
    std::int64_t member = 0;
    std::string kind;                     // "birth", "school_start", or the tenant's own word
    std::string on;                       // "2024-05" or "2024-05-17"
};
inline constexpr std::string_view kBirth = "birth";
inline constexpr std::size_t kHouseholdMembersMax = 20;
inline constexpr std::size_t kMilestonesMax = 30;   // of one member

// ---- Rules ----
Status check_member(const NewMember& member);
// Whether `on` is a month or a day of the calendar, and one that may be kept. Yields whether it is a day.
Result<bool> check_milestone(Relation relation, const std::optional<GuardianConsent>& consent,
                             const NewMilestone& milestone);

// ---- Commands: audited; all within the caller's scope is the caller's to check. Yield the new number. ----
Result<std::int64_t> add_member(CustomersService& customers, kernel::Unit& unit, const NewMember& member);
Result<std::int64_t> add_milestone(CustomersService& customers, kernel::Unit& unit, const NewMilestone& milestone);
// A child's consent ends with it: name and milestones go.
Status remove_member(CustomersService& customers, kernel::Unit& unit, std::int64_t number, std::string_view reason);

// ---- Reading ----
struct Milestone {
    std::int64_t number = 0;
    std::string kind;
    bool precise = false;
};
struct Member {
    std::int64_t number = 0;
    std::int64_t household = 0;
    Relation relation = Relation::Other;
    std::optional<CustomerId> customer;
    CustomerId keeper;
    std::optional<GuardianConsent> consent;
    Instant added_at;
    std::vector<Milestone> milestones;
};
std::string name_field(std::int64_t member);        // of the keeper's vault
std::string milestone_field(std::int64_t milestone);
Result<std::optional<Member>> member_of(sql::Connection& sql, const TenantId& tenant, std::int64_t number);
// The households of a person, by number, members in the order in which they came.
Result<std::vector<Member>> household_members(sql::Connection& sql, const TenantId& tenant,
                                              const std::vector<CustomerId>& person);
// Others who used a key of this person and were not joined with it: perhaps of one household.
Result<std::vector<CustomerId>> likely_members(sql::Connection& sql, const TenantId& tenant,
                                               const std::vector<CustomerId>& person);

namespace store {
// What a customer keeps of households goes with it.
Status drop_households(kernel::Unit& unit, const CustomerId& customer);
}  // namespace store

}  // namespace tilth::customer
