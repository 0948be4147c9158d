// Staff lists: what a line would do, doing it, and taking it back.

#include <algorithm>

#include "modules/org/service.h"
#include "modules/org/staff_rows.h"

namespace tilth::org {

namespace {

// Rights over people, roles and keys are given by hand, by somebody who has them.
constexpr std::string_view kStrong[] = {"org.write", "post.write", "role.write", "role.view_as", "key.write"};

bool is_strong(const std::vector<std::string>& patterns) {
    return std::any_of(patterns.begin(), patterns.end(), [](const std::string& one) {
        if (one == "*") return true;
        return std::any_of(std::begin(kStrong), std::end(kStrong), [&](std::string_view strong) {
            const bool pattern = one.ends_with(".*");
            return one == strong || (pattern && strong.starts_with(one.substr(0, one.size() - 1)));
        });
    });
}

Error refused(std::string_view field, std::string_view rule, std::string_view zh, std::string_view en) {
    return Error::invalid(std::string(field), std::string(rule), std::string(zh), std::string(en));
}

bool same(const StaffMember::Post& a, const StaffMember::Post& b) {
    return a.from == b.from && a.until == b.until && a.primary == b.primary;
}

}  // namespace

Result<OrgService::Planned> OrgService::plan_line(const TenantId& tenant, const StaffLine& line) const {
    const auto at = node_by_code(tenant, line.node_code);
    if (!at) return refused("node_code", "unknown_node", "没有这个门店", "There is no such node");
    Planned plan;
    const Status found = state_.read([&](const State& state) -> Status {
        const TenantState& own = state.tenants.at(tenant);
        const auto role = std::find_if(own.roles.begin(), own.roles.end(), [&](const auto& one) {
            return one.second.code == line.role || one.second.name_zh == line.role || one.second.name_en == line.role;
        });
        if (role == own.roles.end()) return refused("role", "unknown_role", "没有这个角色", "There is no such role");
        if (is_strong(role->second.permissions))
            return refused("role", "role_too_strong", "名单不能授予管理权限", "A list hands out no rights over others");
        plan.post.role = role->first;
        for (const auto& [id, member] : own.staff) {
            if (member.code == line.code) plan.member = member;
            const std::string& login = line.login.empty() ? line.code : line.login;
            if (member.login == login && member.code != line.code)
                return refused("login", "taken", "登录名已被使用", "This login is taken");
        }
        for (const StaffCode& one : own.codes) {
            const auto holder = own.staff.find(one.staff);
            const bool other = holder == own.staff.end() || holder->second.code != line.code;
            if (other && one.node == at->id && one.code == line.till_code && one.from == line.from.value_or(Day{0}))
                return refused("till_code", "taken", "收银工号已属于别人", "The till's code is another's");
        }
        return ok();
    });
    TRY(found);
    for (const auto& [key, member] : fresh_staff_) {
        if (key.first != tenant) continue;
        if (member.code == line.code) plan.member = member;
        if (member.code != line.code && member.login == (line.login.empty() ? line.code : line.login))
            return refused("login", "taken", "登录名已被使用", "This login is taken");
    }
    plan.post = {at->id, plan.post.role, line.from, line.until, line.primary, {}};
    plan.known = plan.member.has_value();
    if (plan.known) {
        const auto strong = state_.read([&](const State& state) {
            const TenantState& own = state.tenants.at(tenant);
            return std::any_of(plan.member->posts.begin(), plan.member->posts.end(), [&](const auto& post) {
                const auto role = own.roles.find(post.role);
                return role != own.roles.end() && is_strong(role->second.permissions);
            });
        });
        if (strong) return refused("code", "role_too_strong", "管理人员请在页面上维护", "Such people are kept by hand");
    }
    return plan;
}

OrgService::Put OrgService::effect_of(const Planned& plan, const StaffLine& line) {
    if (!plan.known) return Put::New;
    if (plan.member->name != line.name || plan.member->active == line.left) return Put::Updated;
    if (line.left) return Put::Unchanged;
    for (const StaffMember::Post& post : plan.member->posts)
        if (post.node == plan.post.node && post.role == plan.post.role)
            return same(post, plan.post) ? Put::Unchanged : Put::Updated;
    return Put::Updated;
}

Result<OrgService::Put> OrgService::compare_staff(const TenantId& tenant, const StaffLine& line) const {
    return effect_of(TRY(plan_line(tenant, line)), line);
}

Result<OrgService::Put> OrgService::put_staff(kernel::Unit& unit, const StaffLine& line, std::string_view source) {
    Planned plan = TRY(plan_line(unit.tenant(), line));
    const Put effect = effect_of(plan, line);
    StaffMember changed = plan.member.value_or(StaffMember{});
    if (!plan.known) {
        changed.id = unit.new_id<StaffId>();
        changed.code = line.code;
        changed.name = line.name;
        changed.login = line.login.empty() ? line.code : line.login;
        changed.must_change = true;
        changed.source = source;
        TRY(unit.sql().write("INSERT INTO staff (tenant_id, id, name, active, created_at, code, source) "
                             "VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6)",
                             {unit.tenant(), changed.id, line.name, unit.now(), line.code, source}));
        // No password yet: nobody signs in before a one-time password is given out.
        TRY(unit.sql().write("INSERT INTO login (tenant_id, login, staff_id, password, must_change, failures, "
                             "locked_until) VALUES (?1, ?2, ?3, '', 1, 0, 0)",
                             {unit.tenant(), changed.login, changed.id}));
    }
    const std::string found = person_before(changed);
    changed.name = line.name;
    changed.active = !line.left;
    if (const std::string stands = person_before(changed); stands != found) {
        TRY(unit.sql().write("UPDATE staff SET name = ?3, active = ?4 WHERE tenant_id = ?1 AND id = ?2",
                             {unit.tenant(), changed.id, changed.name, changed.active}));
        TRY(note_before(unit, changed.id, {std::string(kPersonBefore), std::string(source), found, stands}));
    }
    if (line.left) {
        TRY(end_sessions(unit, changed.id));
    } else {
        TRY(list_post(unit, changed, plan.post, source));
        if (!line.till_code.empty())
            TRY(list_code(unit, changed, {plan.post.node, line.till_code, line.from.value_or(Day{0}), changed.id,
                                          std::string(source)}));
    }
    if (effect != Put::Unchanged)
        TRY(unit.audit({.action = plan.known ? "staff.list_change" : "staff.add", .object = changed.id.str()}));
    publish(unit, changed);
    return effect;
}

Status OrgService::list_post(kernel::Unit& unit, StaffMember& member, const StaffMember::Post& post,
                             std::string_view source) {
    const auto known = std::find_if(member.posts.begin(), member.posts.end(), [&](const StaffMember::Post& one) {
        return one.node == post.node && one.role == post.role;
    });
    // A post given by hand that the list says too stays the hand's.
    const bool unchanged = known != member.posts.end() && same(*known, post);
    if (unchanged && (known->source.empty() || known->source == source)) return ok();
    const std::string found = known == member.posts.end() ? std::string() : post_before(*known);
    StaffMember::Post listed = post;
    listed.source = source;
    if (known == member.posts.end()) {
        member.posts.push_back(listed);
    } else {
        *known = listed;
    }
    TRY(write_post(unit, member.id, listed));
    return note_before(unit, member.id, {post_before_key(listed), std::string(source), found, post_before(listed)});
}

Status OrgService::list_code(kernel::Unit& unit, StaffMember& member, const StaffCode& code) {
    const std::string what = code_before_key(code);
    const std::string found = TRY(standing_before(unit, member, what));
    const std::string stands = code_before(code.source);
    if (found == stands || found == code_before({})) return ok();
    TRY(put_code(unit, code));
    return note_before(unit, member.id, {what, code.source, found, stands});
}

Result<OrgService::StaffCount> OrgService::staff_of_source(sql::Connection& sql, const TenantId& tenant,
                                                           std::string_view source) {
    constexpr std::string_view kNoted =
        "SELECT count(DISTINCT staff_id), count(*) FROM (SELECT DISTINCT staff_id, what FROM staff_before "
        "WHERE tenant_id = ?1 AND source = ?2 AND substr(what, 1, 5) = 'post ') AS named";
    // Lists of versions that kept no before.
    constexpr std::string_view kOlder =
        "SELECT count(DISTINCT staff_id), count(*) FROM staff_post WHERE tenant_id = ?1 AND source = ?2";
    StaffCount count;
    for (const std::string_view text : {kNoted, kOlder}) {
        if (count.posts > 0) break;
        count = TRY(sql.one(text, {tenant, source}, [](const sql::Row& row) {
                        return StaffCount{row.i64(0), row.i64(1)};
                    })).value_or(StaffCount{});
    }
    return count;
}

Result<std::int64_t> OrgService::take_back_staff(kernel::Unit& unit, std::string_view source, int limit) {
    std::vector<StaffId> noted;
    TRY(unit.sql().query("SELECT DISTINCT staff_id FROM staff_before WHERE tenant_id = ?1 AND source = ?2 "
                         "ORDER BY staff_id LIMIT ?3",
                         {unit.tenant(), source, limit}, [&](const sql::Row& row) {
                             noted.push_back(row.id<StaffId>(0));
                             return true;
                         }));
    for (const StaffId& staff : noted) TRY(restore_staff(unit, staff, source));
    if (noted.empty()) return take_back_older(unit, source, limit);
    return static_cast<std::int64_t>(noted.size());
}

// What lists of versions brought that kept no before, and posts of a list that were changed by hand since: they go.
Result<std::int64_t> OrgService::take_back_older(kernel::Unit& unit, std::string_view source, int limit) {
    std::vector<StaffMember> named = state_.read([&](const State& state) {
        std::vector<StaffMember> found;
        for (const auto& [id, member] : state.tenants.at(unit.tenant()).staff) {
            const bool brought = std::any_of(member.posts.begin(), member.posts.end(),
                                             [&](const StaffMember::Post& post) { return post.source == source; });
            if (static_cast<int>(found.size()) < limit && brought) found.push_back(member);
        }
        return found;
    });
    TRY(unit.sql().write("DELETE FROM staff_code WHERE tenant_id = ?1 AND source = ?2", {unit.tenant(), source}));
    TRY(unit.sql().write("DELETE FROM staff_post WHERE tenant_id = ?1 AND source = ?2", {unit.tenant(), source}));
    for (StaffMember& member : named) {
        std::erase_if(member.posts, [&](const StaffMember::Post& post) { return post.source == source; });
        TRY(leave_to_others(unit, member, source));
        publish(unit, member);
    }
    unit.on_commit([this, tenant = unit.tenant(), source = std::string(source)] {
        state_.change([&](State& state) {
            std::erase_if(state.tenants[tenant].codes, [&](const StaffCode& one) { return one.source == source; });
        });
    });
    return static_cast<std::int64_t>(named.size());
}

}  // namespace tilth::org
