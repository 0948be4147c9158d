#include "modules/collect/imports/clean.h"

#include <algorithm>
#include <array>

namespace tilth::collect {

namespace {

// What stands for nothing at the edge of a cell.
constexpr std::array<std::string_view, 9> kBlanks = {" ",  "\t", "\r", "\n", "\xE3\x80\x80", "\xC2\xA0", "\xE2\x80\x8B",
                                                     "\xE2\x80\x8E", "\xEF\xBB\xBF"};

std::string_view trimmed(std::string_view text) {
    for (bool again = true; again;) {
        again = false;
        for (const std::string_view blank : kBlanks) {
            if (text.starts_with(blank)) text.remove_prefix(blank.size()), again = true;
            if (text.ends_with(blank)) text.remove_suffix(blank.size()), again = true;
        }
    }
    return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string plain_cell(std::string_view cell) {
    std::string_view text = trimmed(cell);
    if (text.size() >= 3 && text.starts_with("=\"") && text.ends_with("\"")) {
        text = trimmed(text.substr(2, text.size() - 3));
    }
    if (text.size() > 1 && text.front() == '\'' && text.find('\'', 1) == std::string_view::npos) text.remove_prefix(1);
    return std::string(trimmed(text));
}

std::string half_width(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        // U+FF01 … U+FF5E stand 0xFEE0 above their ASCII: EF BC 81 … EF BD 9E.
        if (i + 2 < text.size() && text[i] == '\xEF' && (text[i + 1] == '\xBC' || text[i + 1] == '\xBD')) {
            const auto low = static_cast<unsigned char>(text[i + 2]);
            const unsigned point = (text[i + 1] == '\xBC' ? 0xFF00u : 0xFF40u) + (low & 0x3Fu);
            if (low >= 0x80 && low < 0xC0 && point >= 0xFF01 && point <= 0xFF5E) {
                out += static_cast<char>(point - 0xFEE0u);
                i += 2;
                continue;
            }
        }
        out += text[i];
    }
    return out;
}

std::string plain_number(std::string_view text) {
    const std::string ascii = half_width(text);
    std::string_view rest = trimmed(ascii);
    // A note in brackets behind the number.
    if (const auto note = rest.find('('); note != std::string_view::npos && note > 0 && rest.ends_with(")"))
        rest = trimmed(rest.substr(0, note));
    const bool owed = rest.size() > 2 && rest.front() == '(' && rest.back() == ')';
    if (owed) rest = trimmed(rest.substr(1, rest.size() - 2));
    for (const std::string_view word : {"\xC2\xA5", "\xEF\xBF\xA5", "￥", "CNY", "RMB", "$"}) {
        if (rest.starts_with(word)) rest = trimmed(rest.substr(word.size()));
    }
    for (const std::string_view word : {"元", "件", "分", "个"}) {
        if (rest.ends_with(word)) rest = trimmed(rest.substr(0, rest.size() - word.size()));
    }
    const bool numeric = !rest.empty() && std::any_of(rest.begin(), rest.end(), is_digit) &&
                         rest.find_first_not_of("+-0123456789.,") == std::string_view::npos;
    if (!numeric) return std::string(text);
    return (owed ? "-" : "") + std::string(rest);
}

bool is_masked(std::string_view text) {
    if (text.find('*') != std::string_view::npos || text.find("\xEF\xBC\x8A") != std::string_view::npos) return true;
    for (const std::string_view mark : {"##", "$$", "~"}) {
        if (text.size() > 2 * mark.size() && text.starts_with(mark) && text.ends_with(mark)) return true;
    }
    return false;
}

}  // namespace tilth::collect
