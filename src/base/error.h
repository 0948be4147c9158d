#pragma once
// Refusals as values. An ErrorCode is API: it has one HTTP status and one sentence in Chinese and in English.
// The order of the enumerators is the precedence of refusals: when several apply, the first one is answered.
// Wording may change freely; tests compare codes and fields only.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tilth {

enum class ErrorCode : std::uint8_t {
    Unauthenticated,     // No session or key, or one that no longer holds.
    LockedOut,           // Too many failed attempts; try again later.
    Forbidden,           // Signed in, but the right is missing.
    NotFound,            // Absent, or outside the caller's scope: both answer the same.
    MethodNotAllowed,
    UnsupportedFormat,   // The bytes are not what this door takes.
    PayloadTooLarge,
    Invalid,             // One or more fields break a rule; see Error::fields.
    IdempotencyReused,   // The same key came with another body.
    IdempotencyInFlight, // The same key is being worked on.
    Conflict,            // The state does not allow it.
    Stale,               // The version the caller saw is no longer current.
    LimitExceeded,       // A named bound is reached.
    TooManyRequests,
    Unavailable,         // Try again: not now.
    StorageFull,
    StorageFailed,
    Timeout,
    NotLeader,           // Another process holds the shard.
    Corrupt,             // Stored bytes fail their own checks.
    Internal,
};

struct ErrorInfo {
    std::string_view name;  // snake_case, as it stands in problem+json
    int http_status = 500;
    bool retryable = false;
    std::string_view zh;
    std::string_view en;
};

// Never fails: every enumerator has a row.
const ErrorInfo& info(ErrorCode code);

// One refused field: which, why, and what to do. `rule` is a stable snake_case name ("too_long", "not_a_phone").
struct FieldError {
    std::string field;      // JSON pointer without the leading slash: "lines/0/quantity"
    std::string rule;
    std::string reason_zh;
    std::string reason_en;
    std::string remedy_zh;
    std::string remedy_en;
};

struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string detail;              // For people who read logs; holds no personal value.
    std::vector<FieldError> fields;  // Filled for Invalid; may be filled for Conflict.

    Error() = default;
    explicit Error(ErrorCode c, std::string d = {}) : code(c), detail(std::move(d)) {}

    static Error invalid(FieldError field);
    // Shorthand for one field with the same words in both languages' slots given explicitly.
    static Error invalid(std::string field, std::string rule, std::string reason_zh, std::string reason_en,
                         std::string remedy_zh = {}, std::string remedy_en = {});
};

}  // namespace tilth
