#pragma once
// How partners sign what they send, and how what is sent to webhooks is signed (docs/guides/open_interface.md). Pure.
//
// A partner's request:  hex(HMAC-SHA256(secret, "TILTH1" LF method LF target LF hex(SHA-256(body)) LF timestamp LF
// nonce))
//   target: path and query as they stand in the request line; timestamp: seconds since 1970 in decimal
// A webhook's delivery: "v1=" hex(HMAC-SHA256(secret, id "." timestamp "." body))

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace tilth::collect::open {

inline constexpr Duration kClockMax = minutes(5);  // between the timestamp and our clock
inline constexpr std::size_t kNonceMin = 16;       // letters
inline constexpr std::size_t kNonceMax = 64;

struct Signed {
    std::string_view method;
    std::string_view target;
    std::string_view body;
    std::string_view timestamp;
    std::string_view nonce;
};
std::string sign(std::string_view secret, const Signed& request);
bool holds(std::string_view secret, const Signed& request, std::string_view signature);

// Decimal seconds within kClockMax of `now`.
bool is_current(std::string_view timestamp, Instant now);
// kNonceMin … kNonceMax letters, digits, '-' and '_'.
bool is_nonce(std::string_view nonce);

std::string sign_delivery(std::string_view secret, std::string_view id, std::string_view timestamp,
                          std::string_view body);

// When attempt number `attempts` (from 1) has failed: how long until the next one; nothing after the last.
inline constexpr int kAttemptsMax = 8;
Duration wait_after(int attempts);

}  // namespace tilth::collect::open
