#pragma once
// Fast reading of JSON of unknown shape (event batches): simdjson parses into a tape, Doc owns it, Node is a view on
// it with inline accessors. A Node lives as long as its Doc. Doc: one thread at a time; Nodes: any number of readers.
// Measured: see README.md. Integers outside int64/uint64 are refused, as is anything that is not one JSON value.
// Duplicate keys are not looked for here: get() yields the first.

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tilth::json {

enum class NodeKind : std::uint8_t { Missing, Null, Bool, Int, Uint, Double, String, Array, Object };

// 24 bytes; pass by value. A missing node answers every question with nothing, so chains need no checks:
// doc.root().get("context").get("ip").str().
class Node {
public:
    Node() = default;
    NodeKind kind() const {
        if (tape_ == nullptr) return NodeKind::Missing;
        switch (static_cast<char>(tape_[at_] >> 56)) {
            case 'n': return NodeKind::Null;
            case 't':
            case 'f': return NodeKind::Bool;
            case 'l': return NodeKind::Int;
            case 'u': return NodeKind::Uint;
            case 'd': return NodeKind::Double;
            case '"': return NodeKind::String;
            case '[': return NodeKind::Array;
            default: return NodeKind::Object;
        }
    }
    bool missing() const { return tape_ == nullptr; }
    bool present() const { return tape_ != nullptr && kind() != NodeKind::Null; }
    bool is_object() const { return kind() == NodeKind::Object; }
    bool is_array() const { return kind() == NodeKind::Array; }
    bool is_string() const { return kind() == NodeKind::String; }
    bool is_number() const { return kind() == NodeKind::Int || kind() == NodeKind::Uint || kind() == NodeKind::Double; }

    // The text of a string, else empty. Valid UTF-8; lives as long as the Doc.
    std::string_view str() const { return is_string() ? text_at(at_) : std::string_view{}; }
    // The value of an integer; also of a double without a fraction that int64 holds exactly.
    std::optional<std::int64_t> i64() const;
    std::optional<double> number() const;
    std::optional<bool> boolean() const {
        if (kind() != NodeKind::Bool) return std::nullopt;
        return static_cast<char>(tape_[at_] >> 56) == 't';
    }
    // The value as canonical JSON: no spaces, keys in their order, shortest numbers; "null" when missing.
    std::string raw_json() const;
    void append_raw(std::string& out) const;

    // First member of that name; missing when absent or when this is no object.
    Node get(std::string_view key) const;

    struct Member;
    // Range over an object's members, or an array's elements (whose keys are empty); empty for anything else.
    class Iterator {
    public:
        Iterator(const std::uint64_t* tape, const char* strings, std::size_t at, bool keyed)
            : tape_(tape), strings_(strings), at_(at), keyed_(keyed) {}
        bool operator!=(const Iterator& other) const { return at_ != other.at_; }
        Iterator& operator++() {
            at_ = Node(tape_, strings_, at_ + (keyed_ ? 1 : 0)).after();
            return *this;
        }
        Member operator*() const;

    private:
        const std::uint64_t* tape_;
        const char* strings_;
        std::size_t at_;
        bool keyed_;
    };
    struct Range {
        Iterator first;
        Iterator last;
        Iterator begin() const { return first; }
        Iterator end() const { return last; }
    };
    Range members() const { return range('{'); }
    Range elements() const { return range('['); }
    // Members or elements; 0 for anything else. Walks.
    std::size_t count() const;

private:
    friend class Doc;
    // The tape's layout is simdjson's documented one (doc/tape.md): type in the top 8 bits, payload below.
    Node(const std::uint64_t* tape, const char* strings, std::size_t at) : tape_(tape), strings_(strings), at_(at) {}
    std::uint64_t payload() const { return tape_[at_] & 0x00FF'FFFF'FFFF'FFFFULL; }
    std::size_t after() const {
        switch (static_cast<char>(tape_[at_] >> 56)) {
            case '{':
            case '[': return static_cast<std::uint32_t>(tape_[at_]);
            case 'l':
            case 'u':
            case 'd': return at_ + 2;
            default: return at_ + 1;
        }
    }
    std::string_view text_at(std::size_t at) const {
        const char* stored = strings_ + (tape_[at] & 0x00FF'FFFF'FFFF'FFFFULL);
        std::uint32_t length = 0;
        std::memcpy(&length, stored, sizeof(length));
        return {stored + sizeof(length), length};
    }
    Range range(char open) const {
        const bool fits = tape_ != nullptr && static_cast<char>(tape_[at_] >> 56) == open;
        const std::size_t first = fits ? at_ + 1 : 0;
        const std::size_t last = fits ? static_cast<std::uint32_t>(tape_[at_]) - 1U : 0;
        return {{tape_, strings_, first, open == '{'}, {tape_, strings_, last, open == '{'}};
    }

    const std::uint64_t* tape_ = nullptr;
    const char* strings_ = nullptr;
    std::size_t at_ = 0;
};

struct Node::Member {
    std::string_view key;
    Node value;
};

inline Node::Member Node::Iterator::operator*() const {
    if (!keyed_) return {{}, Node(tape_, strings_, at_)};
    return {Node(tape_, strings_, at_).text_at(at_), Node(tape_, strings_, at_ + 1)};
}
inline Node Node::get(std::string_view key) const {
    for (const Member member : members())
        if (member.key == key) return member.value;
    return {};
}
inline std::optional<std::int64_t> Node::i64() const {
    const NodeKind k = kind();
    if (k == NodeKind::Int) return static_cast<std::int64_t>(tape_[at_ + 1]);
    if (k != NodeKind::Double) return std::nullopt;
    const auto value = std::bit_cast<double>(tape_[at_ + 1]);
    if (!(value >= -9007199254740992.0 && value <= 9007199254740992.0)) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) != value) return std::nullopt;
    return whole;
}
inline std::optional<double> Node::number() const {
    switch (kind()) {
        case NodeKind::Int: return static_cast<double>(static_cast<std::int64_t>(tape_[at_ + 1]));
        case NodeKind::Uint: return static_cast<double>(tape_[at_ + 1]);
        case NodeKind::Double: return std::bit_cast<double>(tape_[at_ + 1]);
        default: return std::nullopt;
    }
}

class Doc {
public:
    Doc(Doc&&) noexcept;
    Doc& operator=(Doc&&) noexcept;
    ~Doc();
    Node root() const { return Node(tape_, strings_, 1); }

private:
    struct Parsed;
    explicit Doc(std::unique_ptr<Parsed> parsed);
    friend Result<Doc> read(std::string_view json);
    std::unique_ptr<Parsed> parsed_;
    const std::uint64_t* tape_ = nullptr;
    const char* strings_ = nullptr;
};

// Copies the text (simdjson needs padding), so `json` may go at once. Invalid, with rule "not_json" or "too_deep" on
// field "", when it is not one JSON value nested at most limits::kJsonDepthMax deep.
Result<Doc> read(std::string_view json);

// Appends `text` as a JSON string with quotes; UTF-8 stays as it is, malformed bytes become U+FFFD.
void append_quoted(std::string& out, std::string_view text);
// The same of text that is known to be UTF-8, as everything in a Doc is.
void append_quoted_valid(std::string& out, std::string_view text);
// Shortest decimal that reads back the same; null when not finite.
void append_number(std::string& out, double value);

}  // namespace tilth::json
