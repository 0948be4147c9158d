#include "kernel/vault/residue.h"

#include "base/money.h"
#include "kernel/record/upkeep.h"
#include "platform/log/log.h"
#include "platform/metrics/metrics.h"

namespace tilth::kernel {

namespace {

constexpr std::string_view kJob = "erasure.residue";
constexpr std::string_view kTimer = "erasure.residue";
constexpr std::string_view kWithTables = "{\"tables\":true}";
constexpr int kPartsInOneStepMax = 1'000;

metrics::Counter& overdue() {
    static metrics::Counter& counter = metrics::counter(
        "tilth_erasure_overdue_total", "Hourly looks that found remnants of an erasure past the promised time.");
    return counter;
}

std::string printed(const std::vector<CustomerId>& customers) {
    std::string text;
    for (const CustomerId& customer : customers) text += (text.empty() ? "" : " ") + customer.str();
    return text;
}

Result<std::vector<CustomerId>> parsed(std::string_view text) {
    std::vector<CustomerId> customers;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        customers.push_back(TRY(CustomerId::parse(text.substr(0, end))));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return customers;
}

struct OpenPart {
    std::int64_t request = 0;
    std::string part;
    std::string customers;
    Instant due_by;
};
// Those that somebody has to do; backups run out by themselves.
Result<std::vector<OpenPart>> open_parts(sql::Connection& sql, const TenantId& tenant) {
    return sql.all(
        "SELECT request, part, customers, due_by FROM erasure_part WHERE tenant_id = ?1 AND done_at IS NULL "
        "AND part <> 'backups' ORDER BY request, part LIMIT ?2",
        {tenant, kPartsInOneStepMax}, [](const sql::Row& row) {
            return OpenPart{row.i64(0), std::string(row.txt(1)), std::string(row.txt(2)), row.instant(3)};
        });
}

Status strike_off(Unit& unit, const OpenPart& one) {
    TRY(unit.sql().write("UPDATE erasure_part SET done_at = ?4, customers = '' "
                         "WHERE tenant_id = ?1 AND request = ?2 AND part = ?3",
                         {unit.tenant(), one.request, one.part, unit.now()}));
    return unit.audit({.action = "customer.erase_residue",
                       .object = "request/" + std::to_string(one.request),
                       .detail = "{\"part\":\"" + one.part + "\"}"});
}

}  // namespace

Residue::Residue(Record& record, Jobs& jobs, Dispatch& dispatch, ErasureRegister& outside, ResidueOptions options)
    : record_(record), jobs_(jobs), outside_(outside), options_(std::move(options)) {
    jobs_.define(std::string(kJob), [this](JobStep& step) { return carry_out(step); });
    dispatch.on_timer(std::string(kTimer), [this](Unit& unit, const Timer& timer) { return retry(unit, timer); });
}

// The look of the next full hour but one: what many erasures left is then done together.
Status Residue::wake(Unit& unit) const {
    const std::int64_t hour = unit.now().ms / hours(1).ms + 1;
    return unit.set_timer(kTimer, std::to_string(hour), Instant{hour * hours(1).ms});
}

Status Residue::promise(Unit& unit, std::int64_t request, const std::vector<CustomerId>& customers) {
    struct Promise {
        std::string_view part;
        std::string customers;
        Instant due_by;
    };
    std::vector<Promise> promises{{kRegisterPart, printed(customers), unit.now() + promised()},
                                  {kRecordPart, {}, unit.now() + promised()}};
    if (!sweeps_.empty()) promises.push_back({kSealedPart, {}, unit.now() + promised()});
    if (options_.backups_kept.ms > 0) promises.push_back({kBackupsPart, {}, unit.now() + options_.backups_kept});
    for (const Promise& one : promises) {
        TRY(unit.sql().write("INSERT INTO erasure_part (tenant_id, request, part, customers, due_by, done_at) "
                             "VALUES (?1, ?2, ?3, ?4, ?5, NULL)",
                             {unit.tenant(), request, one.part, one.customers, one.due_by}));
    }
    return start(unit);
}

Status Residue::start(Unit& unit) {
    const bool sqlite = record_.location().engine() == sql::Engine::Sqlite;
    TRY(jobs_.start(unit, kJob, "清除残留", sqlite ? std::string(kWithTables) : "{}"));
    return wake(unit);
}

// The cursor: nothing at the beginning; then "<which sweep>|<its position>|<requests, each in blanks>".
Result<StepOutcome> Residue::carry_out(JobStep& step) {
    const std::string cursor = step.job().cursor;
    if (cursor.empty()) return write_outside(step);
    const std::size_t first = cursor.find('|');
    const std::size_t last = cursor.rfind('|');
    if (first == std::string::npos || first == last) return Error(ErrorCode::Corrupt, "cursor of an erasure's residue");
    const auto which = static_cast<std::size_t>(TRY(parse_decimal(std::string_view(cursor).substr(0, first), 0)));
    const std::string requests = cursor.substr(last + 1);
    if (which >= sweeps_.size()) return force(step, requests);
    return sweep(step, which, cursor.substr(first + 1, last - first - 1), requests);
}

Result<StepOutcome> Residue::write_outside(JobStep& step) {
    const auto open = TRY(record_.read<std::vector<OpenPart>>(step.context(), [](View& view) {
        return open_parts(view.sql(), view.tenant());
    }));
    std::vector<ErasedCustomer> lines;
    std::string requests = " ";
    for (const OpenPart& one : open) {
        requests += std::to_string(one.request) + " ";
        for (const CustomerId& customer : TRY(parsed(one.customers)))
            lines.push_back({step.context().tenant, customer, one.due_by - promised()});
    }
    const std::int64_t outside = lines.empty() ? 0 : TRY(outside_.append(lines));
    step.cursor("0||" + requests);
    TRY(step.write([&](Unit& unit) -> Status {
        for (const OpenPart& one : open) {
            if (one.part == kRegisterPart) TRY(strike_off(unit, one));
        }
        return outside > 0 ? set_register_position(unit, outside) : ok();
    }));
    return StepOutcome::More;
}

Result<StepOutcome> Residue::sweep(JobStep& step, std::size_t which, const std::string& position,
                                   const std::string& requests) {
    const Look look = TRY(sweeps_[which](step.context(), position));
    const std::string place = look.next ? std::to_string(which) + "|" + *look.next : std::to_string(which + 1) + "|";
    step.cursor(place + "|" + requests);
    TRY(step.write([&](Unit& unit) { return look.strike ? look.strike(unit) : ok(); }));
    return StepOutcome::More;
}

// What was promised after this job began is for the next one, which looks for its people too.
Result<StepOutcome> Residue::force(JobStep& step, std::string_view requests) {
    const bool with_tables = step.job().params == kWithTables;
    const auto open = TRY(record_.read<std::vector<OpenPart>>(step.context(), [](View& view) {
        return open_parts(view.sql(), view.tenant());
    }));
    if (with_tables) TRY(force_residue(record_, options_.tables));
    TRY(step.write([&](Unit& unit) -> Status {
        for (const OpenPart& one : open) {
            const bool ours = requests.find(" " + std::to_string(one.request) + " ") != std::string_view::npos;
            if (ours && one.part != kRegisterPart && (with_tables || one.part == kSealedPart)) {
                TRY(strike_off(unit, one));
            }
        }
        return ok();
    }));
    return StepOutcome::Done;
}

Status Residue::retry(Unit& unit, const Timer&) {
    const auto open = TRY(open_parts(unit.sql(), unit.tenant()));
    if (open.empty()) return ok();
    for (const OpenPart& one : open) {
        if (unit.now() <= one.due_by) continue;
        overdue().add();
        log::error("remnants of an erasure stand past the promised time",
                   {{"request", one.request}, {"part", one.part}});
    }
    TRY(jobs_.start(unit, kJob, "清除残留", std::string(kWithTables)));
    return wake(unit);
}

Result<std::vector<ErasurePart>> Residue::parts(sql::Connection& sql, const TenantId& tenant,
                                                std::int64_t request) const {
    return sql.all("SELECT part, due_by, done_at FROM erasure_part WHERE tenant_id = ?1 AND request = ?2 ORDER BY part",
                   {tenant, request}, [request](const sql::Row& row) {
                       return ErasurePart{request, std::string(row.txt(0)), {}, row.instant(1), row.opt_instant(2)};
                   });
}

}  // namespace tilth::kernel
