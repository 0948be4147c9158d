#include "modules/customer/privacy.h"

#include <algorithm>
#include <tuple>

#include "platform/json/value.h"

namespace tilth::customer {

bool consent_stands(std::span<const ConsentLine> lines, const CustomerId& customer) {
    const ConsentLine* own = nullptr;
    const auto later = [](const ConsentLine& a, const ConsentLine& b) {
        return std::tie(a.at, a.number) > std::tie(b.at, b.number);
    };
    for (const ConsentLine& line : lines) {
        if (line.customer == customer && (own == nullptr || later(line, *own))) own = &line;
    }
    if (own == nullptr || !own->granted) return false;
    return std::none_of(lines.begin(), lines.end(), [&](const ConsentLine& line) {
        return !line.granted && line.customer != customer && later(line, *own);
    });
}

Result<std::optional<kernel::BlindIndex>> suppression_of(kernel::Vault& vault, const TenantId& tenant,
                                                         IdentityKind kind, std::string_view normalised) {
    if (kind != IdentityKind::Phone && kind != IdentityKind::Email) return std::optional<kernel::BlindIndex>();
    return std::optional(TRY(vault.index_of(tenant, "suppressed " + std::string(name(kind)), normalised)));
}

Status count_reveal(kernel::Unit& unit) {
    const std::string actor = unit.context().actor.name;
    const std::int64_t hour = unit.now().ms / hours(1).ms;
    const auto before = TRY(unit.sql().one(
        "SELECT reveals FROM reveal_tally WHERE tenant_id = ?1 AND actor = ?2 AND hour = ?3",
        {unit.tenant(), actor, hour}, [](const sql::Row& row) { return row.i64(0); }));
    const std::int64_t reveals = before.value_or(0) + 1;
    if (reveals > kRevealsMax) return Error(ErrorCode::LimitExceeded, "clear values seen within an hour");
    TRY(unit.sql().write("INSERT INTO reveal_tally (tenant_id, actor, hour, reveals) VALUES (?1, ?2, ?3, ?4)"
                         " ON CONFLICT (tenant_id, actor, hour) DO UPDATE SET reveals = excluded.reveals",
                         {unit.tenant(), actor, hour, reveals}));
    if (reveals != kRevealsAlarm) return ok();
    const std::string since = to_iso(Instant{hour * hours(1).ms});
    const std::string detail = json::Value::object({{"reveals", reveals}, {"hour", since}}).print();
    TRY(unit.audit({.action = "customer.bulk_read", .object = actor, .detail = detail}));
    return unit.emit("privacy.bulk_read", actor, detail);
}

namespace store {

namespace {

RequestRow request_row(const sql::Row& row) {
    return {row.i64(0),
            row.id<CustomerId>(1),
            static_cast<RequestKind>(row.i64(2)),
            static_cast<RequestState>(row.i64(3)),
            std::string(row.txt(4)),
            row.instant(5),
            row.instant(6),
            row.opt_instant(7),
            std::string(row.txt(8)),
            std::string(row.txt(9))};
}

sql::Blob blob(const Bytes16& bytes) { return {{reinterpret_cast<const char*>(bytes.data()), bytes.size()}}; }
Bytes16 bytes16(std::string_view raw) {
    Bytes16 bytes{};
    std::copy_n(raw.begin(), std::min(raw.size(), bytes.size()), bytes.begin());
    return bytes;
}

Result<bool> has(sql::Connection& sql, std::string_view statement, const TenantId& tenant, const CustomerId& customer) {
    const auto found = TRY(sql.one(statement, {tenant, customer}, [](const sql::Row& row) { return row.i64(0); }));
    return found.has_value();
}

}  // namespace

Status insert(kernel::Unit& unit, const ConsentLine& line) {
    return unit.sql().write(
        "INSERT INTO consent_line (tenant_id, number, customer_id, purpose, channel, granted, text_version, source,"
        " actor, at, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        {unit.tenant(), line.number, line.customer, static_cast<std::int64_t>(line.purpose),
         static_cast<std::int64_t>(line.channel), line.granted, line.text_version, line.source, line.actor, line.at,
         line.recorded_at});
}

Result<std::vector<ConsentLine>> consents(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer) {
    // Without statistics SQLite takes the primary key and reads the whole ledger: the numbers come from the index.
    return sql.all(
        "SELECT number, purpose, channel, granted, text_version, source, actor, at, recorded_at FROM consent_line"
        " WHERE tenant_id = ?1 AND number IN (SELECT number FROM consent_line WHERE tenant_id = ?1 AND"
        " customer_id = ?2) ORDER BY number",
        {tenant, customer}, [&](const sql::Row& row) {
            return ConsentLine{row.i64(0),
                               customer,
                               static_cast<Purpose>(row.i64(1)),
                               static_cast<ConsentChannel>(row.i64(2)),
                               row.flag(3),
                               std::string(row.txt(4)),
                               std::string(row.txt(5)),
                               std::string(row.txt(6)),
                               row.instant(7),
                               row.instant(8)};
        });
}

Status insert(kernel::Unit& unit, const RequestRow& request) {
    return unit.sql().write(
        "INSERT INTO privacy_request (tenant_id, number, customer_id, kind, state, note, requested_at, due_at,"
        " closed_by, receipt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        {unit.tenant(), request.number, request.customer, static_cast<std::int64_t>(request.kind),
         static_cast<std::int64_t>(request.state), request.note, request.requested_at, request.due_at, std::string(),
         std::string()});
}

