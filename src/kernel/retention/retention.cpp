#include "kernel/retention/retention.h"

#include "base/hooks.h"
#include "base/money.h"

namespace tilth::kernel {

namespace {

constexpr std::string_view kTimer = "retention.daily";
constexpr std::string_view kJob = "retention.run";
constexpr std::int64_t kRowsAtOnce = 500;

std::vector<RetentionClass> standing_classes(std::vector<RetentionClass> all) {
    std::erase_if(all, [](const RetentionClass& one) { return hooks::is_off(one.row); });
    return all;
}

Instant before_of(Instant now, std::int64_t days_kept) { return now - tilth::days(days_kept); }

// A run's place: the class, how many of its rows went so far, and the moment that decides: one for the whole run.
struct Place {
    std::int64_t at = 0;
    std::int64_t which = 0;
    std::int64_t gone = 0;
    std::int64_t all = 0;
};
std::string print(const Place& place) {
    return std::to_string(place.at) + " " + std::to_string(place.which) + " " + std::to_string(place.gone) + " " +
           std::to_string(place.all);
}
Result<Place> parse(std::string_view text) {
    Place place;
    for (std::int64_t* const one : {&place.at, &place.which, &place.gone, &place.all}) {
        const std::size_t end = std::min(text.find(' '), text.size());
        *one = TRY(parse_decimal(text.substr(0, end), 0));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return place;
}

Status write_receipt(Unit& unit, const RetentionClass& one, std::int64_t days_kept, Instant before, std::int64_t rows) {
    const std::int64_t number = unit.next_number("retention_receipt");
    TRY(unit.sql().write("INSERT INTO retention_receipt (tenant_id, number, class, days, before, rows, at) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                         {unit.tenant(), number, one.name, days_kept, before, rows, unit.now()}));
    return unit.audit({.action = "retention.take",
                       .object = "retention/" + std::string(one.name),
                       .detail = "{\"receipt\":" + std::to_string(number) + ",\"rows\":" + std::to_string(rows) +
                                 ",\"days\":" + std::to_string(days_kept) + "}"});
}

}  // namespace

std::string retention_setting(const RetentionClass& one) { return "retention." + std::string(one.name); }

Retention::Retention(Record& record, Settings& settings, Jobs& jobs, Dispatch& dispatch,
                     std::vector<RetentionClass> classes)
    : record_(record), settings_(settings), jobs_(jobs), classes_(standing_classes(std::move(classes))) {
    for (const RetentionClass& one : classes_) {
        settings_.define({.name = retention_setting(one),
                          .default_value = std::to_string(one.days),
                          .min = one.days_min,
                          .max = one.days_max,
                          .choices = {},
                          .zh = "保留天数：" + std::string(one.zh),
                          .en = "Days kept: " + std::string(one.en)});
    }
    jobs_.define(std::string(kJob), [this](JobStep& step) { return carry_out(step); });
    dispatch.on_timer(std::string(kTimer), [this](Unit& unit, const Timer&) -> Status {
        if (TRY(something_due(unit))) TRY(start(unit));
        return unit.set_timer(kTimer, "", unit.now() + tilth::days(1));
    });
}

Status Retention::schedule(Unit& unit) {
    if (TRY(next_look(unit.sql(), unit.tenant()))) return ok();
    return unit.set_timer(kTimer, "", unit.now() + tilth::days(1));
}

Result<bool> Retention::something_due(Unit& unit) const {
    for (const RetentionClass& one : classes_) {
        const auto rows = TRY(unit.sql().one(
            one.count, {unit.tenant(), before_of(unit.now(), days(unit.tenant(), one))},
            [](const sql::Row& row) { return row.i64(0); }));
        if (rows.value_or(0) > 0) return true;
    }
    return false;
}

Result<JobId> Retention::start(Unit& unit) { return jobs_.start(unit, kJob, "按保留期清理", "{}"); }

std::int64_t Retention::days(const TenantId& tenant, const RetentionClass& one) const {
    return settings_.integer(tenant, retention_setting(one));
}

Result<std::int64_t> Retention::due(View& view, const RetentionClass& one, std::int64_t days_kept) {
    const auto rows = TRY(view.sql().one(one.count, {view.tenant(), before_of(view.now(), days_kept)},
                                         [](const sql::Row& row) { return row.i64(0); }));
    return rows.value_or(0);
}

Result<std::vector<RetentionReceipt>> Retention::receipts(sql::Connection& sql, const TenantId& tenant, int limit) {
    return sql.all("SELECT number, class, days, before, rows, at FROM retention_receipt WHERE tenant_id = ?1 "
                   "ORDER BY number DESC LIMIT ?2",
                   {tenant, limit}, [](const sql::Row& row) {
                       return RetentionReceipt{row.i64(0),     std::string(row.txt(1)), row.i64(2),
                                               row.instant(3), row.i64(4),              row.instant(5)};
                   });
}

Result<std::optional<Instant>> Retention::next_look(sql::Connection& sql, const TenantId& tenant) {
    return sql.one("SELECT due FROM timer WHERE tenant_id = ?1 AND kind = ?2 AND key = ''", {tenant, kTimer},
                   [](const sql::Row& row) { return row.instant(0); });
}

// A few hundred rows a step. The days are read anew with each: who lengthens them stops what has not gone yet.
Result<StepOutcome> Retention::carry_out(JobStep& step) {
    Place place{.at = step.context().now.ms};
    if (!step.job().cursor.empty()) place = TRY(parse(step.job().cursor));
    if (place.which >= static_cast<std::int64_t>(classes_.size())) {
        step.result("{\"rows\":" + std::to_string(place.all) + "}");
        return StepOutcome::Done;
    }
    const RetentionClass& one = classes_[static_cast<std::size_t>(place.which)];
    const std::int64_t kept = days(step.context().tenant, one);
    const Instant before = before_of(Instant{place.at}, kept);
    const auto left = TRY(record_.read<std::int64_t>(step.context(), [&](View& view) -> Result<std::int64_t> {
        return TRY(view.sql().one(one.count, {view.tenant(), before}, [](const sql::Row& row) { return row.i64(0); }))
            .value_or(0);
    }));
    const std::int64_t now_going = std::min(left, kRowsAtOnce);
    const bool last = left <= kRowsAtOnce;
    const std::int64_t gone = place.gone + now_going;
    Place next = place;
    next.all += now_going;
    next.gone = last ? 0 : gone;
    if (last) ++next.which;
    step.progress(std::string(one.name), next.all, 0);
    step.cursor(print(next));
    TRY(step.write([&](Unit& unit) -> Status {
        if (now_going > 0) TRY(unit.sql().write(one.take, {unit.tenant(), before, kRowsAtOnce}));
        return last && gone > 0 ? write_receipt(unit, one, kept, before, gone) : ok();
    }));
    return StepOutcome::More;
}

}  // namespace tilth::kernel
