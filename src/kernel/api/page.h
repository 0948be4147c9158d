#pragma once
// Cursor pages. A list answers at most kPageRowsMax rows in the order of a unique key; `next` continues after the last
// one, so rows added or removed meanwhile neither repeat nor hide others. A cursor is opaque to callers and unsigned:
// whoever reads it back checks scope as for any other question.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "platform/json/describe.h"

namespace tilth::kernel {

// `Gte`: counting stopped at `value`; there may be more.
enum class TotalRelation : std::uint8_t { Eq, Gte };

struct Total {
    std::int64_t value = 0;
    TotalRelation relation = TotalRelation::Eq;
};
API_STRUCT(Total, (value, relation))

template <class T>
struct Page {
    std::vector<T> items;
    std::optional<std::string> next;   // absent on the last page
    Total total;
    API_MEMBERS(Page, (items, next, total))
};

// The two fields that a list's request has: std::optional<CursorText> cursor; std::optional<PageLimit> limit;
using CursorText = Text<1, 1'000>;
using PageLimit = Int<1, static_cast<std::int64_t>(limits::kPageRowsMax)>;
inline std::int64_t page_rows(const std::optional<PageLimit>& limit) {
    return limit ? limit->value() : static_cast<std::int64_t>(limits::kPageRowsDefault);
}

// base64url of a version byte and the parts (the last row's sort key: text, decimal numbers, raw ids), each with its
// length in front.
std::string encode_cursor(std::initializer_list<std::string_view> parts);
// Yields exactly `parts` parts; otherwise Invalid, field "cursor", rule "bad_cursor".
Result<std::vector<std::string>> decode_cursor(std::string_view cursor, std::size_t parts);

}  // namespace tilth::kernel

template <>
inline constexpr auto tilth::json::enum_values<tilth::kernel::TotalRelation> =
    std::to_array<tilth::json::EnumValue<tilth::kernel::TotalRelation>>({
        {tilth::kernel::TotalRelation::Eq, "eq", "恰好", "Exactly"},
        {tilth::kernel::TotalRelation::Gte, "gte", "至少", "At least"},
    });
