#include "modules/customer/store.h"

#include <algorithm>
#include <set>

#include "modules/customer/household/api.h"
#include "platform/crypto/crypto.h"

namespace tilth::customer::store {

namespace {

sql::Blob blob(const Bytes16& bytes) { return {{reinterpret_cast<const char*>(bytes.data()), bytes.size()}}; }
std::int64_t wide(IdentityNumber number) { return static_cast<std::int64_t>(number); }
std::int64_t code(IdentityKind kind) { return static_cast<std::int64_t>(kind); }
IdentityKind kind_of(std::int64_t stored) { return static_cast<IdentityKind>(stored); }

// With its length in front, so that no two rows read alike.
void add_sized(crypto::Hasher& hasher, std::string_view bytes) {
    hasher.add(static_cast<std::int64_t>(bytes.size()));
    hasher.add(bytes);
}

}  // namespace

// ---- Writing ----

Status insert(kernel::Unit& unit, const NewCustomer& customer) {
    const CustomerState& state = customer.state;
    return unit.sql().write(
        "INSERT INTO customer (tenant_id, id, ordinal, known, member, home_node, first_seen_at, source)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        {unit.tenant(), state.id, std::int64_t{state.ordinal}, state.known, state.member, customer.home_node,
         state.first_seen, std::int64_t{customer.source}});
}

Status update(kernel::Unit& unit, const CustomerState& state) {
    return unit.sql().write(
        "UPDATE customer SET ordinal = ?3, known = ?4, member = ?5, first_seen_at = ?6"
        " WHERE tenant_id = ?1 AND id = ?2",
        {unit.tenant(), state.id, std::int64_t{state.ordinal}, state.known, state.member, state.first_seen});
}

Status set_home(kernel::Unit& unit, const CustomerId& customer, const std::optional<OrgNodeId>& node) {
    return unit.sql().write("UPDATE customer SET home_node = ?3 WHERE tenant_id = ?1 AND id = ?2",
                            {unit.tenant(), customer, node});
}

Status erase_customer(kernel::Unit& unit, const CustomerId& customer) {
    TRY(unit.sql().write("DELETE FROM identity_conflict WHERE tenant_id = ?1 AND a = ?2", {unit.tenant(), customer}));
    TRY(unit.sql().write("DELETE FROM identity_conflict WHERE tenant_id = ?1 AND b = ?2", {unit.tenant(), customer}));
    TRY(unit.sql().write("DELETE FROM customer_sight WHERE tenant_id = ?1 AND customer_id = ?2",
                         {unit.tenant(), customer}));
    TRY(drop_households(unit, customer));
    return unit.sql().write("DELETE FROM customer WHERE tenant_id = ?1 AND id = ?2", {unit.tenant(), customer});
}

Status insert(kernel::Unit& unit, const NewIdentity& identity) {
    TRY(
        unit.sql().write("INSERT INTO identity (tenant_id, number, kind, customer_id, first_seen_at, source)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                         {unit.tenant(), wide(identity.number), code(identity.kind), identity.customer,
                          identity.first_seen, std::int64_t{identity.source}}));
    return unit.sql().write("INSERT INTO identity_index (tenant_id, kind, blind, number, generation)"
                            " VALUES (?1, ?2, ?3, ?4, ?5)",
                            {unit.tenant(), code(identity.kind), blob(identity.blind), wide(identity.number),
                             identity.generation});
}

Status erase_identity(kernel::Unit& unit, IdentityNumber number) {
    TRY(unit.sql().write("DELETE FROM identity_index WHERE tenant_id = ?1 AND number = ?2",
                         {unit.tenant(), wide(number)}));
    TRY(unit.sql().write("DELETE FROM identity_source WHERE tenant_id = ?1 AND number = ?2",
                         {unit.tenant(), wide(number)}));
    TRY(unit.sql().write("DELETE FROM identity_bond WHERE tenant_id = ?1 AND (a = ?2 OR b = ?2)",
                         {unit.tenant(), wide(number)}));
    return unit.sql().write("DELETE FROM identity WHERE tenant_id = ?1 AND number = ?2", {unit.tenant(), wide(number)});
}

