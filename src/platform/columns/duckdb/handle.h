#pragma once
// DuckDB's C handles with owners, and its errors as ours. Inside this folder only.

#include <duckdb.h>

#include <memory>
#include <string>

#include "platform/columns/columns.h"
#include "platform/columns/duckdb/watchdog.h"

namespace tilth::columns {

struct Statement {
    duckdb_prepared_statement handle = nullptr;
    Statement() = default;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement() { duckdb_destroy_prepare(&handle); }
};

struct QueryResult {
    duckdb_result handle{};
    QueryResult() = default;
    QueryResult(const QueryResult&) = delete;
    QueryResult& operator=(const QueryResult&) = delete;
    ~QueryResult() { duckdb_destroy_result(&handle); }
};

struct Connection {
    duckdb_connection handle = nullptr;
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { duckdb_disconnect(&handle); }
};

// The database outlives its connections: each holds a share.
struct Database {
    duckdb_database handle = nullptr;
    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database() { duckdb_close(&handle); }
};

// LimitExceeded: out of memory or of room for spilling. Conflict: constraint. Timeout: interrupted. StorageFull,
// StorageFailed: I/O. Internal: a statement that does not fit.
Error error_of(duckdb_error_type type, const char* message);
Status prepare(duckdb_connection connection, std::string_view statement, std::span<const Cell> params, Statement& out);
// Adds the chunk's rows to the table.
Status add_rows(duckdb_data_chunk chunk, Table& table);

}  // namespace tilth::columns
