#include "platform/config/toml.h"

#include <toml++/toml.h>

#include <sstream>

namespace tilth::config {

namespace {

json::Value value_of(const toml::node& node);

json::Value object_of(const toml::table& table) {
    // toml++ sorts the keys of a table: two readings of one file are the same value.
    json::Value object = json::Value::object();
    for (const auto& [key, node] : table) object.append(std::string(key.str()), value_of(node));
    return object;
}

json::Value list_of(const toml::array& array) {
    json::Value list = json::Value::array();
    for (const toml::node& node : array) list.push(value_of(node));
    return list;
}

json::Value value_of(const toml::node& node) {
    if (const toml::table* table = node.as_table()) return object_of(*table);
    if (const toml::array* array = node.as_array()) return list_of(*array);
    if (const auto text = node.value_exact<std::string>()) return *text;
    if (const auto number = node.value_exact<std::int64_t>()) return *number;
    if (const auto number = node.value_exact<double>()) return *number;
    if (const auto flag = node.value_exact<bool>()) return *flag;
    std::ostringstream words;
    node.visit([&words](const auto& one) {
        if constexpr (toml::is_date<decltype(one)> || toml::is_time<decltype(one)> ||
                      toml::is_date_time<decltype(one)>) {
            words << one;
        }
    });
    return words.str();
}

}  // namespace

Result<json::Value> parse_toml(std::string_view text, const std::string& name) {
    try {
        return object_of(toml::parse(text, name));
    } catch (const toml::parse_error& error) {
        return Error(ErrorCode::Corrupt, name + ":" + std::to_string(error.source().begin.line) + ": " +
                                             std::string(error.description()));
    }
}

}  // namespace tilth::config
