// The page 审计: search, keyset pages, the file, and the proof of the chain.

#include "app/registry.h"
#include "app/routes.h"
#include "app/world.h"
#include "kernel/audit.h"
#include "platform/json/value.h"
#include "platform/text/csv.h"

namespace tilth::app {

struct AuditQuery {
    std::optional<Text<1, 80>> actor;
    std::optional<Text<1, 60>> action;
    std::optional<Text<1, 80>> object;
    std::optional<Text<1, 80>> text;
    std::optional<Instant> from;
    std::optional<Instant> to;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(AuditQuery, (actor, action, object, text, from, to, cursor, limit))

struct AuditItem {
    std::int64_t sequence = 0;
    Instant at;
    std::string actor_id;
    std::string actor_name;
    std::string action;
    std::string object;
    json::Raw detail;
    std::string reason;
    std::string request;
};
API_STRUCT(AuditItem, (sequence, at, actor_id, actor_name, action, object, detail, reason, request))

struct AuditProofReply {
    bool whole = true;
    std::int64_t lines = 0;
    std::int64_t broken_at = 0;
    std::string head;
};
API_STRUCT(AuditProofReply, (whole, lines, broken_at, head))

}  // namespace tilth::app

namespace tilth::app {

namespace {

using http::Method;
using kernel::Context;
using kernel::None;
using kernel::View;
using AuditPage = kernel::Page<AuditItem>;

constexpr std::int64_t kExportRowsMax = 50'000;
constexpr int kRowsARead = 1'000;  // one reader's snapshot lasts a second at most

kernel::AuditFilter filter_of(const AuditQuery& request) {
    kernel::AuditFilter filter;
    if (request.actor) filter.who = request.actor->str();
    if (request.action) filter.action = request.action->str();
    if (request.object) filter.object = request.object->str();
    if (request.text) filter.text = request.text->str();
    filter.from = request.from;
    filter.to = request.to;
    return filter;
}

Result<AuditPage> audit_page(View& view, const AuditQuery& request) {
    kernel::AuditFilter filter = filter_of(request);
    const auto rows = static_cast<std::size_t>(kernel::page_rows(request.limit));
    filter.limit = static_cast<int>(rows) + 1;
    if (request.cursor) {
        const auto parts = TRY(kernel::decode_cursor(request.cursor->str(), 1));
        filter.before_sequence = TRY(parse_decimal(parts[0], 0));
    }
    auto [lines, go_on_before] = TRY(kernel::search_audit(view.sql(), view.tenant(), filter));
    AuditPage page;
    const bool more = lines.size() > rows;
    if (more) lines.resize(rows);
    for (auto& line : lines) {
        page.items.push_back({line.sequence,
                              line.at,
                              std::move(line.actor_id),
                              std::move(line.actor_name),
                              std::move(line.action),
                              std::move(line.object),
                              {std::move(line.detail)},
                              std::move(line.reason),
                              std::move(line.request)});
    }
    if (more) go_on_before = page.items.back().sequence;
    if (go_on_before > 0) page.next = kernel::encode_cursor({std::to_string(go_on_before)});
    page.total = {static_cast<std::int64_t>(page.items.size()),
                  page.next || request.cursor ? kernel::TotalRelation::Gte : kernel::TotalRelation::Eq};
    return page;
}

std::string heading(kernel::Language language) {
    if (language == kernel::Language::En) {
        return csv_line({"No.", "At", "Actor", "Actor id", "Action", "Object", "Reason", "Detail", "Request"});
    }
    return csv_line({"序号", "时间", "操作人", "操作人编号", "动作", "对象", "原因", "详情", "请求号"});
}

// Newest first, in reads of their own: lines that are added meanwhile stand before the first one and are not in it.
Result<kernel::File> file_of(World& world, const Context& context, kernel::AuditFilter filter) {
    const Zone zone = world.org().calendar(context.tenant).zone;
    kernel::File file{.name = "audit.csv",
                      .text = "\xEF\xBB\xBF" + heading(context.language),  // spreadsheets take UTF-8 by its mark alone
                      .action = "audit.export"};
    filter.limit = kRowsARead;
    for (;;) {
        const auto found = TRY(world.kernel().record.read<kernel::AuditFound>(context, [&](View& view) {
            return kernel::search_audit(view.sql(), view.tenant(), filter);
        }));
        for (const kernel::AuditLine& line : found.lines) {
            file.text += csv_line({std::to_string(line.sequence), zone.format(line.at), line.actor_name, line.actor_id,
                                   line.action, line.object, line.reason, line.detail, line.request});
        }
        file.rows += static_cast<std::int64_t>(found.lines.size());
        if (file.rows > kExportRowsMax) {
            return Error(ErrorCode::LimitExceeded,
                         "an export has at most " + std::to_string(kExportRowsMax) + " lines: choose a shorter time");
        }
        const bool full = found.lines.size() == static_cast<std::size_t>(kRowsARead);
        if (!full && found.go_on_before == 0) return file;
        filter.before_sequence = full ? found.lines.back().sequence : found.go_on_before;
    }
}

Result<kernel::File> export_audit(World& world, const Context& context, const http::Request& request) {
    std::vector<json::FlatField> fields;
    for (const http::Header& parameter : request.query)
        if (parameter.name != "lang") fields.push_back({parameter.name, parameter.value});
    AuditQuery query = TRY(json::parse_flat<AuditQuery>(fields));
    query.cursor.reset();
    query.limit.reset();
    kernel::File file = TRY(file_of(world, context, filter_of(query)));
    json::Value detail = json::Value::object({{"count", file.rows}});
    detail.set("filters", TRY(json::Value::parse(json::print(query))));
    file.detail = detail.print();
    return file;
}

void add_audit_export(World& world) {
    world.kernel().api.file(
        "/api/v1/audit.csv", kAuditExport, kernel::FileData::Staff,
        [&world](const Context& context, const http::Request& request) {
            return export_audit(world, context, request);
        },
        {.zh = "导出审计（本身也记入审计）",
         .en = "The audit log as CSV; audited itself",
         .rows = {"PRV-03"},
         .tag = "system",
         .query = {{"actor", "操作人编号或姓名", "The actor's id, or part of the name"},
                   {"action", "动作", "Action"},
                   {"object", "对象编号", "The object's id"},
                   {"text", "任意文字", "Any text"},
                   {"from", "从", "From"},
                   {"to", "到", "To"}}});
}

}  // namespace

void add_audit_routes(World& world) {
    auto& api = world.kernel().api;
    api.query<AuditQuery, AuditPage>(
        Method::Get, "/api/v1/audit", kAuditRead, audit_page,
        {.zh = "审计记录", .en = "Audit lines, newest first", .rows = {"PRV-03"}, .tag = "system"});
    api.query<None, AuditProofReply>(
        Method::Post, "/api/v1/audit/verify", kAuditRead,
        [](View& view, const None&) -> Result<AuditProofReply> {
            const auto proof = TRY(kernel::verify_audit(view.sql(), view.tenant()));
            return AuditProofReply{proof.whole, proof.lines, proof.broken_at, proof.head};
        },
        {.zh = "校验审计链", .en = "Prove the audit chain", .rows = {"PRV-03"}, .tag = "system"});
    add_audit_export(world);
}

}  // namespace tilth::app
