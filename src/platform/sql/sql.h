#pragma once
// The record's SQL façade: one dialect, two engines (SQLite 3.40, PostgreSQL 15). Statements are static text with
// ?1, ?2 … (rewritten to $1 … for PostgreSQL) and are prepared once per connection, keyed by that text.
//
// A Connection belongs to one thread at a time. Errors: Conflict (a unique, check, not-null or foreign-key
// constraint), StorageFull, StorageFailed (I/O, connection lost), Invalid (a text that holds a NUL byte or is not
// UTF-8), Unavailable (locked), Internal (a statement that does not fit the schema; a bug of ours).
//
// write() may be sent later: on PostgreSQL writes of a unit go in pipeline mode and their errors surface at the next
// query(), flush(), release() or commit(). Code that needs to know how many rows a write changed uses change().
// Outside begin() … commit() every call is a transaction of its own, sent at once.
//
// Both engines behave alike after an error inside a transaction: every further call yields the first error again,
// until rollback_to() (back to the savepoint, when there is one) or rollback(). Errors are thus never lost by going on.
// When commit() fails with something else than Conflict, whether the transaction stands is unknown until the record
// is opened anew; call rollback() all the same.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace tilth::sql {

enum class Engine : std::uint8_t { Sqlite, Postgres };

struct Null {};
struct Blob {
    std::string_view bytes;
};

// One bound value. Ids bind as 16 bytes, instants as milliseconds, days as day numbers, flags as 0/1.
// Views must outlive the call.
class Param {
public:
    Param(Null) : value_(Null{}) {}                                        // NOLINT
    Param(std::int64_t v) : value_(v) {}                                   // NOLINT
    Param(int v) : value_(std::int64_t{v}) {}                              // NOLINT
    Param(bool v) : value_(std::int64_t{v ? 1 : 0}) {}                     // NOLINT
    Param(Instant v) : value_(v.ms) {}                                     // NOLINT
    Param(Day v) : value_(std::int64_t{v.number}) {}                       // NOLINT
    Param(std::string_view v) : value_(v) {}                               // NOLINT
    Param(const std::string& v) : value_(std::string_view(v)) {}           // NOLINT
    Param(const char* v) : value_(std::string_view(v)) {}                  // NOLINT
    Param(Blob v) : value_(v) {}                                           // NOLINT
    template <class Tag>
    Param(const Id<Tag>& v) : value_(Blob{v.raw()}) {}                     // NOLINT
    template <class T>
    Param(const std::optional<T>& v) : Param(v ? Param(*v) : Param(Null{})) {}  // NOLINT

    using Value = std::variant<Null, std::int64_t, std::string_view, Blob>;
    const Value& value() const { return value_; }

private:
    Value value_;
};

// The current row of a query; valid only inside the callback. Columns count from 0. Reading a NULL as a value is a
// broken promise (INVARIANT); ask null() first or use opt_*.
class Row {
public:
    virtual ~Row() = default;
    virtual bool null(int column) const = 0;
    virtual std::int64_t i64(int column) const = 0;
    virtual std::string_view txt(int column) const = 0;
    virtual std::string_view bin(int column) const = 0;

    bool flag(int column) const { return i64(column) != 0; }
    Instant instant(int column) const { return {i64(column)}; }
    template <class AnyId>
    AnyId id(int column) const { return AnyId::from_raw(bin(column)); }
    std::optional<std::int64_t> opt_i64(int column) const {
        return null(column) ? std::nullopt : std::optional(i64(column));
    }
    std::optional<Instant> opt_instant(int column) const {
        return null(column) ? std::nullopt : std::optional(Instant{i64(column)});
    }
    std::string txt_or(int column, std::string_view other) const {
        return std::string(null(column) ? other : txt(column));
    }
    template <class AnyId>
    std::optional<AnyId> opt_id(int column) const {
        return null(column) ? std::nullopt : std::optional(AnyId::from_raw(bin(column)));
    }
};

using Params = std::initializer_list<Param>;
// Return false to stop early. The callback must not use the connection that is calling it.
using RowFn = std::function<bool(const Row&)>;

class Connection {
public:
    virtual ~Connection() = default;
    virtual Engine engine() const = 0;
    // False once the connection is lost: nothing will succeed on it; open another.
    virtual bool alive() const = 0;

    virtual Status write(std::string_view statement, std::span<const Param> params) = 0;
    // As write(), waits, and yields the number of rows changed.
    virtual Result<std::int64_t> change(std::string_view statement, std::span<const Param> params) = 0;
    virtual Status query(std::string_view statement, std::span<const Param> params, const RowFn& row) = 0;
    // Several statements without parameters in the engine's own words, for migrations; not prepared. Atomic only
    // inside a transaction.
    virtual Status script(std::string_view statements) = 0;

