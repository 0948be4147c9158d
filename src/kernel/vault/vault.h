#pragma once
// The one place that holds what identifies a person. Values are sealed under a key per customer that derives from the
// tenant's key and 32 random bytes in one table; erasing deletes those bytes, and every sealed copy is noise.
// Search goes by keyed blind index. Masked by default: open() is for senders and for reveal, which the caller audits.
// Tenant keys are rows wrapped by the master key (file 0600 in the data directory, or TILTH_MASTER_KEY).

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "kernel/record/record.h"
#include "platform/crypto/crypto.h"

namespace tilth::kernel {

struct VaultValue {
    std::string field;          // "name", "phone:3" (kind and identity number), "birthday" …
    std::string value;          // clear
    std::string source;
    Instant at;
    int confidence = 50;        // 0 … 100
};

class Vault {
public:
    virtual ~Vault() = default;
    // The tenant's key; made when absent (in a unit).
    virtual Status ensure_tenant(Unit& unit, const TenantId& tenant) = 0;
    // 16 bytes by which a normalised value of this kind is found; the same for ever within a tenant's index key.
    virtual Result<Bytes16> index_of(const TenantId& tenant, std::string_view kind, std::string_view normalised) = 0;

    // Writes (replaces) sealed values of one customer; makes the customer's secret at the first.
    virtual Status put(Unit& unit, const CustomerId& customer, const std::vector<VaultValue>& values) = 0;
    virtual Status remove(Unit& unit, const CustomerId& customer, std::string_view field) = 0;
    virtual Result<std::vector<VaultValue>> open(sql::Connection& sql, const TenantId& tenant,
                                                 const CustomerId& customer) = 0;
    // Many at once, for lists: result[i] belongs to customers[i].
    virtual Result<std::vector<std::vector<VaultValue>>> open_many(sql::Connection& sql, const TenantId& tenant,
                                                                   const std::vector<CustomerId>& customers) = 0;
    // Deletes secret and values: from the commit on nothing opens them. Yields how many values went.
    virtual Result<std::int64_t> shred(Unit& unit, const CustomerId& customer) = 0;
    // Sealing of anything else under a tenant's key (rejected rows, stored raw bodies); bound to a purpose.
    virtual Result<std::string> seal_for_tenant(const TenantId& tenant, std::string_view purpose,
                                                std::string_view plain) = 0;
    virtual Result<std::string> open_for_tenant(const TenantId& tenant, std::string_view purpose,
                                                std::string_view sealed) = 0;
};

std::unique_ptr<Vault> make_vault(const crypto::Key& master, Record& record);

}  // namespace tilth::kernel
