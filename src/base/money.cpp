#include "base/money.h"

#include <algorithm>
#include <array>

namespace tilth {

__extension__ using Wide = __int128;

int Currency::minor_digits() const {
    // ISO 4217 list one: the currencies in use whose minor unit is not 2 digits and that retailers meet.
    static constexpr std::array<std::string_view, 4> kNone = {"JPY", "KRW", "VND", "CLP"};
    static constexpr std::array<std::string_view, 4> kThree = {"KWD", "BHD", "OMR", "JOD"};
    if (std::find(kNone.begin(), kNone.end(), str()) != kNone.end()) return 0;
    if (std::find(kThree.begin(), kThree.end(), str()) != kThree.end()) return 3;
    return 2;
}

Result<Currency> Currency::parse(std::string_view text) {
    Currency c;
    if (text.size() != 3) return Error(ErrorCode::Invalid, "a currency has three letters");
    for (std::size_t i = 0; i < 3; ++i) {
        if (text[i] < 'A' || text[i] > 'Z') return Error(ErrorCode::Invalid, "a currency has three upper-case letters");
        c.code[i] = text[i];
    }
    return c;
}

std::string Money::str() const {
    const int digits = currency.minor_digits();
    const bool negative = minor < 0;
    std::string body =
        std::to_string(negative ? 0 - static_cast<std::uint64_t>(minor) : static_cast<std::uint64_t>(minor));
    if (digits > 0) {
        const auto width = static_cast<std::size_t>(digits);
        if (body.size() <= width) body.insert(0, width + 1 - body.size(), '0');
        body.insert(body.size() - width, 1, '.');
    }
    return negative ? "-" + body : body;
}

Result<std::int64_t> add_checked(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) return Error(ErrorCode::LimitExceeded, "a sum leaves int64");
    return sum;
}

std::int64_t divide_half_even(Wide numerator, Wide denominator) {
    Wide quotient = numerator / denominator;
    Wide rest = numerator % denominator;
    const bool negative = rest < 0;
    if (negative) rest = -rest;
    const Wide twice = rest * 2;
    if (twice > denominator || (twice == denominator && (quotient & 1) != 0)) quotient += negative ? -1 : 1;
    return static_cast<std::int64_t>(quotient);
}

Result<Money> line_amount(UnitPrice price, Quantity quantity, Currency currency) {
    Wide scale = 10'000'000;  // 10^4 of the price times 10^3 of the quantity
    for (int i = 0; i < currency.minor_digits(); ++i) scale /= 10;
    const Wide product = static_cast<Wide>(price.e4) * quantity.milli;
    if (product / scale > INT64_MAX - 1 || product / scale < INT64_MIN + 1)
        return Error(ErrorCode::LimitExceeded, "price times quantity leaves int64");
    return Money{divide_half_even(product, scale), currency};
}

Result<std::int64_t> parse_decimal(std::string_view text, int scale) {
    const auto bad = [&] {
        return Error(ErrorCode::Invalid, "not a number with at most " + std::to_string(scale) + " decimals");
    };
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    bool negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+'))
        negative = text.front() == '-', text.remove_prefix(1);
    const auto dot = text.find('.');
    const std::string_view whole = text.substr(0, dot);
    const std::string_view fraction = dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
    if (whole.empty() && fraction.empty()) return bad();
    Wide number = 0;
    const auto push = [&number](char c) {
        return c >= '0' && c <= '9' && (number = number * 10 + (c - '0')) < (Wide{1} << 63);
    };
    for (std::size_t i = 0; i < whole.size(); ++i) {
        const std::size_t left = whole.size() - i;
        if (whole[i] == ',' && i > 0 && left % 4 == 0 && left > 1) continue;
        if (!push(whole[i])) return bad();
    }
    for (std::size_t i = 0; i < fraction.size() || i < static_cast<std::size_t>(scale); ++i) {
        const char c = i < fraction.size() ? fraction[i] : '0';
        if (i >= static_cast<std::size_t>(scale) ? c != '0' : !push(c)) return bad();
    }
    return static_cast<std::int64_t>(negative ? -number : number);
}

}  // namespace tilth
