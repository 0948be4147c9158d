// What a file of members says of consent.
#include <algorithm>
#include <array>

#include "modules/customer/privacy.h"
#include "modules/customer/rights/api.h"
#include "modules/customer/store.h"

namespace tilth::customer {

namespace {

template <class Value>
struct Word {
    std::string_view word;
    Value value;
};
constexpr std::array kPurposes{
    Word{"营销", Purpose::Marketing},    Word{"marketing", Purpose::Marketing}, Word{"服务通知", Purpose::Service},
    Word{"服务", Purpose::Service},      Word{"service", Purpose::Service},     Word{"画像分析", Purpose::Profiling},
    Word{"画像", Purpose::Profiling},    Word{"profiling", Purpose::Profiling}, Word{"与关联方共享", Purpose::Sharing},
    Word{"共享", Purpose::Sharing},      Word{"sharing", Purpose::Sharing},     Word{"调研", Purpose::Research},
    Word{"research", Purpose::Research},
};
constexpr std::array kChannels{
    Word{"短信", ConsentChannel::Sms},       Word{"sms", ConsentChannel::Sms},
    Word{"电话", ConsentChannel::Call},      Word{"call", ConsentChannel::Call},
    Word{"邮件", ConsentChannel::Email},     Word{"email", ConsentChannel::Email},
    Word{"企业微信", ConsentChannel::WeCom}, Word{"企微", ConsentChannel::WeCom},
    Word{"wecom", ConsentChannel::WeCom},    Word{"微信", ConsentChannel::WeChat},
    Word{"公众号", ConsentChannel::WeChat},  Word{"小程序", ConsentChannel::WeChat},
    Word{"wechat", ConsentChannel::WeChat},  Word{"app", ConsentChannel::App},
    Word{"App", ConsentChannel::App},
};
// Nobody was asked, or did not answer: nothing is written.
constexpr std::array<std::string_view, 5> kNoAnswer{"未同意", "无", "未知", "未征询", "-"};
constexpr std::array<std::string_view, 8> kNo{"不同意", "拒绝", "否", "撤回", "已撤回", "no", "n", "withdrawn"};
constexpr std::array<std::string_view, 6> kSeparators{";", "；", "、", "|", "/", "，"};
constexpr std::size_t kAnswerBytesMax = 40;

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::vector<std::string> parted(std::string text) {
    for (const std::string_view separator : kSeparators) {
        for (std::size_t at = text.find(separator); at != std::string::npos; at = text.find(separator, at + 1))
            text.replace(at, separator.size(), ",");
    }
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        std::string part = text.substr(at, end - at);
        std::erase(part, ' ');
        if (!part.empty()) parts.push_back(std::move(part));
        at = end + 1;
    }
    return parts;
}

template <class Value, std::size_t N>
Result<std::vector<Value>> values(const std::string& text, const std::array<Word<Value>, N>& words,
                                  std::string_view field, std::vector<Value> otherwise) {
    const auto parts = parted(text);
    if (parts.empty()) return otherwise;
    std::vector<Value> found;
    for (const std::string& part : parts) {
        const auto word = std::find_if(words.begin(), words.end(), [&](const auto& one) { return one.word == part; });
        if (word == words.end()) {
            return Error::invalid(std::string(field), "unknown_word", "没有这样的用途或渠道",
                                  "No such purpose or channel", "用“营销”“短信”这样的词，以分号隔开",
                                  "Use words such as marketing or sms, parted by semicolons");
        }
        if (std::find(found.begin(), found.end(), word->value) == found.end()) found.push_back(word->value);
    }
    return found;
}

Result<std::vector<Purpose>> purposes_of(const FiledConsent& filed) {
    return values<Purpose>(filed.purposes, kPurposes, "consent_purposes", {Purpose::Marketing});
}
// A file that does not say by which: written messages, neither calls nor what needs an address or an app of its own.
Result<std::vector<ConsentChannel>> channels_of(const FiledConsent& filed) {
    return values<ConsentChannel>(filed.channels, kChannels, "consent_channels",
                                  {ConsentChannel::Sms, ConsentChannel::WeCom, ConsentChannel::WeChat});
}

bool later(const ConsentLine& a, const ConsentLine& b) { return std::pair(a.at, a.number) > std::pair(b.at, b.number); }

// Whether the line would say something new. Without a time of its own a file never outranks a withdrawal.
bool says_something(const std::vector<ConsentLine>& said, const ConsentLine& line, bool has_time) {
    const ConsentLine* newest = nullptr;  // of the person
    const ConsentLine* own = nullptr;
    for (const ConsentLine& one : said) {
        if (one.purpose != line.purpose || one.channel != line.channel) continue;
        if (newest == nullptr || later(one, *newest)) newest = &one;
        if (one.customer == line.customer && (own == nullptr || later(one, *own))) own = &one;
    }
    if (own != nullptr && own->granted == line.granted && own->text_version == line.text_version) return false;
    return has_time || !line.granted || newest == nullptr || newest->granted;
}

}  // namespace

