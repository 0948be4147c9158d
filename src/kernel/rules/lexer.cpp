#include "kernel/rules/lexer.h"

#include <algorithm>

#include "base/time.h"

namespace tilth::kernel::rules {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_latin(char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
constexpr std::string_view kWideSpace = "　";

struct SignRow {
    std::string_view read;
    std::string_view meant;
};
// Longer ones first.
constexpr SignRow kSigns[] = {{"!=", "!="}, {"<=", "<="}, {">=", ">="}, {"<>", "!="}, {"≠", "!="},  {"≤", "<="},
                              {"≥", ">="},  {"=", "="},   {"<", "<"},   {">", ">"},   {"＝", "="},  {"＜", "<"},
                              {"＞", ">"},  {"(", "("},   {")", ")"},   {",", ","},   {"（", "("}, {"）", ")"},
                              {"，", ","},  {"、", ","}};
struct QuoteRow {
    std::string_view open;
    std::string_view close;
};
constexpr QuoteRow kQuotes[] = {{"\"", "\""}, {"“", "”"}, {"「", "」"}};

}  // namespace

std::size_t Lexer::character(std::size_t byte) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < byte && i < text_.size(); ++i) {
        count += (static_cast<unsigned char>(text_[i]) & 0xC0u) != 0x80u ? 1 : 0;
    }
    return count;
}

void Lexer::skip_space() {
    while (at_ < text_.size()) {
        if (is_space(text_[at_])) ++at_;
        else if (text_.substr(at_).starts_with(kWideSpace)) at_ += kWideSpace.size();
        else break;
    }
}

// Bytes that the phrase takes at the present place, 0 when it does not stand there. A space of it is any white space.
std::size_t Lexer::spelled_at(std::string_view phrase) const {
    std::size_t at = at_;
    for (const char c : phrase) {
        if (at >= text_.size()) return 0;
        if (c == ' ') {
            if (!is_space(text_[at])) return 0;
            while (at < text_.size() && is_space(text_[at])) ++at;
        } else if (text_[at++] != c) {
            return 0;
        }
    }
    if (at < text_.size() && is_latin(text_[at]) && is_latin(text_[at - 1])) return 0;
    return at - at_;
}

bool Lexer::number(Token& token) const {
    std::size_t at = at_;
    const bool minus = text_[at] == '-';
    if (minus) ++at;
    if (at >= text_.size() || !is_digit(text_[at])) return false;
    std::int64_t value = 0;
    int decimals = 0;
    bool point = false;
    bool fits = true;
    for (; at < text_.size(); ++at) {
        const char c = text_[at];
        if (c == '.' && !point && at + 1 < text_.size() && is_digit(text_[at + 1])) {
            point = true;
            continue;
        }
        if (!is_digit(c)) break;
        fits = fits && value < 100'000'000'000'000'000 && decimals < 6;
        if (fits) value = value * 10 + (c - '0');
        if (point) ++decimals;
    }
    token.end = at;
    if (!fits) return false;
    while (decimals > 0 && value % 10 == 0) {
        value /= 10;
        --decimals;
    }
    token.kind = TokenKind::Number;
    token.literal = {LiteralKind::Number, minus ? -value : value, decimals, {}};
    return true;
}

bool Lexer::day(Token& token) const {
    const std::string_view ten = text_.substr(at_, 10);
    if (ten.size() < 10 || ten[4] != '-' || ten[7] != '-') return false;
    const auto parsed = parse_day(ten);
    if (!parsed) return false;
    token.kind = TokenKind::Day;
    token.literal = {LiteralKind::Day, parsed->number, 0, {}};
    token.end = at_ + 10;
    return true;
}

bool Lexer::quoted(Token& token) const {
    for (const QuoteRow& quote : kQuotes) {
        if (!text_.substr(at_).starts_with(quote.open)) continue;
        for (std::size_t at = at_ + quote.open.size(); at < text_.size(); ++at) {
            if (text_.substr(at).starts_with(quote.close)) {
                token.kind = TokenKind::Text;
                token.end = at + quote.close.size();
                return true;
            }
            if (text_[at] == '\\' && at + 1 < text_.size()) {
                ++at;
                token.text += text_[at] == 'n' ? '\n' : text_[at];
            } else {
                token.text += text_[at];
            }
        }
        token.text.clear();
        token.end = text_.size();
        return false;
    }
    return false;
}

bool Lexer::sign(Token& token) const {
    for (const SignRow& row : kSigns) {
        if (!text_.substr(at_).starts_with(row.read)) continue;
        token.kind = TokenKind::Sign;
        token.text = row.meant;
        token.end = at_ + row.read.size();
        return true;
    }
    return false;
}

void Lexer::other(Token& token) const {
    token.kind = TokenKind::Other;
    std::size_t at = at_ + 1;
    // Until the next space or ASCII sign; never through the middle of a character.
    while (at < text_.size() && (is_latin(text_[at]) || (static_cast<unsigned char>(text_[at]) & 0x80u) != 0)) ++at;
    token.end = std::max(token.end, at);
    token.text = std::string(text_.substr(at_, token.end - at_));
}

Token Lexer::peek(Names names) {
    skip_space();
    Token token;
    token.begin = token.end = at_;
    if (at_ >= text_.size()) return token;
    if (sign(token) || day(token) || number(token) || quoted(token)) return token;
    std::size_t longest = 0;
    for (const WordRow& row : kWords) {
        const std::size_t taken = std::max(spelled_at(row.zh), spelled_at(row.en));
        if (taken <= longest) continue;
        longest = taken;
        token.kind = TokenKind::Word;
        token.word = row.word;
    }
    if (names != Names::None) {
        for (const Attribute& one : names == Names::Attributes ? registry_.attributes() : registry_.properties()) {
            const std::size_t taken = std::max(spelled_at(one.zh), spelled_at(one.en));
            if (taken <= longest) continue;
            longest = taken;
            token.kind = TokenKind::Name;
            token.text = one.key;
        }
    }
    if (longest == 0) {
        other(token);
        return token;
    }
    token.end = at_ + longest;
    if (token.kind == TokenKind::Word) token.text = std::string(text_.substr(at_, longest));
    return token;
}

}  // namespace tilth::kernel::rules
