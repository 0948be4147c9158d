#pragma once
// HMAC-SHA-1 (RFC 2104, FIPS 180-4) by OpenSSL, for what outside standards ask for: one-time codes (RFC 4226). Not for
// anything of our own. Pure; any thread.

#include <array>
#include <cstdint>
#include <string_view>

namespace tilth::crypto {

std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view bytes);

}  // namespace tilth::crypto
