#pragma once
// The native batch API: POST /api/v1/events. README.md of this folder has the format.

#include "modules/collect/api.h"

namespace tilth::collect {

const Inlet& native_inlet();

}  // namespace tilth::collect
