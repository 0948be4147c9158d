#pragma once
// Splits SQL of our dialect into tokens, just far enough to tell words and parameters from quotes and comments.

#include <string_view>
#include <vector>

namespace tilth::sql::internal {

enum class TokenKind : unsigned char { Space, Comment, Quoted, Word, Parameter, Mark };

struct Token {
    TokenKind kind = TokenKind::Space;
    std::string_view text;  // A part of the text given to tokens().
};

// Joined, the tokens are the text again. A Mark is one character; a Parameter is '?' with its digits.
std::vector<Token> tokens(std::string_view text);
// The word, whatever its case; `upper` in capitals.
bool is_word(const Token& token, std::string_view upper);

}  // namespace tilth::sql::internal
