#pragma once
// Result<T>: a value or the Error that a caller can act on. TRY passes an error upwards; INVARIANT stops the
// process when a promise of our own is broken. Third-party exceptions end inside platform/ and become Errors.

#include <tl/expected.hpp>

#include <type_traits>
#include <utility>

#include "base/error.h"

namespace tilth {

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
    using Base = tl::expected<T, Error>;

public:
    using value_type = T;
    Result(Error error) : Base(tl::unexpected<Error>(std::move(error))) {}                          // NOLINT
    Result(ErrorCode code, std::string detail = {}) : Result(Error(code, std::move(detail))) {}     // NOLINT
    template <class U>
        requires(!std::is_void_v<T> && std::is_constructible_v<Base, U &&> &&
                 !std::is_same_v<std::remove_cvref_t<U>, Error> && !std::is_same_v<std::remove_cvref_t<U>, ErrorCode>)
    Result(U&& value) : Base(std::forward<U>(value)) {}                                             // NOLINT
};

template <>
class [[nodiscard]] Result<void> : public tl::expected<void, Error> {
public:
    using value_type = void;
    Result() = default;
    Result(Error error) : expected(tl::unexpected<Error>(std::move(error))) {}                      // NOLINT
    Result(ErrorCode code, std::string detail = {}) : Result(Error(code, std::move(detail))) {}     // NOLINT
};

using Status = Result<void>;
inline Status ok() { return {}; }

// Prints the condition, the reason and the place to standard error and aborts; core dumps are off, so the words matter.
[[noreturn]] void invariant_failed(const char* condition, const char* why, const char* file, int line) noexcept;

}  // namespace tilth

// Evaluates a Result; returns its error from the enclosing function, else yields its value (GNU statement expression).
// The counter gives each use its own name, so that a TRY may stand inside another's expression.
#define TRY(expression) TILTH_TRY_AS(expression, __COUNTER__)
#define TILTH_TRY_AS(expression, number) TILTH_TRY_NAMED(expression, number)
#define TILTH_TRY_NAMED(expression, number)                                  \
    ({                                                                       \
        auto&& tilth_try_##number = (expression);                            \
        if (!tilth_try_##number) [[unlikely]]                                \
            return ::tilth::Error(std::move(tilth_try_##number.error()));    \
        ::tilth::detail::take(std::move(tilth_try_##number));                \
    })

#define INVARIANT(condition, why) \
    (static_cast<bool>(condition) ? void(0) : ::tilth::invariant_failed(#condition, why, __FILE__, __LINE__))

// For a Result that cannot be an error by construction; say why in a comment beside it.
#define MUST(expression) TILTH_MUST_AS(expression, __COUNTER__)
#define TILTH_MUST_AS(expression, number) TILTH_MUST_NAMED(expression, number)
#define TILTH_MUST_NAMED(expression, number)                                              \
    ({                                                                                    \
        auto&& tilth_must_##number = (expression);                                        \
        INVARIANT(tilth_must_##number.has_value(), "MUST(" #expression ")");              \
        ::tilth::detail::take(std::move(tilth_must_##number));                            \
    })

namespace tilth::detail {
template <class R>
auto take(R&& result) {
    if constexpr (!std::is_void_v<typename std::remove_cvref_t<R>::value_type>) return std::move(*result);
}
}  // namespace tilth::detail
