#include "modules/collect/catalogue/tally.h"

#include <algorithm>

namespace tilth::collect::catalogue {

Status Tally::add(kernel::Unit& unit, const std::vector<kernel::Event>& events) {
    std::map<std::string_view, TypeCount> counts;
    for (const kernel::Event& event : events) {
        TypeCount& one = counts[event.type];
        if (one.events++ == 0) one.first_at = one.last_at = event.received;
        one.first_at = std::min(one.first_at, event.received);
        one.last_at = std::max(one.last_at, event.received);
    }
    auto known = known_.find(unit.tenant());
    if (known == known_.end()) {
        std::set<std::string> types;
        for (TypeCount& one : TRY(list(unit.sql(), unit.tenant()))) types.insert(std::move(one.type));
        known = known_.emplace(unit.tenant(), std::move(types)).first;
    }
    for (const auto& [type, one] : counts) {
        // A client that makes up types without end fills no table. A type of a unit that is undone stays in the set and
        // costs a place.
        const std::string name(type);
        if (!known->second.contains(name) && known->second.size() >= kTypesMax) continue;
        known->second.insert(name);
        TRY(unit.sql().write(
            "INSERT INTO event_type_count (tenant_id, type, events, first_at, last_at) VALUES (?1, ?2, ?3, ?4, ?5) ON "
            "CONFLICT (tenant_id, type) DO UPDATE SET events = event_type_count.events + excluded.events, last_at = "
            "excluded.last_at",
            {unit.tenant(), name, one.events, one.first_at, one.last_at}));
    }
    return ok();
}

Result<std::vector<TypeCount>> Tally::list(sql::Connection& sql, const TenantId& tenant) const {
    return sql.all("SELECT type, events, first_at, last_at FROM event_type_count WHERE tenant_id = ?1 ORDER BY type",
                   {tenant}, [](const sql::Row& row) {
                       return TypeCount{std::string(row.txt(0)), row.i64(1), row.instant(2), row.instant(3)};
                   });
}

}  // namespace tilth::collect::catalogue
