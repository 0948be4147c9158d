#include "platform/json/reader.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <mutex>
#include <vector>

#include "base/limits.h"
#include "base/text.h"

namespace tilth::json {

// A parser with its tape, its strings and the padded copy of the text. Kept for the next reader: fresh pages cost more
// than the parsing itself.
struct Doc::Parsed {
    simdjson::dom::parser parser;
    std::string padded;
};

namespace {

constexpr std::size_t kPooledMax = 16;
constexpr std::size_t kPooledCapacityMax = 512u << 10;  // a parser takes up to 14 times its capacity
constexpr std::size_t kCapacityMin = 16u << 10;

template <class Parsed>
class Pool {
public:
    std::unique_ptr<Parsed> take() {
        const std::lock_guard lock(mutex_);
        if (free_.empty()) return std::make_unique<Parsed>();
        auto parsed = std::move(free_.back());
        free_.pop_back();
        return parsed;
    }
    void give(std::unique_ptr<Parsed> parsed) {
        if (parsed->parser.capacity() > kPooledCapacityMax) return;
        const std::lock_guard lock(mutex_);
        if (free_.size() < kPooledMax) free_.push_back(std::move(parsed));
    }

private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Parsed>> free_;
};

// Never destroyed: a Doc may be dropped by a thread that ends after main.
template <class Parsed>
Pool<Parsed>& pool() {
    static Pool<Parsed>& shared = *new Pool<Parsed>;
    return shared;
}

Error refusal(simdjson::error_code code) {
    if (code == simdjson::DEPTH_ERROR) {
        const std::string most = std::to_string(limits::kJsonDepthMax);
        return Error::invalid("", "too_deep", "嵌套超过 " + most + " 层", "Nested deeper than " + most + " levels",
                              "减少嵌套层数", "Nest less deeply");
    }
    if (code == simdjson::MEMALLOC) return Error(ErrorCode::Unavailable, "no memory to parse JSON");
    return Error::invalid("", "not_json", "内容不是有效的 JSON", "The content is not valid JSON",
                          "检查引号、逗号与编码（UTF-8）", std::string("The parser says: ") + simdjson::error_message(code));
}

}  // namespace

Doc::Doc(std::unique_ptr<Parsed> parsed)
    : parsed_(std::move(parsed)), tape_(parsed_->parser.doc.tape.get()),
      strings_(reinterpret_cast<const char*>(parsed_->parser.doc.string_buf.get())) {}
Doc::Doc(Doc&&) noexcept = default;
Doc& Doc::operator=(Doc&& other) noexcept {
    std::swap(parsed_, other.parsed_);
    std::swap(tape_, other.tape_);
    std::swap(strings_, other.strings_);
    return *this;
}
Doc::~Doc() {
    if (parsed_) pool<Parsed>().give(std::move(parsed_));
}

Result<Doc> read(std::string_view json) {
    auto parsed = pool<Doc::Parsed>().take();
    if (json.size() > parsed->parser.capacity() || parsed->parser.capacity() == 0) {
        const std::size_t capacity = std::max(kCapacityMin, std::bit_ceil(json.size() + 1));
        if (const auto code = parsed->parser.allocate(capacity, limits::kJsonDepthMax)) return refusal(code);
    }
    parsed->padded.clear();
    parsed->padded.reserve(json.size() + simdjson::SIMDJSON_PADDING);
    parsed->padded.append(json).append(simdjson::SIMDJSON_PADDING, ' ');
    const auto result = parsed->parser.parse(parsed->padded.data(), json.size(), false);
    if (result.error()) {
        pool<Doc::Parsed>().give(std::move(parsed));
        return refusal(result.error());
    }
    return Doc(std::move(parsed));
}

namespace {

void append_escape(std::string& out, unsigned char byte) {
    switch (byte) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    constexpr char kHex[] = "0123456789abcdef";
    out += "\\u00";
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
}

// Whether one of eight bytes is a control character, a quote or a backslash; bytes above 0x7F are none of these.
bool any_escape(std::uint64_t word) {
    constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101ULL;
    constexpr std::uint64_t kHigh = 0x8080'8080'8080'8080ULL;
    const auto zero_byte = [](std::uint64_t w) { return (w - kOnes) & ~w & kHigh; };
    const std::uint64_t control = (word - kOnes * 0x20) & ~word & kHigh;
    return (control | zero_byte(word ^ kOnes * '"') | zero_byte(word ^ kOnes * '\\')) != 0;
}

bool any_escape(std::string_view text) {
    std::uint64_t word = 0x2020'2020'2020'2020ULL;
    if (text.size() < 8) {
        std::memcpy(&word, text.data(), text.size());
        return any_escape(word);
    }
    for (std::size_t i = 0; i + 8 < text.size(); i += 8) {
        std::memcpy(&word, text.data() + i, 8);
        if (any_escape(word)) return true;
    }
    std::memcpy(&word, text.data() + text.size() - 8, 8);
    return any_escape(word);
}

}  // namespace

void append_quoted_valid(std::string& out, std::string_view text) {
    if (!any_escape(text)) {
        const std::size_t at = out.size();
        out.resize(at + text.size() + 2, '"');
        std::memcpy(out.data() + at + 1, text.data(), text.size());
        return;
    }
    out += '"';
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte >= 0x20 && byte != '"' && byte != '\\') [[likely]] continue;
        out.append(text, from, i - from);
        append_escape(out, byte);
        from = i + 1;
    }
    out.append(text, from);
    out += '"';
}

