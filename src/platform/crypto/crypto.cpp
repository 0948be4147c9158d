#include "platform/crypto/crypto.h"

#include <sodium.h>
#include <xxhash.h>

#include <algorithm>

namespace tilth::crypto {

namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// Parts of a message are told apart by their lengths: ("ab","c") and ("a","bc") never hash alike.
void add_part(crypto_generichash_state& state, std::string_view part) {
    const std::uint64_t size = part.size();
    std::array<unsigned char, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i) length[i] = static_cast<unsigned char>(size >> (8 * i));
    crypto_generichash_update(&state, length.data(), length.size());
    crypto_generichash_update(&state, bytes_of(part), part.size());
}

template <std::size_t Size>
std::array<std::uint8_t, Size> keyed_hash(const Key& key, std::string_view first, std::string_view second) {
    crypto_generichash_state state;
    std::array<std::uint8_t, Size> hash{};
    crypto_generichash_init(&state, bytes_of(key.bytes()), kKeyBytes, hash.size());
    add_part(state, first);
    add_part(state, second);
    crypto_generichash_final(&state, hash.data(), hash.size());
    sodium_memzero(&state, sizeof state);
    return hash;
}

}  // namespace

void crypto_init() { INVARIANT(sodium_init() >= 0, "libsodium starts"); }

Key Key::random() {
    Key key;
    randombytes_buf(key.data_.data(), key.data_.size());
    return key;
}

Key Key::from_bytes(std::string_view bytes32) {
    INVARIANT(bytes32.size() == kKeyBytes, "a key has 32 bytes");
    Key key;
    std::copy(bytes32.begin(), bytes32.end(), key.data_.begin());
    return key;
}

Key::~Key() { sodium_memzero(data_.data(), data_.size()); }

Key Key::derive(std::string_view label, std::string_view context) const {
    Key key;
    key.data_ = keyed_hash<kKeyBytes>(*this, label, context);
    return key;
}

std::uint64_t SystemRng::next() {
    std::uint64_t number = 0;
    randombytes_buf(&number, sizeof number);
    return number;
}

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

std::string random_token() { return base64url(random_bytes(32)); }

std::string seal(const Key& key, std::string_view plain, std::string_view bound_to) {
    std::string sealed(kNonceBytes + plain.size() + kTagBytes, '\0');
    randombytes_buf(sealed.data(), kNonceBytes);
    unsigned char* out = bytes_of(sealed);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + kNonceBytes, nullptr, bytes_of(plain), plain.size(),
                                               bytes_of(bound_to), bound_to.size(), nullptr, out,
                                               bytes_of(key.bytes()));
    return sealed;
}

Result<std::string> unseal(const Key& key, std::string_view sealed, std::string_view bound_to) {
    if (sealed.size() < kNonceBytes + kTagBytes) return Error(ErrorCode::Corrupt, "sealed bytes are too short");
    std::string plain(sealed.size() - kNonceBytes - kTagBytes, '\0');
    const unsigned char* in = bytes_of(sealed);
    const int answer = crypto_aead_xchacha20poly1305_ietf_decrypt(
        bytes_of(plain), nullptr, nullptr, in + kNonceBytes, sealed.size() - kNonceBytes, bytes_of(bound_to),
        bound_to.size(), in, bytes_of(key.bytes()));
    if (answer != 0) return Error(ErrorCode::Corrupt, "sealed bytes do not open with this key and context");
    return plain;
}

Hash blake2b(std::string_view bytes) {
    Hash hash{};
    crypto_generichash(hash.data(), hash.size(), bytes_of(bytes), bytes.size(), nullptr, 0);
    return hash;
}

Hash blake2b(const Key& key, std::string_view bytes) {
    Hash hash{};
    crypto_generichash(hash.data(), hash.size(), bytes_of(bytes), bytes.size(), bytes_of(key.bytes()), kKeyBytes);
    return hash;
}

Hash sha256(std::string_view bytes) {
    Hash hash{};
    crypto_hash_sha256(hash.data(), bytes_of(bytes), bytes.size());
    return hash;
}

Hash hmac_sha256(std::string_view key, std::string_view bytes) {
    Hash hash{};
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(bytes), bytes.size());
    crypto_auth_hmacsha256_final(&state, hash.data());
    sodium_memzero(&state, sizeof state);
    return hash;
}

