#include "chain/set_up.h"

#include <map>
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

// The ready lifecycle as it comes, adopted where there is none.
Status adopt_lifecycle(Client& client) {
    const Value ready =
        TRY(client.ask(Method::Post, "/api/v1/lifecycles/ready", Value::object({{"key", "customers"}})));
    const Value& one = ready["items"].items().front();
    const std::set<std::string> standing = TRY(names_at(client, "/api/v1/lifecycles"));
    if (standing.contains(std::string(one["name"].str()))) return ok();
    TRY(client.ask(Method::Post, "/api/v1/lifecycles",
                   Value::object({{"name", one["name"]}, {"scale", one["scale"]},
                                  {"description", one["description"]}, {"stages", one["stages"]}})));
    return ok();
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
    return adopt_lifecycle(client);
}

Status set_governance(Client& client, const Parameters& parameters, const std::vector<Store>& stores) {
    const std::map<std::string, std::string> codes{
        {"强总控强运营", "strong_control"}, {"弱总控强赋能", "enabling"}, {"分布式", "distributed"}};
    std::map<std::string, std::string> ids;
    const Value nodes = TRY(client.ask(Method::Get, "/api/v1/org/nodes"));
    for (const Value& node : nodes["items"].items()) ids.emplace(node["code"].str(), node["id"].str());
    for (const Store& store : stores) {
        const auto id = ids.find(store.code);
        const auto mode = codes.find(parameters.governance[static_cast<std::size_t>(store.governance)].mode);
        if (id == ids.end() || mode == codes.end()) continue;
        TRY(client.ask(Method::Put, "/api/v1/governance/nodes/" + id->second, Value::object({{"mode", mode->second}})));
    }
    return ok();
}

}  // namespace tilth::chain
