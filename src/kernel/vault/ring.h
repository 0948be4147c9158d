#pragma once
// The generations of one tenant's keys: read from rows wrapped by the master key, made, settled, destroyed.
//
// Data: a new generation takes the place of the old one; what lies sealed names its generation in seven bytes in front
// ("tk", 0x1f, the number, little endian; what was sealed before there were generations has none and is the first's).
// Index: a new generation is a further layer over the old one, blind(g) = BLAKE2b under key g of blind(g-1), so that a
// row is brought to it without its clear value (docs/adr/0007-key-rotation.md).

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/record/record.h"
#include "kernel/vault/vault.h"
#include "platform/crypto/crypto.h"

namespace tilth::kernel {

// One key per purpose, all from a generation's root; the root itself is used for nothing else.
struct DataKeys {
    crypto::Key customers;
    crypto::Key tenant;

    explicit DataKeys(const crypto::Key& root) : customers(root.derive("customers")), tenant(root.derive("tenant")) {}
};

// The key of each kind of identity under the innermost layer, derived once. Any thread.
class KindKeys {
public:
    const crypto::Key& of(const crypto::Key& innermost, std::string_view kind);

private:
    std::shared_mutex mutex_;
    std::map<std::string, crypto::Key, std::less<>> keys_;
};

struct KeyRing {
    std::map<std::int64_t, DataKeys> data;    // by generation; those destroyed are not here
    std::vector<crypto::Key> index;           // the layers, innermost first
    bool index_settled = true;                // every row stands under the last layer
    std::shared_ptr<KindKeys> kinds = std::make_shared<KindKeys>();  // copies share it: the innermost layer stays

    std::int64_t newest() const { return data.empty() ? 0 : data.rbegin()->first; }
    std::int64_t layers() const { return static_cast<std::int64_t>(index.size()); }
    BlindIndex blind(std::string_view kind, std::string_view normalised) const;
    // From under `generation` to under the last layer.
    Bytes16 over(Bytes16 blind, std::int64_t generation) const;
};

// Sealed bytes with their generation in front.
struct Marked {
    std::int64_t generation = 0;              // 0: none in front, the first's
    std::string_view sealed;
};
Marked marked(std::string_view bytes);
std::string mark(std::int64_t generation, std::string_view sealed);

// How the rows of one shard are read and written, under its wrapping key.
class KeyRows {
public:
    explicit KeyRows(const crypto::Key& wrapping) : wrapping_(wrapping) {}
    // NotFound: the tenant has no key.
    Result<KeyRing> read(sql::Connection& sql, const TenantId& tenant) const;
    // Yields whether the row was not there before.
    Result<bool> insert(Unit& unit, KeyFamily family, std::int64_t generation, const crypto::Key& key,
                        std::optional<Instant> settled) const;

private:
    crypto::Key wrapping_;
};

}  // namespace tilth::kernel
