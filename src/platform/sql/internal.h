#pragma once
// What the two engines share; not for code outside platform/sql.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "platform/sql/sql.h"

namespace tilth::sql::internal {

// More texts than this means that statements are built at run time instead of being static.
inline constexpr std::size_t kStatementsMax = 4'096;

Result<std::unique_ptr<Connection>> open_sqlite(std::string_view uri, Access access);
Result<std::unique_ptr<Connection>> open_postgres(const std::string& uri, Access access);

// SQLite: the planner's statistics, the same for every database (statistics.cpp). After migrations, on the writer.
Status pin_statistics(Connection& writer);

// Adds to seen_statements(). Called when a connection prepares a text for the first time.
void note_statement(std::string_view statement);

// Refuses texts that one of the engines could not hold: a NUL byte, bytes that are not UTF-8.
Status check_params(std::span<const Param> params);
Error wrong_param_count(std::size_t given, int wanted);

struct NumberedStatement {
    std::string text;
    int params = 0;  // The highest number.
};
// "?1" becomes "$1", outside quotes and comments.
NumberedStatement dollar_params(std::string_view statement);

// Where a connection stands between begin() and commit(); the same rules on both engines.
class UnitState {
public:
    // Before any statement: not from inside a row callback; the first error of this transaction, if there was one.
    Status ready() const;
    void begin();
    void begin_savepoint();
    void end_savepoint();   // Kept or undone: the transaction is sound again.
    void end();             // Committed or rolled back.
    // Inside a transaction the first error sticks; gives back the one that stands.
    Error fail(Error error);
    void forget_failure() { failed_.reset(); }
    bool in_transaction() const { return in_transaction_; }
    bool in_savepoint() const { return in_savepoint_; }
    const std::optional<Error>& failed() const { return failed_; }

    // Runs the callback of a query under the ban on using the connection.
    bool call(const RowFn& row_fn, const Row& row);

private:
    bool in_transaction_ = false;
    bool in_savepoint_ = false;
    bool in_callback_ = false;
    std::optional<Error> failed_;
};

}  // namespace tilth::sql::internal
