// Imports over HTTP: upload, map, check, run, rejects by cause, take back.

#include <map>

#include "modules/collect/service.h"
#include "platform/json/value.h"
#include "platform/text/csv.h"

namespace tilth::collect {

struct ColumnMap {
    Text<1, 60> field;
    Text<0, 200> header;
    std::optional<Text<0, 200>> constant;
    std::optional<std::map<std::string, std::string>> values;  // what the file says to what the field knows
};
API_STRUCT(ColumnMap, (field, header, constant, values))

struct MappingRequest {
    ImportId id;
    std::optional<Text<1, 40>> target;
    std::optional<Text<0, 60>> zone;
    List<ColumnMap, 100> columns;
    std::optional<json::Raw> options;
    std::optional<Text<0, 60>> profile;
    std::optional<Int<0, 1'000>> header_line;
    std::optional<List<Text<1, 60>, 20>> key;
    std::optional<List<Text<1, 200>, 50>> fill_down;
    std::optional<bool> drop_masked;
};
API_STRUCT(MappingRequest, (id, target, zone, columns, options, profile, header_line, key, fill_down, drop_masked))

struct ColumnSample {
    std::string name;
    std::vector<std::string> samples;
};
API_STRUCT(ColumnSample, (name, samples))

struct CountsItem {
    std::int64_t read = 0;
    std::int64_t fresh = 0;
    std::int64_t updated = 0;
    std::int64_t unchanged = 0;
    std::int64_t invalid = 0;
    std::int64_t contradictory = 0;  // of those taken: they contradict what stands
};
API_STRUCT(CountsItem, (read, fresh, updated, unchanged, invalid, contradictory))

struct TotalItem {
    std::string name;
    std::string zh;
    std::string en;
    std::int64_t value = 0;
    std::string unit;
    std::string exact;
};
API_STRUCT(TotalItem, (name, zh, en, value, unit, exact))

struct CauseItem {
    std::string cause;
    std::string field;
    std::int64_t rows = 0;
};
API_STRUCT(CauseItem, (cause, field, rows))

struct ContradictionItem {
    std::int64_t line = 0;
    std::string field;
    std::string subject;  // an order's number; may be empty
};
API_STRUCT(ContradictionItem, (line, field, subject))

struct ImportItem {
    ImportId id;
    std::string name;
    std::string target;
    ImportState state = ImportState::Uploaded;
    std::string encoding;
    std::string separator;
    std::int64_t bytes = 0;
    CountsItem counts;
    std::optional<JobId> job;
    std::string created_by;
    Instant created_at;
    Instant changed_at;
};
API_STRUCT(ImportItem,
           (id, name, target, state, encoding, separator, bytes, counts, job, created_by, created_at, changed_at))

struct ImportPage {
    ImportItem item;
    std::vector<ColumnSample> columns;
    json::Raw mapping;
    std::vector<CauseItem> causes;
    std::vector<TotalItem> totals;
    std::vector<ContradictionItem> contradictions;  // the first kContradictionsShown of counts.contradictory
};
API_STRUCT(ImportPage, (item, columns, mapping, causes, totals, contradictions))

struct ImportList {
    std::vector<ImportItem> items;
};
API_STRUCT(ImportList, (items))

struct ImportKey {
    ImportId id;
};
API_STRUCT(ImportKey, (id))

struct Started {
    JobId job;
};
API_STRUCT(Started, (job))

struct RejectQuery {
    ImportId id;
    std::optional<Text<1, 60>> cause;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(RejectQuery, (id, cause, cursor, limit))

struct RejectItem {
    std::int64_t line = 0;
    std::string cause;
    std::string field;
    std::vector<std::string> cells;
};
API_STRUCT(RejectItem, (line, cause, field, cells))

struct TargetFieldItem {
    std::string name;
    std::string zh;
    std::string en;
    bool required = false;
};
API_STRUCT(TargetFieldItem, (name, zh, en, required))

struct TargetItem {
    std::string name;
    std::vector<TargetFieldItem> fields;
};
API_STRUCT(TargetItem, (name, fields))

struct TargetList {
    std::vector<TargetItem> items;
};
API_STRUCT(TargetList, (items))

}  // namespace tilth::collect

template <>
inline constexpr auto tilth::json::enum_values<tilth::collect::ImportState> =
    std::to_array<tilth::json::EnumValue<tilth::collect::ImportState>>({
        {tilth::collect::ImportState::Uploaded, "uploaded", "已上传", "Uploaded"},
        {tilth::collect::ImportState::Checking, "checking", "检查中", "Checking"},
        {tilth::collect::ImportState::Checked, "checked", "已检查", "Checked"},
        {tilth::collect::ImportState::Running, "running", "导入中", "Running"},
        {tilth::collect::ImportState::Done, "done", "完成", "Done"},
        {tilth::collect::ImportState::TakingBack, "taking_back", "撤销中", "Taking back"},
        {tilth::collect::ImportState::TakenBack, "taken_back", "已撤销", "Taken back"},
        {tilth::collect::ImportState::Failed, "failed", "失败", "Failed"},
    });

namespace tilth::collect {

namespace {

using http::Method;
using kernel::Context;
using kernel::None;
using kernel::View;
using RejectPage = kernel::Page<RejectItem>;

constexpr int kImportsShown = 100;
constexpr int kContradictionsShown = 200;
constexpr std::size_t kSampleRows = 20;
constexpr std::size_t kUploadBytesMax = 256u << 20;
constexpr std::string_view kRejectPurpose = "import_reject";

ImportItem item_of(const ImportRow& row) {
    const ImportCounts& c = row.counts;
    return {row.id,       row.name,       row.target,     row.state,
            row.encoding, row.separator,  row.bytes,
            {c.read, c.fresh, c.updated, c.unchanged, c.invalid, c.contradictory},
            row.job,      row.created_by, row.created_at, row.changed_at};
}

std::vector<std::string> cells_of(kernel::Kernel& kernel, const TenantId& tenant, const std::string& sealed) {
    std::vector<std::string> cells;
    const auto text = kernel.vault.open_for_tenant(tenant, kRejectPurpose, sealed);
    const auto list = text ? json::Value::parse(*text) : Result<json::Value>(text.error());
    if (!list) return cells;
    for (const auto& cell : list->items()) cells.emplace_back(cell.str());
    return cells;
}

Result<ImportPage> import_page(CollectService& collect, View& view, const ImportId& id) {
    const auto row = TRY(store::find(view.sql(), view.tenant(), id));
    if (!row) return Error(ErrorCode::NotFound, "import");
    ImportPage page;
    page.item = item_of(*row);
    page.mapping.text = row->mapping;
    const Sniffed sniffed = TRY(collect.sniff(view.tenant(), *row, kSampleRows));
    for (std::size_t column = 0; column < sniffed.header.size(); ++column) {
        ColumnSample sample{sniffed.header[column], {}};
        for (const auto& cells : sniffed.samples) sample.samples.push_back(column < cells.size() ? cells[column] : "");
        page.columns.push_back(std::move(sample));
    }
    for (auto& cause : TRY(store::causes(view.sql(), view.tenant(), id))) {
        page.causes.push_back({std::move(cause.cause), std::move(cause.field), cause.rows});
    }
    for (auto& one : TRY(store::contradictions(view.sql(), view.tenant(), id, kContradictionsShown)))
        page.contradictions.push_back({one.line, std::move(one.field), std::move(one.subject)});
    if (row->state == ImportState::Done) {
        ImportTarget* target = collect.import_jobs().target(row->target);
        for (auto& total : TRY(target->totals(view.sql(), view.tenant(), {id}))) {
            page.totals.push_back({std::move(total.name), std::move(total.zh), std::move(total.en), total.value,
                                   std::move(total.unit), std::move(total.exact)});
        }
    }
    return page;
}

Result<RejectPage> reject_page(kernel::Kernel& kernel, View& view, const RejectQuery& request) {
    if (!TRY(store::find(view.sql(), view.tenant(), request.id))) return Error(ErrorCode::NotFound, "import");
    std::int64_t after = 0;
    if (request.cursor) after = TRY(parse_decimal(TRY(kernel::decode_cursor(request.cursor->str(), 1))[0], 0));
    const auto rows = static_cast<std::size_t>(kernel::page_rows(request.limit));
    const auto cause = request.cause ? std::optional(request.cause->str()) : std::nullopt;
    auto found = TRY(store::rejects(view.sql(), view.tenant(), request.id, cause, after, static_cast<int>(rows) + 1));
    RejectPage page;
    const bool more = found.size() > rows;
    if (more) found.resize(rows);
    for (auto& one : found) {
        page.items.push_back(
            {one.line, std::move(one.cause), std::move(one.field), cells_of(kernel, view.tenant(), one.sealed)});
    }
    if (more) page.next = kernel::encode_cursor({std::to_string(page.items.back().line)});
    for (const auto& one : TRY(store::causes(view.sql(), view.tenant(), request.id))) {
        if (!cause || one.cause == *cause) page.total.value += one.rows;
    }
    return page;
}

// The refused rows with their reasons, to be mended and sent again.
Result<kernel::File> rejects_csv(kernel::Kernel& kernel, CollectService& collect, const Context& context,
                                 const http::Request& request) {
    const auto parsed = ImportId::parse(request.captures.at(0));
    if (!parsed) return Error(ErrorCode::NotFound, "import");
    const ImportId id = *parsed;
    return kernel.record.read<kernel::File>(context, [&](View& view) -> Result<kernel::File> {
        const auto row = TRY(store::find(view.sql(), view.tenant(), id));
        if (!row) return Error(ErrorCode::NotFound, "import");
        auto header = TRY(collect.sniff(view.tenant(), *row, 0))
        .header;
        header.insert(header.end(), {"行号 line", "原因 cause", "字段 field"});
        kernel::File out{.name = "rejects.csv",
                         .text = "\xEF\xBB\xBF" + csv_line(header),
                         .action = "import.rejects",
                         .object = id.str(),
                         .mark = false};  // it is mended and sent in again
        const std::size_t columns = header.size() - 3;
        for (auto& one : TRY(store::rejects(view.sql(), view.tenant(), id, std::nullopt, 0, 100'000))) {
            auto cells = cells_of(kernel, view.tenant(), one.sealed);
            cells.resize(columns);
            cells.insert(cells.end(), {std::to_string(one.line), one.cause, one.field});
            out.text += csv_line(cells);
            ++out.rows;
        }
        out.people = out.rows;  // each line may be somebody
        return out;
    });
}

void add_upload_route(kernel::Kernel& kernel, CollectService& collect) {
    kernel.api.raw(
        Method::Post, "/api/v1/imports", kImportRun,
        [&collect](const Context& context, http::Request& request, std::shared_ptr<http::Responder> responder) {
            const std::string name(request.param("name").value_or("file.csv"));
            auto row = collect.upload(context, name, request.body);
            if (!row) return responder->answer(kernel::problem(row.error(), context));
            responder->answer(http::Response::json(201, json::print(item_of(*row))));
        },
        {.zh = "上传文件",
         .en = "Upload a file",
         .rows = {"CDP-10"},
         .tag = "collect",
         .request_type = "application/octet-stream",
         .query = {{"name", "文件名", "File name"}},
         .body_bytes_max = kUploadBytesMax});
    kernel.api.file(
        "/api/v1/imports/{id}/rejects.csv", kImportRead, kernel::FileData::People,
        [&kernel, &collect](const Context& context, const http::Request& request) {
            return rejects_csv(kernel, collect, context, request);
        },
        {.zh = "下载失败行", .en = "Refused rows with reasons, as CSV", .rows = {"CDP-10"}, .tag = "collect"});
}

void add_read_routes(kernel::Kernel& kernel, CollectService& collect) {
    kernel.api.query<None, ImportList>(
        Method::Get, "/api/v1/imports", kImportRead,
        [](View& view, const None&) -> Result<ImportList> {
            ImportList reply;
            for (const auto& row : TRY(store::recent(view.sql(), view.tenant(), kImportsShown)))
                reply.items.push_back(item_of(row));
            return reply;
        },
        {.zh = "导入记录", .en = "Imports, newest first", .rows = {"CDP-10"}, .tag = "collect"});
    kernel.api.query<ImportKey, ImportPage>(
        Method::Get, "/api/v1/imports/{id}", kImportRead,
        [&collect](View& view, const ImportKey& key) { return import_page(collect, view, key.id); },
        {.zh = "导入详情",
         .en = "One import: columns, mapping, counts, causes, control totals",
         .rows = {"CDP-10"},
         .tag = "collect"});
    kernel.api.query<RejectQuery, RejectPage>(
        Method::Get, "/api/v1/imports/{id}/rejects", kImportRead,
        [&kernel](View& view, const RejectQuery& request) { return reject_page(kernel, view, request); },
        {.zh = "被拒绝的行", .en = "Refused rows", .rows = {"CDP-10"}, .tag = "collect"});
    kernel.api.query<None, TargetList>(
        Method::Get, "/api/v1/import-targets", kImportRead,
        [&collect](View&, const None&) -> Result<TargetList> {
            TargetList reply;
            for (const auto& [name, target] : collect.import_jobs().targets()) {
                TargetItem item{name, {}};
                for (const auto& field : target->fields())
                    item.fields.push_back({field.name, field.zh, field.en, field.required});
                reply.items.push_back(std::move(item));
            }
            return reply;
        },
        {.zh = "可导入的内容与字段",
         .en = "What a file can become, and its fields",
         .rows = {"CDP-10"},
         .tag = "collect"});
}

void add_work_routes(kernel::Kernel& kernel, CollectService& collect) {
    kernel.api.action<MappingRequest, None>(
        Method::Put, "/api/v1/imports/{id}/mapping", kImportRun,
        [&collect](const Context& context, const MappingRequest& request) -> Result<None> {
            Mapping mapping;
            if (request.target) mapping.target = request.target->str();
            if (request.zone) mapping.zone = request.zone->str();
            if (request.options) mapping.options = request.options->text;
            if (request.profile) mapping.profile = request.profile->str();
            if (request.header_line) mapping.header_line = static_cast<int>(request.header_line->value());
            if (request.key) {
                for (const auto& field : *request.key) mapping.key.push_back(field.str());
            }
            if (request.fill_down) {
                for (const auto& header : *request.fill_down) mapping.fill_down.push_back(header.str());
            }
            mapping.drop_masked = request.drop_masked.value_or(false);
            for (const auto& column : request.columns) {
                mapping.columns.push_back(
                    {column.field.str(), column.header.str(), column.constant ? column.constant->str() : "", {}});
                if (column.values) mapping.columns.back().values.assign(column.values->begin(), column.values->end());
            }
            TRY(collect.choose_mapping(context, request.id, mapping));
            return None{};
        },
        {.zh = "保存对应列", .en = "Save the mapping", .rows = {"CDP-10"}, .tag = "collect"});
    struct Work {
        std::string_view path;  // whole
        std::string_view job;
        std::string_view zh;
        std::string_view en;
    };
    for (const Work& work :
         {Work{"/api/v1/imports/{id}/check", kCheckJob, "检查（不写入）", "Dry run over the whole file"},
          Work{"/api/v1/imports/{id}/run", kRunJob, "开始导入", "Run the import"},
          Work{"/api/v1/imports/{id}/take-back", kTakeBackJob, "撤销本次导入", "Take the import back whole"}}) {
        kernel.api.action<ImportKey, Started>(
            Method::Post, work.path, kImportRun,
            [&collect, job = work.job](const Context& context, const ImportKey& key) -> Result<Started> {
                return Started{TRY(collect.begin(context, job, key.id))};
            },
            {.zh = work.zh, .en = work.en, .rows = {"CDP-10"}, .tag = "collect"});
    }
}

}  // namespace

void add_import_routes(kernel::Kernel& kernel, CollectService& collect) {
    add_upload_route(kernel, collect);
    add_read_routes(kernel, collect);
    add_work_routes(kernel, collect);
    add_wizard_routes(kernel, collect);
}

}  // namespace tilth::collect
