#include "base/text.h"

namespace tilth {

namespace {

// Length in bytes of the code point at `at`, 0 when malformed (overlong, surrogate, beyond U+10FFFF, cut off).
std::size_t sequence(std::string_view s, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
    const auto tail = [&](std::size_t i) { return i < s.size() && (byte(i) & 0xC0) == 0x80; };
    const unsigned char lead = byte(at);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return tail(at + 1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (!tail(at + 1) || !tail(at + 2)) return 0;
        if (lead == 0xE0 && byte(at + 1) < 0xA0) return 0;
        if (lead == 0xED && byte(at + 1) > 0x9F) return 0;
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (!tail(at + 1) || !tail(at + 2) || !tail(at + 3)) return 0;
        if (lead == 0xF0 && byte(at + 1) < 0x90) return 0;
        if (lead == 0xF4 && byte(at + 1) > 0x8F) return 0;
        return 4;
    }
    return 0;
}

constexpr std::string_view kWideSpace = "\xE3\x80\x80";

std::string_view trim(std::string_view s) {
    for (;;) {
        if (s.starts_with(' ')) s.remove_prefix(1);
        else if (s.starts_with(kWideSpace)) s.remove_prefix(3);
        else if (s.ends_with(' ')) s.remove_suffix(1);
        else if (s.ends_with(kWideSpace)) s.remove_suffix(3);
        else return s;
    }
}

}  // namespace

std::optional<std::size_t> utf8_length(std::string_view bytes) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < bytes.size(); ++count) {
        const std::size_t step = sequence(bytes, at);
        if (step == 0) return std::nullopt;
        at += step;
    }
    return count;
}

Result<std::string> check_text(std::string_view bytes, std::size_t min, std::size_t max) {
    const std::string_view text = trim(bytes);
    const auto length = utf8_length(text);
    if (!length) return Error(ErrorCode::Invalid, "not_utf8");
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F)
            return Error(ErrorCode::Invalid, "control_character");
    }
    if (*length < min) return Error(ErrorCode::Invalid, *length == 0 ? "required" : "too_short");
    if (*length > max) return Error(ErrorCode::Invalid, "too_long");
    return std::string(text);
}

std::string mask_phone(std::string_view e164) {
    std::string_view national = e164.starts_with("+86") ? e164.substr(3) : e164;
    if (national.size() < 7) return "****";
    return std::string(national.substr(0, 3)) + "****" + std::string(national.substr(national.size() - 4));
}

std::string mask_name(std::string_view name) {
    if (name.empty()) return {};
    const std::size_t first = sequence(name, 0);
    if (first == 0) return "*";
    std::string out(name.substr(0, first));
    const std::size_t rest = utf8_length(name).value_or(1) - 1;
    out.append(rest == 0 ? 1 : (rest > 2 ? 2 : rest), '*');
    return out;
}

std::string mask_email(std::string_view email) {
    const auto at = email.rfind('@');
    if (at == std::string_view::npos || at == 0) return "***";
    return std::string(email.substr(0, 1)) + "***" + std::string(email.substr(at));
}

std::string mask_tail(std::string_view value) {
    if (value.size() <= 4) return "****";
    return "****" + std::string(value.substr(value.size() - 4));
}

}  // namespace tilth
