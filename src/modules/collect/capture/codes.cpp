#include "modules/collect/capture/codes.h"

#include <cstring>

namespace tilth::collect::capture {

namespace {

constexpr std::string_view kLetters = "ABCDEFGHJKMNPQRSTVWXYZ23456789";   // 30, for codes
constexpr std::string_view kDigits = "23456789ABCDEFGHJKMNPQRSTVWXYZ01";  // 32 different letters
constexpr int kSerialLetters = 7;
constexpr int kProofLetters = 9;
static_assert(kSerialLetters + kProofLetters == static_cast<int>(kItemLetters));
static_assert(kDigits.size() == 32);

std::string letters_of(std::uint64_t value, int count) {
    std::string text(static_cast<std::size_t>(count), ' ');
    for (int i = count - 1; i >= 0; --i, value >>= 5)
        text[static_cast<std::size_t>(i)] = kDigits[static_cast<std::size_t>(value & 31)];
    return text;
}

std::uint64_t proof_of(const crypto::Key& key, std::int64_t point, std::int64_t serial) {
    const auto hash = crypto::blake2b(key, "item:" + std::to_string(point) + ":" + std::to_string(serial));
    std::uint64_t bits = 0;
    std::memcpy(&bits, hash.data(), sizeof bits);
    return bits & ((std::uint64_t{1} << (5 * kProofLetters)) - 1);
}

std::string seal_proof(const crypto::Key& key, std::int64_t point, std::string_view moment) {
    const auto hash = crypto::blake2b(key, "page:" + std::to_string(point) + ":" + std::string(moment));
    return crypto::hex(crypto::view(hash).substr(0, 16));
}

}  // namespace

std::string random_code(Rng& rng, std::size_t letters) {
    std::string code;
    for (std::size_t i = 0; i < letters; ++i) code.push_back(kLetters[rng.next() % kLetters.size()]);
    return code;
}

std::string item_code(const crypto::Key& key, std::int64_t point, std::int64_t serial) {
    return letters_of(static_cast<std::uint64_t>(serial), kSerialLetters) +
           letters_of(proof_of(key, point, serial), kProofLetters);
}

std::optional<std::int64_t> item_serial(const crypto::Key& key, std::int64_t point, std::string_view code) {
    if (code.size() != kItemLetters) return std::nullopt;
    std::uint64_t serial = 0;
    for (std::size_t i = 0; i < kSerialLetters; ++i) {
        const auto at = kDigits.find(code[i]);
        if (at == std::string_view::npos) return std::nullopt;
        serial = serial << 5 | at;
    }
    const auto number = static_cast<std::int64_t>(serial);
    if (!crypto::equal_constant_time(item_code(key, point, number), code)) return std::nullopt;
    return number;
}

std::string page_seal(const crypto::Key& key, std::int64_t point, Instant at, Rng& rng) {
    const std::string moment = std::to_string(at.ms) + "-" + random_code(rng, 8);
    return moment + "." + seal_proof(key, point, moment);
}

SealCheck check_seal(const crypto::Key& key, std::int64_t point, std::string_view seal, Instant now) {
    const auto dot = seal.find('.');
    if (dot == std::string_view::npos || seal.size() > 80) return SealCheck::Forged;
    const std::string_view moment = seal.substr(0, dot);
    if (!crypto::equal_constant_time(seal_proof(key, point, moment), seal.substr(dot + 1))) return SealCheck::Forged;
    const Instant made{std::strtoll(std::string(moment).c_str(), nullptr, 10)};
    if (now - made < kSealYoungest) return SealCheck::TooQuick;
    if (now - made > kSealOldest) return SealCheck::TooOld;
    return SealCheck::Holds;
}

}  // namespace tilth::collect::capture
