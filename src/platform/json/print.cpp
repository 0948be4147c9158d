#include <cstring>

#include "platform/json/interpreter.h"
#include "platform/json/reader.h"

namespace tilth::json {

namespace {

std::int64_t load_integer(std::size_t size, const void* p) {
    switch (size) {
        case 1: { std::int8_t v = 0; std::memcpy(&v, p, 1); return v; }
        case 2: { std::int16_t v = 0; std::memcpy(&v, p, 2); return v; }
        case 4: { std::int32_t v = 0; std::memcpy(&v, p, 4); return v; }
        default: { std::int64_t v = 0; std::memcpy(&v, p, 8); return v; }
    }
}

std::int64_t truncated(std::int64_t value, std::size_t size) {
    // The label of an unsigned enumerator above the signed range compares by its bytes.
    return size >= 8 ? value : load_integer(size, &value);
}

void print_label(std::string& out, const Type& type, const void* p) {
    const std::int64_t value = load_integer(type.size, p);
    for (const EnumLabel& label : type.labels)
        if (truncated(label.value, type.size) == value) return append_quoted(out, label.name);
    INVARIANT(false, "an enum of the API holds one of its declared values");
}

// Yields false and prints nothing when an optional member is absent.
bool print_member(std::string& out, const Field& field, const void* object, char before) {
    const Type& type = field.type();
    const void* p = static_cast<const char*>(object) + field.offset;
    if (type.kind == Kind::Optional && type.optional.get(p) == nullptr) return false;
    out += before;
    out += '"';
    out += field.name;
    out += "\":";
    print_to(out, type, p);
    return true;
}

void print_list(std::string& out, const Type& type, const void* value) {
    const std::size_t size = type.list.size(value);
    out += '[';
    for (std::size_t i = 0; i < size; ++i) {
        if (i > 0) out += ',';
        print_to(out, type.element(), type.list.at(value, i));
    }
    out += ']';
}

struct MapPrinter {
    std::string& out;
    const Type& element;
    char before = '{';
};

void print_map(std::string& out, const Type& type, const void* value) {
    MapPrinter printer{out, type.element()};
    type.map.each(value, &printer, [](void* visitor, const std::string& key, const void* item) {
        auto& self = *static_cast<MapPrinter*>(visitor);
        self.out += self.before;
        self.before = ',';
        append_quoted(self.out, key);
        self.out += ':';
        print_to(self.out, self.element, item);
    });
    if (printer.before == '{') out += '{';
    out += '}';
}

}  // namespace

void print_to(std::string& out, const Type& type, const void* value) {
    switch (type.kind) {
        case Kind::Bool: out += *static_cast<const bool*>(value) ? "true" : "false"; return;
        case Kind::Integer: out += std::to_string(load_integer(type.size, value)); return;
        case Kind::Number: append_number(out, *static_cast<const double*>(value)); return;
        case Kind::Text: {
            std::string scratch;
            append_quoted(out, type.show(type, value, scratch));
            return;
        }
        case Kind::Enum: print_label(out, type, value); return;
        case Kind::Optional: {
            const void* inner = type.optional.get(value);
            if (inner == nullptr) out += "null";
            else print_to(out, type.element(), inner);
            return;
        }
        case Kind::List: print_list(out, type, value); return;
        case Kind::Map: print_map(out, type, value); return;
        case Kind::Object: {
            char before = '{';
            for (const Field& field : type.fields)
                if (print_member(out, field, value, before)) before = ',';
            if (before == '{') out += '{';
            out += '}';
            return;
        }
        case Kind::Raw: out += static_cast<const Raw*>(value)->text; return;
    }
}

std::string print(const Type& type, const void* value) {
    std::string out;
    print_to(out, type, value);
    return out;
}

}  // namespace tilth::json
