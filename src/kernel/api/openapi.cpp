#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "kernel/api/entry.h"
#include "kernel/api/problem.h"
#include "platform/json/value.h"

namespace tilth::kernel {

namespace {

using json::Value;

// Values are built from texts that our own printers made, so they always parse.
Value parsed(const std::string& text) { return MUST(Value::parse(text)); }

[[noreturn]] void shared(const std::string& words) {
    invariant_failed("names in the document are unique", words.c_str(), __FILE__, __LINE__);
}

// Gathers the structs and enums that are referred to, each once, and their own references in turn.
class Components {
public:
    std::function<void(const json::Type&)> met() {
        return [this](const json::Type& type) { take(type); };
    }
    Value ref(const json::Type& type) { return parsed(json::schema_ref(type, met())); }
    Value all() const {
        Value out = Value::object();
        for (const auto& [name, schema] : schemas_) out.append(name, parsed(schema));
        return out;
    }

private:
    void take(const json::Type& type) {
        const std::string name = json::component_name(type);
        const auto [at, made] = types_.try_emplace(name, &type);
        if (at->second != &type) shared("two types share the name in the document: " + name);
        if (made) schemas_[name] = json::schema(type, met());
    }

    std::map<std::string, const json::Type*> types_;
    std::map<std::string, std::string> schemas_;
};

// "/api/v1/files/{rest...}" -> "/api/v1/files/{rest}"
std::string documented_path(std::string path) {
    if (const auto at = path.find("...}"); at != std::string::npos) path.erase(at, 3);
    return path;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

// GET /api/v1/customers/{id} -> "get_customers_id"
std::string operation_id(const Entry& entry) {
    std::string_view path = entry.path;
    if (path.starts_with("/api/v1")) path.remove_prefix(7);
    std::string out = lower(http::name(entry.method));
    bool gap = true;
    for (const char c : path) {
        const bool word = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (word && gap) out += '_';
        gap = !word;
        if (word) out += c;
    }
    return out;
}

Value both_languages(std::string_view zh, std::string_view en) { return Value::object({{"zh", zh}, {"en", en}}); }

Value content(std::string_view media_type, Value schema) {
    return Value::object({{std::string(media_type), Value::object({{"schema", std::move(schema)}})}});
}

Value parameter(std::string_view name, bool in_path, bool required, Value schema) {
    Value out = Value::object({{"name", name}, {"in", in_path ? "path" : "query"}});
    if (required) out.set("required", true);
    if (const Value& words = schema.get("description"); !words.is_null()) out.set("description", words);
    return out.set("schema", std::move(schema));
}

bool is_capture(const Entry& entry, std::string_view field) {
    return std::find(entry.captures.begin(), entry.captures.end(), field) != entry.captures.end();
}

Value typed_parameters(const Entry& entry, Components& components) {
    Value out = Value::array();
    for (const json::Field& field : entry.types.request->fields) {
        const bool in_path = is_capture(entry, field.name);
        if (!in_path && entry.has_body()) continue;
        const json::Kind kind = field.type().kind;
        const bool required = in_path || (kind != json::Kind::Optional && kind != json::Kind::List);
        Value schema = parsed(json::schema_of_field(*entry.types.request, field, components.met()));
        out.push(parameter(field.name, in_path, required, std::move(schema)));
    }
    if (entry.kind == RouteKind::Command) out.push(Value::object({{"$ref", "#/components/parameters/IdempotencyKey"}}));
    return out;
}

Value raw_parameters(const Entry& entry) {
    Value out = Value::array();
    const auto text = [](std::string_view zh, std::string_view en) {
        Value schema = Value::object({{"type", "string"}});
        if (!zh.empty()) schema.set("description", std::string(zh) + " / " + std::string(en));
        return schema;
    };
    for (const std::string& capture : entry.captures) out.push(parameter(capture, true, true, text({}, {})));
    for (const RawParameter& one : entry.raw_doc->query)
        out.push(parameter(one.name, false, one.required, text(one.zh, one.en)));
    return out;
}

// The struct by name when all of it stands in the body, else without what the path gives. Null when nothing is left.
Value body_of(const Entry& entry, Components& components) {
    std::set<std::string_view> from_path;
    bool required = false;
    std::size_t left = 0;
    for (const json::Field& field : entry.types.request->fields) {
        if (is_capture(entry, field.name)) {
            from_path.insert(field.name);
            continue;
        }
        ++left;
        required = required || field.type().kind != json::Kind::Optional;
    }
    if (left == 0) return {};
    Value schema = from_path.empty() ? components.ref(*entry.types.request)
                                     : parsed(json::schema(*entry.types.request, components.met(), from_path));
    return Value::object({{"required", required}, {"content", content("application/json", std::move(schema))}});
}

Value operation(const Entry& entry, Components& components) {
    Value out = Value::object({{"operationId", operation_id(entry)}});
    if (!entry.doc.tag.empty()) out.set("tags", Value::Array{entry.doc.tag});
    out.set("summary", entry.doc.zh).set("description", entry.doc.en);
    out.set("x-summary", both_languages(entry.doc.zh, entry.doc.en));
    out.set("x-permission", entry.permission.name);
    Value rows = Value::array();
    for (const std::string_view row : entry.doc.rows) rows.push(row);
    out.set("x-rows", std::move(rows));
    if (entry.data) out.set("x-file-data", name(*entry.data));
    const bool open = entry.permission.name == kPublic.name || entry.permission.name == kWriteKey.name;
    if (open) out.set("security", Value::array());

    const bool raw = entry.kind == RouteKind::Raw;
    Value parameters = raw ? raw_parameters(entry) : typed_parameters(entry, components);
    if (!parameters.items().empty()) out.set("parameters", std::move(parameters));
    Value body;
    if (!raw && entry.has_body()) body = body_of(entry, components);
    if (raw && !entry.raw_doc->request_type.empty())
        body = Value::object({{"required", true}, {"content", content(entry.raw_doc->request_type, Value::object())}});
    if (!body.is_null()) out.set("requestBody", std::move(body));

    Value reply = raw ? content(entry.raw_doc->reply_type, Value::object())
                      : content("application/json", components.ref(*entry.types.reply));
    out.set("responses", Value::object({
        {"200", Value::object({{"description", "成功 / Done"}, {"content", std::move(reply)}})},
        {"default", Value::object({{"$ref", "#/components/responses/Problem"}})},
    }));
    return out;
}

Value fixed_components() {
    Value out = Value::object();
    out.set("securitySchemes", Value::object({
        {"session", Value::object({{"type", "apiKey"}, {"in", "cookie"}, {"name", "__Host-tilth"}})},
        {"key", Value::object({{"type", "http"}, {"scheme", "bearer"}})},
    }));
    out.set("parameters", Value::object({{"IdempotencyKey", Value::object({
        {"name", "Idempotency-Key"},
        {"in", "header"},
        {"description", "同一键在 24 小时内只生效一次，重复请求得到同样的答复 / "
                        "Takes effect once in 24 hours; a repeat gets the same reply"},
        {"schema", Value::object({{"type", "string"}, {"minLength", 1}, {"maxLength", 200}})},
    })}}));
    out.set("responses", Value::object({{"Problem", Value::object({
        {"description", "拒绝：字段、原因与处理办法 / Refused: which field, why, and what to do"},
        {"content", content("application/problem+json", Value::object({{"$ref", "#/components/schemas/Problem"}}))},
    })}}));
    return out;
}

// Two spaces a level, so that a change of one route is a small change of the committed copy.
std::string indented(const std::string& compact) {
    std::string out;
    std::size_t depth = 0;
    bool quoted = false;
    const auto line = [&] { out.append("\n").append(depth * 2, ' '); };
    for (std::size_t i = 0; i < compact.size(); ++i) {
        const char c = compact[i];
        if (quoted) {
            out += c;
            if (c == '\\') out += compact[++i];
            quoted = c != '"';
            continue;
        }
        quoted = c == '"';
        const bool empty = i + 1 < compact.size() && (compact[i + 1] == '}' || compact[i + 1] == ']');
        if ((c == '{' || c == '[') && !empty) ++depth, out += c, line();
        else if ((c == '{' || c == '[')) out.append(1, c).append(1, compact[++i]);
        else if (c == '}' || c == ']') --depth, line(), out += c;
        else if (c == ',') out += c, line();
        else if (c == ':') out += ": ";
        else out += c;
    }
    return out + "\n";
}

}  // namespace

std::string openapi_text(const std::vector<const Entry*>& entries, const std::string& version) {
    Components components;
    components.ref(json::type_of<Problem>());
    std::map<std::string, Value> paths;
    std::set<std::string_view> tags;
    std::set<std::string> operations;
    for (const Entry* entry : in_order(entries)) {
        if (!operations.insert(operation_id(*entry)).second) shared("two routes share an operation: " + entry->path);
        paths[documented_path(entry->path)].set(lower(http::name(entry->method)), operation(*entry, components));
        if (!entry->doc.tag.empty()) tags.insert(entry->doc.tag);
    }
    Value document = Value::object({{"openapi", "3.1.0"}});
    document.set("info", Value::object({
        {"title", "Tilth 精耕"},
        {"version", version},
        {"description", "每个字段的长度、范围与可选值都在此文档中；拒绝以 application/problem+json 返回。 / "
                        "Bounds and choices of every field stand here; refusals are application/problem+json."},
    }));
    document.set("servers", Value::Array{Value::object({{"url", "/"}})});
    Value security = Value::array();
    security.push(Value::object({{"session", Value::array()}})).push(Value::object({{"key", Value::array()}}));
    document.set("security", std::move(security));
    Value tag_list = Value::array();
    for (const std::string_view tag : tags) tag_list.push(Value::object({{"name", tag}}));
    document.set("tags", std::move(tag_list));
    Value path_object = Value::object();
    for (auto& [path, item] : paths) path_object.append(path, std::move(item));
    document.set("paths", std::move(path_object));
    Value all = fixed_components();
    all.set("schemas", components.all());
    document.set("components", std::move(all));
    return indented(document.print());
}

}  // namespace tilth::kernel
