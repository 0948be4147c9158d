#pragma once
// Values on the wire of PostgreSQL, binary in both directions; for postgres/*.cpp only.

#include <span>
#include <string>
#include <vector>

#include "platform/sql/sql.h"

struct pg_result;  // libpq's PGresult; its header stays in .cpp files.

namespace tilth::sql::internal {

using Oid = unsigned int;
using ResultOfServer = ::pg_result;

inline constexpr Oid kOidNone = 0;
inline constexpr Oid kOidBytea = 17;
inline constexpr Oid kOidInt8 = 20;
inline constexpr Oid kOidText = 25;

// kOidNone for NULL: the server then infers the type.
Oid oid_of(const Param& param);

// The arrays that libpq wants; reused from call to call. Views of the parameters must outlive the call.
class BoundParams {
public:
    void bind(std::span<const Param> params);
    int count() const { return static_cast<int>(values_.size()); }
    const char* const* values() const { return values_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

private:
    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
    std::vector<std::uint64_t> numbers_;  // big-endian
};

// One row of a binary result. numeric (what sum() of bigint yields) is read as an integer.
class PostgresRow final : public Row {
public:
    // Row `row` of `result`; Internal when a column is a fraction, out of the range of int64 or a type that the
    // dialect does not have.
    Status load(const ResultOfServer* result, int row);
    bool null(int column) const override;
    std::int64_t i64(int column) const override;
    std::string_view txt(int column) const override;
    std::string_view bin(int column) const override;

private:
    enum class Kind : unsigned char { Null, Integer, Text, Bytes };
    struct Cell {
        Kind kind = Kind::Null;
        std::int64_t number = 0;
        std::string_view bytes;
    };
    static Result<Cell> read(const ResultOfServer* result, int row, int column);
    const Cell& cell(int column) const;
    std::vector<Cell> cells_;
};

}  // namespace tilth::sql::internal
