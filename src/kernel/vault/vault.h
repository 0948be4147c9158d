#pragma once
// The one place that holds what identifies a person. Values are sealed under a key per customer that derives from the
// tenant's key and 32 random bytes in one table; erasing deletes those bytes, and every sealed copy is noise.
// Search goes by keyed blind index. Masked by default: open() is for senders and for reveal, which the caller audits.
// Tenant keys are rows wrapped by the master key (file 0600 in the data directory, or TILTH_MASTER_KEY), in generations
// (ring.h): what is written stands under the newest, what stands is brought to it by a job (rotation.h).

#include <functional>
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

enum class KeyFamily : std::uint8_t { Data = 1, Index = 2 };

struct KeyGeneration {
    KeyFamily family = KeyFamily::Data;
    std::int64_t generation = 0;
    Instant created_at;
    std::optional<Instant> settled_at;      // since when everything stands under it
    std::optional<Instant> destroyed_at;
};

// 16 bytes by which a normalised value is found. While the index key is rotated a row stands under `now` or still under
// `before`; otherwise the two are equal. New rows are written under `now`.
struct BlindIndex {
    Bytes16 now{};
    Bytes16 before{};
    std::int64_t generation = 0;            // of `now`
    bool operator==(const BlindIndex&) const = default;
};

// Where something stands under the tenant's keys, as the module that put it there knows it.
struct KeptPlace {
    std::string_view name;                  // "vault", "held_event"; static
    KeyFamily family = KeyFamily::Data;
    // How much there is to look through (for progress; may be off by what comes meanwhile).
    std::function<Result<std::int64_t>(const Context&)> size;
    struct Look {
        std::optional<std::string> next;    // where the next look begins; nothing: the place is through
        std::int64_t seen = 0;
        std::int64_t old = 0;               // of these, not under the newest generation
        std::function<Status(Unit&)> renew; // writes them anew where they have not changed meanwhile; may be empty
    };
    // A few hundred rows after `position` (empty: from the beginning).
    std::function<Result<Look>(const Context&, const std::string& position)> look;
};
// A table whose column was sealed with seal_for_tenant(): rows by number, within an owner where there is one. Static
// text all of it.
struct KeptColumn {
    std::string_view table;
    std::string_view column;
    std::string_view number;
    std::string_view owner = {};            // an id16 column in front of the number
    std::string_view purpose;
};

class Vault {
public:
    virtual ~Vault() = default;
    // The tenant's key; made when absent (in a unit).
    virtual Status ensure_tenant(Unit& unit, const TenantId& tenant) = 0;
    virtual Result<BlindIndex> index_of(const TenantId& tenant, std::string_view kind, std::string_view normalised) = 0;

    // ---- Generations: for rotation.h and for those who keep a place ----
    // A new generation of the unit's tenant. Data: what is written after the commit stands under it. Index: what the
    // unit and all after it write does. Yields its number. Conflict while the index is not settled; LimitExceeded.
    virtual Result<std::int64_t> advance(Unit& unit, KeyFamily family) = 0;
    // Everything stands under this generation or a later one. Data: the older ones are destroyed; yields their numbers.
    virtual Result<std::vector<std::int64_t>> settle(Unit& unit, KeyFamily family, std::int64_t generation) = 0;
    virtual Result<std::vector<KeyGeneration>> generations(sql::Connection& sql, const TenantId& tenant) const = 0;
    // The newest generation of the index, as units of the writer's thread see it.
    virtual Result<std::int64_t> index_generation(const TenantId& tenant) = 0;
    virtual Result<Bytes16> index_anew(const TenantId& tenant, const Bytes16& blind, std::int64_t generation) = 0;
    // Sealed under the newest generation; nothing when it is already.
    virtual Result<std::optional<std::string>> seal_anew(const TenantId& tenant, std::string_view purpose,
                                                         std::string_view sealed) = 0;
    // Whether sealed bytes, or the first few of them, stand under the newest generation.
    virtual Result<bool> is_newest(const TenantId& tenant, std::string_view sealed) = 0;
    // Says where something stands, at start; the same name again takes the former's place.
    virtual void keep(KeptPlace place) = 0;
    virtual void keep(const KeptColumn& column) = 0;
    virtual const std::vector<KeptPlace>& places() const = 0;

    // ---- Values ----

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
