#pragma once
// For this folder's tests only: a small module with one route of each kind. docs/guides/add_a_route.md quotes it.

#include <atomic>
#include <vector>

#include "kernel/api/api.h"

namespace tilth::toy {

inline std::vector<sql::Migration> note_migrations() {
    return {{"toy", 1, "note", "CREATE TABLE toy_note (tenant_id id16 NOT NULL, id id16 NOT NULL, title txt NOT NULL, "
                               "kind i64 NOT NULL, minor i64, currency txt, PRIMARY KEY (tenant_id, id))"}};
}
// Adds the routes. `runs` counts how often the command's function ran.
void add_note_routes(kernel::Api& api, std::atomic<int>& runs);

}  // namespace tilth::toy
