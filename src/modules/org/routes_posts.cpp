// Posts, codes, leaving, vacancies, and one person in full, over HTTP.

#include <algorithm>

#include "modules/org/service.h"
#include "modules/org/words.h"

namespace tilth::org {

struct StaffKey {
    StaffId id;
};
API_STRUCT(StaffKey, (id))

struct PostDetail {
    OrgNodeId node;
    std::string node_name;
    Id<tag::Role> role;
    std::string role_name_zh;
    std::string role_name_en;
    std::optional<Day> from;
    std::optional<Day> until;
    bool primary = false;
    bool held = false;  // today
};
API_STRUCT(PostDetail, (node, node_name, role, role_name_zh, role_name_en, from, until, primary, held))

struct CodeItem {
    std::string code;
    std::string node_name;  // empty: everywhere
    Day from;
};
API_STRUCT(CodeItem, (code, node_name, from))

struct SessionItem {
    std::string id;
    Instant since;
    Instant last_seen;
    std::string ip;
};
API_STRUCT(SessionItem, (id, since, last_seen, ip))

struct StaffDetail {
    StaffId id;
    std::string name;
    std::string login;
    std::string code;
    bool active = true;
    bool second_factor = false;
    bool must_change_password = false;
    std::optional<Day> left;
    std::vector<PostDetail> posts;
    std::vector<CodeItem> codes;
    std::vector<SessionItem> sessions;
    std::vector<std::string> sole_holder_of;  // posts that would stand empty without this person
};
API_STRUCT(StaffDetail, (id, name, login, code, active, second_factor, must_change_password, left, posts, codes,
                         sessions, sole_holder_of))

struct PutPost {
    StaffId id;
    OrgNodeId node;
    Id<tag::Role> role;
    std::optional<Day> from;
    std::optional<Day> until;
    std::optional<bool> primary;
};
API_STRUCT(PutPost, (id, node, role, from, until, primary))

struct EndPost {
    StaffId id;
    OrgNodeId node;
    Id<tag::Role> role;
    std::optional<Day> until;
};
API_STRUCT(EndPost, (id, node, role, until))

struct AddCode {
    StaffId id;
    Text<1, 40> code;
    std::optional<OrgNodeId> node;
    std::optional<Day> from;
};
API_STRUCT(AddCode, (id, code, node, from))

struct Leave {
    StaffId id;
    std::optional<Day> last_day;
    std::optional<StaffId> successor;
};
API_STRUCT(Leave, (id, last_day, successor))

struct PasswordReply {
    std::string one_time_password;
};
API_STRUCT(PasswordReply, (one_time_password))

struct VacancyQuery {
    std::optional<Day> day;
};
API_STRUCT(VacancyQuery, (day))

struct VacancyItem {
    OrgNodeId node;
    std::string node_name;
    Id<tag::Role> role;
    std::string role_name_zh;
    std::string role_name_en;
    std::int64_t held = 0;
    std::int64_t needed = 1;
};
API_STRUCT(VacancyItem, (node, node_name, role, role_name_zh, role_name_en, held, needed))

struct NeedItem {
    NodeKind kind = NodeKind::Store;
    Id<tag::Role> role;
    Int<1, 100> minimum;
};
API_STRUCT(NeedItem, (kind, role, minimum))

struct VacancyList {
    std::vector<VacancyItem> items;
    std::vector<NeedItem> needs;
};
API_STRUCT(VacancyList, (items, needs))

struct Needs {
    List<NeedItem, 100> items;
};
API_STRUCT(Needs, (items))

}  // namespace tilth::org

template <>
inline constexpr auto tilth::json::field_docs<tilth::org::Leave> = std::to_array<tilth::json::FieldDoc>({
    {"last_day", "最后工作日，缺省为今天", "The last day of work; by default today", "2026-02-28"},
    {"successor", "接手人：从次日起用其工号", "Who takes over the codes from the day after"},
});

