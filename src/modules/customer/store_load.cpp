#include <cstring>

#include "modules/customer/store.h"

namespace tilth::customer::store {

namespace {

Bytes16 bytes16(std::string_view raw) {
    INVARIANT(raw.size() == 16, "a blind index has 16 bytes");
    Bytes16 bytes;
    std::memcpy(bytes.data(), raw.data(), 16);
    return bytes;
}

// Reads one tenant's tables in their own order. Identities are known by number while the rest is read.
class Loader {
public:
    Loader(sql::Connection& sql, const TenantId& tenant) : sql_(sql), tenant_(tenant) {}

    Result<std::unique_ptr<TenantState>> run() {
        TRY(sources());
        TRY(customers());
        TRY(imported());
        TRY(identities());
        TRY(identity_sources());
        TRY(keys());
        TRY(links());
        TRY(conflicts());
        state_->unbound = TRY(unbound(sql_, tenant_));
        const auto last = TRY(sql_.one("SELECT max(change_no) FROM customer_change WHERE tenant_id = ?1", {tenant_},
                                       [](const sql::Row& row) { return row.opt_i64(0).value_or(0); }));
        state_->map.load_change_no(last.value_or(0));
        state_->map.publish();
        return std::move(state_);
    }

private:
    Status sources() {
        return sql_.query("SELECT number, name FROM customer_source WHERE tenant_id = ?1 ORDER BY number", {tenant_},
                          [&](const sql::Row& row) {
                              state_->sources.add_source(static_cast<std::uint32_t>(row.i64(0)),
                                                         std::string(row.txt(1)));
                              return true;
                          });
    }

    Status customers() {
        return sql_.query(
            "SELECT id, ordinal, known, member, home_node, first_seen_at FROM customer"
            " WHERE tenant_id = ?1 ORDER BY id",
            {tenant_}, [&](const sql::Row& row) {
                CustomerState state;
                state.id = row.id<CustomerId>(0);
                state.ordinal = static_cast<std::uint32_t>(row.i64(1));
                state.known = row.flag(2);
                state.member = row.flag(3);
                state.homed = !row.null(4);
                state.first_seen = row.instant(5);
                state_->map.load(state);
                return true;
            });
    }

    Status imported() {
        return sql_.query("SELECT DISTINCT customer_id FROM customer_sight WHERE tenant_id = ?1", {tenant_},
                          [&](const sql::Row& row) {
                              state_->map.load_imported(
                                  state_->map.place_of(row.id<CustomerId>(0), Sight::Published));
                              return true;
                          });
    }

    Status identities() {
        const auto last = TRY(sql_.one("SELECT max(number) FROM identity WHERE tenant_id = ?1", {tenant_},
                                       [](const sql::Row& row) { return row.opt_i64(0).value_or(0); }));
        const auto count = static_cast<std::size_t>(last.value_or(0)) + 1;
        holders_.assign(count, kNobody);
        sets_.assign(count, 0);
        state_->map.reserve(count);
        std::int64_t orphan = 0;
        TRY(sql_.query("SELECT number, kind, customer_id, source FROM identity WHERE tenant_id = ?1 ORDER BY number",
                       {tenant_}, [&](const sql::Row& row) {
                           const Place place = state_->map.place_of(row.id<CustomerId>(2), Sight::Published);
                           if (place == kNobody) return orphan = row.i64(0), false;
                           const auto number = static_cast<std::size_t>(row.i64(0));
                           holders_[number] = place;
                           const auto source = static_cast<std::uint32_t>(row.i64(3));
                           if (source != 0) sets_[number] = state_->sources.with(0, source);
                           if (row.i64(1) == static_cast<std::int64_t>(IdentityKind::Phone))
                               state_->map.load_phone(place);
                           return true;
                       }));
        if (orphan == 0) return ok();
        return Error(ErrorCode::Corrupt, "identity " + std::to_string(orphan) + " has no customer");
    }

    Status identity_sources() {
        return sql_.query("SELECT number, source FROM identity_source WHERE tenant_id = ?1 ORDER BY number, source",
                          {tenant_}, [&](const sql::Row& row) {
                              std::uint32_t& set = sets_.at(static_cast<std::size_t>(row.i64(0)));
                              const auto source = static_cast<std::uint32_t>(row.i64(1));
                              set = source == 0 ? SourceSets::kEverybody : state_->sources.with(set, source);
                              return true;
                          });
    }

    Status keys() {
        return sql_.query(
            "SELECT blind, number FROM identity_index WHERE tenant_id = ?1 ORDER BY kind, blind", {tenant_},
            [&](const sql::Row& row) {
                const auto number = static_cast<std::uint32_t>(row.i64(1));
                state_->map.load_key(bytes16(row.bin(0)), {number, holders_.at(number), sets_.at(number)});
                return true;
            });
    }

    Status links() {
        std::size_t waiting = 0;
        return sql_.query(
            "SELECT l.number, l.a, l.b, l.source, u.by_hand FROM link l"
            " LEFT JOIN link_undo u ON u.tenant_id = l.tenant_id AND u.number = l.number"
            " WHERE l.tenant_id = ?1 ORDER BY l.number",
            {tenant_}, [&](const sql::Row& row) {
                IdentityMap& map = state_->map;
                LinkFact link{row.i64(0), map.place_of(row.id<CustomerId>(1), Sight::Writer),
                              map.place_of(row.id<CustomerId>(2), Sight::Writer),
                              static_cast<std::uint32_t>(row.i64(3)), LinkState::Active};
                // Customers that were taken back are gone; their links were undone before.
                if (link.a == kNobody || link.b == kNobody) return true;
                if (!row.null(4)) link.state = row.flag(4) ? LinkState::Separated : LinkState::TakenBack;
                state_->links.add(link);
                if (link.state == LinkState::Active) map.join(link.a, link.b);
                if (++waiting % 4096 == 0) map.publish();
                return true;
            });
    }

    Status conflicts() {
        return sql_.query(
            "SELECT c.a, c.b, d.outcome FROM identity_conflict c LEFT JOIN conflict_decision d"
            " ON d.tenant_id = c.tenant_id AND d.conflict = c.number"
            " WHERE c.tenant_id = ?1 ORDER BY c.number, d.number NULLS FIRST",
            {tenant_}, [&](const sql::Row& row) {
                const Place a = state_->map.place_of(row.id<CustomerId>(0), Sight::Writer);
                const Place b = state_->map.place_of(row.id<CustomerId>(1), Sight::Writer);
                if (a == kNobody || b == kNobody) return true;
                state_->conflicts.add(a, b);
                state_->conflicts.keep_apart(a, b, !row.null(2) && row.txt(2) == "apart");
                return true;
            });
    }

    sql::Connection& sql_;
    TenantId tenant_;
    std::unique_ptr<TenantState> state_ = std::make_unique<TenantState>();
    std::vector<Place> holders_;           // by identity number
    std::vector<std::uint32_t> sets_;
};

}  // namespace

Result<std::vector<TenantId>> tenants(sql::Connection& sql) {
    return sql.all("SELECT tenant_id FROM customer_source UNION SELECT tenant_id FROM identity_rule"
                   " UNION SELECT tenant_id FROM suppression ORDER BY tenant_id",
                   {}, [](const sql::Row& row) { return row.id<TenantId>(0); });
}

Result<std::unique_ptr<TenantState>> load(sql::Connection& sql, const TenantId& tenant) {
    return Loader(sql, tenant).run();
}

}  // namespace tilth::customer::store
