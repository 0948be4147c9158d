#pragma once
// The Segment HTTP Tracking API, as its SDKs and those of RudderStack speak it. README.md of this folder has the
// sources.

#include "modules/collect/api.h"

namespace tilth::collect {

const Inlet& segment_inlet();

}  // namespace tilth::collect
