#include "modules/audience/store.h"

#include "platform/json/value.h"

namespace tilth::audience::store {

namespace {

constexpr std::string_view kSetSequence = "audience_set";
constexpr std::string_view kAssignedSequence = "audience_assigned";

Definition definition_of(const sql::Row& row) {
    Definition one;
    one.id = row.id<SetId>(0);
    one.family = static_cast<Family>(row.i64(1));
    one.name = row.txt(2);
    one.description = row.txt(3);
    one.rule = row.txt(4);
    one.tag_class = static_cast<TagClass>(row.i64(5));
    if (!row.null(6)) one.group = row.id<GroupId>(6);
    one.life_days = row.opt_i64(7);
    one.version = row.i64(8);
    one.created_by = row.txt(9);
    one.created_at = row.instant(10);
    one.changed_at = row.instant(11);
    one.archived_at = row.opt_instant(12);
    return one;
}

json::Value texts(const std::vector<std::string>& list) {
    json::Value out = json::Value::array();
    for (const auto& one : list) out.push(one);
    return out;
}

}  // namespace

// ---- Definitions ----

Result<std::vector<Definition>> definitions(sql::Connection& sql, const TenantId& tenant) {
    return sql.all(
        "SELECT id, family, name, description, rule, class, group_id, life_days, version, created_by, created_at, "
        "changed_at, archived_at FROM audience_set WHERE tenant_id = ?1 ORDER BY id",
        {tenant}, definition_of);
}

Result<std::optional<Definition>> definition(sql::Connection& sql, const TenantId& tenant, const SetId& id) {
    return sql.one(
        "SELECT id, family, name, description, rule, class, group_id, life_days, version, created_by, created_at, "
        "changed_at, archived_at FROM audience_set WHERE tenant_id = ?1 AND id = ?2",
        {tenant, id}, definition_of);
}

Status insert(kernel::Unit& unit, const Definition& one) {
    return unit.sql().write(
        "INSERT INTO audience_set (tenant_id, id, family, name, description, rule, class, group_id, life_days, "
        "version, created_by, created_at, changed_at, archived_at, change_no) VALUES "
        "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        {unit.tenant(), one.id, static_cast<int>(one.family), one.name, one.description, one.rule,
         static_cast<int>(one.tag_class), one.group, one.life_days, one.version, one.created_by, one.created_at,
         one.changed_at, one.archived_at, unit.next_number(kSetSequence)});
}

Status update(kernel::Unit& unit, const Definition& one) {
    return unit.sql().write(
        "UPDATE audience_set SET name = ?3, description = ?4, rule = ?5, life_days = ?6, version = ?7, changed_at = "
        "?8, archived_at = ?9, change_no = ?10 WHERE tenant_id = ?1 AND id = ?2",
        {unit.tenant(), one.id, one.name, one.description, one.rule, one.life_days, one.version, one.changed_at,
         one.archived_at, unit.next_number(kSetSequence)});
}

Result<std::int64_t> sets_change(sql::Connection& sql, const TenantId& tenant) {
    const auto found = TRY(sql.one("SELECT max(change_no) FROM audience_set WHERE tenant_id = ?1", {tenant},
                                   [](const sql::Row& row) { return row.opt_i64(0).value_or(0); }));
    return found.value_or(0);
}

Result<std::vector<Group>> groups(sql::Connection& sql, const TenantId& tenant) {
    return sql.all("SELECT id, name, exclusive FROM tag_group WHERE tenant_id = ?1 ORDER BY id", {tenant},
                   [](const sql::Row& row) {
                       return Group{row.id<GroupId>(0), std::string(row.txt(1)), row.flag(2)};
                   });
}

Status insert(kernel::Unit& unit, const Group& one) {
    return unit.sql().write("INSERT INTO tag_group (tenant_id, id, name, exclusive) VALUES (?1, ?2, ?3, ?4)",
                            {unit.tenant(), one.id, one.name, one.exclusive});
}

// ---- By hand ----

Result<AssignedRows> assigned_since(sql::Connection& sql, const TenantId& tenant, std::int64_t change_no, int limit) {
    AssignedRows out;
    out.position = change_no;
    TRY(sql.query(
        "SELECT change_no, set_id, customer_id, expires_at, removed FROM audience_assigned WHERE tenant_id = ?1 AND "
        "change_no > ?2 ORDER BY change_no LIMIT ?3",
        {tenant, change_no, limit}, [&](const sql::Row& row) {
            out.position = row.i64(0);
            out.rows.push_back({row.id<SetId>(1), row.id<CustomerId>(2), row.opt_instant(3), row.flag(4)});
            return true;
        }));
    out.more = out.rows.size() == static_cast<std::size_t>(limit);
    return out;
}

