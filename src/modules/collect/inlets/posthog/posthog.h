#pragma once
// The PostHog capture API, as posthog-js and the server libraries speak it. README.md of this folder has the facts.

#include "modules/collect/api.h"

namespace tilth::collect {

const Inlet& posthog_inlet();

}  // namespace tilth::collect
