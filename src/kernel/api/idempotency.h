#pragma once
// Commands that are repeated with the same Idempotency-Key take effect once and are answered with the same bytes.
// The row stands in the command's own transaction, so there is no moment at which one is there without the other; two
// equal keys at once are two units, and the second finds the first one's row.

#include <functional>
#include <optional>
#include <string>

#include "kernel/record/record.h"
#include "platform/crypto/crypto.h"
#include "platform/http/server.h"

namespace tilth::kernel {

struct IdempotencyClaim {
    crypto::Hash key;       // of the actor and the caller's key
    crypto::Hash content;   // of method, target and body, keyed by the caller's key
    bool keep_reply = true; // false: the reply holds personal data
};

// Nothing when the header is absent; Invalid when it is empty, longer than 200 bytes, or not visible ASCII.
Result<std::optional<IdempotencyClaim>> claim_of(const http::Request& request, const Actor& actor);

// The kept reply, or what `command` yields, kept for 24 h. IdempotencyReused when the content differs.
Result<std::string> once(Unit& unit, const IdempotencyClaim& claim,
                         const std::function<Result<std::string>()>& command);

}  // namespace tilth::kernel
