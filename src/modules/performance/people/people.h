#pragma once
// Lists of people from the projection: who belongs to the nodes asked for, or who stands behind a number, with what
// they bought there, in pages by a unique order.

#include <optional>
#include <string>
#include <vector>

#include "modules/performance/projection/projection.h"

namespace tilth::performance {

enum class PeopleSort : std::uint8_t { LastOrder, NetSpend, Orders, FirstSeen };
enum class SortOrder : std::uint8_t { Desc, Asc };

struct PeopleQuery {
    NodeSet nodes = {};   // orders are counted and summed at these
    bool at_home = true;  // only people who belong to them
    std::optional<bool> known = {};
    std::optional<Instant> first_from = {};  // first seen at or after
    std::optional<Instant> first_before = {};
    std::vector<std::string> within = {};     // SELECTs of persons: who is in all of them
    PeopleSort sort = PeopleSort::LastOrder;  // people without the sort's value come last
    SortOrder order = SortOrder::Desc;
    struct After {
        std::int64_t key = 0;
        std::int64_t person = 0;
    };
    std::optional<After> after = {};
    std::int64_t limit = 50;
};

struct PersonRow {
    std::int64_t person = 0;
    std::int64_t orders = 0;  // paid sales
    std::int64_t net_minor = 0;
    std::optional<Instant> first_order_at;
    std::optional<Instant> last_order_at;
    Instant first_seen;
    std::int64_t key = 0;  // of the sort
};
struct PeoplePage {
    std::vector<PersonRow> rows;
    std::int64_t total = 0;  // of the whole list, exact
};

Result<PeoplePage> list_people(const Source& source, const PeopleQuery& query);
// One person's figures, or nothing when none of its customers belongs to the nodes.
Result<std::optional<PersonRow>> find_person(const Source& source, const NodeSet& nodes, std::int64_t person);

}  // namespace tilth::performance
