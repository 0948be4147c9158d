#include "modules/collect/inlets/strip.h"

#include <algorithm>
#include <array>

namespace tilth::collect {

namespace {

constexpr std::size_t kMobileDigits = 11;
constexpr std::size_t kUsualBytes = 512;
constexpr std::size_t kNameBytesMax = 40;

bool digit(char c) { return c >= '0' && c <= '9'; }
bool word(char c) { return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool local_part(char c) { return word(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '%'; }
bool domain_part(char c) { return word(c) || c == '.' || c == '-'; }

// 1[3-9] and nine more digits, with no digit beside (a country code 86 in front is one).
bool mobile_at(std::string_view text, std::size_t at) {
    if (at + kMobileDigits > text.size() || text[at] != '1' || text[at + 1] < '3') return false;
    for (std::size_t i = at; i < at + kMobileDigits; ++i) {
        if (!digit(text[i])) return false;
    }
    if (at + kMobileDigits < text.size() && digit(text[at + kMobileDigits])) return false;
    return at == 0 || !digit(text[at - 1]) ||
           (at >= 2 && text.substr(at - 2, 2) == "86" && (at == 2 || !digit(text[at - 3])));
}

constexpr std::array<std::string_view, 32> kNames = {
    "address",      "addr",          "avatar",   "birthday", "birthdate", "cardno",      "email",    "firstname",
    "fullname",     "idcard",        "idnumber", "ip",       "lastname",  "mail",        "mobile",   "mobilephone",
    "namefull",     "nickname",      "openid",   "passport", "phone",     "phonenumber", "realname", "receiver",
    "receivername", "receiverphone", "street",   "tel",      "telephone", "unionid",     "username", "wechat"};

// By first letter, a bit for each length: nearly every member's name is done with here.
constexpr auto kLengths = [] {
    std::array<std::uint32_t, 256> out{};
    for (const std::string_view name : kNames) out[static_cast<unsigned char>(name.front())] |= 1u << name.size();
    return out;
}();
bool may_be_personal(std::string_view plain) {
    return !plain.empty() && plain.size() < 32 &&
           (kLengths[static_cast<unsigned char>(plain.front())] >> plain.size() & 1) != 0;
}

// Most texts hold neither; they are written without a copy.
bool holds_any(std::string_view text) {
    if (text.find('@') != std::string_view::npos) return true;
    if (text.size() < kMobileDigits) return false;
    for (auto at = text.find('1'); at != std::string_view::npos; at = text.find('1', at + 1)) {
        if (at + kMobileDigits > text.size()) return false;
        if (mobile_at(text, at)) return true;
    }
    return false;
}

struct Written {
    std::string text;
    bool taken = false;  // something was left out or replaced
};

// `text` comes from read JSON, which is valid UTF-8.
void quoted_into(Written& out, std::string_view text) {
    if (!holds_any(text)) return json::append_quoted_valid(out.text, text);
    const std::string plain = strip_text(text);
    out.taken |= plain != text;
    json::append_quoted(out.text, plain);
}

void strip_into(Written& out, json::Node node);

void object_into(Written& out, json::Node object, std::span<const std::string_view> left_out = {}) {
    out.text.push_back('{');
    bool first = true;
    for (const auto& [name, value] : object.members()) {
        if (std::find(left_out.begin(), left_out.end(), name) != left_out.end()) continue;
        if (is_personal_name(name)) {
            out.taken = true;
            continue;
        }
        if (!std::exchange(first, false)) out.text.push_back(',');
        quoted_into(out, name);
        out.text.push_back(':');
        strip_into(out, value);
    }
    out.text.push_back('}');
}

void array_into(Written& out, json::Node array) {
    out.text.push_back('[');
    bool first = true;
    for (const auto& [none, value] : array.elements()) {
        if (!std::exchange(first, false)) out.text.push_back(',');
        strip_into(out, value);
    }
    out.text.push_back(']');
}

void strip_into(Written& out, json::Node node) {
    switch (node.kind()) {
        case json::NodeKind::Object: return object_into(out, node);
        case json::NodeKind::Array: return array_into(out, node);
        case json::NodeKind::String: return quoted_into(out, node.str());
        case json::NodeKind::Int: {
            const auto number = node.i64().value_or(0);
            if (number >= 13'000'000'000 && number < 20'000'000'000) {
                out.text.append("null");
                out.taken = true;
                return;
            }
            break;
        }
        default: break;
    }
    node.append_raw(out.text);
}

}  // namespace

bool is_personal_name(std::string_view member) {
    if (member.size() > kNameBytesMax) return false;
    std::array<char, kNameBytesMax> lower{};
    std::size_t length = 0;
    for (const char c : member) {
        if (c == '_' || c == '-' || c == ' ' || c == '$') continue;
        lower[length++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    const std::string_view plain(lower.data(), length);
    return may_be_personal(plain) && std::find(kNames.begin(), kNames.end(), plain) != kNames.end();
}

std::string store_of(json::Node properties) { return strip_text(properties.get("node").str()); }

std::string strip_text(std::string_view text) {
    std::string out;
    std::size_t copied = 0;
    const auto replace = [&](std::size_t from, std::size_t to, std::string_view by) {
        out.append(text.substr(copied, from - copied)).append(by);
        copied = to;
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '1' && mobile_at(text, at)) {
            replace(at, at + kMobileDigits, "[phone]");
            at += kMobileDigits - 1;
        } else if (text[at] == '@') {
            std::size_t from = at;
            std::size_t to = at + 1;
            while (from > copied && local_part(text[from - 1])) --from;
            while (to < text.size() && domain_part(text[to])) ++to;
            if (from < at && text.substr(at + 1, to - at - 1).find('.') != std::string_view::npos) {
                replace(from, to, "[email]");
                at = to - 1;
            }
        }
    }
    if (copied == 0) return std::string(text);
    return out.append(text.substr(copied));
}

std::string strip_properties(json::Node properties) {
    bool taken = false;
    return strip_properties(properties, taken);
}

std::string strip_properties(json::Node properties, bool& taken, std::span<const std::string_view> not_properties) {
    if (!properties.is_object()) return "{}";
    Written out;
    out.text.reserve(kUsualBytes);
    object_into(out, properties, not_properties);
    taken |= out.taken;
    return std::move(out.text);
}

}  // namespace tilth::collect
