#pragma once
// The event catalogue's decisions. Pure.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "modules/collect/api.h"
#include "platform/json/reader.h"

namespace tilth::collect::catalogue {

enum class ValueKind : std::uint8_t { Text, Number, Bool, Time, List, Any };
std::string_view word(ValueKind kind);  // "text", "number" …
std::optional<ValueKind> value_kind(std::string_view word);

struct Field {
    std::string name;
    ValueKind kind = ValueKind::Any;
    bool required = false;
    bool personal = false;  // never reaches the event log
};
struct Type {
    std::string name;
    std::string title;
    std::vector<Field> fields;
};
struct Catalogue {
    bool hold_unknown = false;
    std::map<std::string, Type, std::less<>> types;
    bool says_nothing() const { return !hold_unknown && types.empty(); }
};

std::string print_fields(const std::vector<Field>& fields);
std::vector<Field> parse_fields(std::string_view json);  // of our own printing

// Held: "unknown_type"; "missing:total" when a required field is absent; "kind:total" when a value has another kind.
Ruling rule(const Catalogue& catalogue, const Incoming& event);

// Where what is seen leaves the declaration: "undeclared:x", "missing:x", "kind:x"; without repeats, at most 20.
std::vector<std::string> drift(const Type& type, const std::vector<std::string>& properties);

// An event as text to be sealed, and back.
std::string print_event(const Incoming& event);
Result<Incoming> parse_event(json::Node node, const TenantId& tenant, kernel::Vault& vault);

}  // namespace tilth::collect::catalogue
