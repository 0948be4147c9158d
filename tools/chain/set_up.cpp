#include "chain/set_up.h"

#include <set>

namespace tilth::chain {

namespace {

using http::Method;
using json::Value;

Result<std::set<std::string>> names_at(Client& client, const std::string& path) {
    std::set<std::string> names;
    const Value page = TRY(client.ask(Method::Get, path));
    for (const Value& one : page["items"].items()) names.emplace(one["name"].str());
    return names;
}

}  // namespace

Status set_up(Client& client, const Parameters& parameters) {
    for (const DeclaredEvent& type : parameters.event_types) {
        Value fields = Value::array();
        for (const auto& [name, kind] : type.fields) fields.push(Value::object({{"name", name}, {"kind", kind}}));
        TRY(client.ask(Method::Post, "/api/v1/catalogue/types",
                       Value::object({{"name", type.name}, {"title", type.title}, {"fields", std::move(fields)}})));
    }
    const std::set<std::string> tags = TRY(names_at(client, "/api/v1/tags"));
    for (const TagRule& tag : parameters.tags) {
        if (tags.contains(tag.name)) continue;
        TRY(client.ask(Method::Post, "/api/v1/tags",
                       Value::object({{"name", tag.name}, {"tag_class", tag.tag_class},
                                      {"description", tag.description}, {"text", tag.rule}})));
    }
    const std::set<std::string> segments = TRY(names_at(client, "/api/v1/segments"));
    for (const SegmentRule& segment : parameters.segments) {
        if (segments.contains(segment.name)) continue;
        TRY(client.ask(Method::Post, "/api/v1/segments",
                       Value::object({{"name", segment.name}, {"description", segment.description},
                                      {"text", segment.rule}})));
    }
    return ok();
}

}  // namespace tilth::chain