    virtual Status begin() = 0;
    virtual Status commit() = 0;          // Returns after the engine's own sync.
    virtual void rollback() noexcept = 0; // Without a transaction: nothing happens.
    virtual Status savepoint() = 0;       // One level; inside a transaction.
    virtual Status release() = 0;         // Keeps what was done since savepoint() and ends it; waits for outcomes.
    // Undoes what was done since savepoint() and ends it, whether or not there was an error. Fails when the engine
    // has lost the whole transaction (I/O error, disk full): then rollback() is the only way on.
    virtual Status rollback_to() = 0;
    virtual Status flush() = 0;           // Sends pending writes and waits for their outcomes.

    Status write(std::string_view statement, Params params) {
        return write(statement, std::span(params.begin(), params.size()));
    }
    Result<std::int64_t> change(std::string_view statement, Params params) {
        return change(statement, std::span(params.begin(), params.size()));
    }
    Status query(std::string_view statement, Params params, const RowFn& row) {
        return query(statement, std::span(params.begin(), params.size()), row);
    }
    // The first row through `map`, or nothing.
    template <class Map, class T = std::invoke_result_t<Map, const Row&>>
    Result<std::optional<T>> one(std::string_view statement, Params params, Map&& map) {
        std::optional<T> found;
        auto done = query(statement, params, [&](const Row& row) { return found.emplace(map(row)), false; });
        if (!done) return done.error();
        return found;
    }
    template <class Map, class T = std::invoke_result_t<Map, const Row&>>
    Result<std::vector<T>> all(std::string_view statement, Params params, Map&& map) {
        std::vector<T> rows;
        auto done = query(statement, params, [&](const Row& row) { return rows.push_back(map(row)), true; });
        if (!done) return done.error();
        return rows;
    }
};

enum class Access : std::uint8_t { Writer, Reader };

// Where the record lives: "sqlite:/path/record.db" or "postgres://user@host:port/db" (libpq URI; unix sockets allowed).
// "sqlite:/path/record.db?vfs=name" runs on a registered file system (sqlite/vfs.h) with one connection in all.
struct Location {
    std::string uri;
    Engine engine() const { return uri.starts_with("postgres") ? Engine::Postgres : Engine::Sqlite; }
};

// Opens a connection. SQLite: WAL, synchronous=FULL, foreign_keys on; the Writer alone checkpoints; a Reader is
// query_only. PostgreSQL: a Reader's transactions are READ ONLY. Unavailable when the server cannot be reached.
Result<std::unique_ptr<Connection>> open(const Location& location, Access access);

// Readers, lent one at a time; thread-safe. Each loan is one snapshot of at most a second (begin at loan, taken by its
// first read, end at return); longer loans are logged. Waits up to `wait` for a free one, then Unavailable. A lost
// connection is replaced at the next loan. Destroy the pool before the writer, and after all its loans.
class ReaderPool {
public:
    virtual ~ReaderPool() = default;
    class Loan {
    public:
        Loan(ReaderPool* pool, Connection* connection) : pool_(pool), connection_(connection) {}
        Loan(Loan&& other) noexcept : pool_(other.pool_), connection_(std::exchange(other.connection_, nullptr)) {}
        Loan& operator=(Loan&&) = delete;
        ~Loan() { if (connection_ != nullptr) pool_->give_back(connection_); }
        Connection& operator*() const { return *connection_; }
        Connection* operator->() const { return connection_; }

    private:
        ReaderPool* pool_;
        Connection* connection_;
    };
    virtual Result<Loan> borrow(Duration wait = seconds(5)) = 0;

protected:
    virtual void give_back(Connection* connection) noexcept = 0;
};
Result<std::unique_ptr<ReaderPool>> open_readers(const Location& location, int count);

// Forward-only migrations. A file "0003_orders.sql" of module "commerce" is written in our dialect: the column words
// id16 i64 txt bin flag instant stand for the engine's types (SQLite tables become STRICT). Applied ones are rows of
// table schema_migration (module, number, checksum, applied_at); a changed checksum of an applied one is refused.
struct Migration {
    std::string_view module;
    int number = 0;
    std::string_view name;
    std::string_view statements;
};
// Applies, in the order given, those that are missing; each file in one transaction; resumes after a kill.
// Yields how many were applied. Conflict when an applied one has changed, or when the record was written by a newer
// program (a number above the highest one given for that module).
Result<int> migrate(Connection& writer, std::span<const Migration> migrations, Instant now);
// The dialect's text for an engine; pure. Only a column's type in CREATE TABLE and ALTER TABLE … ADD COLUMN is
// replaced; SQLite tables get STRICT; WITHOUT ROWID stands for SQLite alone. Also used by the test that plans every
// statement on both engines.
std::string expand_dialect(std::string_view statements, Engine engine);
// Every static statement text that reached write/change/query in this process; for the plan-on-both test. Without
// those that begin with PRAGMA, which are SQLite's own.
std::vector<std::string> seen_statements();

}  // namespace tilth::sql
