#pragma once
// "Did you mean": the known name nearest to a mistyped one. Pure; any thread.

#include <string>
#include <string_view>
#include <vector>

namespace tilth::config {

// Empty when nothing is near: more than a third of the letters differ. A name whose last part ("port" of "server.port")
// is the word counts as near.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace tilth::config
