// The import wizard over HTTP: further files, layouts, the codes of stores and staff, rows mended in place.

#include "modules/collect/service.h"
#include "modules/org/names/api.h"
#include "platform/json/value.h"

namespace tilth::collect {

struct ProfileItem {
    std::string name;
    std::string zh;
    std::string en;
    std::string target;
    bool own = false;
    std::vector<std::string> signature;
};
API_STRUCT(ProfileItem, (name, zh, en, target, own, signature))

struct ProfileList {
    std::vector<ProfileItem> items;
};
API_STRUCT(ProfileList, (items))

struct ProfileChoice {
    ImportId id;
    Text<1, 60> profile;
};
API_STRUCT(ProfileChoice, (id, profile))

struct ProfileName {
    Text<1, 60> name;
};
API_STRUCT(ProfileName, (name))

struct SaveProfile {
    Text<1, 60> name;
    ImportId import;
    Text<1, 80> title;
};
API_STRUCT(SaveProfile, (name, import, title))

struct CodesQuery {
    ImportId id;
    std::optional<Text<1, 60>> field;  // node_code when left out
};
API_STRUCT(CodesQuery, (id, field))

struct CodeItem {
    std::string code;
    std::int64_t rows = 0;
    std::string mapped_to;                // by the mapping's values; the code itself when there is none
    std::optional<std::string> known_as;  // the node or the guide of that code
};
API_STRUCT(CodeItem, (code, rows, mapped_to, known_as))

struct CodeList {
    std::int64_t unknown = 0;
    std::vector<CodeItem> items;
};
API_STRUCT(CodeList, (unknown, items))

struct MendedRow {
    Int<1, 1'000'000'000> line;
    List<Text<0, 2'000>, 500> cells;
};
API_STRUCT(MendedRow, (line, cells))

struct RetryRequest {
    ImportId id;
    List<MendedRow, 200> rows;
};
API_STRUCT(RetryRequest, (id, rows))

struct RetryReply {
    std::int64_t taken = 0;
    std::int64_t refused = 0;
};
API_STRUCT(RetryReply, (taken, refused))

}  // namespace tilth::collect