Result<std::vector<IdentityKind>> kinds_of(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer) {
    return sql.all("SELECT kind FROM identity WHERE tenant_id = ?1 AND customer_id = ?2", {tenant, customer},
                   [](const sql::Row& row) { return kind_of(row.i64(0)); });
}

Status insert_source(kernel::Unit& unit, std::uint32_t number, std::string_view name) {
    return unit.sql().write("INSERT INTO customer_source (tenant_id, number, name) VALUES (?1, ?2, ?3)",
                            {unit.tenant(), std::int64_t{number}, name});
}

Status add_identity_source(kernel::Unit& unit, IdentityNumber number, std::uint32_t source, Instant at) {
    return unit.sql().write("INSERT INTO identity_source (tenant_id, number, source, at) VALUES (?1, ?2, ?3, ?4)",
                            {unit.tenant(), wide(number), std::int64_t{source}, at});
}

Status drop_identity_source(kernel::Unit& unit, IdentityNumber number, std::uint32_t source) {
    return unit.sql().write("DELETE FROM identity_source WHERE tenant_id = ?1 AND number = ?2 AND source = ?3",
                            {unit.tenant(), wide(number), std::int64_t{source}});
}

Result<FirstSource> drop_first_source(kernel::Unit& unit, IdentityNumber number) {
    const auto next = TRY(unit.sql().one("SELECT source, at FROM identity_source WHERE tenant_id = ?1 AND number = ?2"
                                         " AND source > 0 ORDER BY at IS NULL, at, source LIMIT 1",
                                         {unit.tenant(), wide(number)}, [](const sql::Row& row) {
                                             return FirstSource{static_cast<std::uint32_t>(row.i64(0)),
                                                                row.opt_instant(1)};
                                         }));
    const FirstSource first = next.value_or(FirstSource{});
    TRY(unit.sql().write("UPDATE identity SET source = ?3, first_seen_at = coalesce(?4, first_seen_at)"
                         " WHERE tenant_id = ?1 AND number = ?2",
                         {unit.tenant(), wide(number), std::int64_t{first.source}, first.at}));
    if (first.source != 0) TRY(drop_identity_source(unit, number, first.source));
    return first;
}

namespace {

Brought brought(const sql::Row& row) {
    Brought one{static_cast<IdentityNumber>(row.i64(0)), kind_of(row.i64(1)), row.id<CustomerId>(2), {}, false};
    const std::string_view blind = row.bin(3);
    std::copy(blind.begin(), blind.end(), one.blind.begin());
    return one;
}

}  // namespace

Result<std::vector<Brought>> brought_by(sql::Connection& sql, const TenantId& tenant, std::uint32_t source, int limit) {
    auto first = TRY(sql.all(
        "SELECT i.number, i.kind, i.customer_id, x.blind FROM identity i"
        " JOIN identity_index x ON x.tenant_id = i.tenant_id AND x.number = i.number"
        " WHERE i.tenant_id = ?1 AND i.source = ?2 ORDER BY i.number LIMIT ?3",
        {tenant, std::int64_t{source}, limit}, brought));
    for (Brought& one : first) one.first = true;
    if (!first.empty()) return first;
    return sql.all(
        "SELECT s.number, i.kind, i.customer_id, x.blind FROM identity_source s"
        " JOIN identity i ON i.tenant_id = s.tenant_id AND i.number = s.number"
        " JOIN identity_index x ON x.tenant_id = s.tenant_id AND x.number = s.number"
        " WHERE s.tenant_id = ?1 AND s.source = ?2 ORDER BY s.number LIMIT ?3",
        {tenant, std::int64_t{source}, limit}, brought);
}

