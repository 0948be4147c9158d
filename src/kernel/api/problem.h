#pragma once
// The shape of a refusal on the wire: application/problem+json (RFC 9457) with our own members.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/json/describe.h"

namespace tilth::kernel {

struct ProblemField {
    std::string field;                 // JSON pointer without the leading slash: "lines/0/quantity"
    std::string rule;                  // stable: "too_long"
    std::string reason;                // in the caller's language
    std::optional<std::string> remedy;
};
API_STRUCT(ProblemField, (field, rule, reason, remedy))

struct Problem {
    std::string type;                  // "urn:tilth:problem:invalid"
    std::string title;                 // in the caller's language
    std::int32_t status = 500;
    std::string code;                  // stable: "invalid"
    std::optional<std::string> detail; // for people who read logs
    std::vector<ProblemField> errors;
    std::string incident;              // the request's id, as it stands in the log
};
API_STRUCT(Problem, (type, title, status, code, detail, errors, incident))

}  // namespace tilth::kernel
