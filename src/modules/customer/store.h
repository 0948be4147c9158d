#pragma once
// SQL of customer. Rows in and out; no decisions.

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "modules/customer/api.h"
#include "modules/customer/bonds.h"
#include "modules/customer/evidence.h"
#include "modules/customer/identity_map.h"

namespace tilth::customer {

// What was declared last of a customer: a hash of source, trust, fields and values, and the earliest of their times.
struct Declared {
    std::uint64_t hash = 0;
    Instant at;
};

// All that is remembered of one tenant. What changes goes through the map's undo log.
struct TenantState {
    IdentityMap map;
    LinkGraph links{map};
    Conflicts conflicts{map};
    SourceSets sources{map};
    Unbound unbound;                     // the writer's thread
    KindRules rules = default_rules();   // the writer's thread
    std::set<Bytes16> suppressed;        // fingerprints; the writer's thread
    // Per customer: the same declaration again, not later, reads and writes nothing. The writer's thread.
    std::unordered_map<Place, Declared> declared;
    // Per customer and owner: what it saw. A memory of customer_sight; the writer's thread.
    struct Seen {
        Instant seen_at;
        bool homed = false;
    };
    std::unordered_map<std::uint64_t, Seen> sights;
    static std::uint64_t sight_key(Place place, std::uint32_t source) {
        return (std::uint64_t{place} << 32) | source;
    }

    // The unit's changes are taken back with it, and published after its commit. Before its first change.
    void enlist(kernel::Unit& unit) {
        unit.on_undo([this, mark = map.mark()] { map.undo_to(mark); });
        unit.on_commit([this] { map.publish(); });
    }
};

namespace store {

// ---- Loading ----
Result<std::vector<TenantId>> tenants(sql::Connection& sql);
Result<std::unique_ptr<TenantState>> load(sql::Connection& sql, const TenantId& tenant);

// ---- Writing ----
struct NewCustomer {
    CustomerState state;
    std::optional<OrgNodeId> home_node;
    std::uint32_t source = 0;
};
Status insert(kernel::Unit& unit, const NewCustomer& customer);
// What CustomerState holds of the row.
Status update(kernel::Unit& unit, const CustomerState& state);
Status set_home(kernel::Unit& unit, const CustomerId& customer, const std::optional<OrgNodeId>& node);
// Who brought this customer, and whom it brought: those are yielded, for they have changed.
Result<std::vector<CustomerId>> drop_referrals(kernel::Unit& unit, const CustomerId& customer);
Status erase_customer(kernel::Unit& unit, const CustomerId& customer);

struct NewIdentity {
    IdentityNumber number = 0;
    IdentityKind kind = IdentityKind::Anonymous;
    Bytes16 blind{};
    std::int64_t generation = 0;   // of the index key
    CustomerId customer;
    Instant first_seen;
    std::uint32_t source = 0;
};
Status insert(kernel::Unit& unit, const NewIdentity& identity);
Status erase_identity(kernel::Unit& unit, IdentityNumber number);
Result<std::vector<IdentityKind>> kinds_of(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer);

Status insert_source(kernel::Unit& unit, std::uint32_t number, std::string_view name);
// Source 0: everybody's (SourceSets::kEverybody).
Status add_identity_source(kernel::Unit& unit, IdentityNumber number, std::uint32_t source, Instant at);
Status drop_identity_source(kernel::Unit& unit, IdentityNumber number, std::uint32_t source);
// The earliest of the other sources that brought it becomes the first, if there is one; yields it.
struct FirstSource {
    std::uint32_t source = 0;
    std::optional<Instant> at;       // unknown of what was brought before this was kept
};
Result<FirstSource> drop_first_source(kernel::Unit& unit, IdentityNumber number);
struct Brought {
    IdentityNumber number = 0;
    IdentityKind kind = IdentityKind::Anonymous;
    CustomerId customer;
    Bytes16 blind{};
    bool first = false;              // this source was the first to bring it
};
// At most `limit`, until there are none.
Result<std::vector<Brought>> brought_by(sql::Connection& sql, const TenantId& tenant, std::uint32_t source, int limit);

struct NewLink {
    std::int64_t number = 0;
    CustomerId a;
    CustomerId b;
    std::string_view rule;
    std::uint32_t source = 0;
    std::string_view reason;
    std::span<const IdentityNumber> evidence = {};
};
Status insert(kernel::Unit& unit, const NewLink& link);
Status insert_undo(kernel::Unit& unit, std::int64_t number, bool by_hand, std::string_view reason);
struct NewConflict {
    CustomerId a;
    CustomerId b;
    std::string_view cause;
    std::string_view rule;
    std::uint32_t source = 0;
    std::span<const IdentityNumber> evidence = {};
};
Status insert(kernel::Unit& unit, const NewConflict& conflict);
Status insert_change(kernel::Unit& unit, std::int64_t change_no, const CustomerId& customer);

// ---- Reading ----
struct CustomerRow {
    CustomerId id;
    std::uint32_t ordinal = 0;
    bool known = false;
    bool member = false;
    std::optional<OrgNodeId> home_node;
    Instant first_seen;
    std::string source;
};
Result<std::optional<CustomerRow>> customer(sql::Connection& sql, const TenantId& tenant, const CustomerId& id);
struct IdentityRow {
    IdentityNumber number = 0;
    IdentityKind kind = IdentityKind::Anonymous;
    CustomerId customer;
    Instant first_seen;
    std::string source;
};
Result<std::vector<IdentityRow>> identities(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer);
// Links with an end at one of the customers, oldest first.
Result<std::vector<LinkLine>> links(sql::Connection& sql, const TenantId& tenant,
                                    const std::vector<CustomerId>& customers);
struct ChangeRow {
    std::int64_t change_no = 0;
    CustomerId customer;
    bool removed = false;
    bool member = false;
    std::optional<OrgNodeId> home_node;
    Instant first_seen;
    std::optional<CustomerId> referrer;
};
// change_no in (after, until], in order.
Result<std::vector<ChangeRow>> changes(sql::Connection& sql, const TenantId& tenant, std::int64_t after,
                                       std::int64_t until, int limit);
Result<std::string> hash(sql::Connection& sql, const TenantId& tenant);

}  // namespace store
}  // namespace tilth::customer
