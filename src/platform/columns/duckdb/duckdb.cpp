#include <array>
#include <atomic>
#include <mutex>

#include "platform/columns/duckdb/handle.h"
#include "platform/log/log.h"

namespace tilth::columns {
namespace {

constexpr std::size_t kIdleReadersMax = 8;

Result<std::unique_ptr<Connection>> connect(Database& database) {
    auto connection = std::make_unique<Connection>();
    if (duckdb_connect(database.handle, &connection->handle) != DuckDBSuccess) {
        return Error(ErrorCode::StorageFailed, "no connection to the columns");
    }
    return connection;
}

// Several statements are taken when there are no parameters.
Status execute(duckdb_connection connection, std::string_view statement, std::span<const Cell> params) {
    QueryResult result;
    duckdb_state state = DuckDBSuccess;
    if (params.empty()) {
        state = duckdb_query(connection, std::string(statement).c_str(), &result.handle);
    } else {
        Statement prepared;
        TRY(prepare(connection, statement, params, prepared));
        state = duckdb_execute_prepared(prepared.handle, &result.handle);
    }
    if (state == DuckDBSuccess) return ok();
    return error_of(duckdb_result_error_type(&result.handle), duckdb_result_error(&result.handle));
}

// The writer's connection; shared with its appenders, which may outlive a rollback.
struct Writer {
    std::shared_ptr<Database> database;
    std::unique_ptr<Connection> connection;
    std::mutex mutex;
    bool in_transaction = false;
};

class DuckAppender final : public Appender {
public:
    DuckAppender(std::shared_ptr<Writer> writer, duckdb_appender handle)
        : writer_(std::move(writer)), handle_(handle) {}
    // Rows that were never flushed are dropped: DuckDB would write them on destruction, so a transaction of its own
    // around that takes them back, unless the caller's is still open and decides.
    ~DuckAppender() override {
        const std::lock_guard lock(writer_->mutex);
        const auto connection = writer_->connection->handle;
        const bool discard = dirty_ && !writer_->in_transaction;
        if (discard) (void)execute(connection, "BEGIN", {});
        duckdb_appender_destroy(&handle_);
        if (discard) (void)execute(connection, "ROLLBACK", {});
    }
    void i64(std::int64_t value) override { note(duckdb_append_int64(handle_, value)); }
    void i32(std::int32_t value) override { note(duckdb_append_int32(handle_, value)); }
    void text(std::string_view value) override {
        note(duckdb_append_varchar_length(handle_, value.data(), value.size()));
    }
    void blob(std::string_view value) override { note(duckdb_append_blob(handle_, value.data(), value.size())); }
    void flag(bool value) override { note(duckdb_append_bool(handle_, value)); }
    void null() override { note(duckdb_append_null(handle_)); }
    Status end_row() override {
        note(duckdb_appender_end_row(handle_));
        return first_error();
    }
    Status flush() override {
        const std::lock_guard lock(writer_->mutex);
        TRY(first_error());
        note(duckdb_appender_flush(handle_));
        if (!failed_) dirty_ = false;
        return first_error();
    }

private:
    void note(duckdb_state state) {
        dirty_ = true;
        if (state == DuckDBSuccess || failed_) return;
        failed_ = true;
        duckdb_error_data data = duckdb_appender_error_data(handle_);
        error_ = error_of(duckdb_error_data_error_type(data), duckdb_error_data_message(data));
        duckdb_destroy_error_data(&data);
    }
    Status first_error() const {
        if (failed_) return error_;
        return ok();
    }

    std::shared_ptr<Writer> writer_;
    duckdb_appender handle_;
    bool dirty_ = false;
    bool failed_ = false;
    Error error_;
};

class DuckColumns final : public Columns {
public:
    DuckColumns(std::shared_ptr<Database> database, std::unique_ptr<Connection> writer)
        : database_(std::move(database)), writer_(std::make_shared<Writer>()) {
        writer_->database = database_;
        writer_->connection = std::move(writer);
    }

