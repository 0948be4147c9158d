#include "modules/org/state.h"

#include "platform/json/value.h"

namespace tilth::org {

namespace {

std::optional<Day> day_of(const sql::Row& row, int column) {
    const auto number = row.opt_i64(column);
    return number ? std::optional(Day{static_cast<std::int32_t>(*number)}) : std::nullopt;
}

}  // namespace

Status State::load(sql::Connection& sql, Instant now) {
    const std::unique_lock lock(mutex_);
    tenants.clear();
    sessions.clear();
    keys.clear();
    TRY(load_tree(sql));
    TRY(load_changes(sql));
    for (auto& [id, tenant] : tenants) tenant.settle(now);
    TRY(load_governance(sql));
    TRY(load_export_limits(sql));
    TRY(load_people(sql));
    return load_access(sql, now);
}

Status State::load_tree(sql::Connection& sql) {
    TRY(sql.query(
        "SELECT tenant_id, name, zone, currency, cutoff_min, sample FROM tenant ORDER BY created_at, tenant_id", {},
        [this](const sql::Row& row) {
            TenantState& state = tenants[row.id<TenantId>(0)];
            state.tenant = {row.id<TenantId>(0),          std::string(row.txt(1)),
                            std::string(row.txt(2)),      Currency::parse(row.txt(3)).value_or(Currency{}),
                            static_cast<int>(row.i64(4)), row.flag(5)};
            state.calendar = {Zone::find(state.tenant.zone).value_or(Zone::utc()),
                              minutes(state.tenant.business_day_cutoff_min)};
            return true;
        }));
    return sql.query(
        "SELECT tenant_id, id, parent_id, kind, code, name FROM org_node ORDER BY created_at, id", {},
        [this](const sql::Row& row) {
            TenantState& state = tenants[row.id<TenantId>(0)];
            state.nodes.push_back({row.id<OrgNodeId>(1), row.opt_id<OrgNodeId>(2), static_cast<NodeKind>(row.i64(3)),
                                   std::string(row.txt(4)), std::string(row.txt(5))});
            if (!state.nodes.back().parent) state.root = state.nodes.back().id;
            return true;
        });
}

Status State::load_changes(sql::Connection& sql) {
    return sql.query(
        "SELECT tenant_id, id, node_id, kind, from_day, other_id, name, reason, by_name, created_at, undone_at "
        "FROM org_change ORDER BY created_at, from_day, id",
        {}, [this](const sql::Row& row) {
            tenants[row.id<TenantId>(0)].changes.push_back(
                {row.id<NodeChangeId>(1), row.id<OrgNodeId>(2), static_cast<ChangeKind>(row.i64(3)),
                 Day{static_cast<std::int32_t>(row.i64(4))}, row.opt_id<OrgNodeId>(5), std::string(row.txt(6)),
                 std::string(row.txt(7)), std::string(row.txt(8)), row.instant(9), row.opt_instant(10)});
            return true;
        });
}

void TenantState::settle(Instant now) {
    const Day today = calendar.day_of(now);
    tree = tree_on(nodes, changes, today);
    const auto later = days_of(changes, today);
    tree_until = later.empty() ? Instant{INT64_MAX} : calendar.start_of(later.front());
}

Status State::load_governance(sql::Connection& sql) {
    TRY(sql.query("SELECT tenant_id, node_id, mode FROM governance_mode", {}, [this](const sql::Row& row) {
        if (const auto mode = governance_mode(row.txt(2)))
            tenants[row.id<TenantId>(0)].governance.modes[row.id<OrgNodeId>(1)] = *mode;
        return true;
    }));
    TRY(sql.query("SELECT tenant_id, mode FROM governance_changed", {}, [this](const sql::Row& row) {
        if (const auto mode = governance_mode(row.txt(1))) tenants[row.id<TenantId>(0)].governance.locks[*mode];
        return true;
    }));
    return sql.query("SELECT tenant_id, mode, permission FROM governance_lock", {}, [this](const sql::Row& row) {
        if (const auto mode = governance_mode(row.txt(1)))
            tenants[row.id<TenantId>(0)].governance.locks[*mode].emplace(row.txt(2));
        return true;
    });
}

Status State::load_people(sql::Connection& sql) {
    constexpr std::string_view kRoles = "SELECT tenant_id, id, code, name_zh, name_en, second_factor FROM role";
    TRY(sql.query(kRoles, {}, [this](const sql::Row& row) {
        const auto id = row.id<Id<tag::Role>>(1);
        tenants[row.id<TenantId>(0)].roles[id] = {
            id, std::string(row.txt(2)),       std::string(row.txt(3)), std::string(row.txt(4)),
            {}, row.opt_i64(5).value_or(0) != 0};
        return true;
    }));
    TRY(sql.query("SELECT tenant_id, role_id, permission FROM role_permission", {}, [this](const sql::Row& row) {
        tenants[row.id<TenantId>(0)].roles[row.id<Id<tag::Role>>(1)].permissions.emplace_back(row.txt(2));
        return true;
    }));
    constexpr std::string_view kStaff = "SELECT tenant_id, id, name, active, code, left_day, source FROM staff";
    TRY(sql.query(kStaff, {}, [this](const sql::Row& row) {
        StaffMember& member = tenants[row.id<TenantId>(0)].staff[row.id<StaffId>(1)];
        member.id = row.id<StaffId>(1);
        member.name = row.txt(2);
        member.active = row.flag(3);
        if (!row.null(4)) member.code = row.txt(4);
        member.left = day_of(row, 5);
        if (!row.null(6)) member.source = row.txt(6);
        return true;
    }));
    TRY(sql.query("SELECT tenant_id, staff_id, login, must_change FROM login", {}, [this](const sql::Row& row) {
        StaffMember& member = tenants[row.id<TenantId>(0)].staff[row.id<StaffId>(1)];
        member.login = row.txt(2);
        member.must_change = row.flag(3);
        return true;
    }));
    TRY(sql.query("SELECT tenant_id, staff_id FROM second_factor WHERE confirmed_at IS NOT NULL", {},
                  [this](const sql::Row& row) {
                      tenants[row.id<TenantId>(0)].staff[row.id<StaffId>(1)].second_factor = true;
                      return true;
                  }));
    return load_posts(sql);
}

Status State::load_posts(sql::Connection& sql) {
    TRY(sql.query(
        "SELECT tenant_id, staff_id, node_id, role_id, from_day, until_day, is_primary, source, given_at "
        "FROM staff_post ORDER BY tenant_id, staff_id, node_id, role_id",
        {}, [this](const sql::Row& row) {
            tenants[row.id<TenantId>(0)].staff[row.id<StaffId>(1)].posts.push_back(
                {row.id<OrgNodeId>(2), row.id<Id<tag::Role>>(3), day_of(row, 4), day_of(row, 5),
                 row.opt_i64(6).value_or(0) != 0, row.null(7) ? std::string() : std::string(row.txt(7)),
                 row.null(8) ? std::nullopt : std::optional(row.instant(8))});
            return true;
        }));
    TRY(sql.query("SELECT tenant_id, node_id, code, from_day, staff_id, source FROM staff_code", {},
                  [this](const sql::Row& row) {
                      tenants[row.id<TenantId>(0)].codes.push_back(
                          {row.id<OrgNodeId>(1), std::string(row.txt(2)), Day{static_cast<std::int32_t>(row.i64(3))},
                           row.id<StaffId>(4), std::string(row.txt(5))});
                      return true;
                  }));
    return sql.query("SELECT tenant_id, kind, role_id, minimum FROM post_need ORDER BY tenant_id, kind, role_id", {},
                     [this](const sql::Row& row) {
                         tenants[row.id<TenantId>(0)].needs.push_back(
                             {static_cast<NodeKind>(row.i64(1)), row.id<Id<tag::Role>>(2), row.i64(3)});
                         return true;
                     });
}

Status State::load_access(sql::Connection& sql, Instant now) {
    TRY(sql.query("SELECT tenant_id, token_hash, staff_id, expires_at, created_at, ip FROM session "
                  "WHERE expires_at > ?1",
                  {now},
                  [this, now](const sql::Row& row) {
                      sessions[std::string(row.bin(1))] = {
                          row.id<TenantId>(0), row.id<StaffId>(2), now, row.instant(3), row.instant(4),
                          row.null(5) ? std::string() : std::string(row.txt(5))};
                      return true;
                  }));
    return sql.query("SELECT tenant_id, id, hash, label, source_id, permissions, created_at, revoked_at FROM api_key",
                     {}, [this](const sql::Row& row) {
                         KeyInfo& key = keys[std::string(row.bin(2))];
                         key.grant.tenant = row.id<TenantId>(0);
                         key.grant.key = row.id<Id<tag::ApiKey>>(1);
                         key.grant.label = row.txt(3);
                         if (const auto source = row.opt_id<SourceId>(4))
                             key.grant.source = *source, key.grant.write_only = true;
                         if (const auto list = json::Value::parse(row.txt(5))) {
                             for (const auto& name : list->items()) key.permissions.emplace_back(name.str());
                         }
                         key.created_at = row.instant(6);
                         key.revoked = !row.null(7);
                         return true;
                     });
}

}  // namespace tilth::org
