#pragma once
// Phone numbers by libphonenumber, e-mail and other identity values normalised. Pure; any thread.

#include <string>
#include <string_view>

#include "base/result.h"

namespace tilth {

// "138 0013 8000", "+86-13800138000", "0086138…", full-width digits -> "+8613800138000". `region` (ISO 3166, "CN")
// reads numbers without a country code. Refuses with Invalid on field "phone": rule "masked"
// ("138****8000"), "not_a_phone" (cannot exist, has letters or an extension).
Result<std::string> normalise_phone(std::string_view text, std::string_view region);
// Lower-cases, trims; refuses what has no single @ with a dotted domain. ASCII, 254 bytes at most. Field "email", rules
// "masked" and "not_an_email".
Result<std::string> normalise_email(std::string_view text);

// Typed fields for the API: made only by parse().
class Phone {
public:
    Phone() = default;
    static Result<Phone> parse(std::string_view text);   // region CN
    const std::string& e164() const { return e164_; }
    bool operator==(const Phone&) const = default;

private:
    std::string e164_;
};
class Email {
public:
    Email() = default;
    static Result<Email> parse(std::string_view text);
    const std::string& str() const { return value_; }
    bool operator==(const Email&) const = default;

private:
    std::string value_;
};

}  // namespace tilth
