#pragma once
// The program's settings and commands, declared once as data: help, `tilth config` and the checks come from here.

#include "app/world.h"
#include "platform/config/cli.h"
#include "platform/config/config.h"

namespace tilth::app {

const std::vector<config::SettingSpec>& settings();
const cli::ProgramSpec& program();
// The effective configuration of a parsed command line; the file is --config, else tilth.toml in the data directory.
Result<config::Config> load_config(const cli::Parsed& parsed);
WorldOptions world_options(const config::Config& config);

}  // namespace tilth::app