namespace {

crypto_generichash_state* state_of(std::array<unsigned char, 384>& room) {
    static_assert(sizeof(crypto_generichash_state) <= sizeof room && alignof(crypto_generichash_state) <= 64);
    return reinterpret_cast<crypto_generichash_state*>(room.data());
}

}  // namespace

Hasher::Hasher() { crypto_generichash_init(state_of(state_), nullptr, 0, std::tuple_size_v<Hash>); }

void Hasher::add(std::string_view bytes) { crypto_generichash_update(state_of(state_), bytes_of(bytes), bytes.size()); }

void Hasher::add(std::int64_t number) {
    std::array<char, 8> bytes{};
    const auto bits = static_cast<std::uint64_t>(number);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bits >> (8 * i) & 0xFF);
    add(std::string_view(bytes.data(), bytes.size()));
}

Hash Hasher::finish() {
    Hash hash{};
    crypto_generichash_final(state_of(state_), hash.data(), hash.size());
    return hash;
}

Bytes16 fingerprint(std::string_view bytes, std::uint64_t seed) {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed));
    Bytes16 print{};
    std::copy(std::begin(canonical.digest), std::end(canonical.digest), print.begin());
    return print;
}

Bytes16 blind_index(const Key& key, std::string_view kind, std::string_view normalised) {
    return keyed_hash<16>(key, kind, normalised);
}

std::string hash_password(const Secret& password, PasswordCost cost) {
    std::array<char, crypto_pwhash_STRBYTES> stored{};
    const std::string& text = password.reveal();
    const int answer = crypto_pwhash_str_alg(stored.data(), text.data(), text.size(), cost.passes, cost.memory_bytes,
                                             crypto_pwhash_ALG_ARGON2ID13);
    INVARIANT(answer == 0, "there is memory to hash a password");
    return stored.data();
}

PasswordCheck check_password(std::string_view stored, const Secret& password, PasswordCost cost) {
    const std::string text(stored);  // libsodium wants the final zero
    if (text.size() >= crypto_pwhash_STRBYTES || text.find('\0') != std::string::npos) return PasswordCheck::Wrong;
    if (!text.starts_with(crypto_pwhash_argon2id_STRPREFIX)) return PasswordCheck::Wrong;
    const std::string& tried = password.reveal();
    if (crypto_pwhash_str_verify(text.c_str(), tried.data(), tried.size()) != 0) return PasswordCheck::Wrong;
    const int other = crypto_pwhash_str_needs_rehash(text.c_str(), cost.passes, cost.memory_bytes);
    return other == 0 ? PasswordCheck::Right : PasswordCheck::RightButRehash;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string hex(std::string_view bytes) {
    std::string text(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes_of(bytes), bytes.size());
    text.pop_back();
    return text;
}

Result<std::string> from_hex(std::string_view text) {
    std::string bytes(text.size() / 2, '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    const int answer =
        sodium_hex2bin(bytes_of(bytes), bytes.size(), text.data(), text.size(), nullptr, &size, &end);
    if (answer != 0 || end != text.data() + text.size()) return Error(ErrorCode::Invalid, "not hexadecimal");
    bytes.resize(size);
    return bytes;
}

std::string base64url(std::string_view bytes) {
    constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_ENCODED_LEN(bytes.size(), kVariant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes_of(bytes), bytes.size(), kVariant);
    text.pop_back();  // the final zero
    return text;
}

Result<std::string> from_base64(std::string_view text) {
    std::string letters(text);
    if (letters.size() % 4 == 0) {  // padding, where there is any, fills the last four
        if (letters.ends_with('=')) letters.pop_back();
        if (letters.size() % 4 == 3 && letters.ends_with('=')) letters.pop_back();
    }
    std::replace(letters.begin(), letters.end(), '-', '+');
    std::replace(letters.begin(), letters.end(), '_', '/');
    std::string bytes(letters.size(), '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    const int answer = sodium_base642bin(bytes_of(bytes), bytes.size(), letters.data(), letters.size(), nullptr, &size,
                                         &end, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    if (answer != 0 || end != letters.data() + letters.size()) return Error(ErrorCode::Invalid, "not base64");
    bytes.resize(size);
    return bytes;
}

}  // namespace tilth::crypto
