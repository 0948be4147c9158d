#pragma once
// File layouts by name: the ready ones, as data, and how one is laid over a file's header.

#include <optional>
#include <string>
#include <vector>

#include "modules/collect/api.h"

namespace tilth::collect {

const std::vector<Profile>& ready_profiles();

// The one whose signature the header has whole; of several the one with the longest. `own` goes before ready ones of
// the same length.
const Profile* profile_for(const std::vector<Profile>& own, const std::vector<std::string>& header);
// The profile's mapping with the headers that this file has; columns without one keep their constant or fall away.
Mapping lay(const Profile& profile, const std::vector<std::string>& header);

Result<Profile> parse_profile(std::string_view json);

}  // namespace tilth::collect
