#pragma once
// What rules may speak of: attributes of people (each module declares its own and feeds a column per person ordinal),
// promoted properties of events, and event types. Names stand in Chinese and English; keys are stable and are what JSON
// holds. Filled at start on one thread, then read by all.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace tilth::kernel::rules {

enum class ValueType : std::uint8_t {
    Flag,    // 0 or 1
    Number,  // int64 scaled by 10^decimals: money is minor units with decimals 2
    Text,    // a code of the Dictionary; with `values` only those
    Moment,  // milliseconds since 1970
};

struct Choice {
    std::string code;
    std::string zh;
    std::string en;
};
struct Attribute {
    std::string key;  // "customer.level"
    std::string zh;
    std::string en;
    ValueType type = ValueType::Number;
    int decimals = 0;
    std::vector<Choice> values;
};

// Texts as numbers, for columns: codes count from 0 and never change. One thread writes; readers wait for it.
class Dictionary {
public:
    Dictionary() = default;
    Dictionary(const Dictionary&) = delete;
    Dictionary& operator=(const Dictionary&) = delete;
    std::uint32_t code(std::string_view text);
    std::optional<std::uint32_t> find(std::string_view text) const;
    const std::string& text(std::uint32_t code) const { return texts_.at(code); }
    std::size_t size() const { return texts_.size(); }

private:
    std::deque<std::string> texts_;  // never move: codes_ looks at them
    std::unordered_map<std::string_view, std::uint32_t> codes_;
};

class Registry {
public:
    static constexpr std::size_t kPropertiesMax = 4;  // promoted properties: each costs every event eight bytes

    // Refused (Conflict): a key or name that is taken, a name that is a word of the language or cannot be read back.
    Status add_attribute(Attribute attribute);
    Status add_property(Attribute property);  // LimitExceeded after kPropertiesMax
    // Once one type is declared, rules may name declared types only.
    void add_event_type(std::string type);

    // By key; columns of people and events are numbered in the order of declaration.
    std::optional<std::size_t> attribute(std::string_view key) const { return find(attributes_, key); }
    std::optional<std::size_t> property(std::string_view key) const { return find(properties_, key); }
    const std::vector<Attribute>& attributes() const { return attributes_; }
    const std::vector<Attribute>& properties() const { return properties_; }
    bool event_type_allowed(std::string_view type) const;
    const std::vector<std::string>& event_types() const { return types_; }

private:
    static std::optional<std::size_t> find(const std::vector<Attribute>& in, std::string_view key);
    Status acceptable(const std::vector<Attribute>& among, const Attribute& one) const;

    std::vector<Attribute> attributes_;
    std::vector<Attribute> properties_;
    std::vector<std::string> types_;
};

}  // namespace tilth::kernel::rules
