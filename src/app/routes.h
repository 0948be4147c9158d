#pragma once
// Routes that belong to no module: the system's own pages, static files, and the control socket of the commands.

#include <string>
#include <vector>

#include "platform/http/server.h"

namespace tilth::app {

class World;

void add_audit_routes(World& world);                                    // /api/v1/audit
void add_system_routes(World& world);                                   // /api/v1/system, jobs, audit, settings, stream
std::vector<http::Route> console_routes(const std::string& directory);  // the built console with its fallback page
std::vector<http::Route> plain_routes(World& world);                    // /healthz, /metrics
// Over the Unix socket only: POST /control/{clock,settle,import,verify,rebuild,staff}. JSON in and out.
std::vector<http::Route> control_routes(World& world);

}  // namespace tilth::app
