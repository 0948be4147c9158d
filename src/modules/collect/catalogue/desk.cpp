#include "modules/collect/catalogue/desk.h"

#include <future>

#include "base/limits.h"
#include "modules/collect/forget/api.h"

namespace tilth::collect::catalogue {

namespace {

constexpr std::string_view kHeldPurpose = "held_event";
constexpr int kReleasedAtOnceMax = 1'000;

struct HeldRow {
    SourceId source;
    std::int64_t number = 0;
    std::string sealed;
};

}  // namespace

Result<Catalogue> Desk::load(sql::Connection& sql, const TenantId& tenant) const {
    Catalogue catalogue;
    const auto types =
        TRY(sql.all("SELECT name, title, fields FROM event_type WHERE tenant_id = ?1 ORDER BY name", {tenant},
                    [](const sql::Row& row) {
                        return Type{std::string(row.txt(0)), std::string(row.txt(1)), parse_fields(row.txt(2))};
                    }));
    for (const Type& type : types) catalogue.types.emplace(type.name, type);
    const auto hold = TRY(sql.one("SELECT hold_unknown FROM catalogue_rule WHERE tenant_id = ?1", {tenant},
                                  [](const sql::Row& row) { return row.i64(0) != 0; }));
    catalogue.hold_unknown = hold.value_or(false);
    return catalogue;
}

// What was read within a unit that is undone, or before one that stands, does not hold any more.
void Desk::forget(kernel::Unit& unit) {
    const auto drop = [this, tenant = unit.tenant()] {
        const std::lock_guard lock(mutex_);
        known_.erase(tenant);
    };
    drop();
    unit.on_commit(drop);
    unit.on_undo(drop);
}

Status Desk::put(kernel::Unit& unit, const Type& type) {
    forget(unit);
    TRY(unit.sql().write(
        "INSERT INTO event_type (tenant_id, name, title, fields, changed_by, changed_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant_id, name) DO UPDATE SET title = excluded.title, "
        "fields = excluded.fields, changed_by = excluded.changed_by, changed_at = excluded.changed_at",
        {unit.tenant(), type.name, type.title, print_fields(type.fields), unit.context().actor.name, unit.now()}));
    return unit.audit({.action = "catalogue.put", .object = type.name});
}

Status Desk::remove(kernel::Unit& unit, std::string_view name) {
    forget(unit);
    const auto known = TRY(unit.sql().one("SELECT name FROM event_type WHERE tenant_id = ?1 AND name = ?2",
                                          {unit.tenant(), name}, [](const sql::Row&) { return true; }));
    if (!known) return Error(ErrorCode::NotFound, "event type");
    TRY(unit.sql().write("DELETE FROM event_type WHERE tenant_id = ?1 AND name = ?2", {unit.tenant(), name}));
    return unit.audit({.action = "catalogue.remove", .object = std::string(name)});
}

Status Desk::hold_unknown(kernel::Unit& unit, bool hold) {
    forget(unit);
    TRY(unit.sql().write(
        "INSERT INTO catalogue_rule (tenant_id, hold_unknown, changed_at) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (tenant_id) DO UPDATE SET hold_unknown = excluded.hold_unknown, changed_at = excluded.changed_at",
        {unit.tenant(), hold ? 1 : 0, unit.now()}));
    return unit.audit({.action = hold ? "catalogue.hold_unknown" : "catalogue.accept_unknown"});
}

Result<std::vector<Ruling>> Desk::rule(kernel::Unit& unit, const std::vector<Incoming>& events) {
    std::shared_ptr<const Catalogue> catalogue;
    {
        const std::lock_guard lock(mutex_);
        catalogue = known_[unit.tenant()];
    }
    if (!catalogue) {
        catalogue = std::make_shared<const Catalogue>(TRY(load(unit.sql(), unit.tenant())));
        const std::lock_guard lock(mutex_);
        known_[unit.tenant()] = catalogue;
    }
    std::vector<Ruling> rulings;
    if (catalogue->says_nothing()) return rulings;
    rulings.reserve(events.size());
    for (const Incoming& event : events) {
        Ruling ruling = catalogue::rule(*catalogue, event);
        if (event.released) ruling.held.clear();
        rulings.push_back(std::move(ruling));
    }
    return rulings;
}

Result<bool> Desk::hold(kernel::Unit& unit, const SourceId& source, const Incoming& event, std::string_view code) {
    const sql::Blob fingerprint{{reinterpret_cast<const char*>(event.fingerprint.data()), event.fingerprint.size()}};
    const auto known =
        TRY(unit.sql().one("SELECT number FROM held_event WHERE tenant_id = ?1 AND source_id = ?2 AND fingerprint = ?3",
                           {unit.tenant(), source, fingerprint}, [](const sql::Row& row) { return row.i64(0); }));
    if (known) return false;
    const std::string sealed = TRY(kernel_.vault.seal_for_tenant(unit.tenant(), kHeldPurpose, print_event(event)));
    TRY(
        unit.sql().write("INSERT INTO held_event (tenant_id, source_id, fingerprint, number, type, code, at, sealed) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                         {unit.tenant(), source, fingerprint, unit.next_number("held_event"), event.type, code,
                          event.time, sql::Blob{sealed}}));
    return true;
}

