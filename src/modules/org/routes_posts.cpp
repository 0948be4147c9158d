// Posts, codes, leaving, vacancies, and one person in full, over HTTP.

#include <algorithm>

#include "modules/org/service.h"
#include "modules/org/words.h"
#include "platform/text/csv.h"

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

struct WithdrawPost {
    StaffId id;
    OrgNodeId node;
    Id<tag::Role> role;
};
API_STRUCT(WithdrawPost, (id, node, role))

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
    std::optional<NodeKind> kind;
    std::optional<Id<tag::Role>> role;
    std::optional<OrgNodeId> node;  // and all below
};
API_STRUCT(VacancyQuery, (day, kind, role, node))

struct VacancyItem {
    OrgNodeId node;
    std::string node_name;
    NodeKind kind = NodeKind::Store;
    std::string parent_name;
    Id<tag::Role> role;
    std::string role_name_zh;
    std::string role_name_en;
    std::int64_t held = 0;
    std::int64_t needed = 1;
    std::optional<Day> since;  // the day after its last holder's last day; none: nobody ever held it
    std::string last_holder;
};
API_STRUCT(VacancyItem, (node, node_name, kind, parent_name, role, role_name_zh, role_name_en, held, needed, since,
                         last_holder))

struct HolderItem {
    StaffId staff;
    std::string name;
    OrgNodeId node;
    std::string node_name;
    NodeKind kind = NodeKind::Store;
    Id<tag::Role> role;
    std::string role_name_zh;
    std::string role_name_en;
    std::optional<Day> from;
    std::optional<Day> until;
    bool held = false;       // on the day
    bool dedicated = false;  // holds no other post on the day
};
API_STRUCT(HolderItem, (staff, name, node, node_name, kind, role, role_name_zh, role_name_en, from, until, held,
                        dedicated))

