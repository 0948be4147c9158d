#pragma once
// Cryptography by libsodium (OpenSSL only where a platform's own scheme asks for it). Keys are 32 bytes.
// All functions are pure and may be called from any thread after crypto_init().

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "base/rng.h"
#include "base/text.h"

namespace tilth::crypto {

inline constexpr std::size_t kKeyBytes = 32;
using Hash = std::array<std::uint8_t, 32>;

// Key material: wiped when dropped, never printed.
class Key {
public:
    Key() = default;
    static Key random();
    static Key from_bytes(std::string_view bytes32);   // INVARIANT: 32 bytes
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();  // wipes
    std::string_view bytes() const { return {reinterpret_cast<const char*>(data_.data()), data_.size()}; }
    // BLAKE2b of the label and the context under this key: one key per purpose, never reused.
    Key derive(std::string_view label, std::string_view context = {}) const;

private:
    std::array<std::uint8_t, kKeyBytes> data_{};
};

void crypto_init();  // once, before threads

// Draws from the kernel. Thread-safe.
class SystemRng final : public Rng {
public:
    std::uint64_t next() override;
};
std::string random_bytes(std::size_t count);
std::string random_token();  // 256 bits, base64url without padding, 43 letters

// XChaCha20-Poly1305 with a random nonce in front; `bound_to` is authenticated, not stored.
std::string seal(const Key& key, std::string_view plain, std::string_view bound_to);
// Corrupt when key, context or bytes do not fit.
Result<std::string> unseal(const Key& key, std::string_view sealed, std::string_view bound_to);

Hash blake2b(std::string_view bytes);
Hash blake2b(const Key& key, std::string_view bytes);
Hash sha256(std::string_view bytes);
Hash hmac_sha256(std::string_view key, std::string_view bytes);
// Incremental BLAKE2b for chains and content hashes.
class Hasher {
public:
    Hasher();
    void add(std::string_view bytes);
    void add(std::int64_t number);  // 8 bytes, little endian
    Hash finish();

private:
    alignas(64) std::array<unsigned char, 384> state_{};
};
inline std::string_view view(const Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

// 128-bit fingerprint (XXH3) for de-duplication and in-memory maps; not for security.
Bytes16 fingerprint(std::string_view bytes, std::uint64_t seed = 0);

// Blind index: keyed hash (BLAKE2b) of a normalised personal value, 16 bytes; the same value finds the same row, and
// nobody without the key can try values. One key per tenant and identity kind.
Bytes16 blind_index(const Key& key, std::string_view kind, std::string_view normalised);

// argon2id (libsodium), t=2, m=64 MiB: about 0.1 s of one core. Stored as the self-describing $argon2id$ text.
struct PasswordCost {
    std::uint64_t passes = 2;
    std::size_t memory_bytes = 64u << 20;
};
inline constexpr PasswordCost kCheapPasswordCost{1, 8u << 10};  // for tests alone: quick and weak
std::string hash_password(const Secret& password, PasswordCost cost = {});
enum class PasswordCheck : std::uint8_t { Wrong, Right, RightButRehash };  // RightButRehash: stored at another cost
PasswordCheck check_password(std::string_view stored, const Secret& password, PasswordCost cost = {});
bool equal_constant_time(std::string_view a, std::string_view b);

std::string hex(std::string_view bytes);
std::string base64url(std::string_view bytes);
Result<std::string> from_base64(std::string_view text);  // standard and url alphabets, padding optional
Result<std::string> from_hex(std::string_view text);

}  // namespace tilth::crypto
