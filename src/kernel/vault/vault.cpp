#include "kernel/vault/vault.h"

#include "kernel/vault/below.h"
#include "kernel/vault/kept.h"
#include "kernel/vault/ring.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

namespace tilth::kernel {

namespace {

// Lengths in front, so that no two lists of parts make the same text.
std::string bound_to(std::string_view purpose, std::initializer_list<std::string_view> parts) {
    std::string out(purpose);
    for (const auto part : parts) out.append("|").append(std::to_string(part.size())).append("|").append(part);
    return out;
}

std::string value_bound_to(const TenantId& tenant, const CustomerId& customer, std::string_view field) {
    return bound_to("value", {tenant.raw(), customer.raw(), field});
}

constexpr char kBelow = '~';
bool is_below(std::string_view field) { return !field.empty() && field.front() == kBelow; }

constexpr std::int64_t kGenerationsMax = 64;   // of the index: each is a hash more per look-up
constexpr int kCustomersPerLook = 100;

class SealedVault final : public Vault {
public:
    SealedVault(const crypto::Key& master, Record& record) : rows_(master.derive("tenant keys")), record_(record) {
        places_.push_back(values_place());
    }

    Status ensure_tenant(Unit& unit, const TenantId& tenant) override;
    Result<BlindIndex> index_of(const TenantId& tenant, std::string_view kind, std::string_view normalised) override;
    Result<std::int64_t> advance(Unit& unit, KeyFamily family) override;
    Result<std::vector<std::int64_t>> settle(Unit& unit, KeyFamily family, std::int64_t generation) override;
    Result<std::vector<KeyGeneration>> generations(sql::Connection& sql, const TenantId& tenant) const override;
    Result<std::int64_t> index_generation(const TenantId& tenant) override;
    Result<Bytes16> index_anew(const TenantId& tenant, const Bytes16& blind, std::int64_t generation) override;
    Result<std::optional<std::string>> seal_anew(const TenantId& tenant, std::string_view purpose,
                                                 std::string_view sealed) override;
    Result<bool> is_newest(const TenantId& tenant, std::string_view sealed) override {
        return kernel::is_newest(*TRY(keys_of(tenant, nullptr)), sealed);
    }
    void keep(KeptPlace place) override;
    void keep(const KeptColumn& column) override { keep(kept_column(*this, record_, column)); }
    const std::vector<KeptPlace>& places() const override { return places_; }
    Status put(Unit& unit, const CustomerId& customer, const std::vector<VaultValue>& values) override;
    Status remove(Unit& unit, const CustomerId& customer, std::string_view field) override;
    Result<std::vector<VaultValue>> open(sql::Connection& sql, const TenantId& tenant,
                                         const CustomerId& customer) override;
    Result<std::vector<std::vector<VaultValue>>> open_many(sql::Connection& sql, const TenantId& tenant,
                                                           const std::vector<CustomerId>& customers) override;
    Result<std::int64_t> shred(Unit& unit, const CustomerId& customer) override;
    Result<std::string> seal_for_tenant(const TenantId& tenant, std::string_view purpose,
                                        std::string_view plain) override;
    Result<std::string> open_for_tenant(const TenantId& tenant, std::string_view purpose,
                                        std::string_view sealed) override;
    // What stands, or what stands below it.
    Result<std::vector<VaultValue>> open_values(sql::Connection& sql, const TenantId& tenant,
                                                const CustomerId& customer, bool below);

private:
    using Keys = std::shared_ptr<const KeyRing>;
    using Purpose = std::function<crypto::Key(const DataKeys&)>;   // of a generation, the key for one purpose
    // From memory, else from the record: through `sql` when given, else through a reader of its own.
    Result<Keys> keys_of(const TenantId& tenant, sql::Connection* sql);
    Keys remembered(const TenantId& tenant) const;
    void remember(const TenantId& tenant, Keys keys);
    // Changes what is remembered; nothing when it is not.
    void change(const TenantId& tenant, const std::function<void(KeyRing&)>& how);
    Result<std::string> unsealed(const TenantId& tenant, Keys keys, std::string_view bytes, const Purpose& key,
                                 std::string_view bound);
    Result<std::string> customer_secret(Unit& unit, const CustomerId& customer) const;
    Result<std::int64_t> advance_data(Unit& unit, const KeyRing& ring);
    Result<std::int64_t> advance_index(Unit& unit, const KeyRing& ring);
    KeptPlace values_place();
    Result<KeptPlace::Look> look_at_values(const Context& context, const std::string& position);

