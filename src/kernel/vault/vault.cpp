#include "kernel/vault/vault.h"

#include "kernel/vault/below.h"

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

constexpr char kBelow = '~';
bool is_below(std::string_view field) { return !field.empty() && field.front() == kBelow; }

// One key per purpose, all from the tenant's; the tenant's own key is used for nothing else.
struct TenantKeys {
    crypto::Key customers;
    crypto::Key index;
    crypto::Key tenant;

    explicit TenantKeys(const crypto::Key& root)
        : customers(root.derive("customers")), index(root.derive("index")), tenant(root.derive("tenant")) {}
};

class SealedVault final : public Vault {
public:
    SealedVault(const crypto::Key& master, Record& record) : wrapping_(master.derive("tenant keys")), record_(record) {}

    Status ensure_tenant(Unit& unit, const TenantId& tenant) override;
    Result<Bytes16> index_of(const TenantId& tenant, std::string_view kind, std::string_view normalised) override;
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
    using Keys = std::shared_ptr<const TenantKeys>;
    // From memory, else from the record: through `sql` when given, else through a reader of its own.
    Result<Keys> keys_of(const TenantId& tenant, sql::Connection* sql);
    Result<Keys> read_keys(sql::Connection& sql, const TenantId& tenant) const;
    Keys remembered(const TenantId& tenant) const;
    void remember(const TenantId& tenant, Keys keys);
    Result<crypto::Key> customer_key(Unit& unit, const TenantKeys& keys, const CustomerId& customer) const;

    crypto::Key wrapping_;
    Record& record_;
    mutable std::shared_mutex mutex_;
    std::map<TenantId, Keys> keys_;  // few, and needed with every value: kept for good
};

SealedVault::Keys SealedVault::remembered(const TenantId& tenant) const {
    const std::shared_lock lock(mutex_);
    const auto found = keys_.find(tenant);
    return found == keys_.end() ? nullptr : found->second;
}

void SealedVault::remember(const TenantId& tenant, Keys keys) {
    const std::unique_lock lock(mutex_);
    keys_.insert_or_assign(tenant, std::move(keys));
}

Status SealedVault::ensure_tenant(Unit& unit, const TenantId& tenant) {
    if (remembered(tenant)) return ok();
    const crypto::Key fresh = crypto::Key::random();
    const std::string wrapped = crypto::seal(wrapping_, fresh.bytes(), bound_to("tenant key", {tenant.raw()}));
    const auto made =
        TRY(unit.sql().change("INSERT INTO tenant_key (tenant_id, wrapped, created_at) VALUES (?1, ?2, ?3) "
                              "ON CONFLICT (tenant_id) DO NOTHING",
                              {tenant, sql::Blob{wrapped}, unit.now()}));
    if (made == 0) return ok();
    // At once: what follows in this unit seals for the tenant already.
    remember(tenant, std::make_shared<TenantKeys>(fresh));
    unit.on_undo([this, tenant] {
        const std::unique_lock lock(mutex_);
        keys_.erase(tenant);
    });
    return ok();
}

Result<SealedVault::Keys> SealedVault::read_keys(sql::Connection& sql, const TenantId& tenant) const {
    const auto wrapped = TRY(sql.one("SELECT wrapped FROM tenant_key WHERE tenant_id = ?1", {tenant},
                                     [](const sql::Row& row) { return std::string(row.bin(0)); }));
    if (!wrapped) return Error(ErrorCode::NotFound, "the tenant has no key");
    const std::string root = TRY(crypto::unseal(wrapping_, *wrapped, bound_to("tenant key", {tenant.raw()})));
    if (root.size() != crypto::kKeyBytes) return Error(ErrorCode::Corrupt, "the tenant's key has a wrong length");
    return Keys(std::make_shared<TenantKeys>(crypto::Key::from_bytes(root)));
}

Result<SealedVault::Keys> SealedVault::keys_of(const TenantId& tenant, sql::Connection* sql) {
    if (auto known = remembered(tenant)) return known;
    Keys read;
    if (sql != nullptr) {
        read = TRY(read_keys(*sql, tenant));
    } else {
        auto loan = TRY(record_.readers().borrow());
        read = TRY(read_keys(*loan, tenant));
    }
    remember(tenant, read);
    return read;
}

Result<Bytes16> SealedVault::index_of(const TenantId& tenant, std::string_view kind, std::string_view normalised) {
    const Keys keys = TRY(keys_of(tenant, nullptr));
    return crypto::blind_index(keys->index.derive("kind", kind), kind, normalised);
}

// Reads the customer's secret, or makes it.
Result<crypto::Key> SealedVault::customer_key(Unit& unit, const TenantKeys& keys, const CustomerId& customer) const {
    auto secret =
        TRY(unit.sql().one("SELECT secret FROM person_secret WHERE tenant_id = ?1 AND customer_id = ?2",
                           {unit.tenant(), customer}, [](const sql::Row& row) { return std::string(row.bin(0)); }));
    if (!secret) {
        secret = crypto::random_bytes(crypto::kKeyBytes);
        TRY(unit.sql().write("INSERT INTO person_secret (tenant_id, customer_id, secret) VALUES (?1, ?2, ?3)",
                             {unit.tenant(), customer, sql::Blob{*secret}}));
    }
    return keys.customers.derive("customer", *secret);
}

Status SealedVault::put(Unit& unit, const CustomerId& customer, const std::vector<VaultValue>& values) {
    if (values.empty()) return ok();
    const Keys keys = TRY(keys_of(unit.tenant(), &unit.sql()));
    const crypto::Key key = TRY(customer_key(unit, *keys, customer));
    for (const auto& value : values) {
        const std::string sealed =
            crypto::seal(key, value.value, bound_to("value", {unit.tenant().raw(), customer.raw(), value.field}));
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
            const crypto::Key key = keys->customers.derive("customer", row.bin(5));
            auto clear = crypto::unseal(key, row.bin(1), bound_to("value", {tenant.raw(), customer.raw(), row.txt(0)}));
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
    return crypto::seal(keys->tenant.derive("purpose", purpose), plain, bound_to(purpose, {tenant.raw()}));
}

Result<std::string> SealedVault::open_for_tenant(const TenantId& tenant, std::string_view purpose,
                                                 std::string_view sealed) {
    const Keys keys = TRY(keys_of(tenant, nullptr));
    return crypto::unseal(keys->tenant.derive("purpose", purpose), sealed, bound_to(purpose, {tenant.raw()}));
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
