#pragma once
// Text with rules in its type. Each is a string that has passed its check, made only by parse(): a Text<1,80> in a
// signature needs no further look. Lengths count code points of valid UTF-8; control characters are refused.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tilth {

// Number of code points, or nothing when the bytes are not UTF-8.
std::optional<std::size_t> utf8_length(std::string_view bytes);
// Trims spaces (also U+3000), refuses bad UTF-8, control characters, and lengths outside [min, max].
Result<std::string> check_text(std::string_view bytes, std::size_t min, std::size_t max);

template <std::size_t Min, std::size_t Max>
class Text {
public:
    static constexpr std::size_t kMin = Min;
    static constexpr std::size_t kMax = Max;
    Text() = default;
    static Result<Text> parse(std::string_view bytes) {
        Text text;
        text.value_ = TRY(check_text(bytes, Min, Max));
        return text;
    }
    const std::string& str() const { return value_; }
    bool operator==(const Text&) const = default;

private:
    std::string value_;
};

// A text that is never printed, logged or echoed: passwords, one-time codes, platform secrets.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    const std::string& reveal() const { return value_; }

private:
    std::string value_;
};

// "138****1000", "王*", "z***@example.com": what may be shown without the right to reveal.
std::string mask_phone(std::string_view e164);
std::string mask_name(std::string_view name);
std::string mask_email(std::string_view email);
std::string mask_tail(std::string_view value);  // keeps the last four characters

}  // namespace tilth
