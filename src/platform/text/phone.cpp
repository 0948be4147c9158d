// The only file that knows libphonenumber. Its numbering plans are as old as Debian's package, so Chinese mobile
// numbers, the bulk of what arrives, are decided here: any 1[3-9] and nine digits, whichever range was opened last.

#include "platform/text/phone.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace tilth {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t kPhoneBytesMax = 64;
constexpr std::size_t kEmailBytesMax = 254;
constexpr std::size_t kLocalPartBytesMax = 64;
constexpr std::size_t kDomainLabelBytesMax = 63;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

Error refused_phone() {
    return Error::invalid("phone", "not_a_phone", "不是有效的电话号码", "not a phone number that can exist",
                          "请填写完整号码，境外号码以 + 和国家代码开头", "write it whole; abroad with + and the country code");
}

Error masked(std::string field) {
    return Error::invalid(std::move(field), "masked", "内容已脱敏，不能用来识别", "the value is masked",
                          "请提供未脱敏的内容", "provide the value without a mask");
}

// What people and programs write between and in place of digits, beyond ASCII.
struct Form {
    std::string_view written;
    std::string_view plain;
};
constexpr std::array<Form, 20> kForms{{
    {"０", "0"}, {"１", "1"}, {"２", "2"}, {"３", "3"}, {"４", "4"}, {"５", "5"}, {"６", "6"},
    {"７", "7"}, {"８", "8"}, {"９", "9"}, {"＋", "+"}, {"－", ""},  {"（", ""},  {"）", ""},
    {"　", ""},  {"\u00A0", ""}, {"–", ""}, {"—", ""}, {"＊", "*"}, {"•", "*"},
}};

enum class Written : std::uint8_t { Number, Masked, Other };

// Digits with at most one leading plus.
Written read_written(std::string_view text, std::string& digits) {
    int crosses = 0;  // "138xxxx8000" is a mask, "8000 x 12" an extension
    bool other = false;
    while (!text.empty()) {
        std::string_view plain = text.substr(0, 1);
        std::size_t length = 1;
        const bool ascii = static_cast<unsigned char>(text.front()) < 0x80;
        for (const Form& form : std::span(kForms).first(ascii ? 0 : kForms.size())) {
            if (!text.starts_with(form.written)) continue;
            plain = form.plain;
            length = form.written.size();
        }
        text.remove_prefix(length);
        if (plain.empty()) continue;
        const char c = plain.front();
        if (c == '*') return Written::Masked;
        if (c == 'x' || c == 'X') {
            ++crosses;
        } else if (is_digit(c) || (c == '+' && digits.empty())) {
            digits += c;
        } else if (std::string_view(" \t-().").find(c) == std::string_view::npos) {
            other = true;
        }
    }
    if (crosses >= 3) return Written::Masked;
    return other || crosses > 0 ? Written::Other : Written::Number;
}

bool chinese_mobile(std::string_view national) {
    return national.size() == 11 && national[0] == '1' && national[1] >= '3' && is_digit(national[1]);
}

std::string_view without(std::string_view text, std::string_view prefix) {
    return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

Result<std::string> ask_library(const std::string& digits, std::string_view region) {
    const PhoneNumberUtil& library = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (library.Parse(digits, std::string(region), &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
        !library.IsValidNumber(number))
        return refused_phone();
    std::string e164;
    library.Format(number, PhoneNumberUtil::E164, &e164);
    return e164;
}

bool local_part_letter(char c) {
    return c > ' ' && c < 0x7F && std::string_view("()<>[]:;,\\\"@").find(c) == std::string_view::npos;
}

bool is_domain(std::string_view domain) {
    std::size_t labels = 0;
    while (true) {
        const auto dot = domain.find('.');
        const std::string_view label = domain.substr(0, dot);
        if (label.empty() || label.size() > kDomainLabelBytesMax) return false;
        if (label.front() == '-' || label.back() == '-') return false;
        if (!std::all_of(label.begin(), label.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '-'; }))
            return false;
        ++labels;
        if (dot == std::string_view::npos) return labels >= 2 && label.size() >= 2 && !is_digit(label.front());
        domain.remove_prefix(dot + 1);
    }
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kWide = "\u3000";
    for (bool again = true; again;) {
        const std::size_t before = text.size();
        while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
        while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
        if (text.starts_with(kWide)) text.remove_prefix(kWide.size());
        if (text.ends_with(kWide)) text.remove_suffix(kWide.size());
        again = text.size() != before;
    }
    return text;
}

}  // namespace

Result<std::string> normalise_phone(std::string_view text, std::string_view region) {
    if (text.size() > kPhoneBytesMax) return refused_phone();
    std::string digits;
    const Written written = read_written(text, digits);
    if (written == Written::Masked) return masked("phone");
    if (written == Written::Other || digits.size() < 3) return refused_phone();
    // "00" is dialled for "+" nearly everywhere; where it is not, no number begins with it.
    if (digits.starts_with("00")) digits.replace(0, 2, "+");
    const bool home = region == "CN";
    if (digits.starts_with("+86") || home) {
        const std::string_view national = without(without(digits, "+"), "86");
        const std::string_view mobile = home && digits.front() != '+' ? without(national, "0") : national;
        if (chinese_mobile(mobile)) return "+86" + std::string(mobile);
    }
    return ask_library(digits, region);
}

Result<std::string> normalise_email(std::string_view text) {
    const auto refused = [] {
        return Error::invalid("email", "not_an_email", "不是有效的邮箱地址", "not an e-mail address",
                              "请写成 name@example.com", "write it like name@example.com");
    };
    text = trim(text);
    if (text.find('*') != std::string_view::npos) return masked("email");
    const auto at = text.find('@');
    if (text.size() > kEmailBytesMax || at == std::string_view::npos || at == 0 || at > kLocalPartBytesMax)
        return refused();
    const std::string_view local = text.substr(0, at);
    if (!std::all_of(local.begin(), local.end(), local_part_letter) || !is_domain(text.substr(at + 1)))
        return refused();
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

Result<Phone> Phone::parse(std::string_view text) {
    Phone phone;
    phone.e164_ = TRY(normalise_phone(text, "CN"));
    return phone;
}

Result<Email> Email::parse(std::string_view text) {
    Email email;
    email.value_ = TRY(normalise_email(text));
    return email;
}

}  // namespace tilth
