// Values in and out of DuckDB: parameters, and result vectors as cells.
#include <algorithm>
#include <cstring>
#include <limits>

#include "base/text.h"
#include "platform/columns/duckdb/handle.h"

namespace tilth::columns {
namespace {

using Int128 = __int128;

struct Column {
    duckdb_vector vector = nullptr;
    duckdb_logical_type type = nullptr;
    duckdb_type id = DUCKDB_TYPE_INVALID;
    void* data = nullptr;
    std::uint64_t* validity = nullptr;

    Column(duckdb_data_chunk chunk, idx_t index)
        : vector(duckdb_data_chunk_get_vector(chunk, index)),
          type(duckdb_vector_get_column_type(vector)),
          id(duckdb_get_type_id(type)),
          data(duckdb_vector_get_data(vector)),
          validity(duckdb_vector_get_validity(vector)) {}
    Column(const Column&) = delete;
    Column& operator=(const Column&) = delete;
    ~Column() { duckdb_destroy_logical_type(&type); }

    template <class T>
    T at(idx_t row) const {
        return static_cast<const T*>(data)[row];
    }
};

Int128 wide(duckdb_hugeint value) {
    const auto high = static_cast<unsigned __int128>(static_cast<std::uint64_t>(value.upper)) << 64;
    return static_cast<Int128>(high | value.lower);
}

std::string digits(Int128 value, int scale) {
    const bool negative = value < 0;
    auto left = negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
    std::string out;
    for (int i = 0; left != 0 || i <= scale; ++i) {
        if (i == scale && scale > 0) out.push_back('.');
        out.push_back(static_cast<char>('0' + static_cast<int>(left % 10)));
        left /= 10;
    }
    if (negative) out.push_back('-');
    std::reverse(out.begin(), out.end());
    return out;
}

Result<Cell> integer(Int128 value) {
    if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min()) {
        return Error(ErrorCode::LimitExceeded, "a number beyond 64 bits");
    }
    return Cell(static_cast<std::int64_t>(value));
}

Cell text(const Column& column, idx_t row) {
    auto* string = &static_cast<duckdb_string_t*>(column.data)[row];
    return std::string(duckdb_string_t_data(string), duckdb_string_t_length(*string));
}

Int128 stored(const Column& column, duckdb_type internal, idx_t row) {
    switch (internal) {
        case DUCKDB_TYPE_SMALLINT: return column.at<std::int16_t>(row);
        case DUCKDB_TYPE_INTEGER: return column.at<std::int32_t>(row);
        case DUCKDB_TYPE_BIGINT: return column.at<std::int64_t>(row);
        default: return wide(column.at<duckdb_hugeint>(row));
    }
}

Cell label(const Column& column, idx_t row) {
    idx_t index = 0;
    switch (duckdb_enum_internal_type(column.type)) {
        case DUCKDB_TYPE_UTINYINT: index = column.at<std::uint8_t>(row); break;
        case DUCKDB_TYPE_USMALLINT: index = column.at<std::uint16_t>(row); break;
        default: index = column.at<std::uint32_t>(row); break;
    }
    char* value = duckdb_enum_dictionary_value(column.type, index);
    std::string out(value);
    duckdb_free(value);
    return out;
}

Result<Cell> cell(const Column& column, idx_t row) {
    if (column.validity != nullptr && !duckdb_validity_row_is_valid(column.validity, row)) return Cell();
    switch (column.id) {
        case DUCKDB_TYPE_SQLNULL: return Cell();
        case DUCKDB_TYPE_BOOLEAN: return Cell(std::int64_t{column.at<bool>(row) ? 1 : 0});
        case DUCKDB_TYPE_TINYINT: return Cell(std::int64_t{column.at<std::int8_t>(row)});
        case DUCKDB_TYPE_SMALLINT: return Cell(std::int64_t{column.at<std::int16_t>(row)});
        case DUCKDB_TYPE_INTEGER:
        case DUCKDB_TYPE_DATE: return Cell(std::int64_t{column.at<std::int32_t>(row)});
        case DUCKDB_TYPE_BIGINT:
        case DUCKDB_TYPE_TIME:
        case DUCKDB_TYPE_TIMESTAMP:
        case DUCKDB_TYPE_TIMESTAMP_S:
        case DUCKDB_TYPE_TIMESTAMP_MS:
        case DUCKDB_TYPE_TIMESTAMP_NS:
        case DUCKDB_TYPE_TIMESTAMP_TZ: return Cell(column.at<std::int64_t>(row));
        case DUCKDB_TYPE_UTINYINT: return Cell(std::int64_t{column.at<std::uint8_t>(row)});
        case DUCKDB_TYPE_USMALLINT: return Cell(std::int64_t{column.at<std::uint16_t>(row)});
        case DUCKDB_TYPE_UINTEGER: return Cell(std::int64_t{column.at<std::uint32_t>(row)});
        case DUCKDB_TYPE_UBIGINT: return integer(static_cast<Int128>(column.at<std::uint64_t>(row)));
        case DUCKDB_TYPE_HUGEINT: return integer(wide(column.at<duckdb_hugeint>(row)));
        case DUCKDB_TYPE_FLOAT: return Cell(static_cast<double>(column.at<float>(row)));
        case DUCKDB_TYPE_DOUBLE: return Cell(column.at<double>(row));
        case DUCKDB_TYPE_DECIMAL:
            return Cell(digits(stored(column, duckdb_decimal_internal_type(column.type), row),
                               duckdb_decimal_scale(column.type)));
        case DUCKDB_TYPE_VARCHAR:
        case DUCKDB_TYPE_BLOB: return text(column, row);
        case DUCKDB_TYPE_ENUM: return label(column, row);
        default: return Error(ErrorCode::Internal, "a column of a type that is not a cell: cast it in the statement");
    }
}

Status bind(duckdb_prepared_statement statement, idx_t index, const Cell& value) {
    duckdb_state state = DuckDBSuccess;
    if (std::holds_alternative<std::monostate>(value)) {
        state = duckdb_bind_null(statement, index);
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
        state = duckdb_bind_int64(statement, index, *number);
    } else if (const auto* real = std::get_if<double>(&value)) {
        state = duckdb_bind_double(statement, index, *real);
    } else {
        // A cell does not say whether it is text or bytes; the statement usually does.
        const auto& bytes = std::get<std::string>(value);
        const bool as_blob = duckdb_param_type(statement, index) == DUCKDB_TYPE_BLOB || !utf8_length(bytes);
        state = as_blob ? duckdb_bind_blob(statement, index, bytes.data(), bytes.size())
                        : duckdb_bind_varchar_length(statement, index, bytes.data(), bytes.size());
    }
    if (state != DuckDBSuccess) return Error(ErrorCode::Internal, "a parameter that the statement does not take");
    return ok();
}

}  // namespace

