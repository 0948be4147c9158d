#pragma once
// The first start: a tenant, its administrator with a one-time password, and, unless it shall be empty, the sample.

#include <string>

#include "app/world.h"

namespace tilth::app {

struct FirstRun {
    bool empty = false;
    std::string sample;        // folder with mapping.json; loaded when there is no tenant yet
    std::string added_sample;  // the same, as a tenant of its own beside those that stand, unless it stands already
    bool keep_dates = false;
};
// Writes DATA/first_login.json (mode 0600), for an added tenant DATA/first_login.<its login>.json, and says what it
// does on standard output. A sample whose mapping.json names a "simulator" is not loaded here: the tenant and an
// account for the simulator are made, and DATA/demonstration.json tells it how to go on over HTTP (tools/chain).
Status first_run(World& world, const FirstRun& options);

// The server's address for a simulator that has not finished, into DATA/demonstration.json.
Status tell_simulator(World& world, const std::string& url);

// Follows the newest job to its end and prints its progress with the time that is left.
Status follow_job(World& world, const TenantId& tenant);

}  // namespace tilth::app
