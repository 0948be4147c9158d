#include "platform/sql/internal.h"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <set>

#include "base/text.h"
#include "platform/sql/lexer.h"

namespace tilth::sql {

namespace {

struct Registry {
    std::mutex mutex;
    std::set<std::string, std::less<>> texts;
};

Registry& registry() {
    static Registry only;
    return only;
}

bool plain_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c != '\0' && static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::vector<std::string> seen_statements() {
    Registry& known = registry();
    const std::lock_guard lock(known.mutex);
    return {known.texts.begin(), known.texts.end()};
}

namespace internal {

void note_statement(std::string_view statement) {
    if (statement.starts_with("PRAGMA")) return;  // One engine's own.
    Registry& known = registry();
    const std::lock_guard lock(known.mutex);
    if (!known.texts.contains(statement)) known.texts.emplace(statement);
}

Status check_params(std::span<const Param> params) {
    for (std::size_t i = 0; i < params.size(); ++i) {
        const auto* text = std::get_if<std::string_view>(&params[i].value());
        if (text == nullptr || plain_ascii(*text)) continue;
        if (text->find('\0') != std::string_view::npos) {
            return Error(ErrorCode::Invalid, "the text of parameter ?" + std::to_string(i + 1) + " holds a NUL byte");
        }
        if (!utf8_length(*text)) {
            return Error(ErrorCode::Invalid, "the text of parameter ?" + std::to_string(i + 1) + " is not UTF-8");
        }
    }
    return ok();
}

Error wrong_param_count(std::size_t given, int wanted) {
    return Error(ErrorCode::Internal, "the statement takes " + std::to_string(wanted) + " parameters, not " +
                                          std::to_string(given));
}

NumberedStatement dollar_params(std::string_view statement) {
    NumberedStatement result;
    result.text.reserve(statement.size());
    for (const Token& token : tokens(statement)) {
        if (token.kind != TokenKind::Parameter) {
            result.text += token.text;
            continue;
        }
        int number = 0;
        std::from_chars(token.text.data() + 1, token.text.data() + token.text.size(), number);
        result.params = std::max(result.params, number);
        result.text += '$';
        result.text += token.text.substr(1);
    }
    return result;
}

Status UnitState::ready() const {
    INVARIANT(!in_callback_, "a row callback must not use its own connection");
    if (failed_) return *failed_;
    return ok();
}

void UnitState::begin() {
    INVARIANT(!in_transaction_, "begin() inside a transaction");
    in_transaction_ = true;
}

void UnitState::begin_savepoint() {
    INVARIANT(in_transaction_, "savepoint() outside a transaction");
    INVARIANT(!in_savepoint_, "savepoint() inside a savepoint");
    in_savepoint_ = true;
}

void UnitState::end_savepoint() {
    in_savepoint_ = false;
    failed_.reset();
}

void UnitState::end() {
    in_transaction_ = false;
    end_savepoint();
}

Error UnitState::fail(Error error) {
    if (!in_transaction_) return error;
    if (!failed_) failed_ = std::move(error);
    return *failed_;
}

bool UnitState::call(const RowFn& row_fn, const Row& row) {
    in_callback_ = true;
    const bool more = row_fn(row);
    in_callback_ = false;
    return more;
}

}  // namespace internal

}  // namespace tilth::sql
