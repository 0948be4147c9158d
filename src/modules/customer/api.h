#pragma once
// customer: who is who. Three keys (DESIGN §4):
//   identity  a phone, a card number, a cookie; a surrogate number; only a deletable blind-index row leads to it
//   customer  cus_…, made at first sight of an unlinked identity, never changes; orders and events carry it
//   person    the set of customers joined by links; has a 32-bit ordinal, never reused; known and anonymous people
//             have ordinal spaces of their own
// Merge and unmerge write links and a log, nothing else; reads expand person -> customers by one map in memory.
// The identity map is memory; the tables are its record. In a unit, changes are visible to later units of the group at
// once and to readers after the commit. Queries from memory are thread-safe.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/kernel.h"

namespace tilth::customer {

// Strength decides what joins people by itself: strong kinds do, weak ones attach to one customer and never join two
// known people.
enum class IdentityKind : std::uint8_t {
    Phone,
    Email,
    Card,
    CustomId,
    UnionId,  // strong
    OpenId,
    ExternalUserId,
    BuyerId,
    Device,
    Anonymous,  // weak
};
std::string_view name(IdentityKind kind);  // "phone", "custom_id" …
std::optional<IdentityKind> identity_kind(std::string_view name);
bool is_strong(IdentityKind kind);  // Phone … UnionId

using IdentityNumber = std::uint64_t;  // per tenant, from 1, never reused

// A key as it was seen: normalised clear text, in memory only, and its blind index.
struct Claim {
    IdentityKind kind = IdentityKind::Anonymous;
    std::string value;  // normalised
    kernel::BlindIndex index{};
};
// Normalises (phone: E.164 by `region`; e-mail: lower case; others: trimmed) and computes the index. Invalid names why.
Result<Claim> make_claim(kernel::Vault& vault, const TenantId& tenant, IdentityKind kind, std::string_view value,
                         std::string_view region = "CN");

// All keys seen together at one moment: they belong to one person, by `rule`.
struct Sighting {
    std::vector<Claim> claims;  // at least one
    Instant at;
    std::string_view source;                // printed source id or "import:imp_…"
    std::string_view rule = "same_record";  // "identify", "alias", "same_record" …
    std::optional<OrgNodeId> home_node;     // of a customer made now
    // An import says where the customer belongs, not only where it was seen: the newest such word stands, before any
    // place where it was seen first.
    bool declares_home = false;
};
struct Resolution {
    CustomerId customer;
    IdentityNumber identity = 0;  // the strongest claim's
    bool created = false;
    bool linked = false;  // this sighting joined two people
};

struct Trait {
    std::string field;  // "name", "gender", "birthday", "firstName" …
    std::string value;  // empty: the field is taken away
    Instant at{};       // zero: the unit's now
};

struct Person {
    std::uint32_t ordinal = 0;
    bool known = false;
    CustomerId first;  // its oldest customer: the one shown
};

// One step of the links' ledger, newest last.
struct LinkLine {
    std::int64_t number = 0;
    CustomerId a;
    CustomerId b;
    std::string rule;  // "same_record", "manual" …
    std::string source;
    std::string reason;
    Instant at;
    bool undone = false;
    Instant undone_at;
    std::vector<std::int64_t> evidence = {};   // identities that were seen together
};

class Customers {
public:
    virtual ~Customers() = default;

    // Finds or makes the customer of a sighting, attaches new identities, links by the strong ones. Idempotent.
    virtual Result<Resolution> resolve(kernel::Unit& unit, const Sighting& sighting) = 0;
    // Declared facts about a customer: they go to the vault, with source, time and confidence per field. What stands is
    // the most trusted, the newest of equals (rules.h, outranks), whatever the order of arrival; a value that cannot be
    // kept (not UTF-8, over 2,000 bytes) is passed over.
    virtual Status declare(kernel::Unit& unit, const CustomerId& customer, const std::vector<Trait>& traits,
                           std::string_view source, int confidence) = 0;
    virtual Result<std::int64_t> merge(kernel::Unit& unit, const CustomerId& a, const CustomerId& b,
                                       std::string_view reason) = 0;
    virtual Status unmerge(kernel::Unit& unit, std::int64_t link_number, std::string_view reason) = 0;
    // Undoes the links that `source` made, then forgets the identities that only it ever brought, and customers that
    // are left without identity; what another source brought or a link by hand needs stays. For taking an import back,
    // after its orders. In steps: returns how many keys and links were dealt with, 0 when done.
    virtual Result<std::int64_t> take_back(kernel::Unit& unit, std::string_view source, int limit) = 0;