Status insert(kernel::Unit& unit, const NewLink& link) {
    for (const IdentityNumber identity : link.evidence) {
        TRY(unit.sql().write("INSERT INTO link_evidence (tenant_id, link, identity) VALUES (?1, ?2, ?3)",
                             {unit.tenant(), link.number, wide(identity)}));
    }
    return unit.sql().write(
        "INSERT INTO link (tenant_id, number, a, b, rule, source, reason, at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        {unit.tenant(), link.number, link.a, link.b, link.rule, std::int64_t{link.source}, link.reason, unit.now()});
}

Status insert_undo(kernel::Unit& unit, std::int64_t number, bool by_hand, std::string_view reason) {
    return unit.sql().write(
        "INSERT INTO link_undo (tenant_id, number, by_hand, reason, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        {unit.tenant(), number, by_hand, reason, unit.now()});
}

Status insert(kernel::Unit& unit, const NewConflict& conflict) {
    const std::int64_t number = unit.next_number("identity_conflict");
    for (const IdentityNumber identity : conflict.evidence) {
        TRY(unit.sql().write("INSERT INTO conflict_evidence (tenant_id, conflict, identity) VALUES (?1, ?2, ?3)",
                             {unit.tenant(), number, wide(identity)}));
    }
    return unit.sql().write("INSERT INTO identity_conflict (tenant_id, number, a, b, cause, rule, source, at)"
                            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                            {unit.tenant(), number, conflict.a, conflict.b, conflict.cause, conflict.rule,
                             std::int64_t{conflict.source}, unit.now()});
}

Status insert_change(kernel::Unit& unit, std::int64_t change_no, const CustomerId& customer) {
    return unit.sql().write("INSERT INTO customer_change (tenant_id, change_no, customer_id) VALUES (?1, ?2, ?3)",
                            {unit.tenant(), change_no, customer});
}

// ---- Reading ----

Result<std::optional<CustomerRow>> customer(sql::Connection& sql, const TenantId& tenant, const CustomerId& id) {
    return sql.one(
        "SELECT c.ordinal, c.known, c.member, c.home_node, c.first_seen_at, s.name FROM customer c"
        " LEFT JOIN customer_source s ON s.tenant_id = c.tenant_id AND s.number = c.source"
        " WHERE c.tenant_id = ?1 AND c.id = ?2",
        {tenant, id}, [&](const sql::Row& row) {
            return CustomerRow{id,           static_cast<std::uint32_t>(row.i64(0)), row.flag(1),       row.flag(2),
                               row.opt_id<OrgNodeId>(3), row.instant(4),              row.txt_or(5, {})};
        });
}

Result<std::vector<IdentityRow>> identities(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer) {
    return sql.all(
        "SELECT i.number, i.kind, i.first_seen_at, s.name FROM identity i"
        " LEFT JOIN customer_source s ON s.tenant_id = i.tenant_id AND s.number = i.source"
        " WHERE i.tenant_id = ?1 AND i.customer_id = ?2 ORDER BY i.kind, i.number",
        {tenant, customer}, [&](const sql::Row& row) {
            return IdentityRow{static_cast<IdentityNumber>(row.i64(0)), kind_of(row.i64(1)), customer, row.instant(2),
                               row.txt_or(3, {})};
        });
}

Result<std::vector<LinkLine>> links(sql::Connection& sql, const TenantId& tenant,
                                    const std::vector<CustomerId>& customers) {
    std::vector<LinkLine> lines;
    std::set<std::int64_t> seen;
    for (const CustomerId& customer : customers) {
        TRY(sql.query(
            "SELECT l.number, l.a, l.b, l.rule, s.name, l.reason, l.at, u.at FROM link l"
            " LEFT JOIN link_undo u ON u.tenant_id = l.tenant_id AND u.number = l.number"
            " LEFT JOIN customer_source s ON s.tenant_id = l.tenant_id AND s.number = l.source"
            " WHERE l.tenant_id = ?1 AND (l.a = ?2 OR l.b = ?2)",
            {tenant, customer}, [&](const sql::Row& row) {
                if (!seen.insert(row.i64(0)).second) return true;
                LinkLine line{row.i64(0),
                              row.id<CustomerId>(1),
                              row.id<CustomerId>(2),
                              std::string(row.txt(3)),
                              row.txt_or(4, {}),
                              std::string(row.txt(5)),
                              row.instant(6),
                              !row.null(7),
                              row.opt_instant(7).value_or(Instant{}),
                              {}};
                lines.push_back(std::move(line));
                return true;
            }));
    }
    std::sort(lines.begin(), lines.end(), [](const LinkLine& a, const LinkLine& b) { return a.number < b.number; });
    for (LinkLine& line : lines) {
        line.evidence =
            TRY(sql.all("SELECT identity FROM link_evidence WHERE tenant_id = ?1 AND link = ?2 ORDER BY identity",
                        {tenant, line.number}, [](const sql::Row& row) { return row.i64(0); }));
    }
    return lines;
}

Result<std::vector<ChangeRow>> changes(sql::Connection& sql, const TenantId& tenant, std::int64_t after,
                                       std::int64_t until, int limit) {
    return sql.all(
        "SELECT h.change_no, h.customer_id, c.id, c.member, c.home_node, c.first_seen_at, (SELECT r.referrer_id FROM"
        " customer_referral r WHERE r.tenant_id = h.tenant_id AND r.customer_id = h.customer_id ORDER BY"
        " CASE WHEN r.source = 'manual' THEN 0 ELSE 1 END, r.number LIMIT 1) FROM customer_change h"
        " LEFT JOIN customer c ON c.tenant_id = h.tenant_id AND c.id = h.customer_id"
        " WHERE h.tenant_id = ?1 AND h.change_no > ?2 AND h.change_no <= ?3 ORDER BY h.change_no LIMIT ?4",
        {tenant, after, until, limit}, [](const sql::Row& row) {
            ChangeRow change{row.i64(0), row.id<CustomerId>(1), row.null(2), false, std::nullopt, {}, std::nullopt};
            if (change.removed) return change;
            change.member = row.flag(3);
            change.home_node = row.opt_id<OrgNodeId>(4);
            change.first_seen = row.instant(5);
            change.referrer = row.opt_id<CustomerId>(6);
            return change;
        });
}

Result<std::string> hash(sql::Connection& sql, const TenantId& tenant) {
    crypto::Hasher hasher;
    TRY(sql.query(
        "SELECT id, ordinal, known, member, home_node, first_seen_at FROM customer WHERE tenant_id = ?1 ORDER BY id",
        {tenant}, [&](const sql::Row& row) {
            hasher.add(row.bin(0));
            for (const int column : {1, 2, 3, 5}) hasher.add(row.i64(column));
            add_sized(hasher, row.null(4) ? std::string_view() : row.bin(4));
            return true;
        }));
    TRY(sql.query("SELECT i.number, i.kind, i.customer_id, i.first_seen_at, x.number FROM identity i"
                  " LEFT JOIN identity_index x ON x.tenant_id = i.tenant_id AND x.number = i.number"
                  " WHERE i.tenant_id = ?1 ORDER BY i.number",
                  {tenant}, [&](const sql::Row& row) {
                      for (const int column : {0, 1, 3}) hasher.add(row.i64(column));
                      hasher.add(row.bin(2));
                      hasher.add(std::int64_t{row.null(4) ? 0 : 1});   // whether it is found; the key by which changes
                      return true;
                  }));
    TRY(sql.query("SELECT customer_id, source, seen_at, home_node, home_no FROM customer_sight WHERE tenant_id = ?1"
                  " ORDER BY customer_id, source",
                  {tenant}, [&](const sql::Row& row) {
                      hasher.add(row.bin(0));
                      for (const int column : {1, 2, 4}) hasher.add(row.i64(column));
                      add_sized(hasher, row.null(3) ? std::string_view() : row.bin(3));
                      return true;
                  }));
    // Links that went with a source that was taken back are no evidence any more.
    TRY(sql.query("SELECT l.number, l.a, l.b, l.rule, u.by_hand FROM link l"
                  " LEFT JOIN link_undo u ON u.tenant_id = l.tenant_id AND u.number = l.number"
                  " WHERE l.tenant_id = ?1 ORDER BY l.number",
                  {tenant}, [&](const sql::Row& row) {
                      if (!row.null(4) && !row.flag(4)) return true;
                      hasher.add(row.i64(0));
                      for (const int column : {1, 2}) hasher.add(row.bin(column));
                      add_sized(hasher, row.txt(3));
                      hasher.add(row.null(4) ? std::int64_t{0} : std::int64_t{1});
                      return true;
                  }));
    const crypto::Hash digest = hasher.finish();
    return crypto::hex(crypto::view(digest));
}

}  // namespace tilth::customer::store
