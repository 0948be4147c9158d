#include "platform/sql/lexer.h"

namespace tilth::sql::internal {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

std::size_t run_of(std::string_view text, std::size_t from, bool (*wanted)(char)) {
    while (from < text.size() && wanted(text[from])) ++from;
    return from;
}

// The position behind `mark`, or the end of the text when it is missing.
std::size_t behind(std::string_view text, std::string_view mark, std::size_t from) {
    const auto at = text.find(mark, from);
    return at == std::string_view::npos ? text.size() : at + mark.size();
}

Token next_token(std::string_view text) {
    const char c = text.front();
    auto make = [&](TokenKind kind, std::size_t length) { return Token{kind, text.substr(0, length)}; };
    if (is_space(c)) return make(TokenKind::Space, run_of(text, 1, is_space));
    if (text.starts_with("--")) return make(TokenKind::Comment, behind(text, "\n", 2));
    if (text.starts_with("/*")) return make(TokenKind::Comment, behind(text, "*/", 2));
    // A doubled quote inside a quoted text reads as two quoted texts side by side, which is all the same here.
    if (c == '\'' || c == '"') return make(TokenKind::Quoted, behind(text, text.substr(0, 1), 1));
    if (is_word_char(c)) return make(TokenKind::Word, run_of(text, 1, is_word_char));
    if (c == '?') return make(TokenKind::Parameter, run_of(text, 1, is_digit));
    return make(TokenKind::Mark, 1);
}

char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

std::vector<Token> tokens(std::string_view text) {
    std::vector<Token> found;
    while (!text.empty()) {
        found.push_back(next_token(text));
        text.remove_prefix(found.back().text.size());
    }
    return found;
}

bool is_word(const Token& token, std::string_view upper) {
    if (token.kind != TokenKind::Word || token.text.size() != upper.size()) return false;
    for (std::size_t i = 0; i < upper.size(); ++i) {
        if (to_upper(token.text[i]) != upper[i]) return false;
    }
    return true;
}

}  // namespace tilth::sql::internal