    // From memory.
    virtual std::optional<Person> person_of(const TenantId& tenant, const CustomerId& customer) const = 0;
    virtual std::vector<CustomerId> customers_of(const TenantId& tenant, std::uint32_t ordinal, bool known) const = 0;
    virtual std::optional<CustomerId> find(const TenantId& tenant, const Claim& claim) const = 0;
    virtual std::int64_t people(const TenantId& tenant, bool known) const = 0;
    // Hash over identities, customers and links in a fixed order: equal after a rebuild.
    virtual Result<std::string> state_hash(sql::Connection& sql, const TenantId& tenant) = 0;
    // Builds the map from the tables anew and compares it with memory: Corrupt names the first difference. While
    // nothing is written.
    virtual Status verify(sql::Connection& sql, const TenantId& tenant) = 0;

    // Dimension feed for projections: customers whose person, home node or membership changed after `change_no`, in
    // order, at most `limit`.
    struct Dimension {
        std::int64_t change_no = 0;
        CustomerId customer;
        std::uint32_t person_ordinal = 0;
        bool known = false;
        bool member = false;  // holds a card (a membership, until module loyalty)
        std::optional<OrgNodeId> home_node;
        Instant first_seen;
        std::optional<CustomerId> referrer;  // who brought it (referral/api.h)
        bool removed = false;
    };
    virtual Result<std::vector<Dimension>> changed_since(sql::Connection& sql, const TenantId& tenant,
                                                         std::int64_t change_no, int limit) = 0;
    // Masked name and identities for lists; result[i] belongs to customers[i] (its whole person).
    struct Face {
        CustomerId customer;
        std::string name_masked;
        struct Key {
            IdentityNumber number;
            IdentityKind kind;
            std::string masked;
        };
        std::vector<Key> keys;
        std::optional<OrgNodeId> home_node;
        Instant first_seen;
    };
    virtual Result<std::vector<Face>> faces(sql::Connection& sql, const TenantId& tenant,
                                            const std::vector<CustomerId>& customers) = 0;
    // Customers whose identity equals the text (phone, e-mail, card, custom id, cus_…): exact, by blind index.
    virtual std::vector<CustomerId> search(const TenantId& tenant, std::string_view text) = 0;
};

// ---- Consent and erasure ----

enum class Purpose : std::uint8_t { Marketing, Service, Profiling, Sharing, Research };
enum class ConsentChannel : std::uint8_t { Sms, Call, Email, WeCom, WeChat, App };
// Whether this customer (the one who holds the address) may be reached now: it has consented itself, nobody of its
// person has withdrawn since, and neither erasure nor the suppression list stands against it. For senders, when they
// send.
Result<bool> may_reach(Customers& customers, sql::Connection& sql, const TenantId& tenant, const CustomerId& customer,
                       Purpose purpose, ConsentChannel channel);
// Whether any customer has, or for an import had, its home at this node.
Result<bool> names_node(sql::Connection& sql, const TenantId& tenant, const OrgNodeId& node);
struct Erasure {
    std::int64_t customers = 0;
    std::int64_t identities = 0;
    std::int64_t values = 0;
};
// Erases the whole person: keys, values and blind indexes go; phones and addresses leave a fingerprint on the
// suppression list; the customers stay in the erasure register and as bare ids, so that sums stay. Emits
// "customer.erased" for each. Part of flows/erase_person.
Result<Erasure> erase(Customers& customers, kernel::Unit& unit, const CustomerId& customer);
// The person's customers of an open request for erasure, within the caller's scope; Conflict when it is for something
// else or closed.
Result<std::vector<CustomerId>> erasure_request(Customers& customers, kernel::Unit& unit, std::int64_t number);
// Closes it with its receipt (JSON without any personal value), in the audit log too.
Status close_erasure(kernel::Unit& unit, std::int64_t number, std::string_view receipt, std::string_view reason);

std::unique_ptr<Customers> make_customers(kernel::Kernel& kernel);  // loads the map; registers routes
kernel::ModuleInfo customer_module();

}  // namespace tilth::customer
