#include "modules/collect/imports/jobs.h"

#include <algorithm>

#include "platform/json/value.h"

namespace tilth::collect {

namespace {

constexpr std::size_t kRowsPerUnit = 500;  // with their lines and customers well below 10,000 rows a unit
constexpr std::size_t kRowsPerCheck = 2'000;
constexpr int kTakeBackPerUnit = 500;
constexpr std::string_view kRejectPurpose = "import_reject";

ImportId import_of(const kernel::Job& job) {
    const auto params = json::Value::parse(job.params);
    const auto id = ImportId::parse(params ? (*params)["import"].str() : std::string_view{});
    return id ? *id : ImportId{};
}

std::uint64_t cursor_of(const kernel::Job& job) {
    return static_cast<std::uint64_t>(parse_decimal(job.cursor.empty() ? "0" : job.cursor, 0).value_or(0));
}

json::Value counts_json(const ImportCounts& counts) {
    return json::Value::object({{"read", counts.read},
                                {"new", counts.fresh},
                                {"updated", counts.updated},
                                {"unchanged", counts.unchanged},
                                {"invalid", counts.invalid},
                                {"contradictory", counts.contradictory}});
}

}  // namespace

void ImportJobs::add_target(ImportTarget& target) { targets_[std::string(target.name())] = &target; }

ImportTarget* ImportJobs::target(std::string_view name) const {
    const auto found = targets_.find(name);
    return found == targets_.end() ? nullptr : found->second;
}

void ImportJobs::define() {
    kernel_.jobs.define(std::string(kCheckJob), [this](kernel::JobStep& step) { return work_step(step, false); });
    kernel_.jobs.define(std::string(kRunJob), [this](kernel::JobStep& step) { return work_step(step, true); });
    kernel_.jobs.define(std::string(kTakeBackJob), [this](kernel::JobStep& step) { return take_back_step(step); });
}

Result<JobId> ImportJobs::start(kernel::Unit& unit, std::string_view kind, const ImportRow& import) {
    const json::Value params = json::Value::object({{"import", import.id.str()}});
    const auto job = TRY(kernel_.jobs.start(unit, kind, import.name, params.print()));
    const ImportState state = kind == kCheckJob ? ImportState::Checking
                              : kind == kRunJob ? ImportState::Running
                                                : ImportState::TakingBack;
    TRY(store::set_state(unit, import.id, state, job));
    if (kind != kTakeBackJob) TRY(store::clear_rejects(unit, import.id));
    TRY(unit.audit({.action = kind, .object = import.id.str()}));
    return job;
}

void ImportJobs::forget(const JobId& job) {
    const std::lock_guard lock(mutex_);
    readings_.erase(job);
}

Result<std::shared_ptr<ImportJobs::Reading>> ImportJobs::reading(kernel::JobStep& step) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = readings_.find(step.job().id); found != readings_.end()) return found->second;
    }
    auto made = std::make_shared<Reading>();
    const ImportId id = import_of(step.job());
    auto row = TRY(kernel_.record.read<std::optional<ImportRow>>(
        step.context(), [&](kernel::View& view) { return store::find(view.sql(), view.tenant(), id); }));
    if (!row) return Error(ErrorCode::NotFound, "import");
    made->import = std::move(*row);
    // A job that begins counts from nothing, whatever an earlier one has found.
    if (cursor_of(step.job()) == 0) made->import.counts = {};
    made->target = target(made->import.target);
    if (made->target == nullptr) return Error(ErrorCode::Invalid, "no import target " + made->import.target);
    const Mapping mapping = TRY(parse_mapping(made->import.mapping));
    const Zone zone = mapping.zone.empty() ? org_.calendar(step.context().tenant).zone : TRY(Zone::find(mapping.zone));
    const auto parts = TRY(kernel_.record.read<std::vector<store::Part>>(
        step.context(), [&](kernel::View& view) { return store::parts(view.sql(), view.tenant(), id); }));
    made->stream = TRY(JoinedRows::open(kernel_, step.context().tenant, made->import, mapping, parts));
    made->reader = TRY(RowReader::make(*made->target, mapping, made->stream->header(), zone));
    // After a restart the rows before the cursor are read again for their occurrences only.
    for (const std::uint64_t done = cursor_of(step.job()); made->rows_read < done;)
        TRY(next_batch(*made, done - made->rows_read));
    const std::lock_guard lock(mutex_);
    return readings_[step.job().id] = made;
}

