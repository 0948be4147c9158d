#pragma once
// Codes that cannot be guessed and need no row until they are used. Pure, under a key of the tenant.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/rng.h"
#include "base/time.h"
#include "platform/crypto/crypto.h"

namespace tilth::collect::capture {

// Letters without 0 O 1 I L U, so that a code can be read aloud and typed.
std::string random_code(Rng& rng, std::size_t letters);

// 16 letters: the serial (35 bits) and 45 bits of a keyed hash over point and serial.
inline constexpr std::size_t kItemLetters = 16;
std::string item_code(const crypto::Key& key, std::int64_t point, std::int64_t serial);
// The serial of a code of this point; nothing when it was not made by us.
std::optional<std::int64_t> item_serial(const crypto::Key& key, std::int64_t point, std::string_view code);

// What a page carries so that only somebody who has loaded it sends it, and once: its moment and a keyed hash.
std::string page_seal(const crypto::Key& key, std::int64_t point, Instant at, Rng& rng);
enum class SealCheck : std::uint8_t { Holds, Forged, TooQuick, TooOld };
inline constexpr Duration kSealYoungest = seconds(2);  // nobody fills a form in less
inline constexpr Duration kSealOldest = hours(24);
SealCheck check_seal(const crypto::Key& key, std::int64_t point, std::string_view seal, Instant now);

}  // namespace tilth::collect::capture
