#pragma once
// The SQL projection: a columnar engine that can be deleted and rebuilt (DuckDB in process; ClickHouse later). Its SQL
// is ours alone. Settings are set, not left to defaults: memory_limit, threads, temp_directory, no external access. One
// writer at a time (Appender, run); queries may come from any thread.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace tilth::columns {

struct Options {
    std::string path;  // file; empty: in memory
    std::string temp_directory;
    std::string memory_limit = "512MB";
    int threads = 2;
};

using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;  // text and blobs as string

struct Table {
    std::vector<std::string> names;
    std::vector<std::vector<Cell>> rows;
};

// Appends rows in bulk; rows are visible after flush(). One thread.
class Appender {
public:
    virtual ~Appender() = default;
    virtual void i64(std::int64_t value) = 0;
    virtual void i32(std::int32_t value) = 0;
    virtual void text(std::string_view value) = 0;
    virtual void blob(std::string_view value) = 0;
    virtual void flag(bool value) = 0;
    virtual void null() = 0;
    virtual Status end_row() = 0;
    virtual Status flush() = 0;
};

class Columns {
public:
    virtual ~Columns() = default;
    virtual Status run(std::string_view statement, std::span<const Cell> params = {}) = 0;
    // Interrupted after timeout_ms (Timeout). At most rows_max rows (LimitExceeded beyond).
    virtual Result<Table> query(std::string_view statement, std::span<const Cell> params = {},
                                std::size_t rows_max = 1'000'000, std::int64_t timeout_ms = 10'000) = 0;
    virtual Result<std::unique_ptr<Appender>> append_to(std::string_view table) = 0;
    virtual Status begin() = 0;
    virtual Status commit() = 0;
    virtual void rollback() noexcept = 0;
    virtual std::string version() const = 0;
};

Result<std::unique_ptr<Columns>> open(const Options& options);

}  // namespace tilth::columns