namespace tilth::org {

namespace {

using http::Method;
using kernel::Context;
using kernel::None;
using kernel::Unit;

Result<StaffDetail> show_staff(const OrgService& org, const Context& context, const StaffKey& request) {
    TRY(org.check_within(context, request.id));
    const Day today = org.today(context);
    auto shown = org.state().read([&](const State& state) -> Result<StaffDetail> {
        const TenantState* tenant = state.tenant(context.tenant);
        if (tenant == nullptr) return Error(ErrorCode::NotFound, "staff");
        const StaffMember& member = tenant->staff.at(request.id);
        StaffDetail reply{member.id, member.name, member.login, member.code, member.active, member.second_factor,
                          member.must_change, member.left, {}, {}, {}, {}};
        const auto name_of = [&](const OrgNodeId& id) {
            const auto at = std::find_if(tenant->tree.begin(), tenant->tree.end(),
                                         [&](const OrgNode& one) { return one.id == id; });
            return at == tenant->tree.end() ? std::string() : at->name;
        };
        for (const StaffMember::Post& post : member.posts) {
            PostDetail item{post.node, name_of(post.node), post.role, {}, {}, post.from, post.until, post.primary,
                            post.held_on(today)};
            if (const auto role = tenant->roles.find(post.role); role != tenant->roles.end()) {
                item.role_name_zh = role->second.name_zh;
                item.role_name_en = role->second.name_en;
            }
            reply.posts.push_back(std::move(item));
        }
        for (const StaffCode& code : tenant->codes) {
            if (code.staff == member.id)
                reply.codes.push_back({code.code, code.node == tenant->root ? "" : name_of(code.node), code.from});
        }
        // Needed posts of which nobody else is a holder today.
        for (const PostNeed& need : tenant->needs) {
            for (const PostDetail& post : reply.posts) {
                if (post.role != need.role || !post.held) continue;
                std::int64_t others = 0;
                for (const auto& [id, other] : tenant->staff) {
                    if (id == member.id || !other.works_on(today)) continue;
                    others += std::count_if(other.posts.begin(), other.posts.end(), [&](const StaffMember::Post& one) {
                        return one.node == post.node && one.role == post.role && one.held_on(today);
                    });
                }
                if (others < need.minimum) reply.sole_holder_of.push_back(post.node_name + " · " + post.role_name_zh);
            }
        }
        return reply;
    });
    if (!shown) return shown;
    for (const auto& open : org.sessions_of(context.tenant, request.id, context.now))
        shown->sessions.push_back({open.id, open.info.created_at, open.info.last_seen, open.info.ip});
    return shown;
}

VacancyList list_vacancies(const OrgService& org, const Context& context, const VacancyQuery& request) {
    VacancyList reply;
    const auto open = org.vacancies(context, request.day.value_or(org.today(context)));
    org.state().read([&](const State& state) {
        const TenantState* tenant = state.tenant(context.tenant);
        if (tenant == nullptr) return;
        for (const Vacancy& one : open) {
            VacancyItem item{one.node, one.node_name, one.role, {}, {}, one.held, one.needed};
            if (const auto role = tenant->roles.find(one.role); role != tenant->roles.end()) {
                item.role_name_zh = role->second.name_zh;
                item.role_name_en = role->second.name_en;
            }
            reply.items.push_back(std::move(item));
        }
        for (const PostNeed& need : tenant->needs)
            reply.needs.push_back({need.kind, need.role, Int<1, 100>(need.minimum)});
    });
    return reply;
}

void add_person_routes(kernel::Api& api, OrgService& org) {
    api.action<StaffKey, StaffDetail>(
        Method::Get, "/api/v1/staff/{id}", kOrgRead,
        [&org](const Context& context, const StaffKey& request) { return show_staff(org, context, request); },
        {.zh = "一位员工：任职、工号、会话", .en = "One person: posts, codes, sessions", .rows = {"GOV-18"}, .tag = "org"});
    api.command<AddCode, None>(
        Method::Post, "/api/v1/staff/{id}/codes", kOrgWrite,
        [&org](Unit& unit, const AddCode& request) -> Result<None> {
            TRY(org.add_code(unit, request.id, request.node, request.code.str(), request.from.value_or(Day{0})));
            return None{};
        },
        {.zh = "登记工号", .en = "Add a code of a till", .rows = {"GOV-18"}, .tag = "org"});
    api.command<Leave, None>(
        Method::Post, "/api/v1/staff/{id}/leave", kOrgWrite,
        [&org](Unit& unit, const Leave& request) -> Result<None> {
            TRY(org.leave(unit, request.id, request.last_day.value_or(org.today(unit.context())), request.successor));
            return None{};
        },
        {.zh = "离职并交接", .en = "Somebody leaves, with a successor", .rows = {"GOV-18"}, .tag = "org"});
    api.action<StaffKey, PasswordReply>(
        Method::Post, "/api/v1/staff/{id}/one-time-password", kOrgWrite,
        [&org](const Context& context, const StaffKey& request) -> Result<PasswordReply> {
            return PasswordReply{TRY(org.new_password(context, request.id))};
        },
        {.zh = "发一次性密码，只显示一次", .en = "Give out a one-time password", .rows = {"PRV-03"}, .tag = "org"});
    api.command<StaffKey, None>(
        Method::Post, "/api/v1/staff/{id}/sign-out", kOrgWrite,
        [&org](Unit& unit, const StaffKey& request) -> Result<None> {
            TRY(org.check_within(unit.context(), request.id));
            TRY(org.end_sessions(unit, request.id));
            return None{};
        },
        {.zh = "结束该员工的全部会话", .en = "End every session of a person", .rows = {"PRV-03"}, .tag = "org"});
    api.command<StaffKey, None>(
        Method::Post, "/api/v1/staff/{id}/second-factor/reset", kOrgWrite,
        [&org](Unit& unit, const StaffKey& request) -> Result<None> {
            TRY(org.check_may_reset(unit.context(), request.id));
            TRY(org.reset_factor(unit, request.id));
            return None{};
        },
        {.zh = "重置动态验证码", .en = "Take away a lost second factor", .rows = {"PRV-03"}, .tag = "org"});
}

}  // namespace

void add_post_routes(kernel::Kernel& kernel, OrgService& org) {
    kernel::Api& api = kernel.api;
    add_person_routes(api, org);
    api.command<PutPost, None>(
        Method::Post, "/api/v1/staff/{id}/posts", kOrgWrite,
        [&org](Unit& unit, const PutPost& request) -> Result<None> {
            TRY(org.put_post(unit, request.id,
                             {request.node, request.role, request.from, request.until, request.primary.value_or(false),
                              {}}));
            return None{};
        },
        {.zh = "任职：在某节点任某角色，可定起止日", .en = "Give a post, with its days", .rows = {"GOV-18"}, .tag = "org"});
    api.command<EndPost, None>(
        Method::Post, "/api/v1/staff/{id}/posts/end", kOrgWrite,
        [&org](Unit& unit, const EndPost& request) -> Result<None> {
            TRY(org.end_post(unit, request.id, request.node, request.role,
                             request.until.value_or(org.today(unit.context()) + -1)));
            return None{};
        },
        {.zh = "卸任", .en = "End a post", .rows = {"GOV-18"}, .tag = "org"});
    api.action<VacancyQuery, VacancyList>(
        Method::Get, "/api/v1/org/vacancies", kOrgRead,
        [&org](const Context& context, const VacancyQuery& request) -> Result<VacancyList> {
            return list_vacancies(org, context, request);
        },
        {.zh = "缺岗", .en = "Posts that nobody holds", .rows = {"GOV-18"}, .tag = "org"});
    api.command<Needs, None>(
        Method::Put, "/api/v1/org/post-needs", kRoleWrite,
        [&org](Unit& unit, const Needs& request) -> Result<None> {
            std::vector<PostNeed> needs;
            for (const NeedItem& one : request.items) needs.push_back({one.kind, one.role, one.minimum.value()});
            TRY(org.set_needs(unit, needs));
            return None{};
        },
        {.zh = "规定各类节点须有的岗位", .en = "Which posts every node of a kind needs", .rows = {"GOV-18"}, .tag = "org"});
}

}  // namespace tilth::org
