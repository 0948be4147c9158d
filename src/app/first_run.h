#pragma once
// The first start: a tenant, its administrator with a one-time password, and, unless it shall be empty, the sample.

#include <string>

#include "app/world.h"

namespace tilth::app {

struct FirstRun {
    bool empty = false;
    std::string sample;  // folder with mapping.json
    bool keep_dates = false;
};
// Does nothing when there is a tenant. Writes DATA/first_login.json (mode 0600) and says what it does on standard
// output.
Status first_run(World& world, const FirstRun& options);

// Follows the newest job to its end and prints its progress with the time that is left.
Status follow_job(World& world, const TenantId& tenant);

}  // namespace tilth::app
