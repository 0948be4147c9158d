#pragma once
// Time-based one-time codes: RFC 6238 with RFC 4226's truncation, SHA-1, 6 digits, 30 seconds: what every
// authenticator app takes. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tilth::org {

inline constexpr std::int64_t kTotpStepSeconds = 30;
inline constexpr int kTotpDigits = 6;
inline constexpr std::size_t kTotpSecretBytes = 20;
inline constexpr int kTotpDrift = 1;  // steps that a phone's clock may be off, either way

std::string base32(std::string_view bytes);  // RFC 4648 without padding
std::string totp_code(std::string_view secret, std::int64_t step, int digits = kTotpDigits);
constexpr std::int64_t totp_step(Instant at) { return at.ms / 1000 / kTotpStepSeconds; }
// The step that this code is of, when it lies within the drift and after `last_used`: a code is taken once.
std::optional<std::int64_t> accept_totp(std::string_view secret, std::string_view code, Instant now,
                                        std::int64_t last_used);
// What the QR code says (the key-URI format of authenticator apps). Texts are percent-encoded.
std::string otpauth_uri(std::string_view issuer, std::string_view login, std::string_view secret);

}  // namespace tilth::org
