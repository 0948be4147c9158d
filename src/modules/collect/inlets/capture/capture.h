#pragma once

#include "modules/collect/api.h"

namespace tilth::collect {

// Submissions of our own capture points (capture/): made by their pages' door, which has checked them.
const Inlet& capture_inlet();

}  // namespace tilth::collect
