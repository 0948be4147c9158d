#include "modules/org/exports/desk.h"

#include "modules/org/exports/words.h"
#include "platform/json/value.h"
#include "platform/text/csv.h"

namespace tilth::org {

namespace {

using kernel::Context;
using kernel::Unit;

constexpr Duration kDecideWithin = days(7);
constexpr Duration kFetchWithin = hours(24);
constexpr std::int64_t kWaitingMax = 20;  // of one person

std::string number(std::int64_t value) { return std::to_string(value); }

// Which limit, how high it is, and what to do.
Error refusal(const ExportVerdict verdict, const Allowance& allowance, std::int64_t people, const ExportId& id,
              bool waiting) {
    const bool ask = allowance.may_ask;
    std::string remedy_zh = ask ? "缩小范围，或在「导出」页说明原因并申请审批" : "缩小范围，或请总部在「角色与治理」中调整上限";
    std::string remedy_en = ask ? "Narrow the list, or ask for approval with a reason on the page Exports"
                                : "Narrow the list, or have headquarters change the limit under Roles and governance";
    Error error(ErrorCode::LimitExceeded, "export " + id.str());
    const auto say = [&](std::string rule, std::string zh, std::string en) {
        error.fields = Error::invalid("export", std::move(rule), std::move(zh), std::move(en), std::move(remedy_zh),
                                      std::move(remedy_en))
                           .fields;
    };
    if (waiting) {
        remedy_zh = "等待审批人答复";
        remedy_en = "Wait for the approver's answer";
        say("waiting", "这份文件已申请，尚未审批", "This file was asked for and is not decided yet");
        return error;
    }
    switch (verdict) {
        case ExportVerdict::TooMany:
            say("too_many_people", "文件含 " + number(people) + " 人，您免审批的上限为 " + number(allowance.people) + " 人",
                "The file holds " + number(people) + " people; without approval you may take " +
                    number(allowance.people));
            break;
        case ExportVerdict::TooOften:
            say("too_many_files", "今天已导出 " + number(allowance.files_a_day) + " 份，达到每日上限",
                "You took " + number(allowance.files_a_day) + " files today, as many as you may");
            break;
        case ExportVerdict::Closed:
        case ExportVerdict::Free:
            say("no_files", "您的角色不能导出含客户的文件", "Your role takes no file with customers");
            break;
    }
    return error;
}

std::string stamped(const kernel::File& file, const ExportId& id, kernel::FileData data) {
    auto detail = json::Value::parse(file.detail);
    json::Value out = detail ? std::move(*detail) : json::Value::object();
    out.set("export", id.str()).set("data", kernel::name(data)).set("count", file.rows);
    return out.print();
}

std::string scope_of(const OrgService& org, const Context& context) {
    if (context.scope->all) return "*";
    std::string out;
    for (const OrgNodeId& top : org.tops(context)) out.append(out.empty() ? "" : " ").append(top.str());
    return out;
}

Status insert(Unit& unit, const ExportRow& row, Day day) {
    return unit.sql().write(
        "INSERT INTO export (tenant_id, id, actor_kind, actor, actor_name, scope, at, day, path, query, title_zh,"
        " title_en, data, state, file_rows, people, may_ask, reason, decided_by, decision, fetched)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, '', '', '', ?18)",
        {unit.tenant(), row.id, static_cast<std::int64_t>(row.actor_kind), StaffId{row.actor}, row.actor_name,
         row.scope, row.at, day, row.path, row.query, row.title_zh, row.title_en, static_cast<std::int64_t>(row.data),
         static_cast<std::int64_t>(row.state), row.rows, row.people, row.may_ask, row.fetched});
}

// Refused again: what would be asked for is what the list holds now.
Status refresh(Unit& unit, const ExportId& id, const ExportRow& row, Day day) {
    return unit.sql().write("UPDATE export SET at = ?3, day = ?4, scope = ?5, file_rows = ?6, people = ?7, may_ask = ?8"
                            " WHERE tenant_id = ?1 AND id = ?2",
                            {unit.tenant(), id, row.at, day, row.scope, row.rows, row.people, row.may_ask});
}

// The same question of the same actor that was refused, waits or was approved.
struct Standing {
    ExportId id;
    ExportState state = ExportState::Refused;
    std::int64_t people = 0;
};
Result<std::vector<Standing>> standing(Unit& unit, const kernel::FileAsked& asked) {
    return unit.sql().all(
        "SELECT id, state, people FROM export WHERE tenant_id = ?1 AND actor = ?2 AND path = ?3 AND query = ?4"
        " AND state IN (?5, ?6, ?7) AND (ends_at IS NULL OR ends_at > ?8) ORDER BY at DESC, id DESC",
        {unit.tenant(), StaffId{unit.context().actor.id}, asked.path, asked.query,
         static_cast<std::int64_t>(ExportState::Refused), static_cast<std::int64_t>(ExportState::Waiting),
         static_cast<std::int64_t>(ExportState::Approved), unit.now()},
        [](const sql::Row& row) {
            return Standing{row.id<ExportId>(0), static_cast<ExportState>(row.i64(1)), row.i64(2)};
        });
}

Status settle(Unit& unit, const ExportRow& row, ExportState to, const std::optional<Instant>& ends_at) {
    if (ends_at) TRY(unit.set_timer("export.expire", row.id.str(), *ends_at));
    else TRY(unit.clear_timer("export.expire", row.id.str()));
    return unit.sql().write(
        "UPDATE export SET state = ?3, reason = ?4, asked_at = ?5, decided_by = ?6, decided_at = ?7, decision = ?8,"
        " ends_at = ?9 WHERE tenant_id = ?1 AND id = ?2",
        {unit.tenant(), row.id, static_cast<std::int64_t>(to), row.reason, row.asked_at, row.decided_by,
         row.decided_at, row.decision, ends_at});
}

Result<ExportRow> own(Unit& unit, const ExportId& id) {
    auto row = TRY(store::find_export(unit.sql(), unit.tenant(), id));
    if (!row || row->actor != unit.context().actor.id) return Error(ErrorCode::NotFound, "export");
    return std::move(*row);
}

Error not_in(ExportState state) {
    for (const auto& one : json::enum_values<ExportState>)
        if (one.value == state) return Error(ErrorCode::Conflict, "the export is " + std::string(one.name));
    return Error(ErrorCode::Conflict, "export");
}

}  // namespace

// ---- The gate ----

Allowance ExportDesk::allowance(const Context& context, std::string_view permission) const {
    Allowance out;
    if (context.actor.kind == kernel::ActorKind::ApiKey) {
        out.people = kernel_.settings.integer(context.tenant, "export.key_people");
        out.files_a_day = kernel_.settings.integer(context.tenant, "export.key_files_a_day");
        return out;
    }
    const StaffId id{context.actor.id};
    const Day today = org_.today(context);
    org_.state().read([&](const State& state) {
        const TenantState* const tenant = state.tenant(context.tenant);
        if (tenant == nullptr) return;
        const auto member = tenant->staff.find(id);
        if (member == tenant->staff.end()) return;
        for (const StaffMember::Post& post : member->second.posts) {
            const auto role = tenant->roles.find(post.role);
            if (role == tenant->roles.end() || !post.held_on(today)) continue;
            if (expand(role->second.permissions, org_.declared()).has(permission))
                add(out, tenant->limit_of(role->second));
        }
    });
    return out;
}

Result<std::int64_t> ExportDesk::taken_today(sql::Connection& sql, const Context& context) const {
    return TRY(sql.one("SELECT count(*) FROM export WHERE tenant_id = ?1 AND actor = ?2 AND day = ?3 AND state = ?4"
                       " AND data = ?5",
                       {context.tenant, StaffId{context.actor.id}, org_.today(context),
                        static_cast<std::int64_t>(ExportState::Taken),
                        static_cast<std::int64_t>(kernel::FileData::People)},
                       [](const sql::Row& row) { return row.i64(0); }))
        .value_or(0);
}

Result<ExportDesk::Outcome> ExportDesk::decide(Unit& unit, const kernel::FileAsked& asked,
                                               const Allowance& allowance) const {
    const Context& context = unit.context();
    const kernel::File& file = asked.file;
    ExportRow row{.id = unit.new_id<ExportId>(),
                  .actor_kind = context.actor.kind,
                  .actor = context.actor.id,
                  .actor_name = context.actor.name,
                  .scope = scope_of(org_, context),
                  .at = unit.now(),
                  .path = asked.path,
                  .query = asked.query,
                  .title_zh = std::string(asked.zh),
                  .title_en = std::string(asked.en),
                  .data = asked.data,
                  .rows = file.rows,
                  .people = file.people,
                  .may_ask = allowance.may_ask && context.actor.kind == kernel::ActorKind::Staff,
                  .fetched = 1};
    Outcome out{row.id};
    if (asked.data == kernel::FileData::People) {
        const auto before = TRY(standing(unit, asked));
        const std::int64_t taken = TRY(taken_today(unit.sql(), context));
        for (const Standing& one : before) {
            if (one.state != ExportState::Approved || file.people > people_approved(one.people)) continue;
            TRY(unit.sql().write("UPDATE export SET fetched = fetched + 1 WHERE tenant_id = ?1 AND id = ?2",
                                 {unit.tenant(), one.id}));
            const std::string detail = stamped(file, one.id, asked.data);
            TRY(unit.audit({.action = file.action, .object = file.object, .detail = detail}));
            return Outcome{one.id};
        }
        out.verdict = verdict(allowance, taken, file.people);
        if (out.verdict != ExportVerdict::Free) {
            row.state = ExportState::Refused;
            row.fetched = 0;
            for (const Standing& one : before) {
                if (one.state == ExportState::Approved) continue;
                out.waiting = one.state == ExportState::Waiting;
                out.id = one.id;
                break;
            }
            if (out.id == row.id) TRY(insert(unit, row, org_.today(context)));
            else if (!out.waiting) TRY(refresh(unit, out.id, row, org_.today(context)));
            const std::string detail = stamped(file, out.id, asked.data);
            TRY(unit.audit({.action = "export.refused", .object = out.id.str(), .detail = detail}));
            return out;
        }
    }
    TRY(insert(unit, row, org_.today(context)));
    TRY(unit.audit({.action = file.action, .object = file.object, .detail = stamped(file, row.id, asked.data)}));
    return out;
}

Result<kernel::FileStamp> ExportDesk::admit(const Context& context, const kernel::FileAsked& asked) {
    const Allowance allowed = allowance(context, asked.permission);
    const auto outcome = TRY(kernel_.record.write<Outcome>(
        context, [&](Unit& unit) { return decide(unit, asked, allowed); }));
    if (outcome.verdict != ExportVerdict::Free)
        return refusal(outcome.verdict, allowed, asked.file.people, outcome.id, outcome.waiting);
    kernel::FileStamp stamp{outcome.id.str(), {}};
    if (asked.data == kernel::FileData::People) {
        const bool zh = context.language == kernel::Language::Zh;
        const std::string when = org_.calendar(context.tenant).zone.format(context.now);
        stamp.mark = csv_line({(zh ? "导出 " : "Export ") + stamp.id + " · " + context.actor.name + " · " + when});
    }
    return stamp;
}

// ---- Asking and deciding ----

Status ExportDesk::ask(Unit& unit, const ExportId& id, std::string reason) {
    ExportRow row = TRY(own(unit, id));
    const auto waiting = TRY(unit.sql().one(
        "SELECT count(*) FROM export WHERE tenant_id = ?1 AND actor = ?2 AND state = ?3",
        {unit.tenant(), StaffId{row.actor}, static_cast<std::int64_t>(ExportState::Waiting)},
        [](const sql::Row& one) { return one.i64(0); }));
    if (row.state != ExportState::Refused) return not_in(row.state);
    if (!row.may_ask) return Error(ErrorCode::Forbidden, "your role cannot ask for more");
    if (waiting.value_or(0) >= kWaitingMax) return Error(ErrorCode::LimitExceeded, "exports that wait for approval");
    row.reason = std::move(reason);
    row.asked_at = unit.now();
    TRY(settle(unit, row, ExportState::Waiting, unit.now() + kDecideWithin));
    const std::string detail = json::Value::object({{"path", row.path}, {"people", row.people}}).print();
    TRY(unit.audit({.action = "export.ask", .object = id.str(), .detail = detail, .reason = row.reason}));
    return unit.emit("export.asked", id.str(), detail);
}

Status ExportDesk::withdraw(Unit& unit, const ExportId& id) {
    const ExportRow row = TRY(own(unit, id));
    if (row.state != ExportState::Waiting) return not_in(row.state);
    TRY(settle(unit, row, ExportState::Withdrawn, std::nullopt));
    return unit.audit({.action = "export.withdraw", .object = id.str()});
}

bool ExportDesk::may_decide(const Context& context, const ExportRow& row) const {
    if (!context.may(kExportApprove) || context.actor.kind != kernel::ActorKind::Staff) return false;
    if (row.actor == context.actor.id) return false;
    if (context.scope->all) return true;
    if (row.scope == "*" || row.scope.empty()) return false;
    std::string_view rest = row.scope;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        const auto top = OrgNodeId::parse(rest.substr(0, end));
        if (!top || !context.scope->covers(*top)) return false;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return true;
}

Result<ExportRow> ExportDesk::undecided(Unit& unit, const ExportId& id) const {
    auto row = TRY(store::find_export(unit.sql(), unit.tenant(), id));
    if (!row) return Error(ErrorCode::NotFound, "export");
    if (row->actor == unit.context().actor.id) {
        Error error(ErrorCode::Forbidden, "nobody approves their own export");
        error.fields = Error::invalid("id", "own_export", "不能审批自己的导出", "Nobody approves their own export",
                                      "请另一位审批人处理", "Have another approver decide")
                           .fields;
        return error;
    }
    if (!may_decide(unit.context(), *row)) return Error(ErrorCode::NotFound, "export");
    row->decided_by = unit.context().actor.name;
    row->decided_at = unit.now();
    return std::move(*row);
}

Status ExportDesk::approve(Unit& unit, const ExportId& id, std::string reason) {
    ExportRow row = TRY(undecided(unit, id));
    if (row.state != ExportState::Waiting) return not_in(row.state);
    row.decision = std::move(reason);
    TRY(settle(unit, row, ExportState::Approved, unit.now() + kFetchWithin));
    const std::string detail = json::Value::object({{"asked_by", row.actor_name}, {"people", row.people}}).print();
    return unit.audit({.action = "export.approve", .object = id.str(), .detail = detail, .reason = row.decision});
}

Status ExportDesk::decline(Unit& unit, const ExportId& id, std::string reason) {
    ExportRow row = TRY(undecided(unit, id));
    if (row.state != ExportState::Waiting && row.state != ExportState::Approved) return not_in(row.state);
    row.decision = std::move(reason);
    TRY(settle(unit, row, ExportState::Declined, std::nullopt));
    const std::string detail = json::Value::object({{"asked_by", row.actor_name}, {"people", row.people}}).print();
    return unit.audit({.action = "export.decline", .object = id.str(), .detail = detail, .reason = row.decision});
}

Status ExportDesk::expire(Unit& unit, const kernel::Timer& timer) {
    const auto id = TRY(ExportId::parse(timer.key));
    const auto row = TRY(store::find_export(unit.sql(), unit.tenant(), id));
    if (!row || (row->state != ExportState::Waiting && row->state != ExportState::Approved)) return ok();
    TRY(unit.sql().write("UPDATE export SET state = ?3 WHERE tenant_id = ?1 AND id = ?2",
                         {unit.tenant(), id, static_cast<std::int64_t>(ExportState::Expired)}));
    return unit.audit({.action = "export.expire", .object = id.str()});
}

// ---- Who looks at very many people ----

std::int64_t ExportDesk::pages_an_hour(const Context& context) const {
    const StaffId id{context.actor.id};
    const Day today = org_.today(context);
    return org_.state().read([&](const State& state) {
        std::int64_t most = 0;
        const TenantState* const tenant = state.tenant(context.tenant);
        if (tenant == nullptr) return most;
        const auto member = tenant->staff.find(id);
        if (member == tenant->staff.end()) return most;
        for (const StaffMember::Post& post : member->second.posts) {
            const auto role = tenant->roles.find(post.role);
            if (role == tenant->roles.end() || !post.held_on(today)) continue;
            const std::int64_t pages = tenant->limit_of(role->second).pages_an_hour;
            most = std::max(most, pages == 0 ? INT64_MAX : pages);
        }
        return most;
    });
}

void ExportDesk::seen(const Context& context, std::string_view person) {
    if (context.actor.kind != kernel::ActorKind::Staff) return;
    const std::int64_t most = pages_an_hour(context);
    if (most == 0 || most == INT64_MAX) return;
    const std::int64_t hour = context.now.ms / hours(1).ms;
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(looked_, [&](const auto& one) { return one.second.hour < hour; });
        Looked& now = looked_[{context.tenant, context.actor.id}];
        now.hour = hour;
        if (now.alarmed) return;
        now.people.emplace(person);
        if (static_cast<std::int64_t>(now.people.size()) < most) return;
        now.alarmed = true;
        now.people.clear();
    }
    const std::string detail =
        json::Value::object({{"pages", most}, {"hour", to_iso(Instant{hour * hours(1).ms})}}).print();
    kernel_.record.submit(
        context,
        [detail](Unit& unit) -> Status {
            TRY(unit.audit({.action = "customer.bulk_read", .object = unit.context().actor.name, .detail = detail}));
            return unit.emit("privacy.bulk_read", unit.context().actor.name, detail);
        },
        [](const Status&) {});
}

}  // namespace tilth::org