Result<ImportJobs::Batch> ImportJobs::next_batch(Reading& reading, std::size_t rows_max) {
    Batch batch;
    while (batch.read < rows_max) {
        auto raw = TRY(reading.stream->next());
        if (!raw) {
            batch.last = true;
            break;
        }
        ++batch.read;
        ++reading.rows_read;
        MappedRow row;
        row.line = raw->line;
        if (const auto refusal = reading.reader->read(raw->views(), row)) {
            batch.refused.emplace_back(std::move(*raw), *refusal);
            continue;
        }
        const std::string key(reinterpret_cast<const char*>(row.fingerprint.data()), row.fingerprint.size());
        row.occurrence = ++reading.occurrences[key];
        batch.rows.push_back(std::move(row));
        batch.raws.push_back(std::move(*raw));
    }
    return batch;
}

// From the share of the file that has been read; exact at its end.
std::int64_t ImportJobs::rows_expected(const Reading& reading) {
    const auto [done, all] = reading.stream->chunks_read();
    if (done == 0) return 0;
    return static_cast<std::int64_t>(reading.rows_read) * std::max(all, done) / done;
}

Result<std::string> ImportJobs::seal_row(const TenantId& tenant, const RawRow& row) const {
    json::Value cells = json::Value::array();
    for (const std::string& cell : row.cells) cells.push(cell);
    return kernel_.vault.seal_for_tenant(tenant, kRejectPurpose, cells.print());
}

// Counts what became of a batch, and seals what was refused.
Result<ImportJobs::Tally> ImportJobs::tally(const TenantId& tenant, const Reading& reading, const Batch& batch,
                                            const std::vector<RowOutcome>& outcomes) const {
    Tally tally{reading.import.counts, {}, {}};
    tally.counts.read = static_cast<std::int64_t>(reading.rows_read);
    const auto refuse = [&](const RawRow& raw, std::string cause, std::string field) -> Status {
        std::string sealed = TRY(seal_row(tenant, raw));
        tally.rejects.push_back({static_cast<std::int64_t>(raw.line), std::move(cause), std::move(field),
                                 std::move(sealed)});
        ++tally.counts.invalid;
        return ok();
    };
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        using Kind = RowOutcome::Kind;
        tally.counts.fresh += outcomes[i].kind == Kind::New ? 1 : 0;
        tally.counts.updated += outcomes[i].kind == Kind::Updated ? 1 : 0;
        tally.counts.unchanged += outcomes[i].kind == Kind::Unchanged ? 1 : 0;
        if (outcomes[i].kind == Kind::Rejected) TRY(refuse(batch.raws[i], outcomes[i].cause, outcomes[i].field));
        if (outcomes[i].contradicts.empty() || ++tally.counts.contradictory > store::kContradictionsKept) continue;
        tally.contradictions.push_back({static_cast<std::int64_t>(batch.raws[i].line), outcomes[i].contradicts,
                                        outcomes[i].subject});
    }
    for (const auto& [raw, refusal] : batch.refused) TRY(refuse(raw, refusal.cause, refusal.field));
    return tally;
}

Status ImportJobs::save(kernel::Unit& unit, const ImportId& id, const Tally& tally, std::optional<ImportState> end) {
    for (const auto& reject : tally.rejects) TRY(store::add_reject(unit, id, reject));
    for (const auto& one : tally.contradictions) TRY(store::add_contradiction(unit, id, one));
    TRY(store::set_counts(unit, id, tally.counts));
    return end ? store::set_state(unit, id, *end, std::nullopt) : ok();
}