namespace {

// Copies text whose bytes may be malformed: the longest valid run, then U+FFFD for one byte, and so on.
std::string repaired(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        std::size_t step = std::min<std::size_t>(4, text.size());
        while (step > 0 && utf8_length(text.substr(0, step)) != 1) --step;
        if (step == 0) out += "\xEF\xBF\xBD", step = 1;
        else out += text.substr(0, step);
        text.remove_prefix(step);
    }
    return out;
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
    if (simdjson::validate_utf8(text.data(), text.size())) append_quoted_valid(out, text);
    else append_quoted_valid(out, repaired(text));
}

void append_number(std::string& out, double value) {
    if (!(value - value == 0.0)) {  // not finite
        out += "null";
        return;
    }
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof(digits), value);
    out.append(digits, end.ptr);
}

std::size_t Node::count() const {
    std::size_t n = 0;
    const Range all = is_object() ? members() : elements();
    for (auto at = all.begin(); at != all.end(); ++at) ++n;
    return n;
}

void Node::append_raw(std::string& out) const {
    switch (kind()) {
        case NodeKind::Missing:
        case NodeKind::Null: out += "null"; return;
        case NodeKind::Bool: out += *boolean() ? "true" : "false"; return;
        case NodeKind::Int: out += std::to_string(static_cast<std::int64_t>(tape_[at_ + 1])); return;
        case NodeKind::Uint: out += std::to_string(tape_[at_ + 1]); return;
        case NodeKind::Double: append_number(out, std::bit_cast<double>(tape_[at_ + 1])); return;
        case NodeKind::String: append_quoted_valid(out, str()); return;
        case NodeKind::Array:
        case NodeKind::Object: break;
    }
    const bool keyed = is_object();
    char before = keyed ? '{' : '[';
    const char close = keyed ? '}' : ']';
    const Range all = keyed ? members() : elements();
    if (!(all.begin() != all.end())) out += before;
    for (const Member member : all) {
        out += before;
        before = ',';
        if (keyed) append_quoted_valid(out, member.key), out += ':';
        member.value.append_raw(out);
    }
    out += close;
}

std::string Node::raw_json() const {
    std::string out;
    append_raw(out);
    return out;
}

}  // namespace tilth::json
