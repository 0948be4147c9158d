// The scalar types of the API: how each reads from text, shows as text, and what stands about it in the document.
#include <limits>

#include "platform/json/describe.h"
#include "platform/text/phone.h"

namespace tilth::json {

namespace {

constexpr std::int64_t kI64Min = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kI64Max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kPlainStringMax = 2'000;
constexpr std::int64_t kSecretBytesMax = 1'000;

using Read = std::string (*)(const Type&, std::string_view, void*);
using Show = std::string_view (*)(const Type&, const void*, std::string&);

struct Words {
    std::string_view name;
    std::string_view format;
    std::string_view pattern;
    std::string_view example;
};

Type text_like(const Words& words, Read read, Show show, Privacy privacy = Privacy::None) {
    Type type;
    type.kind = Kind::Text;
    type.name = words.name;
    type.format = words.format;
    type.pattern = words.pattern;
    type.example = words.example;
    type.privacy = privacy;
    type.bounded = false;
    type.read = read;
    type.show = show;
    return type;
}

// Phone and Email say themselves what is wrong ("masked"); `other` stands when they only say that it is.
std::string rule_of(const Error& error, std::string_view other) {
    return error.fields.empty() ? std::string(other) : error.fields.front().rule;
}

std::string read_plain(const Type&, std::string_view text, void* out) {
    auto checked = check_text(text, 0, kPlainStringMax);
    if (!checked) return checked.error().detail;
    *static_cast<std::string*>(out) = std::move(*checked);
    return {};
}
std::string_view show_plain(const Type&, const void* p, std::string&) { return *static_cast<const std::string*>(p); }

std::string read_secret(const Type&, std::string_view text, void* out) {
    if (text.empty()) return "required";
    if (text.size() > static_cast<std::size_t>(kSecretBytesMax)) return "too_long";
    *static_cast<Secret*>(out) = Secret(std::string(text));
    return {};
}
std::string_view show_secret(const Type&, const void*, std::string&) { return "******"; }

std::string read_phone(const Type&, std::string_view text, void* out) {
    auto phone = Phone::parse(text);
    if (!phone) return rule_of(phone.error(), "not_a_phone");
    *static_cast<Phone*>(out) = std::move(*phone);
    return {};
}
std::string_view show_phone(const Type&, const void* p, std::string&) { return static_cast<const Phone*>(p)->e164(); }

std::string read_email(const Type&, std::string_view text, void* out) {
    auto email = Email::parse(text);
    if (!email) return rule_of(email.error(), "not_an_email");
    *static_cast<Email*>(out) = std::move(*email);
    return {};
}
std::string_view show_email(const Type&, const void* p, std::string&) { return static_cast<const Email*>(p)->str(); }

std::string read_currency(const Type&, std::string_view text, void* out) {
    const auto currency = Currency::parse(text);
    if (!currency) return "not_a_currency";
    *static_cast<Currency*>(out) = *currency;
    return {};
}
std::string_view show_currency(const Type&, const void* p, std::string&) {
    return static_cast<const Currency*>(p)->str();
}

// -?digits[.digits]: stricter than parse_decimal, which also takes what people type into tables.
bool plain_decimal(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto dot = text.find('.');
    const auto digits = [](std::string_view part) {
        return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (dot == std::string_view::npos) return digits(text);
    return digits(text.substr(0, dot)) && digits(text.substr(dot + 1));
}
std::string read_decimal(std::string_view text, int scale, std::int64_t& out) {
    if (!plain_decimal(text)) return "not_a_decimal";
    const auto number = parse_decimal(text, scale);
    if (!number) return "not_a_decimal";
    out = *number;
    return {};
}
std::string_view show_decimal(std::int64_t value, std::size_t scale, std::string& scratch) {
    const auto magnitude = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    scratch = std::to_string(magnitude);
    if (scratch.size() <= scale) scratch.insert(0, scale + 1 - scratch.size(), '0');
    scratch.insert(scratch.size() - scale, 1, '.');
    scratch.erase(scratch.find_last_not_of('0') + 1);
    if (scratch.back() == '.') scratch.pop_back();
    if (value < 0) scratch.insert(0, 1, '-');
    return scratch;
}
std::string read_price(const Type&, std::string_view text, void* out) {
    return read_decimal(text, 4, static_cast<UnitPrice*>(out)->e4);
}
std::string_view show_price(const Type&, const void* p, std::string& scratch) {
    return show_decimal(static_cast<const UnitPrice*>(p)->e4, 4, scratch);
}
std::string read_quantity(const Type&, std::string_view text, void* out) {
    return read_decimal(text, 3, static_cast<Quantity*>(out)->milli);
}
std::string_view show_quantity(const Type&, const void* p, std::string& scratch) {
    return show_decimal(static_cast<const Quantity*>(p)->milli, 3, scratch);
}

std::string read_instant(const Type&, std::string_view text, void* out) {
    const auto instant = parse_instant(text);
    if (!instant) return "not_an_instant";
    *static_cast<Instant*>(out) = *instant;
    return {};
}
std::string_view show_instant(const Type&, const void* p, std::string& scratch) {
    return scratch = to_iso(*static_cast<const Instant*>(p));
}
std::string read_day(const Type&, std::string_view text, void* out) {
    const auto day = parse_day(text);
    if (!day) return "not_a_day";
    *static_cast<Day*>(out) = *day;
    return {};
}
std::string_view show_day(const Type&, const void* p, std::string& scratch) {
    return scratch = to_iso(*static_cast<const Day*>(p));
}

// Every Id<Tag> is its 16 bytes; the prefix is the type's name.
std::string read_id(const Type& type, std::string_view text, void* out) {
    const auto bytes = decode_id(type.name, text);
    if (!bytes) return "not_an_id";
    *static_cast<Bytes16*>(out) = *bytes;
    return {};
}
std::string_view show_id(const Type& type, const void* p, std::string& scratch) {
    return scratch = encode_id(type.name, *static_cast<const Bytes16*>(p));
}

Type simple(Kind kind, std::string_view example) {
    Type type;
    type.kind = kind;
    type.example = example;
    return type;
}

Type unbounded_integer(std::int64_t min, std::int64_t max, std::size_t size, std::string_view format) {
    Type type = detail::integer_type(min, max, size);
    type.format = format;
    type.bounded = false;
    return type;
}

}  // namespace

namespace detail {

Type integer_type(std::int64_t min, std::int64_t max, std::size_t size) {
    Type type;
    type.kind = Kind::Integer;
    type.format = "int64";
    type.min = min;
    type.max = max;
    type.size = size;
    return type;
}

Type text_type(std::int64_t min, std::int64_t max) {
    Type type;
    type.kind = Kind::Text;
    type.name = "text";
    type.min = min;
    type.max = max;
    return type;
}

Type id_type(std::string_view prefix) {
    static_assert(sizeof(Id<tag::Customer>) == sizeof(Bytes16) && std::is_standard_layout_v<Id<tag::Customer>>);
    return text_like({prefix, "id", {}, {}}, read_id, show_id);
}

Type enum_type(std::string_view name, std::span<const EnumLabel> labels, std::size_t size) {
    Type type;
    type.kind = Kind::Enum;
    type.name = name;
    type.labels = labels;
    type.size = size;
    return type;
}

Type object_type(std::string_view name, std::span<const Field> fields, std::span<const FieldDoc> docs) {
    INVARIANT(fields.size() <= 64, "a struct of the API has at most 64 members");
    for (const FieldDoc& doc : docs) {
        bool known = false;
        for (const Field& field : fields) known = known || field.name == doc.name;
        INVARIANT(known, "field_docs names a member that the struct does not have");
    }
    Type type;
    type.kind = Kind::Object;
    type.name = name;
    type.fields = fields;
    type.docs = docs;
    return type;
}

}  // namespace detail

#define DEFINE_TYPE(T, ...)               \
    template <>                           \
    const Type& type_of<T>() {            \
        static const Type type = __VA_ARGS__; \
        return type;                      \
    }

DEFINE_TYPE(bool, simple(Kind::Bool, "true"))
DEFINE_TYPE(double, simple(Kind::Number, "0.5"))
DEFINE_TYPE(Raw, simple(Kind::Raw, "{}"))
DEFINE_TYPE(std::int32_t, unbounded_integer(INT32_MIN, INT32_MAX, 4, "int32"))
DEFINE_TYPE(std::int64_t, unbounded_integer(kI64Min, kI64Max, 8, "int64"))
DEFINE_TYPE(Percent, detail::integer_type(0, 10'000, sizeof(Percent)))
DEFINE_TYPE(Secret, text_like({"secret", "password", {}, {}}, read_secret, show_secret, Privacy::Sensitive))
DEFINE_TYPE(Phone, text_like({"phone", "phone", R"(^\+?[0-9 ()-]{3,25}$)", R"("+8613800138000")"}, read_phone,
                             show_phone, Privacy::Personal))
DEFINE_TYPE(Email, text_like({"email", "email", {}, R"("a@example.com")"}, read_email, show_email, Privacy::Personal))
DEFINE_TYPE(Currency, text_like({"currency", {}, "^[A-Z]{3}$", R"("CNY")"}, read_currency, show_currency))
DEFINE_TYPE(UnitPrice, text_like({"price", "decimal", R"(^-?[0-9]+(\.[0-9]{1,4})?$)", R"("6.95")"}, read_price,
                                 show_price))
DEFINE_TYPE(Quantity, text_like({"quantity", "decimal", R"(^-?[0-9]+(\.[0-9]{1,3})?$)", R"("1.5")"}, read_quantity,
                                show_quantity))
DEFINE_TYPE(Instant, text_like({"instant", "date-time", {}, R"("2026-03-01T02:05:00.000Z")"}, read_instant,
                               show_instant))
DEFINE_TYPE(Day, text_like({"day", "date", {}, R"("2026-03-01")"}, read_day, show_day))

template <>
const Type& type_of<std::string>() {
    static const Type type = [] {
        Type plain = text_like({"text", {}, {}, {}}, read_plain, show_plain);
        plain.max = kPlainStringMax;
        return plain;
    }();
    return type;
}

template <>
const Type& type_of<Money>() {
    static const std::array<Field, 2> fields = {Field{"minor", &type_of<std::int64_t>, offsetof(Money, minor)},
                                                Field{"currency", &type_of<Currency>, offsetof(Money, currency)}};
    static const Type type = [] {
        Type money = detail::object_type("tilth::Money", fields, {});
        money.example = R"({"minor":19900,"currency":"CNY"})";
        return money;
    }();
    return type;
}

}  // namespace tilth::json
