#pragma once
// The Sensors Data (神策) receiver, as its web, mini-program, mobile and server libraries speak to it. README.md of
// this folder has the facts and where they come from.

#include "modules/collect/api.h"

namespace tilth::collect {

const Inlet& sensors_inlet();

}  // namespace tilth::collect
