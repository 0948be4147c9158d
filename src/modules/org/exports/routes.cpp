// Exports over HTTP: what was taken and by whom, asking, approving, the limits of roles, and alarms over bulk reads.

#include "modules/org/exports/words.h"
#include "platform/json/value.h"

namespace tilth::org {

enum class ExportsOf : std::uint8_t { Mine, Others };
struct ExportQuery {
    std::optional<ExportsOf> of;  // others: those whom the caller's scope covers
    std::optional<ExportState> state;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(ExportQuery, (of, state, cursor, limit))
struct ExportItem {
    ExportId id;
    std::string actor_name;
    Instant at;
    std::string path;
    std::string query;
    std::string title_zh;
    std::string title_en;
    kernel::FileData data = kernel::FileData::Figures;
    ExportState state = ExportState::Taken;
    std::int64_t rows = 0;
    std::int64_t people = 0;
    std::string reason;
    std::optional<Instant> asked_at;
    std::string decided_by;
    std::optional<Instant> decided_at;
    std::string decision;
    std::optional<Instant> ends_at;
    std::int64_t fetched = 0;
    bool own = false;
    bool may_ask = false;
    bool may_decide = false;
};
API_STRUCT(ExportItem, (id, actor_name, at, path, query, title_zh, title_en, data, state, rows, people, reason,
                        asked_at, decided_by, decided_at, decision, ends_at, fetched, own, may_ask, may_decide))
struct ExportKey { ExportId id; };
API_STRUCT(ExportKey, (id))
struct ExportReason {
    ExportId id;
    Text<2, 200> reason;
};
API_STRUCT(ExportReason, (id, reason))
struct ExportApprove {
    ExportId id;
    std::optional<Text<1, 200>> reason;
};
API_STRUCT(ExportApprove, (id, reason))
struct ExportWaiting {
    std::int64_t to_decide = 0;  // by the caller
    std::int64_t ready = 0;      // the caller's own, approved and not yet fetched
};
API_STRUCT(ExportWaiting, (to_decide, ready))

struct AllowanceItem {
    std::string path;
    std::string permission;
    std::int64_t people = 0;
    std::int64_t files_a_day = 0;
    bool may_ask = false;
};
API_STRUCT(AllowanceItem, (path, permission, people, files_a_day, may_ask))
struct AllowanceList {
    std::int64_t taken_today = 0;
    std::vector<AllowanceItem> items;
};
API_STRUCT(AllowanceList, (taken_today, items))

struct ExportLimitItem {
    Id<tag::Role> role;
    std::string name_zh;
    std::string name_en;
    std::int64_t people = 0;
    std::int64_t files_a_day = 0;
    ExportApproval approval = ExportApproval::OverLimit;
    std::int64_t pages_an_hour = 0;
    bool is_default = true;
};
API_STRUCT(ExportLimitItem, (role, name_zh, name_en, people, files_a_day, approval, pages_an_hour, is_default))
struct ExportLimits {
    std::vector<ExportLimitItem> items;
    bool may_change = false;
};
API_STRUCT(ExportLimits, (items, may_change))
struct SetExportLimit {
    Id<tag::Role> role;
    Int<0, 50'000> people;
    Int<0, 1'000> files_a_day;
    ExportApproval approval = ExportApproval::OverLimit;
    Int<0, 10'000> pages_an_hour;
};
API_STRUCT(SetExportLimit, (role, people, files_a_day, approval, pages_an_hour))
struct LimitKey { Id<tag::Role> role; };
API_STRUCT(LimitKey, (role))

enum class BulkReadKind : std::uint8_t { Reveals, Pages };
struct BulkReadItem {
    std::int64_t number = 0;
    std::string actor_name;
    Instant at;
    BulkReadKind kind = BulkReadKind::Pages;
    std::int64_t people = 0;
    std::string closed_by;
    std::optional<Instant> closed_at;
    std::string note;
};
API_STRUCT(BulkReadItem, (number, actor_name, at, kind, people, closed_by, closed_at, note))
struct BulkReads { std::vector<BulkReadItem> items; };
API_STRUCT(BulkReads, (items))
struct CloseBulkRead {
    std::int64_t number = 0;
    Text<2, 200> note;
};
API_STRUCT(CloseBulkRead, (number, note))

}  // namespace tilth::org

template <>
inline constexpr auto tilth::json::enum_values<tilth::org::ExportsOf> =
    std::to_array<tilth::json::EnumValue<tilth::org::ExportsOf>>({
        {tilth::org::ExportsOf::Mine, "mine", "我的", "Mine"},
        {tilth::org::ExportsOf::Others, "others", "他人的", "Others'"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::org::BulkReadKind> =
    std::to_array<tilth::json::EnumValue<tilth::org::BulkReadKind>>({
        {tilth::org::BulkReadKind::Reveals, "reveals", "查看明文", "Clear values"},
        {tilth::org::BulkReadKind::Pages, "pages", "客户主页", "Customer pages"},
    });

namespace tilth::org {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;
using ExportPage = kernel::Page<ExportItem>;
using Desk = std::shared_ptr<ExportDesk>;

bool sees_others(const Context& context) { return context.may(kExportApprove) || context.may(kAuditSeen); }

// Those whose scope lies within the caller's.
bool within(const Context& context, const ExportRow& row) {
    if (context.scope->all) return true;
    if (row.scope == "*" || row.scope.empty()) return false;
    const auto first = OrgNodeId::parse(std::string_view(row.scope).substr(0, row.scope.find(' ')));
    return first && context.scope->covers(*first);
}

ExportItem item_of(const ExportDesk& desk, const Context& context, ExportRow row) {
    const bool own = row.actor == context.actor.id;
    const bool open = row.state == ExportState::Waiting || row.state == ExportState::Approved;
    const bool decides = open && desk.may_decide(context, row);
    return {row.id,
            std::move(row.actor_name),
            row.at,
            std::move(row.path),
            std::move(row.query),
            std::move(row.title_zh),
            std::move(row.title_en),
            row.data,
            row.state,
            row.rows,
            row.people,
            std::move(row.reason),
            row.asked_at,
            std::move(row.decided_by),
            row.decided_at,
            std::move(row.decision),
            row.ends_at,
            row.fetched,
            own,
            own && row.may_ask && row.state == ExportState::Refused,
            decides};
}

Result<ExportPage> export_page(const ExportDesk& desk, View& view, const ExportQuery& request) {
    const Context& context = view.context();
    const bool mine = request.of.value_or(ExportsOf::Mine) == ExportsOf::Mine;
    if (!mine && !sees_others(context)) return Error(ErrorCode::Forbidden, "needs export.approve or audit.read");
    store::ExportAsked asked;
    if (mine) asked.actor = context.actor.id;
    asked.state = request.state;
    if (request.cursor) {
        const auto parts = TRY(kernel::decode_cursor(request.cursor->str(), 2));
        asked.before = Instant{TRY(parse_decimal(parts[0], 0))};
        asked.before_id = TRY(ExportId::parse(parts[1]));
    }
    const auto rows = static_cast<std::size_t>(kernel::page_rows(request.limit));
    ExportPage page;
    bool more = false;
    TRY(store::exports(view.sql(), view.tenant(), asked, [&](ExportRow row) {
        if (!mine && (row.actor == context.actor.id || !within(context, row))) return true;
        more = page.items.size() == rows;
        if (!more) page.items.push_back(item_of(desk, context, std::move(row)));
        return !more;
    }));
    if (more) {
        const ExportItem& last = page.items.back();
        page.next = kernel::encode_cursor({std::to_string(last.at.ms), last.id.str()});
    }
    page.total = {static_cast<std::int64_t>(page.items.size()),
                  more || request.cursor ? kernel::TotalRelation::Gte : kernel::TotalRelation::Eq};
    return page;
}

Result<ExportWaiting> waiting(const ExportDesk& desk, View& view) {
    ExportWaiting out;
    const Context& context = view.context();
    TRY(store::exports(view.sql(), view.tenant(), {.actor = {}, .state = ExportState::Waiting, .before_id = {}},
                       [&](const ExportRow& row) {
                           out.to_decide += desk.may_decide(context, row) ? 1 : 0;
                           return true;
                       }));
    TRY(store::exports(view.sql(), view.tenant(),
                       {.actor = context.actor.id, .state = ExportState::Approved, .before_id = {}},
                       [&](const ExportRow& row) {
                           out.ready += row.fetched == 0 ? 1 : 0;
                           return true;
                       }));
    return out;
}

Result<AllowanceList> allowances(const ExportDesk& desk, kernel::Api& api, View& view) {
    AllowanceList out;
    out.taken_today = TRY(desk.taken_today(view.sql(), view.context()));
    for (const kernel::RouteInfo& route : api.permission_matrix()) {
        if (route.file != kernel::FileData::People || !view.context().may(route.permission)) continue;
        const Allowance one = desk.allowance(view.context(), route.permission.name);
        out.items.push_back(
            {route.path, std::string(route.permission.name), one.people, one.files_a_day, one.may_ask});
    }
    return out;
}

Result<ExportLimits> limits(const OrgService& org, const Context& context) {
    ExportLimits out;
    out.may_change = context.scope->all && context.may(kRoleWrite);
    org.state().read([&](const State& state) {
        const TenantState* const tenant = state.tenant(context.tenant);
        if (tenant == nullptr) return;
        for (const auto& [id, role] : tenant->roles) {
            const ExportLimit limit = tenant->limit_of(role);
            out.items.push_back({id, role.name_zh, role.name_en, limit.people, limit.files_a_day, limit.approval,
                                 limit.pages_an_hour, !tenant->export_limits.contains(id)});
        }
    });
    return out;
}

Result<BulkReads> bulk_reads(View& view) {
    BulkReads out;
    out.items = TRY(view.sql().all(
        "SELECT number, actor_name, at, kind, people, closed_by, closed_at, note FROM bulk_read WHERE tenant_id = ?1"
        " ORDER BY number DESC LIMIT 100",
        {view.tenant()}, [](const sql::Row& row) {
            return BulkReadItem{row.i64(0),
                                std::string(row.txt(1)),
                                row.instant(2),
                                static_cast<BulkReadKind>(row.i64(3)),
                                row.i64(4),
                                std::string(row.txt(5)),
                                row.opt_instant(6),
                                std::string(row.txt(7))};
        }));
    return out;
}

Status close_bulk_read(Unit& unit, const CloseBulkRead& request) {
    const auto found = TRY(unit.sql().one(
        "SELECT actor_name, closed_at FROM bulk_read WHERE tenant_id = ?1 AND number = ?2",
        {unit.tenant(), request.number},
        [](const sql::Row& row) { return std::pair(std::string(row.txt(0)), row.null(1)); }));
    if (!found) return Error(ErrorCode::NotFound, "bulk read");
    if (!found->second) return Error(ErrorCode::Conflict, "it is closed");
    if (found->first == unit.context().actor.name)
        return Error(ErrorCode::Forbidden, "somebody else looks into what you did");
    TRY(unit.sql().write("UPDATE bulk_read SET closed_by = ?3, closed_at = ?4, note = ?5 WHERE tenant_id = ?1 AND"
                         " number = ?2",
                         {unit.tenant(), request.number, unit.context().actor.name, unit.now(), request.note.str()}));
    return unit.audit({.action = "bulk_read.close", .object = found->first, .reason = request.note.str()});
}

// Of the alarm itself, whoever raised it: the customer module for clear values, the gate for pages.
Status note_bulk_read(Unit& unit, const kernel::OutboxEvent& event) {
    const auto payload = TRY(json::Value::parse(event.payload));
    const bool pages = !payload["pages"].is_null();
    return unit.sql().write(
        "INSERT INTO bulk_read (tenant_id, number, actor_name, at, kind, people, closed_by, note)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, '', '') ON CONFLICT (tenant_id, number) DO NOTHING",
        {unit.tenant(), event.sequence, event.key, event.at,
         static_cast<std::int64_t>(pages ? BulkReadKind::Pages : BulkReadKind::Reveals),
         payload[pages ? "pages" : "reveals"].i64_or(0)});
}

void add_requests(kernel::Api& api, const Desk& desk) {
    api.query<ExportQuery, ExportPage>(
        Method::Get, "/api/v1/exports", kernel::kSignedIn,
        [desk](View& view, const ExportQuery& request) { return export_page(*desk, view, request); },
        {.zh = "导出记录：自己的，或范围内他人的", .en = "Exports: one's own, or others' within one's scope",
         .rows = {"PRV-03"}, .tag = "org"});
    api.query<None, ExportWaiting>(
        Method::Get, "/api/v1/exports/waiting", kernel::kSignedIn,
        [desk](View& view, const None&) { return waiting(*desk, view); },
        {.zh = "等我审批的导出", .en = "Exports that wait for the caller", .rows = {"PRV-03"}, .tag = "org"});
    api.query<None, AllowanceList>(
        Method::Get, "/api/v1/exports/allowance", kernel::kSignedIn,
        [desk, &api](View& view, const None&) { return allowances(*desk, api, view); },
        {.zh = "我可以导出多少", .en = "What the caller may take out", .rows = {"PRV-03"}, .tag = "org"});
    api.command<ExportReason, None>(
        Method::Post, "/api/v1/exports/{id}/ask", kernel::kSignedIn,
        [desk](Unit& unit, const ExportReason& request) -> Result<None> {
            TRY(desk->ask(unit, request.id, request.reason.str()));
            return None{};
        },
        {.zh = "申请超限的导出", .en = "Ask for an export over the limit", .rows = {"PRV-03"}, .tag = "org"});
    api.command<ExportKey, None>(
        Method::Post, "/api/v1/exports/{id}/withdraw", kernel::kSignedIn,
        [desk](Unit& unit, const ExportKey& request) -> Result<None> {
            TRY(desk->withdraw(unit, request.id));
            return None{};
        },
        {.zh = "撤回导出申请", .en = "Take a request back", .rows = {"PRV-03"}, .tag = "org"});
    api.command<ExportApprove, None>(
        Method::Post, "/api/v1/exports/{id}/approve", kExportApprove,
        [desk](Unit& unit, const ExportApprove& request) -> Result<None> {
            TRY(desk->approve(unit, request.id, request.reason ? request.reason->str() : std::string()));
            return None{};
        },
        {.zh = "批准导出：24 小时内可取", .en = "Approve an export: to be fetched within 24 hours",
         .rows = {"PRV-03"}, .tag = "org"});
    api.command<ExportReason, None>(
        Method::Post, "/api/v1/exports/{id}/decline", kExportApprove,
        [desk](Unit& unit, const ExportReason& request) -> Result<None> {
            TRY(desk->decline(unit, request.id, request.reason.str()));
            return None{};
        },
        {.zh = "拒绝导出，或收回批准", .en = "Decline an export, or take an approval back", .rows = {"PRV-03"},
         .tag = "org"});
}

void add_limits(kernel::Api& api, OrgService& org) {
    api.action<None, ExportLimits>(
        Method::Get, "/api/v1/export-limits", kOrgRead,
        [&org](const Context& context, const None&) { return limits(org, context); },
        {.zh = "各角色的导出上限", .en = "What each role may take out", .rows = {"PRV-03"}, .tag = "org"});
    api.command<SetExportLimit, None>(
        Method::Put, "/api/v1/export-limits/{role}", kRoleWrite,
        [&org](Unit& unit, const SetExportLimit& request) -> Result<None> {
            const ExportLimit limit{request.people.value(), request.files_a_day.value(), request.approval,
                                    request.pages_an_hour.value()};
            TRY(org.set_export_limit(unit, request.role, limit));
            return None{};
        },
        {.zh = "设定一个角色的导出上限", .en = "Set what a role may take out", .rows = {"PRV-03"}, .tag = "org"});
    api.command<LimitKey, None>(
        Method::Delete, "/api/v1/export-limits/{role}", kRoleWrite,
        [&org](Unit& unit, const LimitKey& request) -> Result<None> {
            TRY(org.set_export_limit(unit, request.role, std::nullopt));
            return None{};
        },
        {.zh = "恢复默认的导出上限", .en = "Back to the default limit", .rows = {"PRV-03"}, .tag = "org"});
}

void add_bulk_reads(kernel::Api& api) {
    api.query<None, BulkReads>(
        Method::Get, "/api/v1/bulk-reads", kAuditSeen, [](View& view, const None&) { return bulk_reads(view); },
        {.zh = "批量查看告警", .en = "Alarms: who looked at very many people", .rows = {"PRV-03"}, .tag = "org"});
    api.command<CloseBulkRead, None>(
        Method::Post, "/api/v1/bulk-reads/{number}/close", kAuditSeen,
        [](Unit& unit, const CloseBulkRead& request) -> Result<None> {
            TRY(close_bulk_read(unit, request));
            return None{};
        },
        {.zh = "核实并关闭告警", .en = "Look into an alarm and close it", .rows = {"PRV-03"}, .tag = "org"});
}

void define_setting(kernel::Settings& settings, std::string name, std::string value, std::int64_t max, std::string zh,
                    std::string en) {
    settings.define({.name = std::move(name),
                     .default_value = std::move(value),
                     .min = 0,
                     .max = max,
                     .choices = {},
                     .zh = std::move(zh),
                     .en = std::move(en)});
}

}  // namespace

void add_export_routes(kernel::Kernel& kernel, OrgService& org) {
    const auto desk = std::make_shared<ExportDesk>(kernel, org);
    define_setting(kernel.settings, "export.key_people", "20000", 50'000, "接口密钥一份文件最多多少人",
                   "Most people in a file that a key takes");
    define_setting(kernel.settings, "export.key_files_a_day", "100", 10'000, "接口密钥每天最多多少份文件",
                   "Most files of people that a key takes a day");
    kernel.dispatch.on_timer("export.expire", [desk](Unit& unit, const kernel::Timer& timer) {
        return desk->expire(unit, timer);
    });
    kernel.dispatch.on_event("privacy.bulk_read", "org.bulk_read", note_bulk_read);
    add_requests(kernel.api, desk);
    add_limits(kernel.api, org);
    add_bulk_reads(kernel.api);
    kernel.api.set_gate(desk.get());  // the routes above keep it
}

}  // namespace tilth::org