Result<kernel::StepOutcome> ImportJobs::work_step(kernel::JobStep& step, bool writing) {
    const auto now = TRY(reading(step));
    Batch batch = TRY(next_batch(*now, writing ? kRowsPerUnit : kRowsPerCheck));
    const Mapping mapping = TRY(parse_mapping(now->import.mapping));
    const ImportRef ref{now->import.id, mapping.options, !mapping.key.empty()};
    const TenantId tenant = step.context().tenant;
    Tally tallied;
    const auto end = batch.last ? std::optional(writing ? ImportState::Done : ImportState::Checked) : std::nullopt;
    step.cursor(std::to_string(now->rows_read));
    step.progress(writing ? "writing" : "checking", static_cast<std::int64_t>(now->rows_read), rows_expected(*now));
    const auto written = [&]() -> Status {
        if (!writing) {
            const auto outcomes = TRY(kernel_.record.read<std::vector<RowOutcome>>(
                step.context(), [&](kernel::View& view) { return now->target->check(view, ref, batch.rows); }));
            tallied = TRY(tally(tenant, *now, batch, outcomes));
        }
        return step.write([&](kernel::Unit& unit) -> Status {
            if (writing) {
                const auto outcomes = TRY(now->target->apply(unit, ref, batch.rows));
                tallied = TRY(tally(tenant, *now, batch, outcomes));
            }
            return save(unit, ref.id, tallied, end);
        });
    }();
    if (!written) {
        forget(step.job().id);  // The next try reads from the saved cursor.
        return written.error();
    }
    now->import.counts = tallied.counts;
    if (!batch.last) return kernel::StepOutcome::More;
    step.result(result_json(step.context(), now->import));
    forget(step.job().id);
    return tallied.counts.invalid > 0 ? kernel::StepOutcome::Partial : kernel::StepOutcome::Done;
}

Result<kernel::StepOutcome> ImportJobs::take_back_step(kernel::JobStep& step) {
    const ImportId id = import_of(step.job());
    auto row = TRY(kernel_.record.read<std::optional<ImportRow>>(
        step.context(), [&](kernel::View& view) { return store::find(view.sql(), view.tenant(), id); }));
    if (!row) return Error(ErrorCode::NotFound, "import");
    ImportTarget* of = target(row->target);
    if (of == nullptr) return Error(ErrorCode::Invalid, "no import target " + row->target);
    std::int64_t gone = 0;
    const auto done = static_cast<std::int64_t>(cursor_of(step.job()));
    TRY(step.write([&](kernel::Unit& unit) -> Status {
        gone = TRY(of->take_back(unit, {id}, kTakeBackPerUnit));
        step.cursor(std::to_string(done + gone));
        step.progress("taking_back", done + gone, 0);
        return gone == 0 ? store::set_state(unit, id, ImportState::TakenBack, std::nullopt) : ok();
    }));
    return gone == 0 ? kernel::StepOutcome::Done : kernel::StepOutcome::More;
}

std::string ImportJobs::result_json(const kernel::Context& context, const ImportRow& import) const {
    json::Value result = json::Value::object({{"import", import.id.str()}, {"counts", counts_json(import.counts)}});
    const collect::ImportRef ref{import.id};
    const auto totals = kernel_.record.read<std::vector<ControlTotal>>(
        context, [&](kernel::View& view) { return target(import.target)->totals(view.sql(), view.tenant(), ref); });
    if (!totals) return result.print();
    json::Value list = json::Value::array();
    for (const ControlTotal& total : *totals) {
        list.push(json::Value::object(
            {{"name", total.name}, {"value", total.value}, {"unit", total.unit}, {"exact", total.exact}}));
    }
    result.set("totals", std::move(list));
    return result.print();
}

}  // namespace tilth::collect
