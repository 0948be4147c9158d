// What the pages of an import ask for between upload and run, and after it: further files, layouts, codes, mending.

#include <algorithm>
#include <map>

#include "base/text.h"
#include "modules/collect/imports/clean.h"
#include "modules/collect/service.h"

namespace tilth::collect {

namespace {

constexpr std::size_t kCodesKept = 5'000;
constexpr int kRejectsRead = 100'000;

constexpr std::size_t kStoresOfCode = 1'000;

std::vector<int> feeding(const Mapping& mapping, const std::vector<std::string>& header, std::string_view field) {
    for (const auto& column : mapping.columns) {
        if (column.field == field) return columns_of(header, column.header);
    }
    return {};
}

std::string first_cell(const RawRow& row, const std::vector<int>& columns) {
    for (const int column : columns) {
        const auto at = static_cast<std::size_t>(column);
        std::string cell = at < row.cells.size() ? plain_cell(row.cells[at]) : std::string();
        if (!cell.empty()) return cell;
    }
    return {};
}

bool has_run(const ImportRow& row) {
    return row.state == ImportState::Running || row.state == ImportState::Done || row.state == ImportState::TakingBack;
}

}  // namespace

Result<std::unique_ptr<JoinedRows>> CollectService::open(const TenantId& tenant, const ImportRow& import,
                                                         const Mapping& mapping) const {
    const auto context = kernel::Context::system(tenant, kernel_.clock.now());
    const auto parts = TRY(kernel_.record.read<std::vector<store::Part>>(
        context, [&](kernel::View& view) { return store::parts(view.sql(), tenant, import.id); }));
    return JoinedRows::open(kernel_, tenant, import, mapping, parts);
}

// By a layout that knows the file, else by the words of the header.
Result<Mapping> CollectService::suggest(const TenantId& tenant, const std::vector<std::string>& header) const {
    const auto context = kernel::Context::system(tenant, kernel_.clock.now());
    const auto own = TRY(kernel_.record.read<std::vector<Profile>>(
        context, [&](kernel::View& view) { return store::profiles(view.sql(), tenant); }));
    if (const Profile* profile = profile_for(own, header);
        profile != nullptr && jobs_.target(profile->mapping.target) != nullptr)
        return lay(*profile, header);
    ImportTarget* target = jobs_.target("orders");
    if (target == nullptr) return Error(ErrorCode::NotFound, "import target");
    return suggest_mapping(*target, header);
}

Result<ImportRow> CollectService::attach(const kernel::Context& context, const ImportId& id, std::string_view role,
                                         std::string_view name, std::string_view bytes) {
    if (role != kHeadsPart && role != kTendersPart) {
        return Error::invalid("role", "unknown_role", "只能附加小票头或支付文件",
                              "Only a file of heads or of payments can be added", "role=heads 或 role=tenders",
                              "role=heads or role=tenders");
    }
    ImportRow row = TRY(row_of(context, id));
    if (has_run(row)) return Error(ErrorCode::Conflict, "the import has run");
    store::Part part;
    part.role = role;
    part.file = ImportId::make(context.now, kernel_.rng);
    part.name = TRY(check_text(name, 1, 200));
    const Spooled spooled = TRY(Spool(kernel_, context.tenant, part.file).write(bytes));
    part.encoding = spooled.sheet ? "XLSX" : encoding_name(spooled.encoding);
    part.chunks = spooled.chunks;
    part.bytes = spooled.bytes;
    auto mapping = TRY(parse_mapping(row.mapping));
    auto parts = TRY(kernel_.record.read<std::vector<store::Part>>(
        context, [&](kernel::View& view) { return store::parts(view.sql(), view.tenant(), id); }));
    std::erase_if(parts, [&](const store::Part& one) { return one.role == role; });
    parts.push_back(part);
    const auto joined = TRY(JoinedRows::open(kernel_, context.tenant, row, mapping, parts));
    if (!mapping.profile.empty()) {
        for (const Profile& profile : ready_profiles()) {
            if (profile.name == mapping.profile) mapping = lay(profile, joined->header());
        }
    }
    row.mapping = print_mapping(mapping);
    auto written = kernel_.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
        TRY(store::put_part(unit, id, part));
        TRY(store::set_mapping(unit, id, row.mapping, mapping.target));
        TRY(unit.audit({.action = "import.attach", .object = id.str()}));
        return true;
    });
    if (!written) return written.error();
    return row;
}

Status CollectService::choose_profile(const kernel::Context& context, const ImportId& id, std::string_view name) {
    const ImportRow row = TRY(row_of(context, id));
    const auto own = TRY(kernel_.record.read<std::vector<Profile>>(
        context, [](kernel::View& view) { return store::profiles(view.sql(), view.tenant()); }));
    const Profile* found = nullptr;
    for (const auto* list : {&own, &ready_profiles()}) {
        for (const Profile& one : *list) {
            if (found == nullptr && one.name == name) found = &one;
        }
    }
    if (found == nullptr) return Error(ErrorCode::NotFound, "profile");
    const auto rows = TRY(open(context.tenant, row, found->mapping));
    const Mapping mapping = lay(*found, rows->header());
    auto written = kernel_.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
        TRY(set_mapping(unit, id, mapping));
        return true;
    });
    return written ? ok() : Status(written.error());
}