struct PostDirectory {
    std::vector<HolderItem> items;
};
API_STRUCT(PostDirectory, (items))

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
    const auto open = org.vacancies(context, request.day.value_or(org.today(context)),
                                    {request.kind, request.role, request.node});
    org.state().read([&](const State& state) {
        const TenantState* tenant = state.tenant(context.tenant);
        if (tenant == nullptr) return;
        for (const Vacancy& one : open) {
            VacancyItem item{one.node, one.node_name, one.kind, one.parent_name, one.role, {}, {}, one.held, one.needed,
                             one.since, one.last_holder};
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

// Who holds what, or will; what has ended is on the page of the person.
PostDirectory list_posts(const OrgService& org, const Context& context, const VacancyQuery& request) {
    const Day day = request.day.value_or(org.today(context));
    PostDirectory reply;
    org.state().read([&](const State& state) {
        const TenantState* tenant = state.tenant(context.tenant);
        if (tenant == nullptr) return;
        std::map<OrgNodeId, const OrgNode*> nodes;
        for (const OrgNode& node : tenant->tree) nodes[node.id] = &node;
        const auto inside = [&](const OrgNodeId& id) {
            if (!context.scope->covers(id) || !nodes.contains(id)) return false;
            if (!request.node) return true;
            for (std::optional<OrgNodeId> at = id; at && nodes.contains(*at); at = nodes.at(*at)->parent)
                if (*at == *request.node) return true;
            return false;
        };
        for (const auto& [id, member] : tenant->staff) {
            const auto held = std::count_if(member.posts.begin(), member.posts.end(),
                                            [&](const StaffMember::Post& post) { return post.held_on(day); });
            for (const StaffMember::Post& post : member.posts) {
                if (!member.active || (member.left && *member.left < day)) continue;
                if (post.until && *post.until < day) continue;
                if (!inside(post.node) || (request.role && *request.role != post.role)) continue;
                const OrgNode& node = *nodes.at(post.node);
                if (request.kind && *request.kind != node.kind) continue;
                HolderItem item{id, member.name, node.id, node.name, node.kind, post.role, {}, {}, post.from,
                                post.until, post.held_on(day), post.held_on(day) && held == 1};
                if (const auto role = tenant->roles.find(post.role); role != tenant->roles.end()) {
                    item.role_name_zh = role->second.name_zh;
                    item.role_name_en = role->second.name_en;
                }
                reply.items.push_back(std::move(item));
            }
        }
    });
    std::sort(reply.items.begin(), reply.items.end(), [](const HolderItem& one, const HolderItem& two) {
        return std::tie(one.node_name, one.role_name_zh, one.name, one.staff) <
               std::tie(two.node_name, two.role_name_zh, two.name, two.staff);
    });
    return reply;
}

std::string vacancy_file(const VacancyList& list, bool zh) {
    std::string text = "\xEF\xBB\xBF";  // spreadsheets take UTF-8 by its mark alone
    text += zh ? csv_line({"上级", "节点", "岗位", "在岗", "应有", "空缺自", "上一任"})
               : csv_line({"Above", "Node", "Post", "Held", "Needed", "Vacant since", "Last holder"});
    for (const VacancyItem& one : list.items) {
        text += csv_line({one.parent_name, one.node_name, zh ? one.role_name_zh : one.role_name_en,
                          std::to_string(one.held), std::to_string(one.needed), one.since ? to_iso(*one.since) : "",
                          one.last_holder});
    }
    return text;
}

Result<kernel::File> vacancy_csv(const OrgService& org, const Context& context, const http::Request& request) {
    std::vector<json::FlatField> fields;
    for (const http::Header& parameter : request.query) {
        if (parameter.name != "lang") fields.push_back({parameter.name, parameter.value});
    }
    const auto query = TRY(json::parse_flat<VacancyQuery>(fields));
    const VacancyList list = list_vacancies(org, context, query);
    return kernel::File{.name = "vacancies.csv",
                        .text = vacancy_file(list, context.language == kernel::Language::Zh),
                        .rows = static_cast<std::int64_t>(list.items.size())};
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
        Method::Post, "/api/v1/staff/{id}/posts", kPostWrite,
        [&org](Unit& unit, const PutPost& request) -> Result<None> {
            TRY(org.put_post(unit, request.id,
                             {request.node, request.role, request.from, request.until, request.primary.value_or(false),
                              {}}));
            return None{};
        },
        {.zh = "任职：在某节点任某角色，可定起止日", .en = "Give a post, with its days", .rows = {"GOV-18"}, .tag = "org"});
    api.command<EndPost, None>(
        Method::Post, "/api/v1/staff/{id}/posts/end", kPostWrite,
        [&org](Unit& unit, const EndPost& request) -> Result<None> {
            TRY(org.end_post(unit, request.id, request.node, request.role,
                             request.until.value_or(org.today(unit.context()) + -1)));
            return None{};
        },
        {.zh = "卸任", .en = "End a post", .rows = {"GOV-18"}, .tag = "org"});
    api.command<WithdrawPost, None>(
        Method::Post, "/api/v1/staff/{id}/posts/withdraw", kPostWrite,
        [&org](Unit& unit, const WithdrawPost& request) -> Result<None> {
            TRY(org.withdraw_post(unit, request.id, request.node, request.role));
            return None{};
        },
        {.zh = "撤回误给的任职（7 天内）", .en = "Withdraw a post given by mistake, within 7 days", .rows = {"GOV-18"},
         .tag = "org"});
    api.action<VacancyQuery, PostDirectory>(
        Method::Get, "/api/v1/org/posts", kOrgRead,
        [&org](const Context& context, const VacancyQuery& request) -> Result<PostDirectory> {
            return list_posts(org, context, request);
        },
        {.zh = "岗位名录：谁在哪里任什么岗", .en = "The directory of posts: who holds what where", .rows = {"GOV-18"},
         .tag = "org"});
    api.file(
        "/api/v1/org/vacancies.csv", kOrgRead, kernel::FileData::Staff,
        [&org](const Context& context, const http::Request& request) { return vacancy_csv(org, context, request); },
        {.zh = "缺岗清单，成文件", .en = "Vacancies as CSV", .rows = {"GOV-18"}, .tag = "org",
         .query = {{"day", "哪一天，缺省为今天", "On which day; by default today"},
                   {"kind", "节点类型", "Kind of node"},
                   {"role", "岗位", "Post"},
                   {"node", "组织节点及其下级", "An organisation node and all below"}}});
    api.action<VacancyQuery, VacancyList>(
        Method::Get, "/api/v1/org/vacancies", kOrgRead,
        [&org](const Context& context, const VacancyQuery& request) -> Result<VacancyList> {
            return list_vacancies(org, context, request);
        },
        {.zh = "缺岗", .en = "Posts that nobody holds", .rows = {"GOV-18"}, .tag = "org"});
    api.command<Needs, None>(
        Method::Put, "/api/v1/org/post-needs", kPostWrite,
        [&org](Unit& unit, const Needs& request) -> Result<None> {
            std::vector<PostNeed> needs;
            for (const NeedItem& one : request.items) needs.push_back({one.kind, one.role, one.minimum.value()});
            TRY(org.set_needs(unit, needs));
            return None{};
        },
        {.zh = "规定各类节点须有的岗位", .en = "Which posts every node of a kind needs", .rows = {"GOV-18"}, .tag = "org"});
}

}  // namespace tilth::org
