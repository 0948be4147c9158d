#pragma once
// Text into tokens, on demand: which names may stand at a place depends on what came before. Internal to this folder.

#include <cstddef>
#include <string>
#include <string_view>

#include "kernel/rules/registry.h"
#include "kernel/rules/words.h"

namespace tilth::kernel::rules {

enum class TokenKind : std::uint8_t { End, Word, Name, Number, Day, Text, Sign, Other };
struct Token {
    TokenKind kind = TokenKind::End;
    Word word = Word::And;
    std::string text;  // Name: the key; Text: unquoted; Sign: "(", ")", ",", or a comparison as printed; Other: as read
    Literal literal;     // Number, Day
    std::size_t begin = 0;
    std::size_t end = 0;
};
enum class Names : std::uint8_t { None, Attributes, Properties };

class Lexer {
public:
    Lexer(std::string_view text, const Registry& registry) : text_(text), registry_(registry) {}
    // The token at the present place; the longest word or name wins.
    Token peek(Names names = Names::None);
    void take(const Token& token) { at_ = token.end; }
    // In characters, for people and browsers.
    std::size_t character(std::size_t byte) const;

private:
    void skip_space();
    std::size_t spelled_at(std::string_view phrase) const;
    bool number(Token& token) const;
    bool day(Token& token) const;
    bool quoted(Token& token) const;
    bool sign(Token& token) const;
    void other(Token& token) const;

    std::string_view text_;
    const Registry& registry_;
    std::size_t at_ = 0;
};

}  // namespace tilth::kernel::rules
