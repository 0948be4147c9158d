#pragma once
// Routes that belong to no module: the system's own pages, static files, and the control socket of the commands.

#include <string>
#include <vector>

#include "kernel/context.h"
#include "platform/http/server.h"
#include "platform/json/value.h"

namespace tilth::app {

class World;

void add_audit_routes(World& world);                                    // /api/v1/audit
void add_system_routes(World& world);                                   // /api/v1/system, jobs, audit, settings, stream
void add_key_routes(World& world);                                      // /api/v1/system/keys
void add_retention_routes(World& world);                                // /api/v1/retention
// The command `tilth keys`: shows them, or with "family" and "reason" rotates one.
Result<json::Value> keys_command(World& world, const kernel::Context& context, const json::Value& arguments);
std::vector<http::Route> console_routes(const std::string& directory);  // the built console with its fallback page
std::vector<http::Route> plain_routes(World& world);                    // /healthz, /metrics
// Over the Unix socket only: POST /control/{clock,settle,import,verify,rebuild,backup,keys,staff}. JSON in and out.
std::vector<http::Route> control_routes(World& world);

}  // namespace tilth::app
