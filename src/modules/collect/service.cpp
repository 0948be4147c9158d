#include "modules/collect/service.h"

#include "base/limits.h"
#include "modules/collect/forget/api.h"

namespace tilth::collect {

namespace {

Status must_exist(sql::Connection& sql, const TenantId& tenant, const SourceId& source) {
    const auto known = TRY(sql.one("SELECT id FROM source WHERE tenant_id = ?1 AND id = ?2", {tenant, source},
                                   [](const sql::Row&) { return true; }));
    return known ? ok() : Status(Error(ErrorCode::NotFound, "source"));
}

constexpr std::string_view kRefusedPurpose = "refused_event";
constexpr std::size_t kRefusedBytesMax = 8u << 10;


}  // namespace

CollectService::CollectService(kernel::Kernel& kernel, org::Org& org)
    : kernel_(kernel), org_(org), dedup_(make_dedup()), desk_(kernel), jobs_(kernel, org) {
    jobs_.define();
}

Result<SourceId> CollectService::create_source(kernel::Unit& unit, std::string_view name, std::string_view kind) {
    const auto id = unit.new_id<SourceId>();
    TRY(unit.sql().write("INSERT INTO source (tenant_id, id, name, kind, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                         {unit.tenant(), id, name, kind, unit.now()}));
    TRY(unit.audit({.action = "source.create", .object = id.str()}));
    return id;
}

Result<NewSource> CollectService::add_source(const kernel::Context& context, std::string_view name,
                                             std::string_view kind) {
    return kernel_.record.write<NewSource>(context, [&](kernel::Unit& unit) -> Result<NewSource> {
        NewSource made;
        made.id = TRY(create_source(unit, name, kind));
        made.write_key = TRY(org_.create_key(unit, name, {}, made.id));
        return made;
    });
}

Status CollectService::refuse(kernel::Unit& unit, const SourceId& source, const std::vector<Verdict>& refused,
                              Instant at) {
    for (const Verdict& verdict : refused) {
        const std::string sealed = TRY(kernel_.vault.seal_for_tenant(
            unit.tenant(), kRefusedPurpose, std::string_view(verdict.raw).substr(0, kRefusedBytesMax)));
        TRY(unit.sql().write(
            "INSERT INTO refused_event (tenant_id, number, source_id, at, code, sealed) VALUES (?1, ?2, ?3, ?4, ?5, "
            "?6)",
            {unit.tenant(), unit.next_number("refused_event"), source, at, verdict.code, sql::Blob{sealed}}));
    }
    return ok();
}

Result<std::vector<Ruling>> CollectService::rule(kernel::Unit& unit, const std::vector<Incoming>& events) {
    auto rulings = TRY(desk_.rule(unit, events));
    // A submission's type is ours: quarantine would part the event from its consent.
    for (std::size_t i = 0; i < rulings.size(); ++i)
        if (!events[i].capture.empty()) rulings[i].held.clear();
    return rulings;
}

Status CollectService::tally(kernel::Unit& unit, const std::vector<kernel::Event>& events) {
    return tally_.add(unit, events);
}

Status CollectService::captured(kernel::Unit& unit, const Incoming& event, const CustomerId& customer) {
    return capture_ ? capture_(unit, event, customer) : ok();
}

Status CollectService::judge_older(kernel::Unit& unit, const std::vector<Judged>& sums) {
    const auto known = TRY(quality_ever(unit.sql(), unit.tenant()));
    std::vector<Judged> older;
    for (const Judged& one : sums)
        if (!known.contains(one.source)) older.push_back(one);
    return judge(unit, older);
}

Result<std::vector<Source>> CollectService::sources(sql::Connection& sql, const TenantId& tenant) const {
    auto all = TRY(sql.all("SELECT s.id, s.name, s.kind, r.events, r.last FROM source s LEFT JOIN "
                           "(SELECT source_id, COUNT(*) AS events, MAX(at) AS last FROM refused_event "
                           "WHERE tenant_id = ?1 GROUP BY source_id) r ON r.source_id = s.id "
                           "WHERE s.tenant_id = ?1 ORDER BY s.id",
                           {tenant}, [](const sql::Row& row) {
                               Source source;
                               source.id = row.id<SourceId>(0);
                               source.name = row.txt(1);
                               source.kind = row.txt(2);
                               if (!row.null(3)) source.refused = row.i64(3);
                               if (!row.null(4)) source.last_received = row.instant(4);
                               return source;
                           }));
    const auto sums = TRY(quality_ever(sql, tenant));
    for (Source& source : all) {
        const auto found = sums.find(source.id);
        if (found == sums.end()) continue;
        source.accepted = found->second.events;
        source.last_received = std::max(source.last_received, found->second.last);
    }
    return all;
}

Result<std::vector<Refused>> CollectService::refused(sql::Connection& sql, const TenantId& tenant,
                                                     const SourceId& source, int limit) const {
    TRY(must_exist(sql, tenant, source));
    return sql.all(
        "SELECT number, at, code FROM refused_event WHERE tenant_id = ?1 AND source_id = ?2 ORDER BY number DESC LIMIT "
        "?3",
        {tenant, source, limit},
        [](const sql::Row& row) { return Refused{row.i64(0), row.instant(1), std::string(row.txt(2))}; });
}

Result<ImportRow> CollectService::upload(const kernel::Context& context, std::string_view name,
                                         std::string_view bytes) {
    ImportRow row;
    row.id = ImportId::make(context.now, kernel_.rng);
    row.name = TRY(check_text(name, 1, 200));
    const Spooled spooled = TRY(Spool(kernel_, context.tenant, row.id).write(bytes));
    row.encoding = spooled.sheet ? "XLSX" : encoding_name(spooled.encoding);
    row.bytes = spooled.bytes;
    row.chunks = spooled.chunks;
    row.created_by = context.actor.name;
    const auto rows = TRY(open(context.tenant, row, {}));
    row.separator = std::string(1, rows->separator() == 0 ? ',' : rows->separator());
    const Mapping mapping = TRY(suggest(context.tenant, rows->header()));
    row.target = mapping.target;
    row.mapping = print_mapping(mapping);
    auto written = kernel_.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
        TRY(store::insert(unit, row));
        TRY(unit.audit({.action = "import.upload", .object = row.id.str()}));
        return true;
    });
    if (!written) return written.error();
    return row;
}

Result<Sniffed> CollectService::sniff(const TenantId& tenant, const ImportRow& import, std::size_t rows) {
    Sniffed sniffed;
    const auto stream = TRY(open(tenant, import, TRY(parse_mapping(import.mapping))));
    sniffed.header = stream->header();
    while (sniffed.samples.size() < rows) {
        auto row = TRY(stream->next());
        if (!row) break;
        sniffed.samples.push_back(std::move(row->cells));
    }
    return sniffed;
}

Result<ImportRow> CollectService::row_of(const kernel::Context& context, const ImportId& id) const {
    auto row = TRY(kernel_.record.read<std::optional<ImportRow>>(
        context, [&](kernel::View& view) { return store::find(view.sql(), view.tenant(), id); }));
    if (!row) return Error(ErrorCode::NotFound, "import");
    return std::move(*row);
}

Status CollectService::check_mapping(const TenantId& tenant, const ImportRow& row, const Mapping& mapping) {
    ImportTarget* target = jobs_.target(mapping.target);
    if (target == nullptr) {
        return Error::invalid("target", "unknown_target", "没有这种导入", "There is no such target", "选择 orders",
                              "Choose orders");
    }
    const auto zone = mapping.zone.empty() ? Result<Zone>(org_.calendar(tenant).zone) : Zone::find(mapping.zone);
    if (!zone) {
        return Error::invalid("zone", "unknown_zone", "没有这个时区", "There is no such time zone", "例如 Asia/Shanghai",
                              "For example Asia/Shanghai");
    }
    TRY(target->check_options(mapping.options));
    TRY(RowReader::make(*target, mapping, TRY(open(tenant, row, mapping))->header(), *zone));
    return ok();
}

Status CollectService::choose_mapping(const kernel::Context& context, const ImportId& id, const Mapping& mapping) {
    TRY(check_mapping(context.tenant, TRY(row_of(context, id)), mapping));
    auto written = kernel_.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
        TRY(set_mapping(unit, id, mapping));
        return true;
    });
    return written ? ok() : Status(written.error());
}