    const KeyRows rows_;
    Record& record_;
    std::vector<KeptPlace> places_;
    mutable std::shared_mutex mutex_;
    std::map<TenantId, Keys> keys_;  // few, and needed with every value: kept for good
};

// ---- Keys ----

SealedVault::Keys SealedVault::remembered(const TenantId& tenant) const {
    const std::shared_lock lock(mutex_);
    const auto found = keys_.find(tenant);
    return found == keys_.end() ? nullptr : found->second;
}

void SealedVault::remember(const TenantId& tenant, Keys keys) {
    const std::unique_lock lock(mutex_);
    keys_.insert_or_assign(tenant, std::move(keys));
}

void SealedVault::change(const TenantId& tenant, const std::function<void(KeyRing&)>& how) {
    const std::unique_lock lock(mutex_);
    const auto found = keys_.find(tenant);
    if (found == keys_.end()) return;
    auto changed = std::make_shared<KeyRing>(*found->second);
    how(*changed);
    found->second = std::move(changed);
}

Status SealedVault::ensure_tenant(Unit& unit, const TenantId& tenant) {
    if (remembered(tenant)) return ok();
    INVARIANT(tenant == unit.tenant(), "a tenant's keys are made in a unit of its own");
    const crypto::Key data = crypto::Key::random();
    if (!TRY(rows_.insert(unit, KeyFamily::Data, 1, data, unit.now()))) return ok();
    KeyRing ring;
    ring.data.emplace(1, DataKeys(data));
    ring.index.push_back(crypto::Key::random());
    TRY(rows_.insert(unit, KeyFamily::Index, 1, ring.index.front(), unit.now()));
    // At once: what follows in this unit seals for the tenant already.
    remember(tenant, std::make_shared<KeyRing>(std::move(ring)));
    unit.on_undo([this, tenant] {
        const std::unique_lock lock(mutex_);
        keys_.erase(tenant);
    });
    return ok();
}

Result<SealedVault::Keys> SealedVault::keys_of(const TenantId& tenant, sql::Connection* sql) {
    if (auto known = remembered(tenant)) return known;
    Keys read;
    if (sql != nullptr) {
        read = std::make_shared<KeyRing>(TRY(rows_.read(*sql, tenant)));
    } else {
        auto loan = TRY(record_.readers().borrow());
        read = std::make_shared<KeyRing>(TRY(rows_.read(*loan, tenant)));
    }
    remember(tenant, read);
    return read;
}

Result<BlindIndex> SealedVault::index_of(const TenantId& tenant, std::string_view kind, std::string_view normalised) {
    return TRY(keys_of(tenant, nullptr))->blind(kind, normalised);
}

Result<std::int64_t> SealedVault::index_generation(const TenantId& tenant) {
    return TRY(keys_of(tenant, nullptr))->layers();
}

Result<Bytes16> SealedVault::index_anew(const TenantId& tenant, const Bytes16& blind, std::int64_t generation) {
    return TRY(keys_of(tenant, nullptr))->over(blind, generation);
}

Result<std::int64_t> SealedVault::advance(Unit& unit, KeyFamily family) {
    const Keys ring = TRY(keys_of(unit.tenant(), &unit.sql()));
    // Of records older than generations: from now on the index's first key stands by itself.
    TRY(rows_.insert(unit, KeyFamily::Index, 1, ring->index.front(), unit.now()));
    return family == KeyFamily::Data ? advance_data(unit, *ring) : advance_index(unit, *ring);
}

// Others seal at any moment and in any thread: they may use it once it is sure to stay.
Result<std::int64_t> SealedVault::advance_data(Unit& unit, const KeyRing& ring) {
    const std::int64_t next = ring.newest() + 1;
    const crypto::Key key = crypto::Key::random();
    TRY(rows_.insert(unit, KeyFamily::Data, next, key, std::nullopt));
    unit.on_commit([this, tenant = unit.tenant(), next, key] {
        change(tenant, [&](KeyRing& changed) { changed.data.emplace(next, DataKeys(key)); });
    });
    return next;
}

// At once, so that no unit after this one writes a row under the former: what was computed with a key that is undone
// names its generation, and is computed again.
Result<std::int64_t> SealedVault::advance_index(Unit& unit, const KeyRing& ring) {
    if (!ring.index_settled) return Error(ErrorCode::Conflict, "the index key is being rotated");
    const std::int64_t next = ring.layers() + 1;
    if (next > kGenerationsMax) return Error(ErrorCode::LimitExceeded, "generations of the index key");
    const crypto::Key key = crypto::Key::random();
    TRY(rows_.insert(unit, KeyFamily::Index, next, key, std::nullopt));
    change(unit.tenant(), [&](KeyRing& changed) {
        changed.index.push_back(key);
        changed.index_settled = false;
    });
    unit.on_undo([this, tenant = unit.tenant()] {
        change(tenant, [](KeyRing& changed) {
            changed.index.pop_back();
            changed.index_settled = true;
        });
    });
    return next;
}

Result<std::vector<std::int64_t>> SealedVault::settle(Unit& unit, KeyFamily family, std::int64_t generation) {
    const Keys ring = TRY(keys_of(unit.tenant(), &unit.sql()));
    const bool data = family == KeyFamily::Data;
    TRY(unit.sql().write("UPDATE key_generation SET settled_at = ?4 WHERE tenant_id = ?1 AND family = ?2 "
                         "AND generation = ?3 AND settled_at IS NULL",
                         {unit.tenant(), static_cast<std::int64_t>(family), generation, unit.now()}));
    std::vector<std::int64_t> destroyed;
    for (auto one = ring->data.begin(); data && one != ring->data.end() && one->first < generation; ++one) {
        destroyed.push_back(one->first);
        TRY(unit.sql().write("UPDATE key_generation SET wrapped = ?4, destroyed_at = ?5 WHERE tenant_id = ?1 "
                             "AND family = ?2 AND generation = ?3",
                             {unit.tenant(), static_cast<std::int64_t>(family), one->first, sql::Blob{""},
                              unit.now()}));
    }
    unit.on_commit([this, tenant = unit.tenant(), data, generation] {
        change(tenant, [&](KeyRing& changed) {
            if (data) changed.data.erase(changed.data.begin(), changed.data.lower_bound(generation));
            else changed.index_settled = changed.layers() == generation;
        });
    });
    return destroyed;
}

Result<std::vector<KeyGeneration>> SealedVault::generations(sql::Connection& sql, const TenantId& tenant) const {
    return sql.all("SELECT family, generation, created_at, settled_at, destroyed_at FROM key_generation "
                   "WHERE tenant_id = ?1 ORDER BY family, generation",
                   {tenant}, [](const sql::Row& row) {
                       return KeyGeneration{static_cast<KeyFamily>(row.i64(0)), row.i64(1), row.instant(2),
                                            row.opt_instant(3), row.opt_instant(4)};
                   });
}

void SealedVault::keep(KeptPlace place) {
    const auto known = std::find_if(places_.begin(), places_.end(), [&](const KeptPlace& one) {
        return one.name == place.name && one.family == place.family;
    });
    if (known == places_.end()) places_.push_back(std::move(place));
    else *known = std::move(place);
}

// ---- Values ----

// Opens what stands under whichever generation.
Result<std::string> SealedVault::unsealed(const TenantId& tenant, Keys keys, std::string_view bytes, const Purpose& key,
                                          std::string_view bound) {
    const Marked one = marked(bytes);
    if (one.generation > keys->newest()) {
        // Another process may have made it. A first one's bytes may by chance begin like a mark: that costs a look.
        auto loan = TRY(record_.readers().borrow());
        keys = std::make_shared<KeyRing>(TRY(rows_.read(*loan, tenant)));
    }
    const auto own = keys->data.find(one.generation);
    if (own != keys->data.end()) {
        if (auto clear = crypto::unseal(key(own->second), one.sealed, bound)) return clear;
    }
    const auto first = keys->data.find(1);
    if (first == keys->data.end()) return Error(ErrorCode::Corrupt, "sealed under a key that is not there");
    return crypto::unseal(key(first->second), bytes, bound);
}

// Reads the customer's secret, or makes it.
Result<std::string> SealedVault::customer_secret(Unit& unit, const CustomerId& customer) const {
    auto secret =
        TRY(unit.sql().one("SELECT secret FROM person_secret WHERE tenant_id = ?1 AND customer_id = ?2",
                           {unit.tenant(), customer}, [](const sql::Row& row) { return std::string(row.bin(0)); }));
    if (!secret) {
        secret = crypto::random_bytes(crypto::kKeyBytes);
        TRY(unit.sql().write("INSERT INTO person_secret (tenant_id, customer_id, secret) VALUES (?1, ?2, ?3)",
                             {unit.tenant(), customer, sql::Blob{*secret}}));
    }
    return std::move(*secret);
}

Status SealedVault::put(Unit& unit, const CustomerId& customer, const std::vector<VaultValue>& values) {
    if (values.empty()) return ok();
    const Keys keys = TRY(keys_of(unit.tenant(), &unit.sql()));
    const std::string secret = TRY(customer_secret(unit, customer));
    const crypto::Key key = keys->data.rbegin()->second.customers.derive("customer", secret);
    for (const auto& value : values) {
        const std::string sealed = mark(
            keys->newest(), crypto::seal(key, value.value, value_bound_to(unit.tenant(), customer, value.field)));
        TRY(unit.sql().write(
            "INSERT INTO vault_value (tenant_id, customer_id, field, sealed, source, at, confidence) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (tenant_id, customer_id, field) DO UPDATE "
            "SET sealed = excluded.sealed, source = excluded.source, at = excluded.at, "
            "confidence = excluded.confidence",
            {unit.tenant(), customer, value.field, sql::Blob{sealed}, value.source, value.at, value.confidence}));
    }
    return ok();
}

Status SealedVault::remove(Unit& unit, const CustomerId& customer, std::string_view field) {
    return unit.sql().write("DELETE FROM vault_value WHERE tenant_id = ?1 AND customer_id = ?2 AND field = ?3",
                            {unit.tenant(), customer, field});
}

Result<std::vector<VaultValue>> SealedVault::open(sql::Connection& sql, const TenantId& tenant,
                                                  const CustomerId& customer) {
    return open_values(sql, tenant, customer, false);
}

Result<std::vector<VaultValue>> SealedVault::open_values(sql::Connection& sql, const TenantId& tenant,
                                                         const CustomerId& customer, bool below) {
    const Keys keys = TRY(keys_of(tenant, &sql));
    std::vector<VaultValue> values;
    Status opened;
    // Values whose secret is gone open no more, wherever their rows may have come from.
    TRY(sql.query(
        "SELECT v.field, v.sealed, v.source, v.at, v.confidence, s.secret FROM vault_value v "
        "JOIN person_secret s ON s.tenant_id = v.tenant_id AND s.customer_id = v.customer_id "
        "WHERE v.tenant_id = ?1 AND v.customer_id = ?2 ORDER BY v.field",
        {tenant, customer}, [&](const sql::Row& row) {
            if (is_below(row.txt(0)) != below) return true;
            auto clear = unsealed(
                tenant, keys, row.bin(1),
                [&](const DataKeys& one) { return one.customers.derive("customer", row.bin(5)); },
                value_bound_to(tenant, customer, row.txt(0)));
            if (!clear) return opened = clear.error(), false;
            values.push_back({.field = std::string(row.txt(0)),
                              .value = std::move(*clear),
                              .source = std::string(row.txt(2)),
                              .at = row.instant(3),
                              .confidence = static_cast<int>(row.i64(4))});
            return true;
        }));
    if (!opened) return opened.error();
    return values;
}

Result<std::vector<std::vector<VaultValue>>> SealedVault::open_many(sql::Connection& sql, const TenantId& tenant,
                                                                    const std::vector<CustomerId>& customers) {
    std::vector<std::vector<VaultValue>> out;
    out.reserve(customers.size());
    for (const auto& customer : customers) out.push_back(TRY(open(sql, tenant, customer)));
    return out;
}

Result<std::int64_t> SealedVault::shred(Unit& unit, const CustomerId& customer) {
    TRY(unit.sql().write("DELETE FROM person_secret WHERE tenant_id = ?1 AND customer_id = ?2",
                         {unit.tenant(), customer}));
    return unit.sql().change("DELETE FROM vault_value WHERE tenant_id = ?1 AND customer_id = ?2",
                             {unit.tenant(), customer});
}

Result<std::string> SealedVault::seal_for_tenant(const TenantId& tenant, std::string_view purpose,
                                                 std::string_view plain) {
    const Keys keys = TRY(keys_of(tenant, nullptr));
    const crypto::Key key = keys->data.rbegin()->second.tenant.derive("purpose", purpose);
    return mark(keys->newest(), crypto::seal(key, plain, bound_to(purpose, {tenant.raw()})));
}

Result<std::string> SealedVault::open_for_tenant(const TenantId& tenant, std::string_view purpose,
                                                 std::string_view sealed) {
    return unsealed(
        tenant, TRY(keys_of(tenant, nullptr)), sealed,
        [&](const DataKeys& one) { return one.tenant.derive("purpose", purpose); },
        bound_to(purpose, {tenant.raw()}));
}

Result<std::optional<std::string>> SealedVault::seal_anew(const TenantId& tenant, std::string_view purpose,
                                                          std::string_view sealed) {
    const Keys keys = TRY(keys_of(tenant, nullptr));
    if (kernel::is_newest(*keys, sealed)) return std::optional<std::string>();
    return std::optional(TRY(seal_for_tenant(tenant, purpose, TRY(open_for_tenant(tenant, purpose, sealed)))));
}

// ---- The values as a place that is kept ----

KeptPlace SealedVault::values_place() {
    KeptPlace place;
    place.name = "vault";
    place.size = [this](const Context& context) { return customers_with_secret(record_, context); };
    place.look = [this](const Context& context, const std::string& position) {
        return look_at_values(context, position);
    };
    return place;
}

// Position: the last customer looked at, 16 bytes in hexadecimal digits.
Result<KeptPlace::Look> SealedVault::look_at_values(const Context& context, const std::string& position) {
    struct Renewed {
        CustomerId customer;
        std::string field;
        std::string before;
        std::string after;
    };
    const std::string after = position.empty() ? std::string(16, '\0') : TRY(crypto::from_hex(position));
    const Keys keys = TRY(keys_of(context.tenant, nullptr));
    KeptPlace::Look look;
    auto renewed = std::make_shared<std::vector<Renewed>>();
    TRY(record_.read<bool>(context, [&](View& view) -> Result<bool> {
        look = {};
        renewed->clear();
        std::map<CustomerId, std::string> secrets;
        TRY(view.sql().query("SELECT customer_id, secret FROM person_secret WHERE tenant_id = ?1 AND customer_id > ?2 "
                             "ORDER BY customer_id LIMIT ?3",
                             {view.tenant(), sql::Blob{after}, kCustomersPerLook}, [&](const sql::Row& row) {
                                 secrets.emplace(row.id<CustomerId>(0), std::string(row.bin(1)));
                                 return true;
                             }));
        if (secrets.empty()) return true;
        look.seen = static_cast<std::int64_t>(secrets.size());
        const CustomerId last = secrets.rbegin()->first;
        if (look.seen == kCustomersPerLook) look.next = crypto::hex(last.raw());
        TRY(view.sql().query("SELECT customer_id, field, sealed FROM vault_value WHERE tenant_id = ?1 "
                             "AND customer_id > ?2 AND customer_id <= ?3 ORDER BY customer_id, field",
                             {view.tenant(), sql::Blob{after}, last}, [&](const sql::Row& row) {
                                 if (kernel::is_newest(*keys, row.bin(2))) return true;
                                 renewed->push_back({row.id<CustomerId>(0), std::string(row.txt(1)),
                                                     std::string(row.bin(2)), {}});
                                 return true;
                             }));
        std::erase_if(*renewed, [&](const Renewed& one) { return !secrets.contains(one.customer); });
        for (Renewed& one : *renewed) {
            const std::string& secret = secrets.at(one.customer);
            const std::string bound = value_bound_to(view.tenant(), one.customer, one.field);
            const auto key = [&](const DataKeys& data) { return data.customers.derive("customer", secret); };
            const std::string clear = TRY(unsealed(view.tenant(), keys, one.before, key, bound));
            one.after = mark(keys->newest(), crypto::seal(key(keys->data.rbegin()->second), clear, bound));
        }
        return true;
    }));
    look.old = static_cast<std::int64_t>(renewed->size());
    // What was written, erased or moved meanwhile is not this value any more, and stays as it is.
    look.renew = [renewed](Unit& unit) -> Status {
        for (const Renewed& one : *renewed)
            TRY(unit.sql().write("UPDATE vault_value SET sealed = ?4 WHERE tenant_id = ?1 AND customer_id = ?2 "
                                 "AND field = ?3 AND sealed = ?5",
                                 {unit.tenant(), one.customer, one.field, sql::Blob{one.after},
                                  sql::Blob{one.before}}));
        return ok();
    };
    return look;
}

}  // namespace

std::string below_field(std::string_view owner, std::string_view field) {
    std::string name(1, kBelow);
    return name.append(owner).append(1, kBelow).append(field);
}

Result<std::vector<BelowValue>> open_below(Vault& vault, sql::Connection& sql, const TenantId& tenant,
                                           const CustomerId& customer) {
    auto* const sealed = dynamic_cast<SealedVault*>(&vault);
    INVARIANT(sealed != nullptr, "there is one vault");
    std::vector<BelowValue> below;
    for (VaultValue& value : TRY(sealed->open_values(sql, tenant, customer, true))) {
        const std::size_t end = value.field.find(kBelow, 1);
        INVARIANT(end != std::string::npos, "a value below names its owner");
        std::string owner = value.field.substr(1, end - 1);
        value.field.erase(0, end + 1);
        below.push_back({std::move(owner), std::move(value)});
    }
    return below;
}

std::unique_ptr<Vault> make_vault(const crypto::Key& master, Record& record) {
    return std::make_unique<SealedVault>(master, record);
}

}  // namespace tilth::kernel
