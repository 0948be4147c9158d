#pragma once
// What this module keeps under the tenant's key, for its rotation (kernel/vault/rotation.h).

#include "kernel/kernel.h"

namespace tilth::collect {

void keep_places(kernel::Kernel& kernel);

}  // namespace tilth::collect
