#pragma once
// How a struct becomes part of the API. Boost.Describe gives the names of its members, their C++ types give the rules,
// and one non-template interpreter (interpreter.h) parses, validates, prints and describes them. Example:
//
//   namespace tilth::org {
//   struct SignIn { Text<1, 40> login; Secret password; std::optional<Channel> channel; };
//   API_STRUCT(SignIn, (login, password, channel))
//   Status check(const SignIn& request);            // optional: a rule over several fields, found by ADL
//   }
//   // The specialisations stand outside every namespace, before the first route that uses the type.
//   template <> inline constexpr auto tilth::json::enum_values<tilth::org::Channel> =
//       std::to_array<tilth::json::EnumValue<tilth::org::Channel>>({
//           {tilth::org::Channel::Store, "store", "门店", "Store"},
//       });
//   template <> inline constexpr auto tilth::json::field_docs<tilth::org::SignIn> =
//       std::to_array<tilth::json::FieldDoc>({{"login", "登录名", "Login name", "admin"}});
//
// Members may be: bool, std::int32_t, std::int64_t, double (replies), std::string (requests: 0 … 2,000 code points),
// Int<a,b>, Percent (basis points), Text<a,b>, Secret (never printed), Phone and Email (of text/phone.h), Currency,
// Money {"minor":19900,"currency":"CNY"}, UnitPrice and Quantity (decimal strings "6.95"), Instant (ISO 8601), Day,
// Id<Tag>, enums, json::Raw, described structs, and optional<T>, vector<T>, List<T,Max>, map<string,T> of these.
//
// A member is required unless it is optional. An absent optional is left out when printing; null is read as absent.
// optional<optional<T>> tells absent from null (for PATCH): null sets the outer and clears the inner.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "platform/json/numbers.h"

// At namespace scope, in the namespace of the struct: API_STRUCT(SignIn, (login, password)).
#define API_STRUCT(type, members) BOOST_DESCRIBE_STRUCT(type, (), members)
// Inside the class body, for class templates: API_MEMBERS(Page, (items, next, total)).
#define API_MEMBERS(type, members) BOOST_DESCRIBE_CLASS(type, (), members, (), ())

namespace tilth {
class Phone;
class Email;
}  // namespace tilth

