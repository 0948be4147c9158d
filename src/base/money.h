#pragma once
// Money, quantities and prices as integers; floating point never touches them.
//   Money      int64 minor units (fen, pence) with an ISO 4217 currency
//   UnitPrice  int64 of 1/10,000 of the major unit (6.9500 is 69,500)
//   Quantity   int64 of 1/1,000 of its unit (weighed goods; 1 piece is 1,000)
//   Points     int64
// A line's amount is the source's if given, else price x quantity rounded half-even once (line_amount).

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tilth {

// Three upper-case letters; the number of minor digits comes from ISO 4217 (2 unless listed in money.cpp).
struct Currency {
    char code[4] = {'C', 'N', 'Y', 0};
    auto operator<=>(const Currency&) const = default;
    std::string_view str() const { return {code, 3}; }
    int minor_digits() const;
    static Result<Currency> parse(std::string_view text);
};

struct Money {
    std::int64_t minor = 0;
    Currency currency;
    auto operator<=>(const Money&) const = default;
    // "199.00": no sign for the currency, no thousands separators.
    std::string str() const;
};

struct UnitPrice {
    std::int64_t e4 = 0;
    auto operator<=>(const UnitPrice&) const = default;
};

struct Quantity {
    std::int64_t milli = 0;
    auto operator<=>(const Quantity&) const = default;
    static constexpr Quantity pieces(std::int64_t n) { return {n * 1000}; }
};

using Points = std::int64_t;

// Sums that would leave int64 are refused, never wrapped.
Result<std::int64_t> add_checked(std::int64_t a, std::int64_t b);
// numerator / denominator, half to even; denominator > 0.
std::int64_t divide_half_even(__int128 numerator, __int128 denominator);
// price x quantity in minor units of the currency, rounded half-even once; refused when it leaves int64.
Result<Money> line_amount(UnitPrice price, Quantity quantity, Currency currency);
// A decimal text as an integer of 10^-scale: parse_decimal("6.95", 4) == 69500. Takes a sign, thousands
// separators (',' between groups of three), surrounding spaces. Refuses more digits than the scale holds unless
// they are zeros, and anything else.
Result<std::int64_t> parse_decimal(std::string_view text, int scale);

}  // namespace tilth