namespace tilth::collect {

namespace {

using http::Method;
using kernel::Context;
using kernel::None;
using kernel::View;

constexpr std::size_t kCodesShown = 500;
constexpr std::size_t kPartBytesMax = 256u << 20;

std::string mapped(const Mapping& mapping, std::string_view field, const std::string& cell) {
    for (const auto& column : mapping.columns) {
        if (column.field != field) continue;
        for (const auto& [from, to] : column.values)
            if (from == cell) return to;
        if (cell.empty()) return column.constant;
    }
    return cell;
}

// Who a guide's code is in each of the stores in which the file has it; nothing as soon as one does not know it.
std::optional<std::string> guide_known_as(const org::Org& org, const Context& context, const Mapping& mapping,
                                          const std::string& code, const std::set<std::string>& stores) {
    const Day today = org.calendar(context.tenant).day_of(context.now);
    std::set<StaffId> people;
    std::pair<std::string, std::string> first;  // number and name of the lowest number
    for (const std::string& store : stores) {
        const auto node = org.node_by_code(context.tenant, mapped(mapping, kNodeField, store));
        if (!node && !store.empty()) continue;  // of a store that is unknown itself nothing can be said
        auto found = org.staff_by_code(context.tenant, node ? std::optional(node->id) : std::nullopt, code, today);
        if (!found) found = org::staff_by_number(org, context.tenant, code);
        if (!found) return std::nullopt;
        if (!people.insert(*found).second) continue;
        const auto who = org::staff_name(org, context.tenant, *found);
        const auto named = who ? std::pair(who->number, who->name) : std::pair(code, code);
        if (people.size() == 1 || named < first) first = named;
    }
    if (people.empty()) return std::nullopt;
    return people.size() == 1 ? first.second : first.second + " +" + std::to_string(people.size() - 1);
}

Result<CodeList> code_list(kernel::Kernel& kernel, CollectService& collect, const Context& context,
                           const CodesQuery& query) {
    const std::string field = query.field ? query.field->str() : std::string(kNodeField);
    const auto row = TRY(kernel.record.read<std::optional<ImportRow>>(
        context, [&](View& view) { return store::find(view.sql(), view.tenant(), query.id); }));
    if (!row) return Error(ErrorCode::NotFound, "import");
    const Mapping mapping = TRY(parse_mapping(row->mapping));
    CodeList list;
    for (auto& [code, rows, stores] : TRY(collect.codes(context, query.id, field, kCodesShown))) {
        CodeItem item{code, rows, code, std::nullopt};
        for (const auto& column : mapping.columns) {
            if (column.field != field) continue;
            for (const auto& [from, to] : column.values) {
                if (from == code) item.mapped_to = to;
            }
        }
        if (field == kGuideField) {
            item.known_as = guide_known_as(collect.org(), context, mapping, item.mapped_to, stores);
        } else if (const auto node = collect.org().node_by_code(context.tenant, item.mapped_to)) {
            item.known_as = node->name;
        }
        list.unknown += item.known_as ? 0 : 1;
        list.items.push_back(std::move(item));
    }
    return list;
}

void add_part_route(kernel::Kernel& kernel, CollectService& collect) {
    kernel.api.raw(
        Method::Post, "/api/v1/imports/{id}/parts", kImportRun,
        [&collect](const Context& context, http::Request& request, std::shared_ptr<http::Responder> responder) {
            const auto id =
                ImportId::parse(request.captures.empty() ? std::string_view{} : std::string_view(request.captures[0]));
            auto row = id ? collect.attach(context, *id, request.param("role").value_or("heads"),
                                           request.param("name").value_or("file.csv"), request.body)
                          : Result<ImportRow>(ErrorCode::NotFound, "import");
            if (!row) return responder->answer(kernel::problem(row.error(), context));
            responder->answer(http::Response::json(201, json::Value::object({{"id", row->id.str()}}).print()));
        },
        {.zh = "附加小票头或支付文件",
         .en = "Add the file of heads, or of payments, to a file of lines",
         .rows = {"CDP-10"},
         .tag = "collect",
         .request_type = "application/octet-stream",
         .query = {{"name", "文件名", "File name"}, {"role", "heads 或 tenders", "heads or tenders"}},
         .body_bytes_max = kPartBytesMax});
}

void add_profile_routes(kernel::Kernel& kernel, CollectService& collect) {
    kernel.api.query<None, ProfileList>(
        Method::Get, "/api/v1/import-profiles", kImportRead,
        [](View& view, const None&) -> Result<ProfileList> {
            ProfileList reply;
            const auto own = TRY(store::profiles(view.sql(), view.tenant()));
            for (const auto* list : {&own, &ready_profiles()}) {
                for (const Profile& one : *list)
                    reply.items.push_back({one.name, one.zh, one.en, one.mapping.target, one.own, one.signature});
            }
            return reply;
        },
        {.zh = "文件格式", .en = "File layouts: ready ones and own", .rows = {"CDP-10"}, .tag = "collect"});
    kernel.api.action<ProfileChoice, None>(
        Method::Put, "/api/v1/imports/{id}/profile", kImportRun,
        [&collect](const Context& context, const ProfileChoice& request) -> Result<None> {
            TRY(collect.choose_profile(context, request.id, request.profile.str()));
            return None{};
        },
        {.zh = "套用文件格式", .en = "Lay a layout over the file", .rows = {"CDP-10"}, .tag = "collect"});
    kernel.api.action<SaveProfile, None>(
        Method::Put, "/api/v1/import-profiles/{name}", kImportRun,
        [&collect](const Context& context, const SaveProfile& request) -> Result<None> {
            TRY(collect.save_profile(context, request.import, request.name.str(), request.title.str()));
            return None{};
        },
        {.zh = "保存为自有格式", .en = "Keep an import's mapping as a layout", .rows = {"CDP-10"}, .tag = "collect"});
    kernel.api.command<ProfileName, None>(
        Method::Delete, "/api/v1/import-profiles/{name}", kImportRun,
        [](kernel::Unit& unit, const ProfileName& request) -> Result<None> {
            TRY(store::remove_profile(unit, request.name.str()));
            TRY(unit.audit({.action = "import.profile_remove", .object = request.name.str()}));
            return None{};
        },
        {.zh = "删除自有格式", .en = "Remove an own layout", .rows = {"CDP-10"}, .tag = "collect"});
}

}  // namespace

void add_wizard_routes(kernel::Kernel& kernel, CollectService& collect) {
    add_part_route(kernel, collect);
    add_profile_routes(kernel, collect);
    kernel.api.action<CodesQuery, CodeList>(Method::Get, "/api/v1/imports/{id}/codes", kImportRead,
                                            [&kernel, &collect](const Context& context, const CodesQuery& query) {
                                                return code_list(kernel, collect, context, query);
                                            },
                                            {.zh = "文件里的门店或导购编码",
                                             .en = "The file's codes of stores or guides, and which are unknown",
                                             .rows = {"CDP-10"},
                                             .tag = "collect"});
    kernel.api.action<RetryRequest, RetryReply>(
        Method::Post, "/api/v1/imports/{id}/rejects/retry", kImportRun,
        [&collect](const Context& context, const RetryRequest& request) -> Result<RetryReply> {
            std::vector<CollectService::Mended> rows;
            for (const auto& row : request.rows) {
                rows.push_back({row.line.value(), {}});
                for (const auto& cell : row.cells) rows.back().cells.push_back(cell.str());
            }
            const auto done = TRY(collect.retry(context, request.id, rows));
            return RetryReply{done.taken, done.refused};
        },
        {.zh = "改正后重试", .en = "Mended rows, tried again", .rows = {"CDP-10"}, .tag = "collect"});
}

}  // namespace tilth::collect
