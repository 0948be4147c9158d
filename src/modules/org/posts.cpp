// Posts with first and last days, codes of tills, leaving with a successor, and posts that nobody holds.

#include <algorithm>

#include "modules/org/service.h"
#include "modules/org/staff_rows.h"

namespace tilth::org {

namespace {

constexpr Duration kWithdrawn = days(7);

StaffMember::Post* find_post(StaffMember& member, const OrgNodeId& node, const Id<tag::Role>& role) {
    const auto at = std::find_if(member.posts.begin(), member.posts.end(), [&](const StaffMember::Post& post) {
        return post.node == node && post.role == role;
    });
    return at == member.posts.end() ? nullptr : &*at;
}

std::string detail_of(const StaffMember::Post& post) {
    std::string text = R"({"node":")" + post.node.str() + R"(","role":")" + post.role.str() + "\"";
    if (post.from) text += R"(,"from":")" + to_iso(*post.from) + "\"";
    if (post.until) text += R"(,"until":")" + to_iso(*post.until) + "\"";
    return text + "}";
}

}  // namespace

Status write_post(kernel::Unit& unit, const StaffId& staff, const StaffMember::Post& post) {
    return unit.sql().write(
        "INSERT INTO staff_post (tenant_id, staff_id, node_id, role_id, from_day, until_day, is_primary, source, "
        "given_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT "
        "(tenant_id, staff_id, node_id, role_id) DO UPDATE SET from_day = excluded.from_day, "
        "until_day = excluded.until_day, is_primary = excluded.is_primary, source = excluded.source, "
        "given_at = excluded.given_at",
        {unit.tenant(), staff, post.node, post.role, post.from, post.until, post.primary, post.source,
         post.given_at});
}

std::optional<StaffMember> OrgService::member(const TenantId& tenant, const StaffId& staff) const {
    if (const auto fresh = fresh_staff_.find({tenant, staff}); fresh != fresh_staff_.end()) return fresh->second;
    return state_.read([&](const State& state) -> std::optional<StaffMember> {
        const TenantState* found = state.tenant(tenant);
        if (found == nullptr || !found->staff.contains(staff)) return std::nullopt;
        return found->staff.at(staff);
    });
}

// What later units of the group must already see; published after the commit.
void OrgService::publish(kernel::Unit& unit, const StaffMember& changed) {
    const std::pair key(unit.tenant(), changed.id);
    const auto before = fresh_staff_.find(key);
    const std::optional<StaffMember> was = before == fresh_staff_.end() ? std::nullopt : std::optional(before->second);
    fresh_staff_[key] = changed;
    unit.on_undo([this, key, was] {
        if (was) {
            fresh_staff_[key] = *was;
        } else {
            fresh_staff_.erase(key);
        }
    });
    unit.on_commit([this, key, changed] {
        state_.change([&](State& state) { state.tenants[key.first].staff[key.second] = changed; });
        fresh_staff_.erase(key);
    });
}

Status OrgService::check_handing_out(const kernel::Context& context, const Id<tag::Role>& role) const {
    const auto rights = state_.read([&](const State& state) -> std::optional<std::vector<std::string>> {
        const TenantState* tenant = state.tenant(context.tenant);
        const bool known = tenant != nullptr && tenant->roles.contains(role);
        return known ? std::optional(tenant->roles.at(role).permissions) : std::nullopt;
    });
    if (!rights) return Error(ErrorCode::NotFound, "role");
    return check_held(context, *rights);
}

