#include "platform/json/value.h"

#include "platform/json/duplicates.h"
#include "platform/json/reader.h"

namespace tilth::json {

namespace {

const Value kNull;
const Value::Array kNoItems;
const Value::Object kNoMembers;

Result<Value> from_node(Node node) {
    switch (node.kind()) {
        case NodeKind::Missing:
        case NodeKind::Null: return Value();
        case NodeKind::Bool: return Value(*node.boolean());
        case NodeKind::Int: return Value(*node.i64());
        case NodeKind::Uint:
            return Error::invalid("", "too_large", "整数超出 64 位范围", "An integer leaves 64 bits", "改用文字",
                                  "Send it as text");
        case NodeKind::Double: return Value(*node.number());
        case NodeKind::String: return Value(node.str());
        case NodeKind::Array: {
            Value::Array items;
            for (const auto element : node.elements()) items.push_back(TRY(from_node(element.value)));
            return Value(std::move(items));
        }
        case NodeKind::Object: break;
    }
    Value object = Value::object();
    for (const auto member : node.members()) object.append(std::string(member.key), TRY(from_node(member.value)));
    return object;
}

}  // namespace

bool Value::bool_or(bool other) const { return is_bool() ? std::get<bool>(data_) : other; }
std::int64_t Value::i64_or(std::int64_t other) const { return is_i64() ? std::get<std::int64_t>(data_) : other; }
double Value::number_or(double other) const {
    if (is_i64()) return static_cast<double>(std::get<std::int64_t>(data_));
    const auto* number = std::get_if<double>(&data_);
    return number != nullptr ? *number : other;
}
std::string_view Value::str_or(std::string_view other) const {
    return is_string() ? std::string_view(std::get<std::string>(data_)) : other;
}
const Value::Array& Value::items() const { return is_array() ? std::get<Array>(data_) : kNoItems; }
const Value::Object& Value::members() const { return is_object() ? std::get<Object>(data_) : kNoMembers; }

const Value& Value::get(std::string_view key) const {
    for (const auto& [name, value] : members())
        if (name == key) return value;
    return kNull;
}
bool Value::has(std::string_view key) const {
    for (const auto& [name, value] : members())
        if (name == key) return true;
    return false;
}
Value& Value::set(std::string key, Value value) {
    if (is_null()) data_ = Object{};
    INVARIANT(is_object(), "set() is for objects");
    for (auto& [name, held] : std::get<Object>(data_))
        if (name == key) return held = std::move(value), *this;
    return append(std::move(key), std::move(value));
}
Value& Value::append(std::string key, Value value) {
    INVARIANT(is_object(), "append() is for objects");
    std::get<Object>(data_).emplace_back(std::move(key), std::move(value));
    return *this;
}
Value& Value::push(Value value) {
    if (is_null()) data_ = Array{};
    INVARIANT(is_array(), "push() is for arrays");
    std::get<Array>(data_).push_back(std::move(value));
    return *this;
}

void Value::print_to(std::string& out) const {
    if (is_null()) out += "null";
    else if (is_bool()) out += std::get<bool>(data_) ? "true" : "false";
    else if (is_i64()) out += std::to_string(std::get<std::int64_t>(data_));
    else if (is_string()) append_quoted(out, std::get<std::string>(data_));
    else if (is_number()) append_number(out, std::get<double>(data_));
    else if (is_array()) {
        out += '[';
        for (const Value& item : items()) {
            if (&item != items().data()) out += ',';
            item.print_to(out);
        }
        out += ']';
    } else {
        out += '{';
        for (const auto& member : members()) {
            if (&member != members().data()) out += ',';
            append_quoted(out, member.first);
            out += ':';
            member.second.print_to(out);
        }
        out += '}';
    }
}
std::string Value::print() const {
    std::string out;
    print_to(out);
    return out;
}
Result<Value> Value::parse(std::string_view json) {
    auto doc = TRY(read(json));
    if (has_duplicate_keys(doc.root()))
        return Error::invalid("", "duplicate_key", "有重复的键", "A key stands twice", "删除重复项", "Keep one of them");
    return from_node(doc.root());
}

}  // namespace tilth::json