Result<bool> assign(kernel::Unit& unit, const SetId& set, const Hand& hand, std::int64_t batch) {
    const std::int64_t changed = TRY(unit.sql().change(
        "INSERT INTO audience_assigned (tenant_id, set_id, customer_id, at, actor, expires_at, batch, removed, "
        "removed_by, change_no) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, ?8) ON CONFLICT (tenant_id, set_id, "
        "customer_id) DO UPDATE SET at = excluded.at, actor = excluded.actor, expires_at = excluded.expires_at, batch "
        "= excluded.batch, removed = 0, removed_by = 0, change_no = excluded.change_no WHERE "
        "audience_assigned.removed = 1 OR audience_assigned.expires_at <= excluded.at",
        {unit.tenant(), set, hand.customer, hand.at, hand.actor, hand.expires_at, batch,
         unit.next_number(kAssignedSequence)}));
    return changed > 0;
}

Result<bool> unassign(kernel::Unit& unit, const SetId& set, const CustomerId& customer, std::int64_t batch) {
    const std::int64_t changed = TRY(unit.sql().change(
        "UPDATE audience_assigned SET removed = 1, removed_by = ?4, change_no = ?5 WHERE tenant_id = ?1 AND set_id = "
        "?2 AND customer_id = ?3 AND removed = 0",
        {unit.tenant(), set, customer, batch, unit.next_number(kAssignedSequence)}));
    return changed > 0;
}

Status insert(kernel::Unit& unit, const Batch& batch) {
    return unit.sql().write(
        "INSERT INTO audience_batch (tenant_id, number, set_id, removes, actor, people, at) VALUES (?1, ?2, ?3, ?4, "
        "?5, ?6, ?7)",
        {unit.tenant(), batch.number, batch.set, batch.removes,
         sql::Blob{{reinterpret_cast<const char*>(batch.actor.data()), batch.actor.size()}}, batch.people, unit.now()});
}

Result<std::optional<Batch>> batch(sql::Connection& sql, const TenantId& tenant, std::int64_t number) {
    return sql.one(
        "SELECT number, set_id, removes, actor, people, undone_at FROM audience_batch WHERE tenant_id = ?1 AND number "
        "= ?2",
        {tenant, number}, [](const sql::Row& row) {
            return Batch{row.i64(0), row.id<SetId>(1), row.flag(2), Id<audience::tag::Set>::from_raw(row.bin(3)).bytes,
                         row.i64(4), row.opt_instant(5)};
        });
}

Result<std::int64_t> undo(kernel::Unit& unit, const Batch& batch) {
    // One by one, because each row needs a number of its own: the feed reads by number.
    const auto customer = [](const sql::Row& row) { return std::pair(row.id<SetId>(0), row.id<CustomerId>(1)); };
    const auto put = TRY(unit.sql().all(
        "SELECT set_id, customer_id FROM audience_assigned WHERE tenant_id = ?1 AND batch = ?2 AND removed = 0",
        {unit.tenant(), batch.number}, customer));
    const auto taken = TRY(unit.sql().all(
        "SELECT set_id, customer_id FROM audience_assigned WHERE tenant_id = ?1 AND removed_by = ?2 AND removed = 1",
        {unit.tenant(), batch.number}, customer));
    for (const auto& [set, one] : put) TRY(unassign(unit, set, one, 0));
    for (const auto& [set, one] : taken) {
        TRY(unit.sql().write("UPDATE audience_assigned SET removed = 0, removed_by = 0, change_no = ?4 WHERE tenant_id "
                             "= ?1 AND set_id = ?2 AND customer_id = ?3",
                             {unit.tenant(), set, one, unit.next_number(kAssignedSequence)}));
    }
    TRY(unit.sql().write("UPDATE audience_batch SET undone_at = ?3 WHERE tenant_id = ?1 AND number = ?2",
                         {unit.tenant(), batch.number, unit.now()}));
    return static_cast<std::int64_t>(put.size() + taken.size());
}

Result<std::optional<Hand>> hand_of(sql::Connection& sql, const TenantId& tenant, const SetId& set,
                                    const std::vector<CustomerId>& customers) {
    std::optional<Hand> found;
    for (const CustomerId& customer : customers) {
        const auto one = TRY(sql.one(
            "SELECT at, actor, expires_at FROM audience_assigned WHERE tenant_id = ?1 AND set_id = ?2 AND customer_id "
            "= ?3 AND removed = 0",
            {tenant, set, customer}, [&](const sql::Row& row) {
                return Hand{customer, row.instant(0), std::string(row.txt(1)), row.opt_instant(2)};
            }));
        if (one && (!found || one->expires_at.value_or(Instant::never()) >
                                  found->expires_at.value_or(Instant::never())))
            found = one;
    }
    return found;
}

