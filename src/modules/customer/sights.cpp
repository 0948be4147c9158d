#include "modules/customer/sights.h"

#include <algorithm>

namespace tilth::customer {

namespace {

constexpr std::string_view kHomeNumbers = "customer_home";

// What this source saw last, so that the thousandth line of a customer reads and writes nothing.
void remember(kernel::Unit& unit, TenantState& state, Place place, const SightLine& line) {
    constexpr std::size_t kRememberedMax = 1u << 18;
    // Forgetting is always safe: the next sighting reads the table.
    if (state.sights.size() >= kRememberedMax) state.sights.clear();
    const std::uint64_t key = TenantState::sight_key(place, line.source);
    state.sights[key] = {line.seen_at, line.home_node.has_value()};
    unit.on_undo([&state, key] { state.sights.erase(key); });
}

Result<bool> stand(kernel::Unit& unit, TenantState& state, Place place, const SightLine& wanted, bool imported) {
    const CustomerState before = state.map.state(place);
    const auto row = TRY(store::customer(unit.sql(), unit.tenant(), before.id));
    INVARIANT(row.has_value(), "a customer in memory has its row");
    CustomerState after = before;
    after.first_seen = wanted.seen_at;
    after.homed = wanted.home_node.has_value();
    after.imported = imported;
    const bool moved = row->home_node != wanted.home_node;
    if (moved) TRY(store::set_home(unit, before.id, wanted.home_node));
    if (after == before) return moved;
    state.map.change(place, after);
    if (after.first_seen == before.first_seen) return moved;
    TRY(store::update(unit, after));
    return true;
}

std::int64_t next_home_no(kernel::Unit& unit, const NewSight& sight) {
    const std::int64_t number = unit.next_number(kHomeNumbers);
    return sight.declares_home ? -number : number;
}

// Nightly files meet the same customers: what the oldest import saw becomes everybody's when there are too many.
Status fold_oldest(kernel::Unit& unit, TenantState& state, Place place, std::vector<SightLine>& lines) {
    constexpr std::size_t kImportsMax = 8;
    if (lines.size() <= kImportsMax) return ok();
    const CustomerId customer = state.map.state(place).id;
    if (lines.front().source != 0) lines.insert(lines.begin(), {0, lines.front().seen_at, std::nullopt, 0});
    const SightLine oldest = lines[1];
    SightLine both = standing_sight({lines[0], oldest});
    lines.erase(lines.begin() + 1);
    lines.front() = both;
    TRY(store::drop_sight(unit, customer, oldest.source));
    state.sights.erase(TenantState::sight_key(place, oldest.source));
    state.sights.erase(TenantState::sight_key(place, 0));
    return store::put_sight(unit, customer, both);
}

}  // namespace

bool is_import(std::string_view source) { return source.starts_with("import:"); }

SightLine standing_sight(const std::vector<SightLine>& lines) {
    INVARIANT(!lines.empty(), "somebody saw the customer");
    SightLine stands{0, lines.front().seen_at, std::nullopt, 0};
    for (const SightLine& line : lines) {
        stands.seen_at = std::min(stands.seen_at, line.seen_at);
        if (!line.home_node || (stands.home_node && line.home_no >= stands.home_no)) continue;
        stands.home_node = line.home_node;
        stands.home_no = line.home_no;
    }
    return stands;
}

Result<bool> note_sight(kernel::Unit& unit, TenantState& state, const NewSight& sight) {
    const auto known = state.sights.find(TenantState::sight_key(sight.place, sight.source));
    const bool declares = sight.home && sight.declares_home;
    if (known != state.sights.end() && sight.at >= known->second.seen_at && !declares &&
        (!sight.home || known->second.homed)) {
        return false;
    }
    const CustomerState customer = state.map.state(sight.place);
    auto lines = TRY(store::sights(unit.sql(), unit.tenant(), customer.id));
    if (!customer.imported) {
        // The first import that meets this customer: what stood until now is the others'.
        const auto row = TRY(store::customer(unit.sql(), unit.tenant(), customer.id));
        lines.assign(1, {0, customer.first_seen, row->home_node, 0});
        TRY(store::put_sight(unit, customer.id, lines.front()));
    }
    const auto is_own = [&](const SightLine& line) { return line.source == sight.source; };
    const bool fresh = std::none_of(lines.begin(), lines.end(), is_own);
    if (fresh) TRY(fold_oldest(unit, state, sight.place, lines));
    auto own = std::find_if(lines.begin(), lines.end(), is_own);
    if (own == lines.end()) own = lines.insert(own, {sight.source, sight.at, std::nullopt, 0});
    const bool homes = sight.home && (declares || !own->home_node);
    if (fresh || homes || sight.at < own->seen_at) {
        own->seen_at = std::min(own->seen_at, sight.at);
        if (homes) {
            own->home_node = sight.home;
            own->home_no = next_home_no(unit, sight);
        }
        TRY(store::put_sight(unit, customer.id, *own));
    }
    remember(unit, state, sight.place, *own);
    return stand(unit, state, sight.place, standing_sight(lines), true);
}

Status first_sight(kernel::Unit& unit, TenantState& state, const NewSight& sight) {
    const SightLine line{sight.source, sight.at, sight.home, sight.home ? next_home_no(unit, sight) : 0};
    remember(unit, state, sight.place, line);
    return store::put_sight(unit, state.map.state(sight.place).id, line);
}

Result<bool> forget_sight(kernel::Unit& unit, TenantState& state, Place place, std::uint32_t source) {
    const CustomerId customer = state.map.state(place).id;
    TRY(store::drop_sight(unit, customer, source));
    state.sights.erase(TenantState::sight_key(place, source));
    auto lines = TRY(store::sights(unit.sql(), unit.tenant(), customer));
    if (lines.empty()) {
        // A link by hand keeps a customer that nobody else has seen, as it stands.
        CustomerState bare = state.map.state(place);
        bare.imported = false;
        state.map.change(place, bare);
        return false;
    }
    const bool imported = lines.back().source != 0;   // in the order of sources
    if (!imported) {
        TRY(store::drop_sight(unit, customer, 0));
        state.sights.erase(TenantState::sight_key(place, 0));
    }
    return stand(unit, state, place, standing_sight(lines), imported);
}

namespace store {

Result<std::vector<SightLine>> sights(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer) {
    return sql.all("SELECT source, seen_at, home_node, home_no FROM customer_sight"
                   " WHERE tenant_id = ?1 AND customer_id = ?2 ORDER BY source",
                   {tenant, customer}, [](const sql::Row& row) {
                       return SightLine{static_cast<std::uint32_t>(row.i64(0)), row.instant(1),
                                        row.opt_id<OrgNodeId>(2), row.i64(3)};
                   });
}

Status put_sight(kernel::Unit& unit, const CustomerId& customer, const SightLine& line) {
    return unit.sql().write(
        "INSERT INTO customer_sight (tenant_id, customer_id, source, seen_at, home_node, home_no)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant_id, customer_id, source) DO UPDATE SET"
        " seen_at = excluded.seen_at, home_node = excluded.home_node, home_no = excluded.home_no",
        {unit.tenant(), customer, std::int64_t{line.source}, line.seen_at, line.home_node, line.home_no});
}

Status drop_sight(kernel::Unit& unit, const CustomerId& customer, std::uint32_t source) {
    return unit.sql().write("DELETE FROM customer_sight WHERE tenant_id = ?1 AND customer_id = ?2 AND source = ?3",
                            {unit.tenant(), customer, std::int64_t{source}});
}

Result<std::vector<CustomerId>> seen_by(sql::Connection& sql, const TenantId& tenant, std::uint32_t source, int limit) {
    return sql.all("SELECT customer_id FROM customer_sight WHERE tenant_id = ?1 AND source = ?2"
                   " ORDER BY customer_id LIMIT ?3",
                   {tenant, std::int64_t{source}, limit}, [](const sql::Row& row) { return row.id<CustomerId>(0); });
}

}  // namespace store

Result<bool> names_node(sql::Connection& sql, const TenantId& tenant, const OrgNodeId& node) {
    const auto found = TRY(sql.one("SELECT 1 FROM customer WHERE tenant_id = ?1 AND home_node = ?2 UNION ALL"
                                   " SELECT 1 FROM customer_sight WHERE tenant_id = ?1 AND home_node = ?2 LIMIT 1",
                                   {tenant, node}, [](const sql::Row& row) { return row.i64(0); }));
    return found.has_value();
}

}  // namespace tilth::customer
