#pragma once
// SQL in and out.

#include "kernel/record/record.h"
#include "modules/audience/memory.h"

namespace tilth::audience::store {

struct Position {
    std::int64_t events = 0;
    std::int64_t customers = 0;
    std::int64_t orders = 0;
    std::int64_t assigned = 0;
    std::int64_t sets = 0;
};

Result<std::vector<Definition>> definitions(sql::Connection& sql, const TenantId& tenant);
Result<std::optional<Definition>> definition(sql::Connection& sql, const TenantId& tenant, const SetId& id);
Status insert(kernel::Unit& unit, const Definition& one);
Status update(kernel::Unit& unit, const Definition& one);
Result<std::int64_t> sets_change(sql::Connection& sql, const TenantId& tenant);

Result<std::vector<Group>> groups(sql::Connection& sql, const TenantId& tenant);
Status insert(kernel::Unit& unit, const Group& one);

// ---- By hand ----
struct Batch {
    std::int64_t number = 0;
    SetId set;
    bool removes = false;
    Bytes16 actor{};
    std::int64_t people = 0;
    std::optional<Instant> undone_at;
};
struct Hand {
    CustomerId customer;
    Instant at;
    std::string actor;
    std::optional<Instant> expires_at;
};
struct AssignedRows {
    std::int64_t position = 0;
    std::vector<Assignment> rows;
    bool more = false;
};
Result<AssignedRows> assigned_since(sql::Connection& sql, const TenantId& tenant, std::int64_t change_no, int limit);
// True when it was not in.
Result<bool> assign(kernel::Unit& unit, const SetId& set, const Hand& hand, std::int64_t batch);
Result<bool> unassign(kernel::Unit& unit, const SetId& set, const CustomerId& customer, std::int64_t batch);
Status insert(kernel::Unit& unit, const Batch& batch);
Result<std::optional<Batch>> batch(sql::Connection& sql, const TenantId& tenant, std::int64_t number);
// Takes back what the batch did, where nothing was done to it since. How many rows.
Result<std::int64_t> undo(kernel::Unit& unit, const Batch& batch);
Result<std::optional<Hand>> hand_of(sql::Connection& sql, const TenantId& tenant, const SetId& set,
                                    const std::vector<CustomerId>& customers);

// ---- Derived ----
Status write(kernel::Unit& unit, const Transition& one, Day day);
struct SizeChange {
    SetId set;
    Day day;
    std::int64_t people = 0;
    std::int64_t entered = 0;
    std::int64_t left = 0;
};
Status write(kernel::Unit& unit, const SizeChange& one);
Status write(kernel::Unit& unit, const Position& position);
Status members(sql::Connection& sql, const TenantId& tenant,
               const std::function<void(const SetId&, const CustomerId&)>& fn);
struct Member {
    CustomerId customer;
    Instant since;
};
Result<std::vector<Member>> members_after(sql::Connection& sql, const TenantId& tenant, const SetId& set,
                                          const std::optional<CustomerId>& after, int limit);
Result<std::optional<Instant>> since(sql::Connection& sql, const TenantId& tenant, const SetId& set,
                                     const CustomerId& customer);
struct Change {
    std::int64_t number = 0;
    Transition what;
    std::string because;
};
Result<std::vector<Change>> changes_before(sql::Connection& sql, const TenantId& tenant, const SetId& set,
                                           std::int64_t before, int limit);
Result<std::vector<SetSize>> sizes(sql::Connection& sql, const TenantId& tenant, const SetId& set);

}  // namespace tilth::audience::store