// ---- Derived ----

Status write(kernel::Unit& unit, const Transition& one, Day) {
    if (one.entered) {
        TRY(unit.sql().write("INSERT INTO audience_member (tenant_id, set_id, customer_id, since) VALUES (?1, ?2, ?3, "
                             "?4) ON CONFLICT (tenant_id, set_id, customer_id) DO NOTHING",
                             {unit.tenant(), one.set, one.customer, one.at}));
    } else {
        TRY(unit.sql().write(
            "DELETE FROM audience_member WHERE tenant_id = ?1 AND set_id = ?2 AND customer_id = ?3",
            {unit.tenant(), one.set, one.customer}));
    }
    const std::string because =
        json::Value::object({{"zh", texts(one.because_zh)}, {"en", texts(one.because_en)}}).print();
    return unit.sql().write(
        "INSERT INTO audience_change (tenant_id, number, set_id, customer_id, entered, at, cause, because) VALUES "
        "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        {unit.tenant(), unit.next_number("audience_change"), one.set, one.customer, one.entered, one.at,
         static_cast<int>(one.cause), because});
}

Status write(kernel::Unit& unit, const SizeChange& one) {
    return unit.sql().write(
        "INSERT INTO audience_size (tenant_id, set_id, day, people, entered, gone) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON "
        "CONFLICT (tenant_id, set_id, day) DO UPDATE SET people = excluded.people, entered = audience_size.entered + "
        "excluded.entered, gone = audience_size.gone + excluded.gone",
        {unit.tenant(), one.set, one.day, one.people, one.entered, one.left});
}

Status write(kernel::Unit& unit, const Position& position) {
    return unit.sql().write(
        "INSERT INTO audience_position (tenant_id, events, customers, orders, assigned, at) VALUES (?1, ?2, ?3, ?4, "
        "?5, ?6) ON CONFLICT (tenant_id) DO UPDATE SET events = excluded.events, customers = excluded.customers, "
        "orders = excluded.orders, assigned = excluded.assigned, at = excluded.at",
        {unit.tenant(), position.events, position.customers, position.orders, position.assigned, unit.now()});
}

Status members(sql::Connection& sql, const TenantId& tenant,
               const std::function<void(const SetId&, const CustomerId&)>& fn) {
    return sql.query("SELECT set_id, customer_id FROM audience_member WHERE tenant_id = ?1", {tenant},
                     [&](const sql::Row& row) {
                         fn(row.id<SetId>(0), row.id<CustomerId>(1));
                         return true;
                     });
}

Result<std::vector<Member>> members_after(sql::Connection& sql, const TenantId& tenant, const SetId& set,
                                          const std::optional<CustomerId>& after, int limit) {
    return sql.all(
        "SELECT customer_id, since FROM audience_member WHERE tenant_id = ?1 AND set_id = ?2 AND customer_id > ?3 "
        "ORDER BY customer_id LIMIT ?4",
        {tenant, set, after.value_or(CustomerId{}), limit},
        [](const sql::Row& row) { return Member{row.id<CustomerId>(0), row.instant(1)}; });
}

Result<std::optional<Instant>> since(sql::Connection& sql, const TenantId& tenant, const SetId& set,
                                     const CustomerId& customer) {
    return sql.one("SELECT since FROM audience_member WHERE tenant_id = ?1 AND set_id = ?2 AND customer_id = ?3",
                   {tenant, set, customer}, [](const sql::Row& row) { return row.instant(0); });
}

Result<std::vector<Change>> changes_before(sql::Connection& sql, const TenantId& tenant, const SetId& set,
                                           std::int64_t before, int limit) {
    return sql.all(
        "SELECT number, customer_id, entered, at, cause, because FROM audience_change WHERE tenant_id = ?1 AND set_id "
        "= ?2 AND number < ?3 ORDER BY number DESC LIMIT ?4",
        {tenant, set, before, limit}, [&](const sql::Row& row) {
            Change one;
            one.number = row.i64(0);
            one.what = {set, Family::Segment, row.id<CustomerId>(1), row.flag(2), row.instant(3),
                        static_cast<Cause>(row.i64(4)), {}, {}};
            one.because = row.txt(5);
            return one;
        });
}

Result<std::vector<SetSize>> sizes(sql::Connection& sql, const TenantId& tenant, const SetId& set) {
    return sql.all(
        "SELECT day, people, entered, gone FROM audience_size WHERE tenant_id = ?1 AND set_id = ?2 ORDER BY day",
        {tenant, set}, [](const sql::Row& row) {
            return SetSize{Day{static_cast<std::int32_t>(row.i64(0))}, row.i64(1), row.i64(2), row.i64(3)};
        });
}

}  // namespace tilth::audience::store
