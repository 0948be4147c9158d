#include <sqlite3.h>

#include <unordered_map>

#include "platform/sql/internal.h"
#include "platform/sql/sqlite/errors.h"
#include "platform/sql/sqlite/raw.h"

namespace tilth::sql::internal {

namespace {

constexpr int kBusyMs = 5'000;

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

// A statement goes back to its start however the run ends.
class Running {
public:
    explicit Running(sqlite3_stmt* statement) : statement_(statement) {}
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() { end(); }
    int end() {
        sqlite3_stmt* statement = std::exchange(statement_, nullptr);
        return statement == nullptr ? SQLITE_OK : sqlite3_reset(statement);
    }

private:
    sqlite3_stmt* statement_;
};

class SqliteRow final : public Row {
public:
    explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
    bool null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    std::int64_t i64(int column) const override {
        INVARIANT(sqlite3_column_type(statement_, column) == SQLITE_INTEGER, "the column holds no integer");
        return sqlite3_column_int64(statement_, column);
    }
    std::string_view txt(int column) const override {
        INVARIANT(sqlite3_column_type(statement_, column) == SQLITE_TEXT, "the column holds no text");
        const auto* bytes = sqlite3_column_text(statement_, column);
        return {reinterpret_cast<const char*>(bytes), length(column)};
    }
    std::string_view bin(int column) const override {
        INVARIANT(sqlite3_column_type(statement_, column) == SQLITE_BLOB, "the column holds no bytes");
        const void* bytes = sqlite3_column_blob(statement_, column);
        return {static_cast<const char*>(bytes), length(column)};
    }

private:
    std::size_t length(int column) const { return static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)); }
    sqlite3_stmt* statement_;
};

// STATIC everywhere: the views outlive the call, and the statement is reset before the call returns. A null pointer
// would bind NULL, so an empty view binds the address of an empty literal.
struct Bind {
    sqlite3_stmt* statement;
    int index;
    int operator()(Null) const { return sqlite3_bind_null(statement, index); }
    int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, index, v); }
    int operator()(std::string_view v) const {
        return sqlite3_bind_text64(statement, index, v.data() == nullptr ? "" : v.data(), v.size(), SQLITE_STATIC,
                                   SQLITE_UTF8);
    }
    int operator()(Blob v) const {
        const char* data = v.bytes.data() == nullptr ? "" : v.bytes.data();
        return sqlite3_bind_blob64(statement, index, data, v.bytes.size(), SQLITE_STATIC);
    }
};

class SqliteConnection final : public Connection, public RawDatabase {
public:
    SqliteConnection(Database database, Access access) : database_(std::move(database)), access_(access) {}
    ~SqliteConnection() override { rollback(); }

    sqlite3* database() override { return database_.get(); }
    Engine engine() const override { return Engine::Sqlite; }
    bool alive() const override { return !broken_; }

    Status write(std::string_view statement, std::span<const Param> params) override {
        TRY(change(statement, params));
        return ok();
    }
    Result<std::int64_t> change(std::string_view statement, std::span<const Param> params) override {
        TRY(state_.ready());
        TRY(run(statement, params, nullptr));
        return sqlite3_changes64(database_.get());
    }
    Status query(std::string_view statement, std::span<const Param> params, const RowFn& row) override {
        TRY(state_.ready());
        return run(statement, params, &row);
    }
    Status script(std::string_view statements) override {
        TRY(state_.ready());
        const std::string text(statements);
        return outcome(sqlite3_exec(database_.get(), text.c_str(), nullptr, nullptr, nullptr));
    }

    Status begin() override {
        TRY(state_.ready());
        state_.begin();
        auto begun = control(access_ == Access::Writer ? "BEGIN IMMEDIATE" : "BEGIN");
        if (!begun) state_.end();
        return begun;
    }
    Status commit() override {
        INVARIANT(state_.in_transaction(), "commit() outside a transaction");
        TRY(state_.ready());
        TRY(control("COMMIT"));
        state_.end();
        return ok();
    }
    void rollback() noexcept override {
        if (!state_.in_transaction()) return;
        // After an I/O error SQLite has often rolled back by itself.
        if (sqlite3_get_autocommit(database_.get()) == 0) (void)control("ROLLBACK");
        broken_ = sqlite3_get_autocommit(database_.get()) == 0;
        state_.end();
    }
    Status savepoint() override {
        TRY(state_.ready());
        state_.begin_savepoint();
        return control("SAVEPOINT unit");
    }
    Status release() override {
        INVARIANT(state_.in_savepoint(), "release() outside a savepoint");
        TRY(state_.ready());
        TRY(control("RELEASE unit"));
        state_.end_savepoint();
        return ok();
    }
    Status rollback_to() override {
        INVARIANT(state_.in_savepoint(), "rollback_to() outside a savepoint");
        if (sqlite3_get_autocommit(database_.get()) != 0) {
            return state_.fail(Error(ErrorCode::StorageFailed, "sqlite has rolled back the whole transaction"));
        }
        TRY(control("ROLLBACK TO unit"));
        TRY(control("RELEASE unit"));
        state_.end_savepoint();
        return ok();
    }
    Status flush() override { return state_.ready(); }

private:
    Error error(int code) {
        const int extended = sqlite3_extended_errcode(database_.get());
        return state_.fail(sqlite_error((extended & 0xff) == (code & 0xff) ? extended : code,
                                        sqlite3_errmsg(database_.get())));
    }
    Status outcome(int code) {
        if (code != SQLITE_OK) return error(code);
        return ok();
    }