    Status run(std::string_view statement, std::span<const Cell> params) override {
        const std::lock_guard lock(writer_->mutex);
        return execute(writer_->connection->handle, statement, params);
    }
    Result<Table> query(std::string_view statement, std::span<const Cell> params, std::size_t rows_max,
                        std::int64_t timeout_ms) override {
        auto connection = TRY(borrow());
        auto table = query_on(connection->handle, statement, params, rows_max, timeout_ms);
        give_back(std::move(connection));
        return table;
    }
    Result<std::unique_ptr<Appender>> append_to(std::string_view table) override {
        const std::lock_guard lock(writer_->mutex);
        duckdb_appender handle = nullptr;
        if (duckdb_appender_create(writer_->connection->handle, nullptr, std::string(table).c_str(), &handle) !=
            DuckDBSuccess) {
            const char* message = duckdb_appender_error(handle);
            Error error(ErrorCode::Internal, message != nullptr ? message : "no such table");
            duckdb_appender_destroy(&handle);
            return error;
        }
        return std::unique_ptr<Appender>(std::make_unique<DuckAppender>(writer_, handle));
    }
    Status begin() override {
        const std::lock_guard lock(writer_->mutex);
        TRY(execute(writer_->connection->handle, "BEGIN", {}));
        writer_->in_transaction = true;
        return ok();
    }
    Status commit() override {
        const std::lock_guard lock(writer_->mutex);
        writer_->in_transaction = false;  // A commit that fails has undone the transaction.
        return execute(writer_->connection->handle, "COMMIT", {});
    }
    void rollback() noexcept override {
        const std::lock_guard lock(writer_->mutex);
        if (!std::exchange(writer_->in_transaction, false)) return;
        if (const auto done = execute(writer_->connection->handle, "ROLLBACK", {}); !done) {
            log::warn("columns.rollback_failed", {{"detail", done.error().detail}});
        }
    }
    std::string version() const override { return duckdb_library_version(); }

private:
    Result<Table> query_on(duckdb_connection connection, std::string_view statement, std::span<const Cell> params,
                           std::size_t rows_max, std::int64_t timeout_ms) {
        Statement prepared;
        QueryResult result;
        const Watchdog::Guard guard(watchdog_, timeout_ms, [connection] { duckdb_interrupt(connection); });
        const auto failed = [&]() -> Error {
            if (guard.fired())
                return Error(ErrorCode::Timeout, "the query took longer than " + std::to_string(timeout_ms) + " ms");
            return error_of(duckdb_result_error_type(&result.handle), duckdb_result_error(&result.handle));
        };
        TRY(prepare(connection, statement, params, prepared));
        if (duckdb_execute_prepared_streaming(prepared.handle, &result.handle) != DuckDBSuccess) return failed();
        Table table;
        const idx_t columns = duckdb_column_count(&result.handle);
        for (idx_t c = 0; c < columns; ++c) table.names.emplace_back(duckdb_column_name(&result.handle, c));
        while (duckdb_data_chunk chunk = duckdb_fetch_chunk(result.handle)) {
            const auto rows = duckdb_data_chunk_get_size(chunk);
            auto added = ok();
            if (table.rows.size() + rows > rows_max) {
                added =
                    Error(ErrorCode::LimitExceeded, "the query yields more than " + std::to_string(rows_max) + " rows");
            } else {
                added = add_rows(chunk, table);
            }
            duckdb_destroy_data_chunk(&chunk);
            if (!added) return added.error();
            if (rows == 0) break;
        }
        if (duckdb_result_error(&result.handle) != nullptr || guard.fired()) return failed();
        return table;
    }
    Result<std::unique_ptr<Connection>> borrow() {
        {
            const std::lock_guard lock(readers_mutex_);
            if (!readers_.empty()) {
                auto connection = std::move(readers_.back());
                readers_.pop_back();
                return connection;
            }
        }
        return connect(*database_);
    }
    void give_back(std::unique_ptr<Connection> connection) {
        const std::lock_guard lock(readers_mutex_);
        if (readers_.size() < kIdleReadersMax) readers_.push_back(std::move(connection));
    }

    std::shared_ptr<Database> database_;
    std::shared_ptr<Writer> writer_;
    std::mutex readers_mutex_;
    std::vector<std::unique_ptr<Connection>> readers_;
    Watchdog watchdog_;
};

Result<std::shared_ptr<Database>> open_database(const Options& options) {
    duckdb_config config = nullptr;
    if (duckdb_create_config(&config) != DuckDBSuccess) return Error(ErrorCode::Internal, "no configuration");
    const std::string threads = std::to_string(options.threads);
    // The spill folder first: without external access it can no longer be set. Empty means that nothing spills.
    const std::vector<std::array<const char*, 2>> settings = {{"temp_directory", options.temp_directory.c_str()},
                                                              {"memory_limit", options.memory_limit.c_str()},
                                                              {"threads", threads.c_str()},
                                                              {"enable_external_access", "false"},
                                                              {"autoinstall_known_extensions", "false"},
                                                              {"autoload_known_extensions", "false"},
                                                              {"allow_community_extensions", "false"}};
    for (const auto& [name, value] : settings) {
        if (duckdb_set_config(config, name, value) == DuckDBSuccess) continue;
        duckdb_destroy_config(&config);
        return Error::invalid(name, "not_a_setting", "列存设置无效", "not a setting that the column store takes", "",
                              value);
    }
    auto database = std::make_shared<Database>();
    char* message = nullptr;
    const auto path = options.path.empty() ? nullptr : options.path.c_str();
    const auto state = duckdb_open_ext(path, &database->handle, config, &message);
    duckdb_destroy_config(&config);
    if (state == DuckDBSuccess) return database;
    const std::string detail = message != nullptr ? message : "the columns cannot be opened";
    duckdb_free(message);
    if (detail.find("lock on file") != std::string::npos) return Error(ErrorCode::Conflict, detail);
    if (detail.find("No space left") != std::string::npos) return Error(ErrorCode::StorageFull, detail);
    if (detail.find("Cannot open file") != std::string::npos) return Error(ErrorCode::StorageFailed, detail);
    if (detail.find("Invalid Input") != std::string::npos || detail.find("Parser Error") != std::string::npos) {
        return Error::invalid("columns", "not_a_setting", "列存设置无效", "a setting has no usable value", "", detail);
    }
    return Error(ErrorCode::Corrupt, detail);
}

}  // namespace

Result<std::unique_ptr<Columns>> open(const Options& options) {
    auto database = TRY(open_database(options));
    auto writer = TRY(connect(*database));
    // From here on no statement can open what has been closed above.
    TRY(execute(writer->handle, "SET lock_configuration = true", {}));
    return std::unique_ptr<Columns>(std::make_unique<DuckColumns>(std::move(database), std::move(writer)));
}

}  // namespace tilth::columns
