#pragma once
// The module's service: owns the tenants' maps, carries out commands, answers from memory.

#include <map>
#include <memory>
#include <shared_mutex>

#include "kernel/vault/below.h"
#include "modules/customer/store.h"

namespace tilth::customer {

class CustomersService final : public Customers {
public:
    explicit CustomersService(kernel::Kernel& kernel) : kernel_(kernel) {}
    Status load();

    Result<Resolution> resolve(kernel::Unit& unit, const Sighting& sighting) override;
    Status declare(kernel::Unit& unit, const CustomerId& customer, const std::vector<Trait>& traits,
                   std::string_view source, int confidence) override;
    Result<std::int64_t> merge(kernel::Unit& unit, const CustomerId& a, const CustomerId& b,
                               std::string_view reason) override;
    Status unmerge(kernel::Unit& unit, std::int64_t link_number, std::string_view reason) override;
    Result<std::int64_t> take_back(kernel::Unit& unit, std::string_view source, int limit) override;

    std::optional<Person> person_of(const TenantId& tenant, const CustomerId& customer) const override;
    std::vector<CustomerId> customers_of(const TenantId& tenant, std::uint32_t ordinal, bool known) const override;
    std::optional<CustomerId> find(const TenantId& tenant, const Claim& claim) const override;
    std::int64_t people(const TenantId& tenant, bool known) const override;
    Result<std::string> state_hash(sql::Connection& sql, const TenantId& tenant) override;
    Status verify(sql::Connection& sql, const TenantId& tenant) override;
    Result<std::vector<Dimension>> changed_since(sql::Connection& sql, const TenantId& tenant, std::int64_t change_no,
                                                 int limit) override;
    Result<std::vector<Face>> faces(sql::Connection& sql, const TenantId& tenant,
                                    const std::vector<CustomerId>& customers) override;
    std::vector<CustomerId> search(const TenantId& tenant, std::string_view text) override;

    // All customers of the person, oldest first; empty when absent.
    std::vector<CustomerId> whole_person(const TenantId& tenant, const CustomerId& customer) const;
    // The customers at a link's ends, if it is one that stands.
    std::optional<std::pair<CustomerId, CustomerId>> ends_of(kernel::Unit& unit, std::int64_t link_number);
    kernel::Kernel& kernel() { return kernel_; }
    // The tenant's memory, for a command of this module: the writer's thread, within a unit.
    TenantState& writers_state(kernel::Unit& unit) { return state_of(unit.tenant()); }

    // As if it had been made now: a claim that was on its way when a rotation of the index key began knows a former
    // generation.
    Status renew(const TenantId& tenant, Claim& claim) const;

    // ---- Consent and erasure (consent.cpp) ----
    struct Said {
        CustomerId customer;
        Purpose purpose = Purpose::Marketing;
        ConsentChannel channel = ConsentChannel::Sms;
        bool granted = false;
        std::string text_version;
        std::string source;
        std::string proof;             // kept in the vault
        Instant at;
    };
    Result<std::int64_t> say(kernel::Unit& unit, const Said& said);
    Result<bool> reachable(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer, Purpose purpose,
                           ConsentChannel channel);
    Result<Erasure> erase(kernel::Unit& unit, const CustomerId& customer);

    // ---- Rules (identity_rules.cpp) ----
    Result<KindRules> rules_of(sql::Connection& sql, const TenantId& tenant);
    // Holds for what is seen from now on.
    Status set_rule(kernel::Unit& unit, IdentityKind kind, const KindRule& rule);
    struct Trial {
        std::int64_t links = 0;            // that rules made, stand, and say what they rest on
        std::int64_t links_undone = 0;     // of these, would not have been made
        std::int64_t conflicts = 0;        // open
        std::int64_t links_made = 0;       // of these, would have been links
        std::int64_t identities = 0;       // of the kind, looked at
        std::int64_t blocked = 0;          // of these, would have been refused
    };
    // What the rule would have made of the history.
    Result<Trial> try_rule(sql::Connection& sql, const TenantId& tenant, IdentityKind kind, const KindRule& rule);

    // ---- Conflicts (conflicts.cpp) ----
    // Yields the link's number when they are merged, else 0.
    Result<std::int64_t> decide_conflict(kernel::Unit& unit, std::int64_t conflict, bool merge_them,
                                         std::string_view reason);
    // Takes the decision back: undoes the link that it made.
    Status reopen_conflict(kernel::Unit& unit, std::int64_t conflict, std::string_view reason);

private:
    TenantState& state_of(const TenantId& tenant);                     // the writer's thread; made when absent
    const TenantState* find_state(const TenantId& tenant) const;       // any thread
    Sight sight() const { return kernel_.record.on_writer_thread() ? Sight::Writer : Sight::Published; }

    Result<std::int64_t> erase_one(kernel::Unit& unit, TenantState& state, Place place);
    static void remember_declared(kernel::Unit& unit, TenantState& state, Place place, const Declared& now);

    kernel::Kernel& kernel_;
    mutable std::shared_mutex mutex_;                                  // of the list of tenants only
    std::map<TenantId, std::unique_ptr<TenantState>> states_;
};

// Tells the vault what stands under the tenant's index key, and the sealed rules (index_places.cpp).
void keep_index_places(CustomersService& customers);

// What stands of one customer's declared fields, and what stands below it (kernel/vault/below.h).
class Traits {
public:
    Traits(kernel::Unit& unit, kernel::Vault& vault, const CustomerId& customer)
        : unit_(unit), vault_(vault), customer_(customer) {}
    Status declare(std::map<std::string, kernel::VaultValue> declared);
    // As if this source had never declared anything.
    Status take_back(std::string_view source);

private:
    Result<bool> replaces(const kernel::VaultValue& value, const kernel::VaultValue& stands);
    Status stand_without(const std::string& field);
    Result<const std::vector<kernel::BelowValue>*> below_values();
    Status put_below(const kernel::VaultValue& value);
    Status drop_below(std::string_view owner, std::string_view field);
    Status drop_all_below(std::string_view field);

    kernel::Unit& unit_;
    kernel::Vault& vault_;
    CustomerId customer_;
    std::optional<std::vector<kernel::BelowValue>> below_;   // read when it is needed
};

// Taking back what a source brought: links first, then identities with the customers that are left without any,
// then what it saw and declared of the customers that stay.
class TakeBack {
public:
    TakeBack(kernel::Unit& unit, kernel::Vault& vault, TenantState& state, std::uint32_t source)
        : unit_(unit), vault_(vault), state_(state), source_(source) {}
    Result<std::int64_t> step(int limit);

private:
    Result<std::int64_t> links(int limit);
    Status identity(const store::Brought& brought);
    Status settle(const CustomerId& customer);
    Status forget(Place place);
    Status keep(Place place, const std::vector<IdentityKind>& kinds);
    Status relabel(const store::Brought& brought, const store::FirstSource& first);
    Result<std::int64_t> sights(int limit);

    kernel::Unit& unit_;
    kernel::Vault& vault_;
    TenantState& state_;
    std::uint32_t source_;
    std::vector<Place> changed_;
};

}  // namespace tilth::customer
