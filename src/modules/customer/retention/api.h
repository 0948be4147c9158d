#pragma once
// How long this module's classes of personal data are kept (kernel/retention/retention.h).

#include <vector>

#include "kernel/retention/retention.h"

namespace tilth::customer {

std::vector<kernel::RetentionClass> retention_classes();

}  // namespace tilth::customer