Result<std::vector<HeldCount>> Desk::held(sql::Connection& sql, const TenantId& tenant) const {
    return sql.all(
        "SELECT type, source_id, code, COUNT(*) AS events, MIN(at) AS oldest, MAX(at) AS newest FROM held_event "
        "WHERE tenant_id = ?1 AND code <> 'released' GROUP BY type, source_id, code ORDER BY type, source_id, code",
        {tenant}, [](const sql::Row& row) {
            return HeldCount{std::string(row.txt(0)), row.id<SourceId>(1), std::string(row.txt(2)), row.i64(3),
                             row.instant(4),          row.instant(5)};
        });
}

void Desk::release_into(Inlet::Accept accept) {
    const std::lock_guard lock(mutex_);
    accept_ = std::move(accept);
}

Status Desk::send(RawBatch batch) {
    Inlet::Accept accept;
    {
        const std::lock_guard lock(mutex_);
        accept = accept_;
    }
    if (!accept) return Error(ErrorCode::Unavailable, "the pipeline does not run");
    const auto done = std::make_shared<std::promise<Status>>();
    auto answer = done->get_future();
    accept(std::move(batch), [done](const Status& status) { done->set_value(status); });
    return answer.get();
}

Result<std::int64_t> Desk::release(const kernel::Context& context, std::string_view type) {
    const auto rows =
        TRY(kernel_.record.read<std::vector<HeldRow>>(context, [&](kernel::View& view) -> Result<std::vector<HeldRow>> {
            if (TRY(forgetting(view.sql(), view.tenant())))
                return Error(ErrorCode::Unavailable, "somebody is being forgotten; release in a minute");
            return view.sql().all(
                "SELECT source_id, number, sealed FROM held_event WHERE tenant_id = ?1 AND type = ?2 AND code <> "
                "'released' "
                "ORDER BY number LIMIT ?3",
                {view.tenant(), type, kReleasedAtOnceMax}, [](const sql::Row& row) {
                    return HeldRow{row.id<SourceId>(0), row.i64(1), std::string(row.bin(2))};
                });
        }));
    std::map<SourceId, std::string> bodies;
    for (const HeldRow& row : rows) {
        std::string& body = bodies[row.source];
        body += body.empty() ? "[" : ",";
        body += TRY(kernel_.vault.open_for_tenant(context.tenant, kHeldPurpose, row.sealed));
    }
    for (auto& [source, body] : bodies) {
        TRY(send({context.tenant, source, "released", "/", context.now, {}, body + "]"}));
    }
    auto struck = kernel_.record.write<bool>(context, [&](kernel::Unit& unit) -> Result<bool> {
        // An empty row stays as long as repeats are looked for: the same event sent again is not held anew.
        for (const HeldRow& row : rows) {
            TRY(
                unit.sql().write("UPDATE held_event SET code = 'released', sealed = ?4, at = ?5 "
                                 "WHERE tenant_id = ?1 AND type = ?2 AND number = ?3",
                                 {unit.tenant(), type, row.number, sql::Blob{std::string_view{}}, unit.now()}));
        }
        TRY(unit.sql().write("DELETE FROM held_event WHERE tenant_id = ?1 AND code = 'released' AND at < ?2",
                             {unit.tenant(), unit.now() - milliseconds(limits::kDedupWindowMs)}));
        TRY(unit.audit({.action = "catalogue.release", .object = std::string(type)}));
        return true;
    });
    if (!struck) return struck.error();
    return static_cast<std::int64_t>(rows.size());
}

Result<std::int64_t> Desk::drop(kernel::Unit& unit, std::string_view type) {
    const auto events =
        TRY(unit.sql().one("SELECT COUNT(*) AS events FROM held_event "
                           "WHERE tenant_id = ?1 AND type = ?2 AND code <> 'released'",
                           {unit.tenant(), type}, [](const sql::Row& row) { return row.i64(0); }));
    TRY(unit.sql().write("DELETE FROM held_event WHERE tenant_id = ?1 AND type = ?2 AND code <> 'released'",
                         {unit.tenant(), type}));
    TRY(unit.audit({.action = "catalogue.drop", .object = std::string(type)}));
    return events.value_or(0);
}

}  // namespace tilth::collect::catalogue