Status OrgService::put_post(kernel::Unit& unit, const StaffId& staff, const StaffMember::Post& post) {
    TRY(check_within(unit.context(), staff));
    const auto at = node(unit.tenant(), post.node);
    if (!at || !unit.context().scope->covers(post.node)) return Error(ErrorCode::NotFound, "node");
    TRY(check_handing_out(unit.context(), post.role));
    if (post.from && post.until && *post.until < *post.from) {
        return Error::invalid("until", "before_from", "结束日早于开始日", "The post ends before it begins", "交换两个日期",
                              "Swap the two days");
    }
    StaffMember changed = member(unit.tenant(), staff).value_or(StaffMember{});
    if (post.primary) {
        for (StaffMember::Post& other : changed.posts) other.primary = false;
        TRY(unit.sql().write("UPDATE staff_post SET is_primary = 0 WHERE tenant_id = ?1 AND staff_id = ?2",
                             {unit.tenant(), staff}));
    }
    StaffMember::Post given = post;
    if (StaffMember::Post* known = find_post(changed, post.node, post.role)) {
        given.given_at = known->given_at;
        *known = given;
    } else {
        given.given_at = unit.now();
        changed.posts.push_back(given);
    }
    TRY(write_post(unit, staff, given));
    TRY(unit.audit({.action = "staff.post", .object = staff.str(), .detail = detail_of(given)}));
    publish(unit, changed);
    return ok();
}

Status OrgService::end_post(kernel::Unit& unit, const StaffId& staff, const OrgNodeId& at, const Id<tag::Role>& role,
                            Day until) {
    TRY(check_within(unit.context(), staff));
    StaffMember changed = member(unit.tenant(), staff).value_or(StaffMember{});
    StaffMember::Post* post = find_post(changed, at, role);
    if (post == nullptr || !unit.context().scope->covers(at)) return Error(ErrorCode::NotFound, "post");
    post->until = until;
    TRY(write_post(unit, staff, *post));
    TRY(unit.audit({.action = "staff.post_end", .object = staff.str(), .detail = detail_of(*post)}));
    publish(unit, changed);
    return ok();
}

Status OrgService::withdraw_post(kernel::Unit& unit, const StaffId& staff, const OrgNodeId& at,
                                 const Id<tag::Role>& role) {
    TRY(check_within(unit.context(), staff));
    StaffMember changed = member(unit.tenant(), staff).value_or(StaffMember{});
    const StaffMember::Post* post = find_post(changed, at, role);
    if (post == nullptr || !unit.context().scope->covers(at)) return Error(ErrorCode::NotFound, "post");
    if (!post->given_at || unit.now() - *post->given_at > kWithdrawn)
        return Error(ErrorCode::Conflict, "only a post given within the last 7 days is withdrawn: end it instead");
    TRY(unit.sql().write(
        "DELETE FROM staff_post WHERE tenant_id = ?1 AND staff_id = ?2 AND node_id = ?3 AND role_id = ?4",
        {unit.tenant(), staff, at, role}));
    TRY(unit.audit({.action = "staff.post_withdraw", .object = staff.str(), .detail = detail_of(*post)}));
    std::erase_if(changed.posts, [&](const StaffMember::Post& one) { return one.node == at && one.role == role; });
    publish(unit, changed);
    return ok();
}

Status OrgService::put_code(kernel::Unit& unit, const StaffCode& code) {
    const auto clash = state_.read([&](const State& state) {
        const TenantState* tenant = state.tenant(unit.tenant());
        return tenant != nullptr && std::any_of(tenant->codes.begin(), tenant->codes.end(), [&](const StaffCode& one) {
                   return one.node == code.node && one.code == code.code && one.from == code.from &&
                          one.staff != code.staff;
               });
    });
    if (clash) {
        return Error::invalid("code", "taken", "这个工号从同一天起已属于别人", "This code is another's from that day on",
                              "换一个工号或生效日", "Choose another code or day");
    }
    TRY(write_code(unit, code));
    return unit.audit({.action = "staff.code", .object = code.staff.str()});
}

Status OrgService::write_code(kernel::Unit& unit, const StaffCode& code) {
    TRY(unit.sql().write("INSERT INTO staff_code (tenant_id, node_id, code, from_day, staff_id, source) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant_id, node_id, code, from_day) DO UPDATE "
                         "SET staff_id = excluded.staff_id, source = excluded.source",
                         {unit.tenant(), code.node, code.code, code.from, code.staff, code.source}));
    unit.on_commit([this, tenant = unit.tenant(), code] { replace_code(tenant, code, true); });
    return ok();
}