Error error_of(duckdb_error_type type, const char* message) {
    std::string detail = message != nullptr ? message : "no message";
    switch (type) {
        case DUCKDB_ERROR_INTERRUPT: return Error(ErrorCode::Timeout, std::move(detail));
        case DUCKDB_ERROR_CONSTRAINT: return Error(ErrorCode::Conflict, std::move(detail));
        case DUCKDB_ERROR_OUT_OF_MEMORY: return Error(ErrorCode::LimitExceeded, std::move(detail));
        case DUCKDB_ERROR_IO:
        case DUCKDB_ERROR_FATAL: {
            const bool full =
                detail.find("No space left") != std::string::npos || detail.find("disk full") != std::string::npos;
            return Error(full ? ErrorCode::StorageFull : ErrorCode::StorageFailed, std::move(detail));
        }
        default: return Error(ErrorCode::Internal, std::move(detail));
    }
}

Status prepare(duckdb_connection connection, std::string_view statement, std::span<const Cell> params, Statement& out) {
    const std::string text(statement);
    if (duckdb_prepare(connection, text.c_str(), &out.handle) != DuckDBSuccess) {
        const char* message = duckdb_prepare_error(out.handle);
        return Error(ErrorCode::Internal, message != nullptr ? message : "the statement cannot be prepared");
    }
    if (duckdb_nparams(out.handle) != params.size()) {
        return Error(ErrorCode::Internal, "the statement takes another number of parameters");
    }
    for (std::size_t i = 0; i < params.size(); ++i) TRY(bind(out.handle, i + 1, params[i]));
    return ok();
}

Status add_rows(duckdb_data_chunk chunk, Table& table) {
    const idx_t rows = duckdb_data_chunk_get_size(chunk);
    const idx_t columns = duckdb_data_chunk_get_column_count(chunk);
    const std::size_t first = table.rows.size();
    table.rows.resize(first + rows);
    for (idx_t row = 0; row < rows; ++row) table.rows[first + row].resize(columns);
    for (idx_t c = 0; c < columns; ++c) {
        const Column column(chunk, c);
        for (idx_t row = 0; row < rows; ++row) table.rows[first + row][c] = TRY(cell(column, row));
    }
    return ok();
}

}  // namespace tilth::columns