namespace tilth::json {

// What a field tells about a person; decides what may be stored, logged and shown, and stands in the document.
enum class Privacy : std::uint8_t { None, Personal, Sensitive };

struct FieldDoc {
    std::string_view name;
    std::string_view zh;
    std::string_view en;
    std::string_view example = {};           // as text: "admin", "50", "2026-03-01"
    Privacy privacy = Privacy::None;         // raises the type's own (Phone, Email: Personal; Secret: Sensitive)
};

template <class E>
struct EnumValue {
    E value;
    std::string_view name;                   // on the wire
    std::string_view zh;
    std::string_view en;
};

template <class E>
inline constexpr auto enum_values = std::array<EnumValue<E>, 0>{};
template <class T>
inline constexpr auto field_docs = std::array<FieldDoc, 0>{};

// JSON that is passed through: checked to be one valid value, kept in canonical spelling (no spaces, shortest numbers).
struct Raw {
    std::string text = "null";
    bool operator==(const Raw&) const = default;
};

// ---- The run-time description; made once per type, then immutable. Any thread. ----

enum class Kind : std::uint8_t { Bool, Integer, Number, Text, Enum, Optional, List, Map, Object, Raw };

struct Type;
using TypeFn = const Type& (*)();            // a function, so that a struct may hold a list of itself

struct Field {
    std::string_view name;
    TypeFn type = nullptr;
    std::size_t offset = 0;
};
struct EnumLabel {
    std::int64_t value = 0;
    std::string_view name;
    std::string_view zh;
    std::string_view en;
};

struct OptionalOps {
    const void* (*get)(const void*) = nullptr;   // nullptr when empty
    void* (*emplace)(void*) = nullptr;
    void (*reset)(void*) = nullptr;
};
struct ListOps {
    std::size_t (*size)(const void*) = nullptr;
    const void* (*at)(const void*, std::size_t) = nullptr;
    void* (*append)(void*) = nullptr;
    void (*clear)(void*) = nullptr;
};
using MapVisit = void (*)(void* visitor, const std::string& key, const void* value);
struct MapOps {
    std::size_t (*size)(const void*) = nullptr;
    void (*each)(const void*, void* visitor, MapVisit) = nullptr;
    void* (*insert)(void*, std::string key) = nullptr;  // nullptr when the key is there
    void (*clear)(void*) = nullptr;
};

struct Type {
    Kind kind = Kind::Object;
    std::string_view name;                   // "text", "phone", an id's prefix; of structs and enums the qualified name
    std::string_view format;                 // OpenAPI format, where one exists
    std::string_view pattern;                // OpenAPI pattern, where one exists
    std::string_view example;                // JSON text
    std::int64_t min = 0;                    // Integer: the value; Text: code points; List and Map: elements
    std::int64_t max = 0;
    std::size_t size = 0;                    // bytes, of Integer and Enum
    Privacy privacy = Privacy::None;
    bool bounded = true;                     // false: min and max hold for requests only and are not in the document
    // Text: stores the text, or yields the name of the rule that it breaks (empty: stored).
    std::string (*read)(const Type&, std::string_view, void*) = nullptr;
    // Text: the text, either inside the value or built in `scratch`.
    std::string_view (*show)(const Type&, const void*, std::string& scratch) = nullptr;
    TypeFn element = nullptr;                // Optional, List, Map
    OptionalOps optional;
    ListOps list;
    MapOps map;
    std::span<const Field> fields;           // Object
    std::span<const FieldDoc> docs;          // Object
    Status (*check)(const void*) = nullptr;  // Object: the rule over several fields
    std::span<const EnumLabel> labels;       // Enum
};

template <class T>
const Type& type_of();

// Scalars without parameters are described in types.cpp.
template <> const Type& type_of<bool>();
template <> const Type& type_of<std::int32_t>();
template <> const Type& type_of<std::int64_t>();
template <> const Type& type_of<double>();
template <> const Type& type_of<std::string>();
template <> const Type& type_of<Secret>();
template <> const Type& type_of<Phone>();
template <> const Type& type_of<Email>();
template <> const Type& type_of<Money>();
template <> const Type& type_of<Currency>();
template <> const Type& type_of<UnitPrice>();
template <> const Type& type_of<Quantity>();
template <> const Type& type_of<Instant>();
template <> const Type& type_of<Day>();
template <> const Type& type_of<Percent>();
template <> const Type& type_of<Raw>();

namespace detail {

Type integer_type(std::int64_t min, std::int64_t max, std::size_t size);
Type text_type(std::int64_t min, std::int64_t max);
Type id_type(std::string_view prefix);
Type enum_type(std::string_view name, std::span<const EnumLabel> labels, std::size_t size);
// Checks that every documented field exists (INVARIANT) before it yields the type.
Type object_type(std::string_view name, std::span<const Field> fields, std::span<const FieldDoc> docs);

template <class T>
constexpr std::string_view type_name() {
    constexpr std::string_view whole = __PRETTY_FUNCTION__;
    constexpr std::size_t from = whole.find("T = ") + 4;
    constexpr std::size_t to = whole.find_first_of(";]", from);
    return whole.substr(from, to - from);
}

template <class T>
union Storage {  // Room for a T that is never made: only to measure where its members lie.
    char byte;
    T value;
    Storage() : byte(0) {}
    ~Storage() {}
};

template <class T, template <class...> class Members, class... D>
std::span<const Field> fields_from(const Members<D...>&) {
    if constexpr (sizeof...(D) == 0) {
        return {};
    } else {
        static const Storage<T> room;
        static const std::array<Field, sizeof...(D)> fields = {
            Field{D::name, &type_of<std::remove_cvref_t<decltype(std::declval<T&>().*D::pointer)>>,
                  static_cast<std::size_t>(reinterpret_cast<const char*>(&(room.value.*D::pointer)) - &room.byte)}...};
        return fields;
    }
}

template <class T>
concept Described = requires { typename boost::describe::describe_members<T, boost::describe::mod_public>; };
template <class T>
concept Checked = requires(const T& value) { { check(value) } -> std::same_as<Status>; };

template <class E, std::size_t N>
constexpr std::array<EnumLabel, N> erase(const std::array<EnumValue<E>, N>& values) {
    std::array<EnumLabel, N> labels;
    for (std::size_t i = 0; i < N; ++i)
        labels[i] = {static_cast<std::int64_t>(values[i].value), values[i].name, values[i].zh, values[i].en};
    return labels;
}

template <class T>
struct Maker {
    static Type make() {
        if constexpr (std::is_enum_v<T>) {
            static_assert(enum_values<T>.size() > 0, "specialise tilth::json::enum_values for this enum");
            static constexpr auto labels = erase(enum_values<T>);
            return enum_type(type_name<T>(), labels, sizeof(T));
        } else {
            static_assert(Described<T>, "this type is not part of the API: see the list in platform/json/describe.h");
            const boost::describe::describe_members<T, boost::describe::mod_public> members;
            Type type = object_type(type_name<T>(), fields_from<T>(members), field_docs<T>);
            if constexpr (Checked<T>) type.check = [](const void* p) { return check(*static_cast<const T*>(p)); };
            return type;
        }
    }
};
template <std::int64_t Min, std::int64_t Max>
struct Maker<Int<Min, Max>> {
    static Type make() { return integer_type(Min, Max, sizeof(Int<Min, Max>)); }
};
template <std::size_t Min, std::size_t Max>
struct Maker<Text<Min, Max>> {
    static Type make() {
        Type type = text_type(Min, Max);
        type.read = [](const Type&, std::string_view text, void* out) -> std::string {
            auto parsed = Text<Min, Max>::parse(text);
            if (!parsed) return parsed.error().detail;
            *static_cast<Text<Min, Max>*>(out) = std::move(*parsed);
            return {};
        };
        type.show = [](const Type&, const void* p, std::string&) -> std::string_view {
            return static_cast<const Text<Min, Max>*>(p)->str();
        };
        return type;
    }
};
template <class Tag>
struct Maker<Id<Tag>> {
    static Type make() { return id_type(Tag::kPrefix); }
};
template <class T>
struct Maker<std::optional<T>> {
    static Type make() {
        Type type;
        type.kind = Kind::Optional;
        type.element = &type_of<T>;
        type.optional = {
            [](const void* p) -> const void* {
                const auto& value = *static_cast<const std::optional<T>*>(p);
                return value ? &*value : nullptr;
            },
            [](void* p) -> void* { return &static_cast<std::optional<T>*>(p)->emplace(); },
            [](void* p) { static_cast<std::optional<T>*>(p)->reset(); }};
        return type;
    }
};

inline constexpr std::int64_t kVectorMax = 10'000;  // elements of a plain vector in a request
inline constexpr std::int64_t kMapMax = 1'000;

template <class T>
Type list_of(std::int64_t max, bool bounded) {
    static_assert(!std::is_same_v<T, bool>, "a list of bool has no elements to point at");
    using Vector = std::vector<T>;
    Type type;
    type.kind = Kind::List;
    type.element = &type_of<T>;
    type.max = max;
    type.bounded = bounded;
    type.list = {[](const void* p) { return static_cast<const Vector*>(p)->size(); },
                 [](const void* p, std::size_t i) -> const void* { return &(*static_cast<const Vector*>(p))[i]; },
                 [](void* p) -> void* { return &static_cast<Vector*>(p)->emplace_back(); },
                 [](void* p) { static_cast<Vector*>(p)->clear(); }};
    return type;
}
template <class T>
struct Maker<std::vector<T>> {
    static Type make() { return list_of<T>(kVectorMax, false); }
};
template <class T, std::size_t Max>
struct Maker<List<T, Max>> {
    static_assert(sizeof(List<T, Max>) == sizeof(std::vector<T>));
    static Type make() { return list_of<T>(static_cast<std::int64_t>(Max), true); }
};
template <class T>
struct Maker<std::map<std::string, T>> {
    using Map = std::map<std::string, T>;
    static Type make() {
        Type type;
        type.kind = Kind::Map;
        type.element = &type_of<T>;
        type.max = kMapMax;
        type.bounded = false;
        type.map = {[](const void* p) { return static_cast<const Map*>(p)->size(); },
                    [](const void* p, void* visitor, MapVisit visit) {
                        for (const auto& [key, value] : *static_cast<const Map*>(p)) visit(visitor, key, &value);
                    },
                    [](void* p, std::string key) -> void* {
                        const auto [at, made] = static_cast<Map*>(p)->try_emplace(std::move(key));
                        return made ? &at->second : nullptr;
                    },
                    [](void* p) { static_cast<Map*>(p)->clear(); }};
        return type;
    }
};

}  // namespace detail

template <class T>
const Type& type_of() {
    static const Type type = detail::Maker<T>::make();
    return type;
}

}  // namespace tilth::json
