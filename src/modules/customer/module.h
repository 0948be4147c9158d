#pragma once
// The module's registration beside api.h: what app/ wires.

#include <memory>

#include "kernel/rules/feed.h"

namespace tilth::customer {

// Consent to marketing per channel, as flags "consent.sms" …: whether the newest word of each customer is a yes. One no
// among a person's customers counts more than a yes: senders ask may_reach() for the exact answer of a moment.
std::unique_ptr<kernel::rules::AttributeFeed> make_consent_feed();

}  // namespace tilth::customer
