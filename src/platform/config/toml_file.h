#pragma once
// A TOML file as a flat list of settings with their lines. Only config.cpp uses it.

#include <string>
#include <vector>

#include "base/result.h"

namespace tilth::config {

struct FileValue {
    enum class Shape : std::uint8_t { Scalar, List, Other };  // Other: a float, a date, a list of something else
    std::string name;                                         // "server.port"
    Shape shape = Shape::Scalar;
    std::string text;                                         // of a scalar
    std::vector<std::string> list;
    std::string where;                                        // "tilth.toml:12"
};

// NotFound when the file is absent, Corrupt with the line when it is not TOML.
Result<std::vector<FileValue>> read_toml_file(const std::string& path);

}  // namespace tilth::config
