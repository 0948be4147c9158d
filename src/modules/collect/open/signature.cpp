#include "modules/collect/open/signature.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "platform/crypto/crypto.h"

namespace tilth::collect::open {

std::string sign(std::string_view secret, const Signed& request) {
    std::string text = "TILTH1\n";
    text.append(request.method).append("\n").append(request.target).append("\n");
    text.append(crypto::hex(crypto::view(crypto::sha256(request.body)))).append("\n");
    text.append(request.timestamp).append("\n").append(request.nonce);
    return crypto::hex(crypto::view(crypto::hmac_sha256(secret, text)));
}

bool holds(std::string_view secret, const Signed& request, std::string_view signature) {
    return crypto::equal_constant_time(sign(secret, request), signature);
}

bool is_current(std::string_view timestamp, Instant now) {
    std::int64_t given = 0;
    const char* const end = timestamp.data() + timestamp.size();
    const auto [last, failed] = std::from_chars(timestamp.data(), end, given);
    if (failed != std::errc{} || last != end || timestamp.size() > 12) return false;
    const Duration apart = now - Instant{given * 1000};
    return apart <= kClockMax && apart >= Duration{} - kClockMax;
}

bool is_nonce(std::string_view nonce) {
    return nonce.size() >= kNonceMin && nonce.size() <= kNonceMax &&
           std::all_of(nonce.begin(), nonce.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '_';
           });
}

std::string sign_delivery(std::string_view secret, std::string_view id, std::string_view timestamp,
                          std::string_view body) {
    std::string text(id);
    text.append(".").append(timestamp).append(".").append(body);
    return "v1=" + crypto::hex(crypto::view(crypto::hmac_sha256(secret, text)));
}

Duration wait_after(int attempts) {
    static constexpr std::array kWaits = {seconds(10), seconds(30), minutes(2), minutes(10),
                                          hours(1),    hours(6),    hours(24)};
    static_assert(kWaits.size() + 1 == kAttemptsMax);
    const auto at = static_cast<std::size_t>(std::max(attempts, 1) - 1);
    return at < kWaits.size() ? kWaits[at] : Duration{};
}

}  // namespace tilth::collect::open
