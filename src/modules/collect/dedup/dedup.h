#pragma once
// Makes the de-duplication that api.h describes. Within collect only.

#include <memory>

#include "modules/collect/api.h"

namespace tilth::collect {

std::unique_ptr<Dedup> make_dedup();

}  // namespace tilth::collect
