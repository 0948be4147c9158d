#include "modules/org/totp.h"

#include "platform/crypto/crypto.h"
#include "platform/crypto/hmac_sha1.h"

namespace tilth::org {

namespace {

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        }
    }
    return out;
}

}  // namespace

std::string base32(std::string_view bytes) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string out;
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : bytes) {
        held = (held << 8) | static_cast<unsigned char>(c);
        for (bits += 8; bits >= 5; bits -= 5) out += kLetters[(held >> (bits - 5)) & 31];
    }
    if (bits > 0) out += kLetters[(held << (5 - bits)) & 31];
    return out;
}

std::string totp_code(std::string_view secret, std::int64_t step, int digits) {
    std::string counter(8, '\0');
    for (int i = 0; i < 8; ++i) counter[static_cast<std::size_t>(7 - i)] = static_cast<char>((step >> (8 * i)) & 0xff);
    const auto mac = crypto::hmac_sha1(secret, counter);
    const std::size_t at = mac[19] & 15;
    const std::uint32_t number = (std::uint32_t{mac[at] & 0x7fu} << 24) | (std::uint32_t{mac[at + 1]} << 16) |
                                 (std::uint32_t{mac[at + 2]} << 8) | std::uint32_t{mac[at + 3]};
    std::uint32_t modulus = 1;
    for (int i = 0; i < digits; ++i) modulus *= 10;
    std::string text = std::to_string(number % modulus);
    return std::string(static_cast<std::size_t>(digits) - text.size(), '0') + text;
}

std::optional<std::int64_t> accept_totp(std::string_view secret, std::string_view code, Instant now,
                                        std::int64_t last_used) {
    std::optional<std::int64_t> found;
    const std::int64_t here = totp_step(now);
    // Every step is looked at, so that the time taken says nothing about which one fitted.
    for (std::int64_t step = here - kTotpDrift; step <= here + kTotpDrift; ++step) {
        const bool same = crypto::equal_constant_time(totp_code(secret, step), code);
        if (same && step > last_used) found = step;
    }
    return found;
}

std::string otpauth_uri(std::string_view issuer, std::string_view login, std::string_view secret) {
    return "otpauth://totp/" + percent_encoded(issuer) + ":" + percent_encoded(login) + "?secret=" + base32(secret) +
           "&issuer=" + percent_encoded(issuer) + "&algorithm=SHA1&digits=6&period=30";
}

}  // namespace tilth::org