Status CollectService::set_mapping(kernel::Unit& unit, const ImportId& id, const Mapping& mapping) {
    const auto row = TRY(store::find(unit.sql(), unit.tenant(), id));
    if (!row) return Error(ErrorCode::NotFound, "import");
    const bool has_run =
        row->state == ImportState::Running || row->state == ImportState::Done || row->state == ImportState::TakingBack;
    if (has_run || TRY(busy(unit, *row))) return Error(ErrorCode::Conflict, "the import has run");
    return store::set_mapping(unit, id, print_mapping(mapping), mapping.target);
}

Status CollectService::ready(const kernel::Context& context, const ImportId& id) {
    const ImportRow row = TRY(row_of(context, id));
    return check_mapping(context.tenant, row, TRY(parse_mapping(row.mapping)));
}

Result<JobId> CollectService::begin(const kernel::Context& context, std::string_view job, const ImportId& id) {
    if (job != kTakeBackJob) {
        const ImportRow row = TRY(row_of(context, id));
        TRY(check_mapping(context.tenant, row, TRY(parse_mapping(row.mapping))));
    }
    return kernel_.record.write<JobId>(context, [&](kernel::Unit& unit) { return start(unit, job, id); });
}

// Whether the import's last job still works on it: one that failed or was cancelled has left.
Result<bool> CollectService::busy(kernel::Unit& unit, const ImportRow& row) {
    const bool said =
        row.state == ImportState::Checking || row.state == ImportState::Running || row.state == ImportState::TakingBack;
    if (!said || !row.job) return false;
    const auto job = TRY(kernel_.jobs.find(unit.sql(), unit.tenant(), *row.job));
    using kernel::JobState;
    return job.state == JobState::Queued || job.state == JobState::Running || job.state == JobState::Cancelling;
}

