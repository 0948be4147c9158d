#pragma once
// One event of PostHog's as an event of ours.

#include "modules/collect/inlets/builder.h"

namespace tilth::collect::posthog {

// `sent`: when the request left the client by its own clock, ISO 8601; empty when it did not say.
void parse_event(const RawBatch& batch, kernel::Vault& vault, json::Node event, std::string_view sent, Parsed& parsed);

}  // namespace tilth::collect::posthog
