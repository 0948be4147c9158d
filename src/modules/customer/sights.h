#pragma once
// When each source saw a customer first, and the home it gave: kept apart for imports, because they can be taken back.
// The writer's thread.

#include <optional>
#include <vector>

#include "modules/customer/store.h"

namespace tilth::customer {

// Sources that can be taken back whole.
bool is_import(std::string_view source);

struct SightLine {
    std::uint32_t source = 0;                 // 0: everything that is never taken back
    Instant seen_at;
    std::optional<OrgNodeId> home_node;
    // The order in which homes were given; below zero, and falling, where a source declared it.
    std::int64_t home_no = 0;
};
// What stands of several: the earliest sight, and the home with the lowest number: declared last, else seen first.
SightLine standing_sight(const std::vector<SightLine>& lines);

namespace store {
Result<std::vector<SightLine>> sights(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer);
Status put_sight(kernel::Unit& unit, const CustomerId& customer, const SightLine& line);
Status drop_sight(kernel::Unit& unit, const CustomerId& customer, std::uint32_t source);
// At most `limit` customers that this source has a sight of.
Result<std::vector<CustomerId>> seen_by(sql::Connection& sql, const TenantId& tenant, std::uint32_t source, int limit);
}  // namespace store

// A new sighting: writes what it changes of the customer; true when something did. `source` is the owner's number, 0
// for a source that is never taken back.
struct NewSight {
    Place place = kNobody;
    std::uint32_t source = 0;
    Instant at;
    std::optional<OrgNodeId> home;
    bool declares_home = false;
};
Result<bool> note_sight(kernel::Unit& unit, TenantState& state, const NewSight& sight);
// The first sight of a customer that an import has just made.
Status first_sight(kernel::Unit& unit, TenantState& state, const NewSight& sight);
// Takes a source's sight away; true when the customer changed by it.
Result<bool> forget_sight(kernel::Unit& unit, TenantState& state, Place place, std::uint32_t source);

}  // namespace tilth::customer
