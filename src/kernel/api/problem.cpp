#include "kernel/api/problem.h"

#include <charconv>

#include "kernel/api/api.h"
#include "platform/log/log.h"

namespace tilth::kernel {

namespace {

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

struct Preference {
    std::string_view tag;
    double quality = 1.0;
};
// "en-GB;q=0.8"
Preference preference(std::string_view item) {
    const auto semicolon = item.find(';');
    Preference found{trimmed(item.substr(0, semicolon)), 1.0};
    const auto q = semicolon == std::string_view::npos ? semicolon : item.find("q=", semicolon);
    if (q != std::string_view::npos) {
        const std::string_view digits = trimmed(item.substr(q + 2));
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), found.quality);
        if (read.ec != std::errc{}) found.quality = 0;
    }
    return found;
}

}  // namespace

Language language_of(const http::Request& request) {
    if (const auto asked = request.param("lang")) return asked->starts_with("en") ? Language::En : Language::Zh;
    Language best = Language::Zh;
    double best_quality = 0;
    std::string_view list = request.header("Accept-Language");
    while (!list.empty()) {
        const auto comma = list.find(',');
        const Preference one = preference(list.substr(0, comma));
        const bool known = one.tag.starts_with("zh") || one.tag.starts_with("en");
        if (known && one.quality > best_quality) {
            best_quality = one.quality;
            best = one.tag.starts_with("en") ? Language::En : Language::Zh;
        }
        if (comma == std::string_view::npos) break;
        list.remove_prefix(comma + 1);
    }
    return best;
}

http::Response problem(const Error& error, Language language, const RequestId& request) {
    const ErrorInfo& about = info(error.code);
    const bool zh = language == Language::Zh;
    Problem body;
    body.type = "urn:tilth:problem:" + std::string(about.name);
    body.title = zh ? about.zh : about.en;
    body.status = about.http_status;
    body.code = about.name;
    body.incident = request.str();
    if (about.http_status < 500) {
        body.detail = unless_empty(error.detail);
    } else {
        log::error("request failed", {{"request", body.incident}, {"code", about.name}, {"detail", error.detail}});
    }
    for (const FieldError& broken : error.fields) {
        body.errors.push_back({broken.field, broken.rule, zh ? broken.reason_zh : broken.reason_en,
                               unless_empty(zh ? broken.remedy_zh : broken.remedy_en)});
    }
    http::Response response = http::Response::json(about.http_status, json::print(body));
    response.content_type = "application/problem+json; charset=utf-8";
    response.with("X-Request-Id", body.incident).with("Cache-Control", "no-store");
    if (about.retryable) response.with("Retry-After", "1");
    return response;
}

}  // namespace tilth::kernel