void OrgService::replace_code(const TenantId& tenant, const StaffCode& code, bool stands) {
    state_.change([&](State& state) {
        auto& codes = state.tenants[tenant].codes;
        std::erase_if(codes, [&](const StaffCode& one) {
            return one.node == code.node && one.code == code.code && one.from == code.from;
        });
        if (stands) codes.push_back(code);
    });
}

Status OrgService::add_code(kernel::Unit& unit, const StaffId& staff, const std::optional<OrgNodeId>& at,
                            std::string_view code, Day from) {
    TRY(check_within(unit.context(), staff));
    const OrgNodeId where = at.value_or(root(unit.tenant()));
    if (!node(unit.tenant(), where) || !unit.context().scope->covers(where)) return Error(ErrorCode::NotFound, "node");
    return put_code(unit, {where, std::string(code), from, staff, {}});
}

std::optional<StaffId> OrgService::staff_by_code(const TenantId& tenant, const std::optional<OrgNodeId>& node,
                                                 std::string_view code, Day day) const {
    return state_.read([&](const State& state) -> std::optional<StaffId> {
        const TenantState* found = state.tenant(tenant);
        if (found == nullptr) return std::nullopt;
        const StaffCode* best = nullptr;
        for (const StaffCode& one : found->codes) {
            if (one.code != code || day < one.from || (one.node != found->root && one.node != node)) continue;
            // A till's own code goes before one of the whole business, then the later one holds.
            const auto rank = [&](const StaffCode& which) { return std::pair(which.node == node, which.from); };
            if (best == nullptr || rank(*best) < rank(one)) best = &one;
        }
        return best == nullptr ? std::nullopt : std::optional(best->staff);
    });
}

// ---- Leaving ----

Status OrgService::leave(kernel::Unit& unit, const StaffId& staff, Day last, const std::optional<StaffId>& successor) {
    TRY(check_within(unit.context(), staff));
    if (successor) TRY(check_within(unit.context(), *successor));
    if (successor == staff) {
        return Error::invalid("successor", "itself", "不能交接给自己", "Nobody succeeds himself", "选择另一位员工",
                              "Choose somebody else");
    }
    StaffMember changed = member(unit.tenant(), staff).value_or(StaffMember{});
    changed.left = last;
    for (StaffMember::Post& post : changed.posts) {
        if (post.until && *post.until <= last) continue;
        post.until = last;
        TRY(write_post(unit, staff, post));
    }
    TRY(unit.sql().write("UPDATE staff SET left_day = ?3 WHERE tenant_id = ?1 AND id = ?2",
                         {unit.tenant(), staff, last}));
    if (successor) {
        const auto codes = state_.read([&](const State& state) {
            std::vector<StaffCode> own;
            for (const StaffCode& one : state.tenants.at(unit.tenant()).codes)
                if (one.staff == staff) own.push_back(one);
            return own;
        });
        for (StaffCode code : codes) {
            code.staff = *successor;
            code.from = last + 1;
            TRY(put_code(unit, code));
        }
    }
    TRY(unit.audit({.action = "staff.leave",
                    .object = staff.str(),
                    .detail = R"({"last_day":")" + to_iso(last) + R"("})"}));
    publish(unit, changed);
    if (last < today(unit.context())) TRY(end_sessions(unit, staff));
    return ok();
}

// ---- Posts that nobody holds ----

