#pragma once
// The interpreter over json::Type: parses, validates and prints any described struct. All functions are pure, never
// throw, and may be called from any thread.
//
// Refusals are Invalid and name *every* broken field at once: `field` is a JSON pointer without the leading slash
// ("lines/0/quantity"), `rule` is stable, reason and remedy are Chinese and English. Refused are: what is not JSON,
// depth over limits::kJsonDepthMax, duplicate keys, unknown fields (the remedy names the nearest known one), missing
// required fields, wrong kinds and bounds. The rule over several fields (check) runs when its struct's fields hold.

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "platform/json/describe.h"

namespace tilth::json {

// `out` points at a default-made value of the type. After an error its content is unspecified.
Status parse(std::string_view json, const Type& type, void* out);
std::string print(const Type& type, const void* value);
void print_to(std::string& out, const Type& type, const void* value);

// A path capture or a query parameter: decoded text.
struct FlatField {
    std::string_view name;
    std::string_view value;
};
// Fills an object of scalars, optionals of scalars and lists of scalars (a name repeated). An absent list is empty.
Status parse_flat(std::span<const FlatField> fields, const Type& type, void* out);
// Fills `fields` first; the JSON object `body` (empty text counts as {}) fills the rest and may not name them again.
Status parse_request(std::span<const FlatField> fields, std::string_view body, const Type& type, void* out);

template <class T>
Result<T> parse(std::string_view json) {
    T value{};
    auto status = parse(json, type_of<T>(), &value);
    if (!status) return status.error();
    return value;
}
template <class T>
Result<T> parse_flat(std::span<const FlatField> fields) {
    T value{};
    auto status = parse_flat(fields, type_of<T>(), &value);
    if (!status) return status.error();
    return value;
}
template <class T>
std::string print(const T& value) {
    return print(type_of<T>(), &value);
}

// The name under which a struct or enum stands in the document: "org.SignIn", "Page_org.Staff".
std::string component_name(const Type& type);
// The OpenAPI 3.1 (JSON Schema 2020-12) schema of a type, as JSON text. Structs and enums other than the type itself
// are referred to as #/components/schemas/<name>; each one met is reported to `met` (for Object and Enum only).
// Fields named in `leave_out` are not in it (they come from the path).
std::string schema(const Type& type, const std::function<void(const Type&)>& met,
                   const std::set<std::string_view>& leave_out = {});
// As schema(), but an Object or Enum becomes a reference itself.
std::string schema_ref(const Type& type, const std::function<void(const Type&)>& met);
// The schema of one member of a struct, with its documentation.
std::string schema_of_field(const Type& object, const Field& field, const std::function<void(const Type&)>& met);
// Highest class of any field below the type; replies that are stored must be None.
Privacy privacy_of(const Type& type);
// The documentation of a field, or nothing.
const FieldDoc* doc_of(const Type& type, std::string_view field);
// Whether parse_flat can fill this field's type.
bool is_flat(const Type& type);

}  // namespace tilth::json