    Result<sqlite3_stmt*> prepare(std::string_view text, bool ours) {
        const auto found = statements_.find(text);
        if (found != statements_.end()) return found->second.statement.get();
        if (statements_.size() >= kStatementsMax) statements_.clear();
        sqlite3_stmt* raw = nullptr;
        const char* tail = nullptr;
        const int code = sqlite3_prepare_v3(database_.get(), text.data(), static_cast<int>(text.size()),
                                            SQLITE_PREPARE_PERSISTENT, &raw, &tail);
        Prepared statement(raw);
        if (code != SQLITE_OK) return error(code);
        if (raw == nullptr) return state_.fail(Error(ErrorCode::Internal, "the statement is empty"));
        if (!ours) note_statement(text);
        auto copy = std::make_unique<std::string>(text);
        const std::string_view key = *copy;
        statements_.emplace(key, Cached{std::move(copy), std::move(statement)});
        return raw;
    }

    Status control(std::string_view text) {
        sqlite3_stmt* statement = TRY(prepare(text, true));
        sqlite3_step(statement);
        return outcome(sqlite3_reset(statement));
    }

    Status run(std::string_view text, std::span<const Param> params, const RowFn* row_fn) {
        sqlite3_stmt* statement = TRY(prepare(text, false));
        const int wanted = sqlite3_bind_parameter_count(statement);
        if (static_cast<std::size_t>(wanted) != params.size()) {
            return state_.fail(wrong_param_count(params.size(), wanted));
        }
        if (auto good = check_params(params); !good) return state_.fail(good.error());
        for (int i = 0; i < wanted; ++i) {
            TRY(outcome(std::visit(Bind{statement, i + 1}, params[static_cast<std::size_t>(i)].value())));
        }
        Running running(statement);
        int code = sqlite3_step(statement);
        bool more = true;
        while (code == SQLITE_ROW && more) {
            if (row_fn != nullptr) more = state_.call(*row_fn, SqliteRow(statement));
            if (more) code = sqlite3_step(statement);
        }
        if (code != SQLITE_DONE && code != SQLITE_ROW) return error(code);
        // A statement that is left early outside a transaction commits here, and may fail here.
        return outcome(running.end());
    }

    struct Cached {
        std::unique_ptr<std::string> text;  // What the key of the map points to.
        Prepared statement;
    };

    Database database_;
    Access access_;
    UnitState state_;
    bool broken_ = false;
    std::unordered_map<std::string_view, Cached> statements_;
};

struct Place {
    std::string path;
    std::string vfs;  // Empty: the operating system's files.
};

Place place_of(std::string_view uri) {
    constexpr std::string_view kScheme = "sqlite:";
    if (uri.starts_with(kScheme)) uri.remove_prefix(kScheme.size());
    const auto question = uri.rfind("?vfs=");
    if (question == std::string_view::npos) return {std::string(uri), {}};
    return {std::string(uri.substr(0, question)), std::string(uri.substr(question + 5))};
}

// No mmap and no reader that checkpoints: SQLite before 3.51.3 can lose a WAL reset between two that do. Readers also
// leave the WAL alone when they are the last to close.
Status configure(sqlite3* database, Access access, bool exclusive) {
    sqlite3_extended_result_codes(database, 1);
    sqlite3_busy_timeout(database, kBusyMs);
    // A misspelt column in double quotes must be an error, as on PostgreSQL, and not a text.
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, access == Access::Reader ? 1 : 0, nullptr);
    std::string pragmas;
    if (exclusive) pragmas += "PRAGMA locking_mode=EXCLUSIVE;";
    pragmas +=
        "PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
        "PRAGMA cell_size_check=ON;";
    if (access == Access::Writer) {
        pragmas +=
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-65536;"
            "PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864;";
    } else {
        pragmas += "PRAGMA query_only=1; PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=0;";
    }
    const int code = sqlite3_exec(database, pragmas.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return sqlite_error(sqlite3_extended_errcode(database), sqlite3_errmsg(database));
    return ok();
}

// journal_mode answers with the mode that stands, not with an error.
Status expect_wal(sqlite3* database) {
    std::string mode;
    auto keep = [](void* out, int, char** columns, char**) {
        *static_cast<std::string*>(out) = columns[0];
        return 0;
    };
    const int code = sqlite3_exec(database, "PRAGMA journal_mode", keep, &mode, nullptr);
    if (code != SQLITE_OK) return sqlite_error(sqlite3_extended_errcode(database), sqlite3_errmsg(database));
    if (mode != "wal") return Error(ErrorCode::StorageFailed, "the database is not in WAL mode");
    return ok();
}

}  // namespace

Result<std::unique_ptr<Connection>> open_sqlite(std::string_view uri, Access access) {
    const Place place = place_of(uri);
    if (!place.vfs.empty() && access == Access::Reader) {
        return Error(ErrorCode::Invalid, "a location with vfs= has one connection, the writer");
    }
    const int create = access == Access::Writer ? SQLITE_OPEN_CREATE : 0;
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(place.path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | create,
                                     place.vfs.empty() ? nullptr : place.vfs.c_str());
    Database database(raw);
    if (code != SQLITE_OK) return sqlite_error(code, raw == nullptr ? "out of memory" : sqlite3_errmsg(raw));
    TRY(configure(raw, access, !place.vfs.empty()));
    TRY(expect_wal(raw));
    return std::unique_ptr<Connection>(std::make_unique<SqliteConnection>(std::move(database), access));
}

}  // namespace tilth::sql::internal
