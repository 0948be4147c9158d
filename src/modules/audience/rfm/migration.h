#pragma once
// Who moved from which RFM class to which between two days (RFM-06), and because of which of R, F and M. Both ends are
// scored alone, each with its own scale, as the board of that day shows them: so a row adds up to its class of before.

#include "modules/audience/tagkinds/tagkinds.h"

namespace tilth::audience {

// 0 … 7: a class, in the order of rfm/rules.h. −1: no score (no sale in the window, or not there yet).
inline constexpr std::int64_t kNoClass = -1;

struct MigrationCell {
    std::int64_t before = kNoClass;
    std::int64_t after = kNoClass;
    std::int64_t people = 0;
    // Of them, whose measure became high or ceased to be: what made the class change.
    std::int64_t r_up = 0;
    std::int64_t r_down = 0;
    std::int64_t f_up = 0;
    std::int64_t f_down = 0;
    std::int64_t m_up = 0;
    std::int64_t m_down = 0;
};
API_STRUCT(MigrationCell, (before, after, people, r_up, r_down, f_up, f_down, m_up, m_down))
struct MigrationClass {
    std::string rfm_class;
    std::string name_zh;
    std::string name_en;
    std::int64_t before = 0;
    std::int64_t after = 0;
};
API_STRUCT(MigrationClass, (rfm_class, name_zh, name_en, before, after))
struct Migration {
    Day from;
    Day to;
    std::vector<MigrationClass> classes;
    std::vector<MigrationCell> cells;  // with people in them
    std::int64_t people = 0;           // scored at one end at least, whom the caller may see
    std::int64_t moved = 0;            // scored at both, in another class
};
API_STRUCT(Migration, (from, to, classes, cells, people, moved))

struct MigrationAsked {
    std::optional<Day> from;  // the last day of the month before the one of `to`, unless given
    std::optional<Day> to;    // the last business day that is over, unless given
};
API_STRUCT(MigrationAsked, (from, to))
struct MigrationPeopleAsked {
    Day from;
    Day to;
    std::int64_t before = kNoClass;
    std::int64_t after = kNoClass;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(MigrationPeopleAsked, (from, to, before, after, cursor, limit))

void add_migration_routes(AudienceService& service);

}  // namespace tilth::audience
