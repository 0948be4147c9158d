#include "platform/log/line.h"

#include <array>
#include <charconv>
#include <cmath>

namespace tilth::log {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::array<std::string_view, 5> kLevelNames{"debug", "info", "warn", "error", "fatal"};

unsigned byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

// Length of the well-formed UTF-8 sequence at `i` (Unicode table 3-7), or 0.
std::size_t sequence_length(std::string_view text, std::size_t i) {
    const unsigned lead = byte_at(text, i);
    std::size_t length = 0;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) length = 2;
    if (lead >= 0xE0 && lead <= 0xEF) length = 3;
    if (lead >= 0xF0 && lead <= 0xF4) length = 4;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
    if (length == 0 || i + length > text.size()) return 0;
    if (byte_at(text, i + 1) < low || byte_at(text, i + 1) > high) return 0;
    for (std::size_t k = 2; k < length; ++k) {
        if ((byte_at(text, i + k) & 0xC0u) != 0x80u) return 0;
    }
    return length;
}

void append_ascii(std::string& out, char c) {
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x20 && code != 0x7F) {
        out += c;
        return;
    }
    out += "\\u00";
    out += kHex[code >> 4];
    out += kHex[code & 15u];
}

template <class Number>
void append_number(std::string& out, Number number) {
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    out.append(buffer.data(), end.ptr);
}

void append_value(std::string& out, const Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        append_number(out, *whole);
    } else if (const auto* real = std::get_if<double>(&value)) {
        if (std::isfinite(*real)) {
            append_number(out, *real);
        } else {
            out += "null";
        }
    } else if (const auto* flag = std::get_if<bool>(&value)) {
        out += *flag ? "true" : "false";
    } else {
        append_json_text(out, std::get<std::string>(value));
    }
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
    const bool cut = text.size() > kTextBytesMax;
    if (cut) text = text.substr(0, kTextBytesMax);
    out += '"';
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequence_length(text, i);
        if (length == 1) append_ascii(out, text[i]);
        if (length > 1) out += text.substr(i, length);
        if (length == 0 && !(cut && i + 4 > text.size())) out += kReplacement;  // the cut itself is no bad byte
        i += length == 0 ? 1 : length;
    }
    if (cut) out += "…";
    out += '"';
}

std::string json_line(Instant at, Level level, std::string_view what, std::initializer_list<Field> fields) {
    std::string line = R"({"at":")";
    line += to_iso(at);
    line += R"(","level":")";
    line += kLevelNames[static_cast<std::size_t>(level)];
    line += R"(","what":)";
    append_json_text(line, what);
    for (const Field& field : fields) {
        line += ',';
        append_json_text(line, field.name);
        line += ':';
        append_value(line, field.value);
    }
    line += '}';
    return line;
}

}  // namespace tilth::log
