#pragma once
// Events that somebody let out of quarantine. No door: the catalogue's desk writes such batches itself.

#include "modules/collect/api.h"

namespace tilth::collect {

const Inlet& released_inlet();

}  // namespace tilth::collect
