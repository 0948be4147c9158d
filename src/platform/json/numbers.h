#pragma once
// Numbers and lists with their bounds in the type, for requests and replies of the API. Plain values; any thread.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"

namespace tilth {

// An integer in [Min, Max]. Made by parse(), by the JSON interpreter, or from a constant that fits (INVARIANT).
template <std::int64_t Min, std::int64_t Max>
class Int {
    static_assert(Min <= Max);

public:
    static constexpr std::int64_t kMin = Min;
    static constexpr std::int64_t kMax = Max;
    constexpr Int() = default;
    constexpr explicit Int(std::int64_t value) : value_(value) {
        INVARIANT(value >= Min && value <= Max, "an Int holds a value within its bounds");
    }
    static Result<Int> parse(std::int64_t value) {
        if (value < Min) return Error(ErrorCode::Invalid, "too_small");
        if (value > Max) return Error(ErrorCode::Invalid, "too_large");
        return Int(value);
    }
    constexpr std::int64_t value() const { return value_; }
    constexpr operator std::int64_t() const { return value_; }  // NOLINT: an Int is an integer everywhere else
    // The smallest magnitude that the bounds allow.
    static constexpr std::int64_t kDefault = Min > 0 ? Min : (Max < 0 ? Max : 0);

private:
    std::int64_t value_ = kDefault;
};

// A share in basis points: 100 % is 10,000. Requests take 0 … 10,000; replies may hold more (a growth of 130 %).
struct Percent {
    std::int64_t basis_points = 0;
    auto operator<=>(const Percent&) const = default;
};

// A vector of at most Max elements; more are refused by the interpreter before any is kept.
template <class T, std::size_t Max>
struct List : std::vector<T> {
    using std::vector<T>::vector;
    static constexpr std::size_t kMax = Max;
};

}  // namespace tilth
