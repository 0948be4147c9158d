#pragma once
// What every module is given: the kernel's services in one place, made once by app/ and passed by reference.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "kernel/api/api.h"
#include "kernel/jobs/jobs.h"
#include "kernel/record/record.h"
#include "kernel/scheduler/dispatch.h"
#include "kernel/settings/settings.h"
#include "kernel/vault/vault.h"
#include "platform/files/files.h"

namespace tilth::kernel {

struct Kernel {
    Clock& clock;
    Rng& rng;
    files::FileSystem& files;
    std::string data_directory;
    Record& record;
    Vault& vault;
    Settings& settings;
    Jobs& jobs;
    Dispatch& dispatch;
    Api& api;
    crypto::Key master;
};

// A module's entry in the one list of everything that exists (app/registry.cpp).
struct ModuleInfo {
    std::string_view name;                        // "customer"
    std::vector<sql::Migration> migrations;       // in order
    std::vector<Permission> permissions;
};

}  // namespace tilth::kernel
