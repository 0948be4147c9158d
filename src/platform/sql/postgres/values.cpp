#include "platform/sql/postgres/values.h"

#include <endian.h>
#include <libpq-fe.h>

#include <cstring>
#include <limits>
#include <optional>

namespace tilth::sql::internal {

namespace {

constexpr Oid kOidBool = 16;
constexpr Oid kOidName = 19;
constexpr Oid kOidInt2 = 21;
constexpr Oid kOidInt4 = 23;
constexpr Oid kOidUnknown = 705;
constexpr Oid kOidBpchar = 1042;
constexpr Oid kOidVarchar = 1043;
constexpr Oid kOidNumeric = 1700;

template <class Unsigned>
Unsigned raw(std::string_view bytes, std::size_t offset) {
    Unsigned value;
    INVARIANT(offset + sizeof value <= bytes.size(), "a binary value has its type's length");
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}
std::int64_t int8_at(std::string_view b) { return static_cast<std::int64_t>(be64toh(raw<std::uint64_t>(b, 0))); }
std::int32_t int4_at(std::string_view b) { return static_cast<std::int32_t>(be32toh(raw<std::uint32_t>(b, 0))); }
std::int16_t int2_at(std::string_view b, std::size_t offset) {
    return static_cast<std::int16_t>(be16toh(raw<std::uint16_t>(b, offset)));
}

// numeric: four int16 (digits, weight, sign, scale), then base-10000 digits from the most significant.
std::optional<std::int64_t> whole_number(std::string_view bytes) {
    const int digits = int2_at(bytes, 0);
    const int weight = int2_at(bytes, 2);
    const auto sign = static_cast<std::uint16_t>(int2_at(bytes, 4));
    if ((sign != 0 && sign != 0x4000) || weight > 4) return std::nullopt;
    __int128 value = 0;
    for (int i = 0; i < digits || i <= weight; ++i) {
        const int digit = i < digits ? int2_at(bytes, 8 + 2 * static_cast<std::size_t>(i)) : 0;
        if (i > weight) {
            if (digit != 0) return std::nullopt;
            continue;
        }
        value = value * 10'000 + digit;
    }
    if (sign != 0) value = -value;
    if (value < std::numeric_limits<std::int64_t>::min() || value > std::numeric_limits<std::int64_t>::max()) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(value);
}

}  // namespace

Oid oid_of(const Param& param) {
    struct Visitor {
        Oid operator()(Null) const { return kOidNone; }
        Oid operator()(std::int64_t) const { return kOidInt8; }
        Oid operator()(std::string_view) const { return kOidText; }
        Oid operator()(Blob) const { return kOidBytea; }
    };
    return std::visit(Visitor{}, param.value());
}

void BoundParams::bind(std::span<const Param> params) {
    const std::size_t count = params.size();
    values_.assign(count, nullptr);
    lengths_.assign(count, 0);
    formats_.assign(count, 1);
    numbers_.assign(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
        std::string_view bytes;
        const auto& value = params[i].value();
        if (std::holds_alternative<Null>(value)) continue;
        if (const auto* number = std::get_if<std::int64_t>(&value)) {
            numbers_[i] = htobe64(static_cast<std::uint64_t>(*number));
            bytes = {reinterpret_cast<const char*>(&numbers_[i]), sizeof numbers_[i]};
        } else if (const auto* text = std::get_if<std::string_view>(&value)) {
            bytes = *text;
        } else {
            bytes = std::get<Blob>(value).bytes;
        }
        values_[i] = bytes.data() == nullptr ? "" : bytes.data();
        lengths_[i] = static_cast<int>(bytes.size());
    }
}

Result<PostgresRow::Cell> PostgresRow::read(const PGresult* result, int row, int column) {
    if (PQgetisnull(result, row, column) != 0) return Cell{};
    const std::string_view bytes(PQgetvalue(result, row, column),
                                 static_cast<std::size_t>(PQgetlength(result, row, column)));
    switch (PQftype(result, column)) {
        case kOidInt8: return Cell{Kind::Integer, int8_at(bytes), {}};
        case kOidInt4: return Cell{Kind::Integer, int4_at(bytes), {}};
        case kOidInt2: return Cell{Kind::Integer, int2_at(bytes, 0), {}};
        case kOidBool: return Cell{Kind::Integer, bytes == std::string_view("\0", 1) ? 0 : 1, {}};
        case kOidNumeric: {
            const auto number = whole_number(bytes);
            if (!number) return Error(ErrorCode::Internal, "postgres: a number is no 64-bit integer");
            return Cell{Kind::Integer, *number, {}};
        }
        case kOidText:
        case kOidVarchar:
        case kOidBpchar:
        case kOidName:
        case kOidUnknown: return Cell{Kind::Text, 0, bytes};
        case kOidBytea: return Cell{Kind::Bytes, 0, bytes};
        default:
            return Error(ErrorCode::Internal,
                         "postgres: a column has a type outside the dialect, oid " +
                             std::to_string(PQftype(result, column)));
    }
}

Status PostgresRow::load(const PGresult* result, int row) {
    const int columns = PQnfields(result);
    cells_.resize(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) cells_[static_cast<std::size_t>(i)] = TRY(read(result, row, i));
    return ok();
}

const PostgresRow::Cell& PostgresRow::cell(int column) const {
    const auto index = static_cast<std::size_t>(column);
    INVARIANT(index < cells_.size(), "the row has such a column");
    return cells_[index];
}

bool PostgresRow::null(int column) const { return cell(column).kind == Kind::Null; }

std::int64_t PostgresRow::i64(int column) const {
    INVARIANT(cell(column).kind == Kind::Integer, "the column holds no integer");
    return cell(column).number;
}

std::string_view PostgresRow::txt(int column) const {
    INVARIANT(cell(column).kind == Kind::Text, "the column holds no text");
    return cell(column).bytes;
}

std::string_view PostgresRow::bin(int column) const {
    INVARIANT(cell(column).kind == Kind::Bytes, "the column holds no bytes");
    return cell(column).bytes;
}

}  // namespace tilth::sql::internal
