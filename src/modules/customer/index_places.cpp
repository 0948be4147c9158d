// What stands under the tenant's index key, for its rotation: the rows by which identities are found, with the map in
// memory, and the fingerprints of those who were erased. Both are brought to a new generation without a clear value.
#include <cstring>

#include "modules/customer/service.h"
#include "platform/crypto/crypto.h"

namespace tilth::customer {

namespace {

constexpr int kRowsPerLook = 200;
using kernel::Context;
using kernel::KeptPlace;

sql::Blob blob(const Bytes16& bytes) { return {{reinterpret_cast<const char*>(bytes.data()), bytes.size()}}; }
Bytes16 bytes16(std::string_view raw) {
    INVARIANT(raw.size() == 16, "a blind index has 16 bytes");
    Bytes16 bytes{};
    std::memcpy(bytes.data(), raw.data(), raw.size());
    return bytes;
}

struct IndexRow {
    IdentityNumber identity = 0;  // of the index; 0: a fingerprint
    Bytes16 before{};
    Bytes16 after{};
    std::int64_t generation = 0;
    Instant at{};
};

// What it takes to write rows anew; computed outside the unit.
Result<std::shared_ptr<std::vector<IndexRow>>> anew(CustomersService& customers, const TenantId& tenant,
                                                    std::vector<IndexRow> rows, std::int64_t newest) {
    std::erase_if(rows, [&](const IndexRow& row) { return row.generation >= newest; });
    for (IndexRow& row : rows) row.after = TRY(customers.kernel().vault.index_anew(tenant, row.before, row.generation));
    return std::make_shared<std::vector<IndexRow>>(std::move(rows));
}

// Table and memory agree on the writer's thread: what memory does not know there any more was erased meanwhile.
Status renew_index(kernel::Unit& unit, CustomersService& customers, const std::vector<IndexRow>& rows,
                   std::int64_t newest) {
    TenantState& state = customers.writers_state(unit);
    state.enlist(unit);
    for (const IndexRow& row : rows) {
        const KeyState holder = state.map.key(row.before, Sight::Writer);
        if (holder.number != row.identity) continue;
        state.map.set_key(row.before, {});
        state.map.set_key(row.after, holder);
        TRY(unit.sql().write(
            "UPDATE identity_index SET blind = ?3, generation = ?4 WHERE tenant_id = ?1 AND number = ?2",
            {unit.tenant(), static_cast<std::int64_t>(row.identity), blob(row.after), newest}));
    }
    return ok();
}

Status renew_suppressions(kernel::Unit& unit, CustomersService& customers, const std::vector<IndexRow>& rows,
                          std::int64_t newest) {
    TenantState& state = customers.writers_state(unit);
    for (const IndexRow& row : rows) {
        if (!state.suppressed.contains(row.before)) continue;
        state.suppressed.erase(row.before);
        const bool fresh = state.suppressed.insert(row.after).second;
        unit.on_undo([&state, row, fresh] {
            state.suppressed.insert(row.before);
            if (fresh) state.suppressed.erase(row.after);
        });
        TRY(unit.sql().write("DELETE FROM suppression WHERE tenant_id = ?1 AND fingerprint = ?2",
                             {unit.tenant(), blob(row.before)}));
        TRY(
            unit.sql().write("INSERT INTO suppression (tenant_id, fingerprint, at, generation) VALUES (?1, ?2, ?3, ?4)"
                             " ON CONFLICT (tenant_id, fingerprint) DO NOTHING",
                             {unit.tenant(), blob(row.after), row.at, newest}));
    }
    return ok();
}

using Read = std::function<Result<std::vector<IndexRow>>(sql::Connection&, const TenantId&, const std::string&)>;
using Renew = Status (*)(kernel::Unit&, CustomersService&, const std::vector<IndexRow>&, std::int64_t);

KeptPlace place_of(CustomersService& customers, std::string_view name, std::string_view count, Read read, Renew renew,
                   std::string (*position_of)(const IndexRow&)) {
    KeptPlace place;
    place.name = name;
    place.family = kernel::KeyFamily::Index;
    place.size = [&customers, count](const Context& context) {
        return customers.kernel().record.read<std::int64_t>(context, [&](kernel::View& view) -> Result<std::int64_t> {
            return TRY(view.sql().one(count, {view.tenant()}, [](const sql::Row& row) { return row.i64(0); }))
            .value_or(0);
        });
    };
    place.look = [&customers, read = std::move(read), renew, position_of](
                     const Context& context, const std::string& position) -> Result<KeptPlace::Look> {
        const std::int64_t newest = TRY(customers.kernel().vault.index_generation(context.tenant));
        auto rows = TRY(customers.kernel().record.read<std::vector<IndexRow>>(
            context, [&](kernel::View& view) { return read(view.sql(), view.tenant(), position); }));
        KeptPlace::Look look;
        look.seen = static_cast<std::int64_t>(rows.size());
        if (look.seen == kRowsPerLook) look.next = position_of(rows.back());
        const auto old = TRY(anew(customers, context.tenant, std::move(rows), newest));
        look.old = static_cast<std::int64_t>(old->size());
        if (look.old > 0)
            look.renew = [&customers, old, newest, renew](kernel::Unit& unit) {
                return renew(unit, customers, *old, newest);
            };
        return look;
    };
    return place;
}

Result<std::vector<IndexRow>> read_index(sql::Connection& sql, const TenantId& tenant, const std::string& position) {
    const std::int64_t after = position.empty() ? 0 : TRY(parse_decimal(position, 0));
    return sql.all(
        "SELECT number, blind, generation FROM identity_index WHERE tenant_id = ?1 AND number > ?2"
        " ORDER BY number LIMIT ?3",
        {tenant, after, kRowsPerLook}, [](const sql::Row& row) {
            return IndexRow{static_cast<IdentityNumber>(row.i64(0)), bytes16(row.bin(1)), {}, row.i64(2), {}};
        });
}

Result<std::vector<IndexRow>> read_suppressions(sql::Connection& sql, const TenantId& tenant,
                                                const std::string& position) {
    const std::string after = TRY(crypto::from_hex(position));
    return sql.all(
        "SELECT fingerprint, generation, at FROM suppression WHERE tenant_id = ?1 AND fingerprint > ?2"
        " ORDER BY fingerprint LIMIT ?3",
        {tenant, sql::Blob{after}, kRowsPerLook}, [](const sql::Row& row) {
            return IndexRow{0, bytes16(row.bin(0)), {}, row.i64(1), row.instant(2)};
        });
}

}  // namespace

void keep_index_places(CustomersService& customers) {
    kernel::Vault& vault = customers.kernel().vault;
    vault.keep({.table = "identity_rule", .column = "blocked", .number = "kind", .purpose = "identity rule"});
    vault.keep(place_of(customers, "identity_index", "SELECT count(*) FROM identity_index WHERE tenant_id = ?1",
                        read_index, renew_index, [](const IndexRow& row) { return std::to_string(row.identity); }));
    // A row that was brought to the new generation may stand further on: it is then seen again, and left.
    vault.keep(place_of(customers, "suppression", "SELECT count(*) FROM suppression WHERE tenant_id = ?1",
                        read_suppressions, renew_suppressions, [](const IndexRow& row) {
                            return crypto::hex({reinterpret_cast<const char*>(row.before.data()), row.before.size()});
                        }));
}

}  // namespace tilth::customer