Status check_filed(const FiledConsent& filed) {
    if (filed.answer.empty()) return ok();
    TRY(purposes_of(filed));
    TRY(channels_of(filed));
    return ok();
}

Result<std::int64_t> file_consent(Customers& customers, kernel::Unit& unit, const CustomerId& customer,
                                  const FiledConsent& filed, std::string_view source) {
    if (filed.answer.empty() || among(kNoAnswer, filed.answer)) return std::int64_t{0};
    const auto person = customers.person_of(unit.tenant(), customer);
    if (!person) return Error(ErrorCode::NotFound, "customer");
    std::vector<ConsentLine> said;
    for (const CustomerId& member : customers.customers_of(unit.tenant(), person->ordinal, person->known)) {
        for (ConsentLine& line : TRY(store::consents(unit.sql(), unit.tenant(), member)))
            said.push_back(std::move(line));
    }
    ConsentLine line;
    line.customer = customer;
    line.granted = !among(kNo, filed.answer);
    line.text_version = filed.text_version.empty() ? filed.answer : filed.text_version;
    if (line.text_version.size() > kAnswerBytesMax) line.text_version = "import";
    line.source = source;
    line.actor = unit.context().actor.name;
    line.at = std::min(filed.at.value_or(filed.known_since), unit.now());
    line.recorded_at = unit.now();
    std::int64_t lines = 0;
    for (const Purpose purpose : TRY(purposes_of(filed))) {
        for (const ConsentChannel channel : TRY(channels_of(filed))) {
            line.purpose = purpose;
            line.channel = channel;
            if (!says_something(said, line, filed.at.has_value())) continue;
            line.number = unit.next_number("consent_line");
            TRY(store::insert(unit, line));
            ++lines;
        }
    }
    return lines;
}

Result<std::int64_t> take_back_consent(kernel::Unit& unit, std::string_view source, int limit) {
    const auto numbers = TRY(
        unit.sql().all("SELECT number FROM consent_line WHERE tenant_id = ?1 AND source = ?2 ORDER BY number LIMIT ?3",
                       {unit.tenant(), source, limit}, [](const sql::Row& row) { return row.i64(0); }));
    if (numbers.empty()) return std::int64_t{0};
    for (const std::int64_t number : numbers)
        TRY(unit.sql().write("DELETE FROM consent_line WHERE tenant_id = ?1 AND number = ?2", {unit.tenant(), number}));
    const auto lines = static_cast<std::int64_t>(numbers.size());
    TRY(
        unit.sql().write("INSERT INTO consent_taken_back (tenant_id, number, source, lines, at)"
                         " VALUES (?1, ?2, ?3, ?4, ?5)",
                         {unit.tenant(), unit.next_number("consent_taken_back"), source, lines, unit.now()}));
    return lines;
}

}  // namespace tilth::customer
