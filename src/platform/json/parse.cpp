#include <charconv>
#include <cstring>

#include "base/limits.h"
#include "platform/json/duplicates.h"
#include "platform/json/interpreter.h"
#include "platform/json/words.h"

namespace tilth::json {

namespace {

constexpr std::size_t kErrorsMax = 100;
constexpr std::size_t kEchoBytesMax = 100;  // of a caller's own field name in an answer

using Seen = std::uint64_t;  // one bit per member; object_type() holds them to 64
constexpr Seen bit(std::size_t index) { return Seen{1} << index; }

void store_integer(std::int64_t value, std::size_t size, void* out) {
    switch (size) {
        case 1: { const auto v = static_cast<std::int8_t>(value); std::memcpy(out, &v, 1); return; }
        case 2: { const auto v = static_cast<std::int16_t>(value); std::memcpy(out, &v, 2); return; }
        case 4: { const auto v = static_cast<std::int32_t>(value); std::memcpy(out, &v, 4); return; }
        default: std::memcpy(out, &value, 8); return;
    }
}

char* member_of(void* object, const Field& field) { return static_cast<char*>(object) + field.offset; }

class Walker {
public:
    Status finish() {
        if (!errors_.empty()) {
            Error error(ErrorCode::Invalid, errors_.front().field + ": " + errors_.front().rule);
            error.fields = std::move(errors_);
            return error;
        }
        if (whole_) return std::move(*whole_);
        return ok();
    }

    void value(Node node, const Type& type, void* out) {
        switch (type.kind) {
            case Kind::Bool:
                if (const auto flag = node.boolean()) *static_cast<bool*>(out) = *flag;
                else refuse("wrong_kind", type);
                return;
            case Kind::Integer: return integer(node, type, out);
            case Kind::Number:
                if (const auto number = node.number()) *static_cast<double*>(out) = *number;
                else refuse("wrong_kind", type);
                return;
            case Kind::Text:
                if (node.is_string()) text(node.str(), type, out);
                else refuse("wrong_kind", type);
                return;
            case Kind::Enum:
                if (node.is_string()) label(node.str(), type, out);
                else refuse("wrong_kind", type);
                return;
            case Kind::Optional: return optional(node, type, out);
            case Kind::List: return list(node, type, out);
            case Kind::Map: return map(node, type, out);
            case Kind::Object:
                if (node.is_object()) object(node, type, out, 0);
                else refuse("wrong_kind", type);
                return;
            case Kind::Raw:
                if (has_duplicate_keys(node)) refuse("duplicate_key", type);
                else static_cast<Raw*>(out)->text = node.raw_json();
                return;
        }
    }

    // `given`: members that the address gave already.
    void object(Node node, const Type& type, void* out, Seen given) {
        const std::size_t errors_before = errors_.size();
        Seen seen = given;
        for (const auto member : node.members()) {
            const Enter enter(*this, member.key);
            std::size_t index = 0;
            while (index < type.fields.size() && type.fields[index].name != member.key) ++index;
            if (index == type.fields.size()) {
                add(refuse_unknown(field(), member.key, type));
            } else if ((seen & bit(index)) != 0) {
                refuse((given & bit(index)) != 0 ? "given_by_path" : "duplicate_key", type);
            } else {
                seen |= bit(index);
                value(member.value, type.fields[index].type(), member_of(out, type.fields[index]));
            }
            if (full()) return;
        }
        complete(type, out, seen, errors_before);
    }

    // Reports what is missing; when every member holds, asks the rule over several fields.
    void complete(const Type& type, void* out, Seen seen, std::size_t errors_before) {
        for (std::size_t i = 0; i < type.fields.size() && !full(); ++i) {
            const Type& member = type.fields[i].type();
            if ((seen & bit(i)) != 0 || member.kind == Kind::Optional) continue;
            const Enter enter(*this, type.fields[i].name);
            refuse("required", member);
        }
        if (type.check == nullptr || errors_.size() != errors_before) return;
        Status status = type.check(out);
        if (status) return;
        Error& error = status.error();
        if (error.code != ErrorCode::Invalid || error.fields.empty()) {
            if (!whole_) whole_ = std::move(error);
            return;
        }
        for (FieldError& broken : error.fields) {
            const std::string at = field();
            if (!at.empty()) broken.field = broken.field.empty() ? at : at + "/" + broken.field;
            add(std::move(broken));
        }
    }

    Seen flat(std::span<const FlatField> fields, const Type& type, void* out) {
        Seen seen = 0;
        for (const FlatField& given : fields) {
            if (full()) break;
            const Enter enter(*this, given.name);
            std::size_t index = 0;
            while (index < type.fields.size() && type.fields[index].name != given.name) ++index;
            if (index == type.fields.size()) {
                add(refuse_unknown(field(), given.name, type));
                continue;
            }
            const Type& member = type.fields[index].type();
            if ((seen & bit(index)) != 0 && !repeats(member)) refuse("duplicate_key", member);
            else flat_value(given.value, member, member_of(out, type.fields[index]));
            seen |= bit(index);
        }
        return seen;
    }

    bool full() const { return errors_.size() > kErrorsMax; }

private:
    class Enter {
    public:
        Enter(Walker& walker, std::string_view segment) : walker_(walker), before_(walker.path_.size()) {
            walker.path_ += '/';
            for (const char c : segment.substr(0, kEchoBytesMax)) {
                if (c == '~') walker.path_ += "~0";
                else if (c == '/') walker.path_ += "~1";
                else walker.path_ += c;
            }
        }
        ~Enter() { walker_.path_.resize(before_); }
        Enter(const Enter&) = delete;
        Enter& operator=(const Enter&) = delete;