Result<JobId> CollectService::start(kernel::Unit& unit, std::string_view job, const ImportId& id) {
    const auto row = TRY(store::find(unit.sql(), unit.tenant(), id));
    if (!row) return Error(ErrorCode::NotFound, "import");
    if (TRY(busy(unit, *row))) return Error(ErrorCode::Conflict, "a job of this import is running");
    if (job != kTakeBackJob && TRY(forgetting(unit.sql(), unit.tenant())))
        return Error(ErrorCode::Unavailable, "somebody is being forgotten; import in a minute");
    // What a run that stopped half way has brought can be taken back as well.
    const bool has_brought =
        row->state == ImportState::Done || row->state == ImportState::Running || row->state == ImportState::TakingBack;
    if (job == kTakeBackJob && !has_brought) return Error(ErrorCode::Conflict, "nothing to take back");
    if (job != kTakeBackJob && row->state == ImportState::Done) return Error(ErrorCode::Conflict, "the import has run");
    return jobs_.start(unit, job, *row);
}

Result<ImportId> CollectService::import_file(const kernel::Context& context, const std::string& path,
                                             const Mapping& given) {
    const std::string bytes = TRY(kernel_.files.read_whole(path, limits::kImportFileBytesMax));
    const ImportRow row = TRY(upload(context, path.substr(path.rfind('/') + 1), bytes));
    Mapping mapping = given;
    if (mapping.columns.empty()) mapping.columns = TRY(parse_mapping(row.mapping)).columns;
    TRY(check_mapping(context.tenant, row, mapping));
    auto started = kernel_.record.write<JobId>(context, [&](kernel::Unit& unit) -> Result<JobId> {
        TRY(set_mapping(unit, row.id, mapping));
        return start(unit, kRunJob, row.id);
    });
    if (!started) return started.error();
    return row.id;
}

}  // namespace tilth::collect
