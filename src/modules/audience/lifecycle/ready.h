#pragma once
// Ready lifecycles: sentences with blanks, filled and checked by the server, then saved like any other.

#include "modules/audience/lifecycle/lifecycle.h"

namespace tilth::audience {

// All of them, or the one named with its blanks as given; names in the caller's language.
Result<ReadyList> ready_lifecycles(const kernel::Context& context, const ReadyAsked& asked);

}  // namespace tilth::audience
