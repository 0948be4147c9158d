// The only file that knows toml++.

#include "platform/config/toml_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

namespace tilth::config {

namespace {

constexpr std::size_t kFileBytesMax = 1u << 20;

std::string at_line(const std::string& file, const toml::source_region& source) {
    return file + ":" + std::to_string(source.begin.line);
}

void take_scalar(const toml::node& node, FileValue& value) {
    if (const auto text = node.value_exact<std::string>()) {
        value.text = *text;
    } else if (const auto number = node.value_exact<std::int64_t>()) {
        value.text = std::to_string(*number);
    } else if (const auto flag = node.value_exact<bool>()) {
        value.text = *flag ? "true" : "false";
    } else {
        value.shape = FileValue::Shape::Other;
    }
}

void take_list(const toml::array& array, FileValue& value) {
    value.shape = FileValue::Shape::List;
    for (const toml::node& node : array) {
        FileValue entry;
        take_scalar(node, entry);
        if (entry.shape != FileValue::Shape::Scalar) value.shape = FileValue::Shape::Other;
        value.list.push_back(entry.text);
    }
}

void take_table(const toml::table& table, const std::string& prefix, const std::string& file,
                std::vector<FileValue>& out) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        if (const toml::table* inner = node.as_table()) {
            take_table(*inner, name + ".", file, out);
            continue;
        }
        FileValue value;
        value.name = name;
        value.where = at_line(file, key.source());
        if (const toml::array* array = node.as_array()) {
            take_list(*array, value);
        } else {
            take_scalar(node, value);
        }
        out.push_back(std::move(value));
    }
}

}  // namespace

Result<std::vector<FileValue>> read_toml_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        const ErrorCode code = errno == ENOENT ? ErrorCode::NotFound : ErrorCode::StorageFailed;
        return Error(code, "configuration file " + path + ": " + std::generic_category().message(errno));
    }
    std::string text(kFileBytesMax + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > kFileBytesMax) return Error(ErrorCode::LimitExceeded, path + " is larger than 1 MiB");
    const std::string file = path.substr(path.find_last_of('/') + 1);
    try {
        std::vector<FileValue> values;
        take_table(toml::parse(text, file), "", file, values);
        return values;
    } catch (const toml::parse_error& error) {
        return Error(ErrorCode::Corrupt, at_line(file, error.source()) + ": " + std::string(error.description()));
    }
}

}  // namespace tilth::config