Status close(kernel::Unit& unit, std::int64_t number, RequestState state, std::string_view receipt) {
    return unit.sql().write(
        "UPDATE privacy_request SET state = ?3, closed_at = ?4, closed_by = ?5, receipt = ?6"
        " WHERE tenant_id = ?1 AND number = ?2",
        {unit.tenant(), number, static_cast<std::int64_t>(state), unit.now(), unit.context().actor.name, receipt});
}

Result<std::optional<RequestRow>> request(sql::Connection& sql, const TenantId& tenant, std::int64_t number) {
    return sql.one(
        "SELECT number, customer_id, kind, state, note, requested_at, due_at, closed_at, closed_by, receipt"
        " FROM privacy_request WHERE tenant_id = ?1 AND number = ?2",
        {tenant, number}, request_row);
}

Result<std::vector<RequestRow>> requests(sql::Connection& sql, const TenantId& tenant, bool open, std::int64_t before,
                                         std::int64_t limit) {
    return sql.all(
        "SELECT number, customer_id, kind, state, note, requested_at, due_at, closed_at, closed_by, receipt"
        " FROM privacy_request WHERE tenant_id = ?1 AND number < ?2"
        " AND (CASE WHEN state = 0 THEN 1 ELSE 0 END) = ?3 ORDER BY number DESC LIMIT ?4",
        {tenant, before, std::int64_t{open ? 1 : 0}, limit}, request_row);
}

Result<bool> is_erased(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer) {
    return has(sql, "SELECT 1 FROM customer_erasure WHERE tenant_id = ?1 AND customer_id = ?2", tenant, customer);
}

Result<bool> is_suppressed(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer) {
    return has(sql, "SELECT 1 FROM customer_suppressed WHERE tenant_id = ?1 AND customer_id = ?2", tenant, customer);
}

Status insert_erasure(kernel::Unit& unit, const CustomerId& customer) {
    return unit.sql().write("INSERT INTO customer_erasure (tenant_id, customer_id, at) VALUES (?1, ?2, ?3)",
                            {unit.tenant(), customer, unit.now()});
}

Status insert_suppression(kernel::Unit& unit, const kernel::BlindIndex& fingerprint) {
    return unit.sql().write("INSERT INTO suppression (tenant_id, fingerprint, at, generation) VALUES (?1, ?2, ?3, ?4)"
                            " ON CONFLICT (tenant_id, fingerprint) DO NOTHING",
                            {unit.tenant(), blob(fingerprint.now), unit.now(), fingerprint.generation});
}

Status suppress(kernel::Unit& unit, const CustomerId& customer) {
    return unit.sql().write("INSERT INTO customer_suppressed (tenant_id, customer_id, at) VALUES (?1, ?2, ?3)"
                            " ON CONFLICT (tenant_id, customer_id) DO NOTHING",
                            {unit.tenant(), customer, unit.now()});
}

Result<std::optional<Bytes16>> blind_of(sql::Connection& sql, const TenantId& tenant, IdentityNumber number) {
    return sql.one("SELECT blind FROM identity_index WHERE tenant_id = ?1 AND number = ?2",
                   {tenant, static_cast<std::int64_t>(number)},
                   [](const sql::Row& row) { return bytes16(row.bin(0)); });
}

Result<std::set<Bytes16>> suppressions(sql::Connection& sql, const TenantId& tenant) {
    std::set<Bytes16> found;
    TRY(sql.query("SELECT fingerprint FROM suppression WHERE tenant_id = ?1 ORDER BY fingerprint", {tenant},
                  [&](const sql::Row& row) {
                      found.insert(bytes16(row.bin(0)));
                      return true;
                  }));
    return found;
}

}  // namespace store
}  // namespace tilth::customer
