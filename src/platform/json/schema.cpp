#include <algorithm>

#include "platform/json/interpreter.h"
#include "platform/json/reader.h"

namespace tilth::json {

namespace {

// Builds one JSON object, member by member, in the order given.
class Builder {
public:
    Builder& raw(std::string_view key, std::string_view json) {
        out_ += out_.empty() ? '{' : ',';
        append_quoted(out_, key);
        out_ += ':';
        out_ += json;
        return *this;
    }
    Builder& text(std::string_view key, std::string_view value) {
        if (value.empty()) return *this;
        std::string quoted;
        append_quoted(quoted, value);
        return raw(key, quoted);
    }
    Builder& number(std::string_view key, std::int64_t value) { return raw(key, std::to_string(value)); }
    // The members of another object's text.
    Builder& merge(std::string_view object) {
        if (object.size() <= 2) return *this;
        out_ += out_.empty() ? '{' : ',';
        out_ += object.substr(1, object.size() - 2);
        return *this;
    }
    std::string str() const { return out_.empty() ? "{}" : out_ + "}"; }

private:
    std::string out_;
};

std::string quoted(std::string_view text) {
    std::string out;
    append_quoted(out, text);
    return out;
}

std::string_view privacy_name(Privacy privacy) {
    switch (privacy) {
        case Privacy::None: return {};
        case Privacy::Personal: return "personal";
        case Privacy::Sensitive: break;
    }
    return "sensitive";
}

std::string labels_schema(const Type& type) {
    std::string names;
    Builder labels;
    for (const EnumLabel& label : type.labels) {
        names += names.empty() ? '[' : ',';
        append_quoted(names, label.name);
        labels.raw(label.name, Builder().text("zh", label.zh).text("en", label.en).str());
    }
    return Builder().text("type", "string").raw("enum", names + "]").raw("x-enum-labels", labels.str()).str();
}

std::string text_schema(const Type& type) {
    Builder out;
    out.text("type", "string").text("format", type.format).text("pattern", type.pattern);
    if (type.format == "id") out.text("pattern", "^" + std::string(type.name) + "_[0-7][0-9A-HJKMNP-TV-Z]{25}$");
    if (type.bounded) out.number("minLength", type.min).number("maxLength", type.max);
    if (type.privacy == Privacy::Sensitive) out.raw("writeOnly", "true");
    out.text("x-personal-data", privacy_name(type.privacy));
    if (!type.example.empty()) out.raw("examples", "[" + std::string(type.example) + "]");
    return out.str();
}

std::string integer_schema(const Type& type) {
    Builder out;
    out.text("type", "integer").text("format", type.format);
    if (type.bounded) out.number("minimum", type.min).number("maximum", type.max);
    return out.str();
}

const Type& without_optional(const Type& type) {
    return type.kind == Kind::Optional ? without_optional(type.element()) : type;
}

// A documented example is text; numbers and flags stand without quotes.
std::string example_json(const Type& type, std::string_view example) {
    const Type& inner = without_optional(type);
    switch (inner.kind) {
        case Kind::Bool:
        case Kind::Integer:
        case Kind::Number:
        case Kind::Raw:
        case Kind::Object:
        case Kind::Map: return std::string(example);
        case Kind::List: return "[" + example_json(inner.element(), example) + "]";
        default: return quoted(example);
    }
}

std::string object_schema(const Type& type, const std::function<void(const Type&)>& met,
                          const std::set<std::string_view>& leave_out) {
    Builder properties;
    std::string required;
    for (const Field& field : type.fields) {
        if (leave_out.contains(field.name)) continue;
        properties.raw(field.name, schema_of_field(type, field, met));
        if (field.type().kind == Kind::Optional) continue;
        required += required.empty() ? '[' : ',';
        append_quoted(required, field.name);
    }
    Builder out;
    out.text("type", "object").raw("properties", properties.str());
    if (!required.empty()) out.raw("required", required + "]");
    out.raw("additionalProperties", "false");
    if (!type.example.empty()) out.raw("examples", "[" + std::string(type.example) + "]");
    return out.str();
}

std::string optional_schema(const Type& type, const std::function<void(const Type&)>& met) {
    const Type& inner = type.element();
    const std::string base = schema_ref(without_optional(inner), met);
    if (inner.kind != Kind::Optional) return base;
    return R"({"anyOf":[)" + base + R"(,{"type":"null"}]})";
}

void gather_privacy(const Type& type, std::vector<const Type*>& visited, Privacy& highest) {
    highest = std::max(highest, type.privacy);
    if (type.element != nullptr) return gather_privacy(type.element(), visited, highest);
    if (type.kind != Kind::Object || std::find(visited.begin(), visited.end(), &type) != visited.end()) return;
    visited.push_back(&type);
    for (const FieldDoc& doc : type.docs) highest = std::max(highest, doc.privacy);
    for (const Field& field : type.fields) gather_privacy(field.type(), visited, highest);
}

}  // namespace

std::string schema(const Type& type, const std::function<void(const Type&)>& met,
                   const std::set<std::string_view>& leave_out) {
    switch (type.kind) {
        case Kind::Bool: return R"({"type":"boolean"})";
        case Kind::Integer: return integer_schema(type);
        case Kind::Number: return R"({"type":"number","format":"double"})";
        case Kind::Text: return text_schema(type);
        case Kind::Enum: return labels_schema(type);
        case Kind::Optional: return optional_schema(type, met);
        case Kind::List: {
            Builder out;
            out.text("type", "array").raw("items", schema_ref(type.element(), met));
            if (type.bounded) out.number("maxItems", type.max);
            return out.str();
        }
        case Kind::Map:
            return Builder().text("type", "object").raw("additionalProperties", schema_ref(type.element(), met)).str();
        case Kind::Object: return object_schema(type, met, leave_out);
        case Kind::Raw: break;
    }
    return "{}";
}

std::string schema_of_field(const Type& object, const Field& field, const std::function<void(const Type&)>& met) {
    const Type& type = field.type();
    const std::string base = schema_ref(type, met);
    const FieldDoc* doc = doc_of(object, field.name);
    if (doc == nullptr) return base;
    Builder out;
    out.merge(base);
    std::string both(doc->zh);
    if (!doc->en.empty()) both.append(both.empty() ? "" : " / ").append(doc->en);
    out.text("description", both);
    out.raw("x-label", Builder().text("zh", doc->zh).text("en", doc->en).str());
    // The type's own class and example stand already.
    if (doc->privacy > without_optional(type).privacy && without_optional(type).privacy == Privacy::None)
        out.text("x-personal-data", privacy_name(doc->privacy));
    if (!doc->example.empty() && without_optional(type).example.empty())
        out.raw("examples", "[" + example_json(type, doc->example) + "]");
    return out.str();
}

std::string schema_ref(const Type& type, const std::function<void(const Type&)>& met) {
    if (type.kind != Kind::Object && type.kind != Kind::Enum) return schema(type, met);
    if (met) met(type);
    return Builder().text("$ref", "#/components/schemas/" + component_name(type)).str();
}

std::string component_name(const Type& type) {
    std::string name(type.name);
    for (const std::string_view noise : {"tilth::", "kernel::", "{anonymous}::", "(anonymous namespace)::", " "})
        for (std::size_t at = 0; (at = name.find(noise, at)) != std::string::npos;) name.erase(at, noise.size());
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        if (c == ':') out += '.', ++i;
        else if (c == '<' || c == ',') out += '_';
        else if (c != '>') out += c;
    }
    return out;
}

Privacy privacy_of(const Type& type) {
    std::vector<const Type*> visited;
    Privacy highest = Privacy::None;
    gather_privacy(type, visited, highest);
    return highest;
}

const FieldDoc* doc_of(const Type& type, std::string_view field) {
    for (const FieldDoc& doc : type.docs)
        if (doc.name == field) return &doc;
    return nullptr;
}

bool is_flat(const Type& type) {
    switch (type.kind) {
        case Kind::Optional: return is_flat(type.element());
        case Kind::List: return type.element().kind != Kind::List && is_flat(type.element());
        case Kind::Map:
        case Kind::Object:
        case Kind::Raw: return false;
        default: return true;
    }
}

}  // namespace tilth::json
