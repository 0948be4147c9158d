#pragma once
// An owned JSON value for dynamic use: settings, outbox payloads, documents that are built by hand. Members keep the
// order in which they were added. Plain value; for event batches use reader.h, for requests and replies describe.h.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace tilth::json {

class Value {
public:
    using Array = std::vector<Value>;
    using Member = std::pair<std::string, Value>;
    using Object = std::vector<Member>;

    Value() = default;  // null
    Value(std::nullptr_t) {}                                                  // NOLINT
    Value(bool v) : data_(v) {}                                               // NOLINT
    Value(int v) : data_(std::int64_t{v}) {}                                  // NOLINT
    Value(std::int64_t v) : data_(v) {}                                       // NOLINT
    Value(double v) : data_(v) {}                                             // NOLINT
    Value(std::string v) : data_(std::move(v)) {}                             // NOLINT
    Value(std::string_view v) : data_(std::string(v)) {}                      // NOLINT
    Value(const char* v) : data_(std::string(v)) {}                           // NOLINT
    Value(Array v) : data_(std::move(v)) {}                                   // NOLINT

    static Value object() { return Value(Data(Object{})); }
    static Value object(std::initializer_list<Member> members) { return Value(Data(Object(members))); }
    static Value array() { return Value(Array{}); }

    bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
    bool is_bool() const { return std::holds_alternative<bool>(data_); }
    bool is_i64() const { return std::holds_alternative<std::int64_t>(data_); }
    bool is_number() const { return is_i64() || std::holds_alternative<double>(data_); }
    bool is_string() const { return std::holds_alternative<std::string>(data_); }
    bool is_array() const { return std::holds_alternative<Array>(data_); }
    bool is_object() const { return std::holds_alternative<Object>(data_); }

    // The value when it is of that kind, else the other one given.
    bool bool_or(bool other) const;
    std::int64_t i64_or(std::int64_t other) const;
    double number_or(double other) const;             // integers too
    std::string_view str_or(std::string_view other) const;
    std::string_view str() const { return str_or({}); }

    // Member of that name, or a shared null; chains need no checks.
    const Value& get(std::string_view key) const;
    const Value& operator[](std::string_view key) const { return get(key); }
    bool has(std::string_view key) const;
    // Adds or replaces; a null becomes an object first. INVARIANT: this is an object or null.
    Value& set(std::string key, Value value);
    // Adds without looking for the key: for builders that know their keys to differ. INVARIANT: this is an object.
    Value& append(std::string key, Value value);
    // Adds to an array; a null becomes an array first. INVARIANT: this is an array or null.
    Value& push(Value value);
    // Empty when it is no array, or no object.
    const Array& items() const;
    const Object& members() const;

    std::string print() const;
    void print_to(std::string& out) const;
    // Refuses what is not JSON, depth over limits::kJsonDepthMax and duplicate keys; integers must fit int64.
    static Result<Value> parse(std::string_view json);

    bool operator==(const Value&) const = default;

private:
    using Data = std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object>;
    explicit Value(Data data) : data_(std::move(data)) {}
    Data data_;
};

}  // namespace tilth::json
