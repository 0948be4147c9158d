#include <array>

#include "platform/sql/lexer.h"
#include "platform/sql/sql.h"

// The expansion is by position, not by word: a column may be called "flag" or "bin", only its type is replaced.

namespace tilth::sql {

namespace {

using internal::is_word;
using internal::Token;
using internal::TokenKind;
using Tokens = std::vector<Token>;

struct ColumnWord {
    std::string_view word;
    std::string_view sqlite;
    std::string_view postgres;
};
constexpr std::array<ColumnWord, 6> kColumnWords{{
    {"id16", "BLOB", "BYTEA"},
    {"i64", "INTEGER", "BIGINT"},
    {"txt", "TEXT", "TEXT COLLATE \"C\""},
    {"bin", "BLOB", "BYTEA"},
    {"flag", "INTEGER", "BIGINT"},
    {"instant", "INTEGER", "BIGINT"},
}};

std::string_view type_of(std::string_view word, Engine engine) {
    for (const auto& known : kColumnWords) {
        if (known.word == word) return engine == Engine::Sqlite ? known.sqlite : known.postgres;
    }
    return word;
}

bool carries_meaning(const Token& token) {
    return token.kind != TokenKind::Space && token.kind != TokenKind::Comment;
}
bool is_mark(const Token& token, char mark) { return token.kind == TokenKind::Mark && token.text.front() == mark; }

// Writes one statement. Tokens are taken in order; everything that is not looked at goes through unchanged.
class Expander {
public:
    Expander(Engine engine, std::string& out) : engine_(engine), out_(out) {}

    void statement(std::span<const Token> all) {
        rest_ = all;
        if (take_word("CREATE")) {
            if (!take_word("TEMPORARY")) take_word("TEMP");
            if (take_word("TABLE")) create_table();
        } else if (take_word("ALTER") && take_word("TABLE")) {
            alter_table();
        }
        while (!rest_.empty()) take();
    }

private:
    const Token* peek() {
        while (!rest_.empty() && !carries_meaning(rest_.front())) take();
        return rest_.empty() ? nullptr : &rest_.front();
    }
    void take() {
        out_ += rest_.front().text;
        skip();
    }
    void skip() { rest_ = rest_.subspan(1); }
    bool take_word(std::string_view upper) {
        const Token* next = peek();
        if (next == nullptr || !is_word(*next, upper)) return false;
        take();
        return true;
    }
    void take_any() {
        if (peek() != nullptr) take();
    }
    void take_name() {
        if (take_word("IF")) {
            take_word("NOT");
            take_word("EXISTS");
        }
        take_any();
    }
    void take_type() {
        const Token* next = peek();
        if (next == nullptr || next->kind != TokenKind::Word) return;
        out_ += type_of(next->text, engine_);
        skip();
    }

    void alter_table() {
        take_name();
        if (!take_word("ADD")) return;
        take_word("COLUMN");
        take_name();
        take_type();
    }

    void create_table() {
        take_name();
        const Token* open = peek();
        if (open == nullptr || !is_mark(*open, '(')) return;  // CREATE TABLE … AS SELECT
        take();
        bool more = true;
        while (more) more = table_item();
        table_options();
    }

    // A column or a table constraint up to its ',' or the closing ')'. False behind the latter or at the end.
    bool table_item() {
        const Token* first = peek();
        if (first == nullptr) return false;
        const bool constraint = is_word(*first, "CONSTRAINT") || is_word(*first, "PRIMARY") ||
                                is_word(*first, "UNIQUE") || is_word(*first, "CHECK") || is_word(*first, "FOREIGN");
        if (!constraint) {
            take();
            take_type();
        }
        for (int depth = 0; peek() != nullptr;) {
            const Token token = *peek();
            take();
            if (is_mark(token, '(')) ++depth;
            if (is_mark(token, ',') && depth == 0) return true;
            if (is_mark(token, ')') && depth-- == 0) return false;
        }
        return false;
    }

    // Between the closing ')' and ';' only WITHOUT ROWID may stand.
    void table_options() {
        bool without_rowid = false;
        for (const Token& token : rest_) without_rowid = without_rowid || is_word(token, "ROWID");
        if (engine_ == Engine::Sqlite) out_ += without_rowid ? " STRICT, WITHOUT ROWID" : " STRICT";
        while (peek() != nullptr && !is_mark(*peek(), ';')) skip();
    }

    Engine engine_;
    std::string& out_;
    std::span<const Token> rest_;
};

}  // namespace

std::string expand_dialect(std::string_view statements, Engine engine) {
    const Tokens all = internal::tokens(statements);
    std::string out;
    out.reserve(statements.size() + statements.size() / 4);
    Expander expander(engine, out);
    std::size_t from = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!is_mark(all[i], ';') && i + 1 < all.size()) continue;
        expander.statement(std::span(all).subspan(from, i + 1 - from));
        from = i + 1;
    }
    return out;
}

}  // namespace tilth::sql
