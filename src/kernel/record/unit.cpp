#include "kernel/record/unit.h"

namespace tilth::kernel {

UnitRun& UnitRun::of(Unit& unit) {
    auto* run = dynamic_cast<UnitRun*>(&unit);
    INVARIANT(run != nullptr, "every unit is run by the record's writer");
    return *run;
}

std::int64_t UnitRun::next_number(std::string_view sequence) {
    auto number = state_.next_number(connection_, tenant(), sequence, pending_.take_back);
    // The connection keeps the error and fails the unit with it, so the number is never used.
    return number.value_or(0);
}

Status UnitRun::audit(AuditEntry entry) {
    return state_.audit(connection_, pending_.context, entry, pending_.take_back);
}

Status UnitRun::emit(std::string_view type, std::string_view key, std::string payload) {
    OutboxEvent event{.sequence = state_.next_event(pending_.take_back),
                      .tenant = tenant(),
                      .type = std::string(type),
                      .key = std::string(key),
                      .payload = std::move(payload),
                      .at = now()};
    TRY(
        connection_.write("INSERT INTO outbox_event (sequence, tenant_id, type, key, payload, at) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                          {event.sequence, event.tenant, event.type, event.key, event.payload, event.at}));
    pending_.committed.events.push_back(std::move(event));
    return ok();
}

Status UnitRun::set_timer(std::string_view kind, std::string_view key, Instant due, std::string payload) {
    TRY(connection_.write(
        "INSERT INTO timer (tenant_id, kind, key, due, payload) VALUES (?1, ?2, ?3, ?4, ?5) "
        "ON CONFLICT (tenant_id, kind, key) DO UPDATE SET due = excluded.due, payload = excluded.payload",
        {tenant(), kind, key, due, payload}));
    timer_changed({tenant(), std::string(kind), std::string(key), due});
    return ok();
}

Status UnitRun::clear_timer(std::string_view kind, std::string_view key) {
    TRY(connection_.write("DELETE FROM timer WHERE tenant_id = ?1 AND kind = ?2 AND key = ?3", {tenant(), kind, key}));
    timer_changed({tenant(), std::string(kind), std::string(key), std::nullopt});
    return ok();
}

}  // namespace tilth::kernel