    private:
        Walker& walker_;
        std::size_t before_;
    };

    std::string field() const { return path_.empty() ? std::string() : path_.substr(1); }
    void add(FieldError error) {
        if (errors_.size() == kErrorsMax) errors_.push_back(json::refuse({}, "too_many_errors", Type{}));
        else if (errors_.size() < kErrorsMax) errors_.push_back(std::move(error));
    }
    void refuse(std::string_view rule, const Type& type) { add(json::refuse(field(), rule, type)); }

    void integer(Node node, const Type& type, void* out) {
        if (node.kind() == NodeKind::Uint) return refuse("too_large", type);
        const auto number = node.i64();
        if (!number) return refuse("wrong_kind", type);
        bounded(*number, type, out);
    }
    void bounded(std::int64_t number, const Type& type, void* out) {
        if (number < type.min) refuse("too_small", type);
        else if (number > type.max) refuse("too_large", type);
        else store_integer(number, type.size, out);
    }
    void text(std::string_view bytes, const Type& type, void* out) {
        const std::string rule = type.read(type, bytes, out);
        if (!rule.empty()) refuse(rule, type);
    }
    void label(std::string_view name, const Type& type, void* out) {
        for (const EnumLabel& one : type.labels)
            if (one.name == name) return store_integer(one.value, type.size, out);
        refuse("not_in_list", type);
    }
    void optional(Node node, const Type& type, void* out) {
        const Type& inner = type.element();
        if (!node.present() && inner.kind != Kind::Optional) return type.optional.reset(out);
        value(node, inner, type.optional.emplace(out));
    }
    void list(Node node, const Type& type, void* out) {
        if (!node.is_array()) return refuse("wrong_kind", type);
        type.list.clear(out);
        if (node.count() > static_cast<std::size_t>(type.max)) return refuse("too_many", type);
        std::size_t index = 0;
        for (const auto element : node.elements()) {
            const Enter enter(*this, std::to_string(index++));
            value(element.value, type.element(), type.list.append(out));
            if (full()) return;
        }
    }
    void map(Node node, const Type& type, void* out) {
        if (!node.is_object()) return refuse("wrong_kind", type);
        type.map.clear(out);
        if (node.count() > static_cast<std::size_t>(type.max)) return refuse("too_many", type);
        for (const auto member : node.members()) {
            const Enter enter(*this, member.key);
            void* slot = type.map.insert(out, std::string(member.key));
            if (slot == nullptr) refuse("duplicate_key", type);
            else value(member.value, type.element(), slot);
            if (full()) return;
        }
    }

    static bool repeats(const Type& type) {
        return type.kind == Kind::List || (type.kind == Kind::Optional && repeats(type.element()));
    }
    void flat_value(std::string_view text_value, const Type& type, void* out) {
        switch (type.kind) {
            case Kind::Bool:
                if (text_value != "true" && text_value != "false") return refuse("wrong_kind", type);
                *static_cast<bool*>(out) = text_value == "true";
                return;
            case Kind::Integer: {
                std::int64_t number = 0;
                if (!whole_text(text_value, number)) return refuse("wrong_kind", type);
                return bounded(number, type, out);
            }
            case Kind::Number:
                if (!whole_text(text_value, *static_cast<double*>(out))) refuse("wrong_kind", type);
                return;
            case Kind::Text: return text(text_value, type, out);
            case Kind::Enum: return label(text_value, type, out);
            case Kind::Optional: {
                if (text_value.empty()) return;  // "?status=" is how forms say nothing
                const Type& inner = type.element();
                const bool again = inner.kind == Kind::List && type.optional.get(out) != nullptr;
                void* slot = again ? const_cast<void*>(type.optional.get(out)) : type.optional.emplace(out);
                return flat_value(text_value, inner, slot);
            }
            case Kind::List:
                if (type.list.size(out) >= static_cast<std::size_t>(type.max)) return refuse("too_many", type);
                return flat_value(text_value, type.element(), type.list.append(out));
            case Kind::Map:
            case Kind::Object:
            case Kind::Raw: refuse("not_flat", type);
        }
    }
    template <class Number>
    static bool whole_text(std::string_view text_value, Number& number) {
        const char* end = text_value.data() + text_value.size();
        const auto read = std::from_chars(text_value.data(), end, number);
        return read.ec == std::errc{} && read.ptr == end;
    }

    std::string path_;
    std::vector<FieldError> errors_;
    std::optional<Error> whole_;
};

}  // namespace

Status parse(std::string_view json, const Type& type, void* out) {
    auto doc = TRY(read(json));
    Walker walker;
    walker.value(doc.root(), type, out);
    return walker.finish();
}

Status parse_flat(std::span<const FlatField> fields, const Type& type, void* out) {
    INVARIANT(type.kind == Kind::Object, "a request is a struct");
    Walker walker;
    Seen seen = walker.flat(fields, type, out);
    for (std::size_t i = 0; i < type.fields.size(); ++i)
        if (type.fields[i].type().kind == Kind::List) seen |= bit(i);
    walker.complete(type, out, seen, 0);
    return walker.finish();
}

Status parse_request(std::span<const FlatField> fields, std::string_view body, const Type& type, void* out) {
    INVARIANT(type.kind == Kind::Object, "a request is a struct");
    auto doc = TRY(read(body.empty() ? "{}" : body));
    Walker walker;
    const Seen given = walker.flat(fields, type, out);
    if (doc.root().is_object()) walker.object(doc.root(), type, out, given);
    else return Error::invalid(refuse({}, "wrong_kind", type));
    return walker.finish();
}

}  // namespace tilth::json