namespace {

// Who held a post of a node last, and who holds it now.
struct Holding {
    std::int64_t now = 0;
    std::optional<Day> last;
    std::string name;
};
using Holdings = std::map<std::pair<OrgNodeId, Id<tag::Role>>, Holding>;

Holdings holdings_on(const TenantState& tenant, Day day) {
    Holdings found;
    for (const auto& [id, member] : tenant.staff) {
        for (const StaffMember::Post& post : member.posts) {
            Holding& holding = found[{post.node, post.role}];
            if (member.works_on(day) && post.held_on(day)) {
                ++holding.now;
                continue;
            }
            // Whoever was shut out without a last day left no day to tell.
            std::optional<Day> last = post.until;
            if (member.left && (!last || *member.left < *last)) last = member.left;
            if (!last || *last >= day || (post.from && *last < *post.from)) continue;
            if (!holding.last || *holding.last < *last) {
                holding.last = last;
                holding.name = member.name;
            }
        }
    }
    return found;
}

const OrgNode* node_of(const TenantState& tenant, const OrgNodeId& id) {
    const auto at =
        std::find_if(tenant.tree.begin(), tenant.tree.end(), [&](const OrgNode& one) { return one.id == id; });
    return at == tenant.tree.end() ? nullptr : &*at;
}

bool below(const TenantState& tenant, const OrgNode& node, const OrgNodeId& top) {
    for (const OrgNode* at = &node; at != nullptr; at = at->parent ? node_of(tenant, *at->parent) : nullptr)
        if (at->id == top) return true;
    return false;
}

}  // namespace

std::vector<Vacancy> OrgService::vacancies(const kernel::Context& context, Day day, const VacancyFilter& filter) const {
    return state_.read([&](const State& state) {
        std::vector<Vacancy> found;
        const TenantState* tenant = state.tenant(context.tenant);
        if (tenant == nullptr) return found;
        const Holdings holdings = holdings_on(*tenant, day);
        for (const PostNeed& need : tenant->needs) {
            if ((filter.kind && *filter.kind != need.kind) || (filter.role && *filter.role != need.role)) continue;
            for (const OrgNode& node : tenant->tree) {
                if (node.kind != need.kind || !node.open || !context.scope->covers(node.id)) continue;
                if (filter.node && !below(*tenant, node, *filter.node)) continue;
                const auto at = holdings.find({node.id, need.role});
                const Holding held = at == holdings.end() ? Holding{} : at->second;
                if (held.now >= need.minimum) continue;
                const OrgNode* parent = node.parent ? node_of(*tenant, *node.parent) : nullptr;
                found.push_back({node.id, node.name, node.kind, parent == nullptr ? std::string() : parent->name,
                                 need.role, held.now, need.minimum,
                                 held.last ? std::optional(*held.last + 1) : std::nullopt, held.name});
            }
        }
        return found;
    });
}

Status OrgService::set_needs(kernel::Unit& unit, const std::vector<PostNeed>& needs) {
    for (std::size_t i = 0; i < needs.size(); ++i) {
        const bool known = state_.read([&](const State& state) {
            return state.tenants.at(unit.tenant()).roles.contains(needs[i].role);
        });
        if (!known) {
            return Error::invalid("items/" + std::to_string(i) + "/role", "unknown_role", "没有这个角色",
                                  "There is no such role", "从角色表里选择", "Choose from the list");
        }
    }
    TRY(unit.sql().write("DELETE FROM post_need WHERE tenant_id = ?1", {unit.tenant()}));
    for (const PostNeed& need : needs) {
        TRY(unit.sql().write("INSERT INTO post_need (tenant_id, kind, role_id, minimum) VALUES (?1, ?2, ?3, ?4) "
                             "ON CONFLICT (tenant_id, kind, role_id) DO UPDATE SET minimum = excluded.minimum",
                             {unit.tenant(), static_cast<std::int64_t>(need.kind), need.role, need.minimum}));
    }
    TRY(unit.audit({.action = "org.post_needs"}));
    unit.on_commit([this, tenant = unit.tenant(), needs] {
        state_.change([&](State& state) { state.tenants[tenant].needs = needs; });
    });
    return ok();
}

}  // namespace tilth::org
