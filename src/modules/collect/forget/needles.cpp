#include "modules/collect/forget/needles.h"

#include <algorithm>
#include <utility>

namespace tilth::collect {

namespace {

constexpr std::size_t kKeyBytesMin = 5;
constexpr std::size_t kDigitsMin = 7;
constexpr std::size_t kChinesePhone = 11;
constexpr int kLinesOfRecordMax = 50;  // a quote that is never closed must not swallow the file

bool digit(char c) { return c >= '0' && c <= '9'; }
bool word_char(char c) { return digit(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '-'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Whether `needle` stands in `text` with nothing on either side that would make it a part of something longer.
template <class Inner>
bool stands(std::string_view text, std::string_view needle, Inner part_of_more) {
    for (std::size_t at = text.find(needle); at != std::string_view::npos; at = text.find(needle, at + 1)) {
        if (!part_of_more(text, at, at + needle.size())) return true;
    }
    return false;
}

bool within_word(std::string_view text, std::size_t begin, std::size_t end) {
    return (begin > 0 && word_char(text[begin - 1])) || (end < text.size() && word_char(text[end]));
}

// The country's code in front belongs to the number.
bool within_number(std::string_view text, std::size_t begin, std::size_t end) {
    if (end < text.size() && digit(text[end])) return true;
    std::size_t digits = 0;
    while (digits < begin && digit(text[begin - 1 - digits])) ++digits;
    const std::string_view front = text.substr(begin - digits, digits);
    return digits > 0 && front != "86" && front != "0086" && front != "0";
}

}  // namespace

Needles::Needles(const std::vector<std::string>& keys) {
    for (const std::string& key : keys) {
        const bool phone = key.starts_with('+') && std::all_of(key.begin() + 1, key.end(), digit);
        if (phone) {
            const bool chinese = key.starts_with("+86") && key.size() == 3 + kChinesePhone;
            phones_.push_back(key.substr(chinese ? 3 : 1));
            continue;
        }
        const bool number = std::all_of(key.begin(), key.end(), digit);
        if (key.size() < (number ? kDigitsMin : kKeyBytesMin)) continue;
        std::string word = key;
        std::transform(word.begin(), word.end(), word.begin(), lower);
        words_.push_back(std::move(word));
    }
}

bool Needles::in(std::string_view text) const {
    std::string folded(text);
    std::transform(folded.begin(), folded.end(), folded.begin(), lower);
    for (const std::string& word : words_) {
        if (stands(folded, word, within_word)) return true;
    }
    if (phones_.empty()) return false;
    std::erase_if(folded, [](char c) { return c == ' ' || c == '-' || c == '(' || c == ')'; });
    return std::any_of(phones_.begin(), phones_.end(),
                       [&](const std::string& phone) { return stands(folded, phone, within_number); });
}

void LineCutter::settle(std::string& out) {
    if (lines_ == 0) return;
    if (needles_.in(record_)) {
        ++cut_;
        out.append(static_cast<std::size_t>(std::count(record_.begin(), record_.end(), '\n')), '\n');
    } else {
        out += record_;
    }
    record_.clear();
    lines_ = 0;
    quoted_ = false;
}

std::string LineCutter::feed(std::string_view piece, bool last) {
    std::string out;
    while (!piece.empty()) {
        const std::size_t end = piece.find('\n');
        line_ += piece.substr(0, end == std::string_view::npos ? end : end + 1);
        if (end == std::string_view::npos) break;
        piece.remove_prefix(end + 1);
        quoted_ = quoted_ != (std::count(line_.begin(), line_.end(), '"') % 2 != 0);
        record_ += line_;
        line_.clear();
        if (++lines_ >= kLinesOfRecordMax || !quoted_) settle(out);
    }
    if (last) {
        if (!line_.empty()) ++lines_;
        record_ += std::exchange(line_, {});
        settle(out);
    }
    return out;
}

}  // namespace tilth::collect