Status CollectService::save_profile(const kernel::Context& context, const ImportId& id, std::string_view name,
                                    std::string_view title) {
    const ImportRow row = TRY(row_of(context, id));
    Profile profile;
    profile.name = name;
    profile.zh = profile.en = title;
    profile.mapping = TRY(parse_mapping(row.mapping));
    for (const auto& column : profile.mapping.columns) {
        if (!column.header.empty() && column.header.find('|') == std::string::npos)
            profile.signature.push_back(column.header);
    }
    auto written = kernel_.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
        TRY(store::put_profile(unit, profile, context.actor.name));
        TRY(unit.audit({.action = "import.profile_save", .object = profile.name}));
        return true;
    });
    return written ? ok() : Status(written.error());
}

Result<std::vector<CollectService::CodeCount>> CollectService::codes(const kernel::Context& context, const ImportId& id,
                                                                     std::string_view field, std::size_t limit) {
    const ImportRow row = TRY(row_of(context, id));
    const Mapping mapping = TRY(parse_mapping(row.mapping));
    const auto rows = TRY(open(context.tenant, row, mapping));
    const auto columns = feeding(mapping, rows->header(), field);
    // Tills call guides by codes of their own: the same code is somebody else in another store.
    const auto stores = field == kGuideField ? feeding(mapping, rows->header(), kNodeField) : std::vector<int>{};
    std::map<std::string, CodeCount> counts;
    while (!columns.empty() && counts.size() < kCodesKept) {
        const auto raw = TRY(rows->next());
        if (!raw) break;
        const std::string cell = first_cell(*raw, columns);
        if (cell.empty()) continue;
        CodeCount& one = counts[cell];
        one.code = cell;
        ++one.rows;
        if (one.stores.size() < kStoresOfCode) one.stores.insert(first_cell(*raw, stores));
    }
    std::vector<CodeCount> out;
    for (auto& [code, count] : counts) out.push_back(std::move(count));
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.rows > b.rows; });
    if (out.size() > limit) out.resize(limit);
    return out;
}

Result<CollectService::Retried> CollectService::retry(const kernel::Context& context, const ImportId& id,
                                                      const std::vector<Mended>& mended) {
    const ImportRow row = TRY(row_of(context, id));
    if (row.state != ImportState::Done) return Error(ErrorCode::Conflict, "the import has not run");
    ImportTarget* target = jobs_.target(row.target);
    if (target == nullptr) return Error(ErrorCode::Invalid, "no import target " + row.target);
    const Mapping mapping = TRY(parse_mapping(row.mapping));
    const Zone zone = mapping.zone.empty() ? org_.calendar(context.tenant).zone : TRY(Zone::find(mapping.zone));
    const auto rows = TRY(open(context.tenant, row, mapping));
    const RowReader reader = TRY(RowReader::make(*target, mapping, rows->header(), zone));
    const auto waiting = TRY(kernel_.record.read<std::vector<store::Reject>>(context, [&](kernel::View& view) {
        return store::rejects(view.sql(), view.tenant(), id, std::nullopt, 0, kRejectsRead);
    }));
    std::vector<MappedRow> good;
    Retried result;
    for (const Mended& one : mended) {
        const auto is_it = [&](const store::Reject& reject) { return reject.line == one.line; };
        if (std::none_of(waiting.begin(), waiting.end(), is_it)) continue;
        MappedRow mapped;
        mapped.line = static_cast<std::uint64_t>(one.line);
        if (reader.read({one.cells.begin(), one.cells.end()}, mapped)) {
            ++result.refused;
        } else {
            good.push_back(std::move(mapped));
        }
    }
    const ImportRef ref{id, mapping.options, !mapping.key.empty()};
    return kernel_.record.write<Retried>(context, [&](kernel::Unit& unit) -> Result<Retried> {
        Retried done = result;
        const auto now = TRY(store::find(unit.sql(), unit.tenant(), id));
        if (!now) return Error(ErrorCode::NotFound, "import");
        ImportCounts counts = now->counts;
        const auto outcomes = TRY(target->apply(unit, ref, good));
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            if (outcomes[i].kind == RowOutcome::Kind::Rejected) {
                ++done.refused;
                continue;
            }
            ++done.taken;
            --counts.invalid;
            counts.fresh += outcomes[i].kind == RowOutcome::Kind::New ? 1 : 0;
            counts.updated += outcomes[i].kind == RowOutcome::Kind::Updated ? 1 : 0;
            counts.unchanged += outcomes[i].kind == RowOutcome::Kind::Unchanged ? 1 : 0;
            TRY(store::remove_reject(unit, id, static_cast<std::int64_t>(good[i].line)));
            if (outcomes[i].contradicts.empty() || ++counts.contradictory > store::kContradictionsKept) continue;
            TRY(store::add_contradiction(
                unit, id, {static_cast<std::int64_t>(good[i].line), outcomes[i].contradicts, outcomes[i].subject}));
        }
        TRY(store::set_counts(unit, id, counts));
        TRY(unit.audit({.action = "import.retry", .object = id.str()}));
        return done;
    });
}

}  // namespace tilth::collect
