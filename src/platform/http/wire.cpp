#include "platform/http/wire.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <optional>
#include <utility>

#include "platform/http/url.h"
#include "platform/log/log.h"

namespace tilth::http {
namespace {

constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void two_digits(std::string& out, int value) {
    out.push_back(static_cast<char>('0' + value / 10));
    out.push_back(static_cast<char>('0' + value % 10));
}

// "Sun, 06 Nov 1994 08:49:37 GMT": always English, whatever the locale.
std::string http_date(std::time_t seconds) {
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::string out(kDays[parts.tm_wday]);
    out += ", ";
    two_digits(out, parts.tm_mday);
    out += ' ';
    out += kMonths[parts.tm_mon];
    out += ' ';
    out += std::to_string(parts.tm_year + 1900);
    out += ' ';
    two_digits(out, parts.tm_hour);
    out += ':';
    two_digits(out, parts.tm_min);
    out += ':';
    two_digits(out, parts.tm_sec);
    out += " GMT";
    return out;
}

const std::string& date_now() {
    thread_local std::time_t made_at = -1;
    thread_local std::string text;
    const std::time_t seconds = std::time(nullptr);
    if (seconds != made_at) {
        made_at = seconds;
        text = http_date(seconds);
    }
    return text;
}

// A line end inside a value would start a header of its own; it becomes a space.
void add_header(std::string& head, std::string_view name, std::string_view value) {
    const auto plain = [&](std::string_view text) {
        for (const char c : text) head.push_back(c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
    };
    plain(name);
    head += ": ";
    plain(value);
    head += "\r\n";
}

bool has(const std::vector<Header>& headers, std::string_view name) {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const Header& header) { return equal_ignoring_case(header.name, name); });
}

std::string status_line(int status) {
    std::string head = "HTTP/1.1 ";
    head += std::to_string(status);
    head += ' ';
    head += reason_phrase(status);
    head += "\r\n";
    return head;
}

void add_common(std::string& head, const AnswerContext& context) {
    head += "Date: ";
    head += date_now();
    head += "\r\nX-Content-Type-Options: nosniff\r\n";
    if (context.cors && !context.origin.empty()) {
        add_header(head, "Access-Control-Allow-Origin", context.origin);
        head += "Vary: Origin\r\n";
    }
    if (!context.keep_alive) {
        head += "Connection: close\r\n";
    } else if (context.http10) {
        head += "Connection: keep-alive\r\n";
    }
}

// Opens response.file into `out` and adds its validators; answers the status that holds, or nothing when there is no
// such file.
std::optional<int> attach_file(Response& response, const AnswerContext& context, Outgoing& out) {
    out.file = ::open(response.file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat info{};
    if (out.file < 0 || ::fstat(out.file, &info) != 0 || !S_ISREG(info.st_mode)) {
        log::warn("http.file_missing", {{"errno", errno}});
        return std::nullopt;
    }
    const auto size = static_cast<std::uint64_t>(info.st_size);
    const std::string tag = "\"" + std::to_string(info.st_mtim.tv_sec) + "-" + std::to_string(info.st_mtim.tv_nsec) +
                            "-" + std::to_string(size) + "\"";
    if (!has(response.headers, "etag")) response.with("ETag", tag);
    response.with("Accept-Ranges", "bytes");
    out.file_left = size;
    if (response.status != 200) return response.status;
    if (!context.if_none_match.empty() && context.if_none_match.find(tag) != std::string::npos) {
        out.file_left = 0;
        return 304;
    }
    if (context.range.empty() || (!context.if_range.empty() && context.if_range != tag)) return 200;
    const auto range = parse_range(context.range, size);
    if (range.kind == ByteRange::Kind::Whole) return 200;
    if (range.kind == ByteRange::Kind::Unsatisfiable) {
        response.with("Content-Range", "bytes */" + std::to_string(size));
        out.file_left = 0;
        return 416;
    }
    out.file_offset = range.first;
    out.file_left = range.count;
    response.with("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                       std::to_string(range.first + range.count - 1) + "/" + std::to_string(size));
    return 206;
}

std::string escape_json(std::string_view text) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            out.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
            out.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
        } else {
            out.push_back(c);
        }
    }
    return out;
}

}  // namespace

Outgoing::Outgoing(Outgoing&& other) noexcept
    : head(std::move(other.head)),
      body(std::move(other.body)),
      file(std::exchange(other.file, -1)),
      file_offset(other.file_offset),
      file_left(other.file_left),
      status(other.status) {}

Outgoing& Outgoing::operator=(Outgoing&& other) noexcept {
    if (this == &other) return *this;
    if (file >= 0) ::close(file);
    head = std::move(other.head);
    body = std::move(other.body);
    file = std::exchange(other.file, -1);
    file_offset = other.file_offset;
    file_left = other.file_left;
    status = other.status;
    return *this;
}

Outgoing::~Outgoing() {
    if (file >= 0) ::close(file);
}

Outgoing compose(Response&& response, const AnswerContext& context) {
    Outgoing out;
    out.status = response.status;
    if (!response.file.empty()) {
        const auto status = attach_file(response, context, out);
        if (!status) return compose(refusal(ErrorCode::NotFound, 404), context);
        out.status = *status;
    } else {
        out.body = std::move(response.body);
    }
    out.head = status_line(out.status);
    out.head.reserve(384);
    add_common(out.head, context);
    if (!has(response.headers, "referrer-policy")) out.head += "Referrer-Policy: same-origin\r\n";
    for (const auto& header : response.headers) add_header(out.head, header.name, header.value);
    const bool bodiless = out.status == 204 || out.status == 304 || out.status < 200;
    if (!bodiless) {
        if (!response.content_type.empty()) add_header(out.head, "Content-Type", response.content_type);
        out.head += "Content-Length: ";
        out.head += std::to_string(out.body.size() + out.file_left);
        out.head += "\r\n";
    }
    out.head += "\r\n";
    if (bodiless || context.head_only) {
        out.body.clear();
        out.file_left = 0;
    }
    return out;
}

Outgoing compose_stream(const AnswerContext& context) {
    Outgoing out;
    out.status = 200;
    out.head = status_line(200);
    AnswerContext closing = context;
    closing.keep_alive = false;
    add_common(out.head, closing);
    out.head +=
        "Referrer-Policy: same-origin\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n"
        "X-Accel-Buffering: no\r\n\r\n";
    return out;
}

std::string sse_event(std::string_view event, std::string_view data, std::string_view id) {
    std::string out;
    const auto line = [&](std::string_view name, std::string_view value) {
        out += name;
        out += ": ";
        for (const char c : value) out.push_back(c == '\r' || c == '\n' ? ' ' : c);
        out += '\n';
    };
    if (!event.empty()) line("event", event);
    if (!id.empty()) line("id", id);
    // Each line of the data is a line of its own; the reader joins them again.
    while (true) {
        const auto end = data.find('\n');
        line("data", data.substr(0, end));
        if (end == std::string_view::npos) break;
        data.remove_prefix(end + 1);
    }
    out += '\n';
    return out;
}

Response preflight(const Request& request, bool cors, const std::string& allowed) {
    Response response;
    response.status = 204;
    response.with("Allow", allowed);
    if (!cors || request.header("origin").empty()) return response;
    response.with("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
    const auto asked = request.header("access-control-request-headers");
    if (!asked.empty()) response.with("Access-Control-Allow-Headers", std::string(asked));
    response.with("Access-Control-Max-Age", "86400");
    return response;
}

Response refusal(ErrorCode code, int status, std::string_view detail) {
    const auto& words = info(code);
    Response response;
    response.status = status;
    response.content_type = "application/problem+json; charset=utf-8";
    // The shape of kernel/api's problems; what is refused here has reached no route, so there is no language to choose.
    response.body = "{\"type\":\"urn:tilth:problem:" + std::string(words.name) + "\",\"title\":\"" +
                    escape_json(words.zh) + "\",\"status\":" + std::to_string(status) + ",\"code\":\"" +
                    std::string(words.name) + "\",\"detail\":\"" + escape_json(detail.empty() ? words.en : detail) +
                    "\",\"errors\":[],\"incident\":\"\"}";
    return response;
}

std::string_view reason_phrase(int status) {
    static constexpr std::pair<int, std::string_view> kPhrases[] = {{100, "Continue"},
                                                                    {200, "OK"},
                                                                    {201, "Created"},
                                                                    {202, "Accepted"},
                                                                    {204, "No Content"},
                                                                    {206, "Partial Content"},
                                                                    {301, "Moved Permanently"},
                                                                    {302, "Found"},
                                                                    {303, "See Other"},
                                                                    {304, "Not Modified"},
                                                                    {307, "Temporary Redirect"},
                                                                    {308, "Permanent Redirect"},
                                                                    {400, "Bad Request"},
                                                                    {401, "Unauthorized"},
                                                                    {403, "Forbidden"},
                                                                    {404, "Not Found"},
                                                                    {405, "Method Not Allowed"},
                                                                    {406, "Not Acceptable"},
                                                                    {408, "Request Timeout"},
                                                                    {409, "Conflict"},
                                                                    {410, "Gone"},
                                                                    {411, "Length Required"},
                                                                    {412, "Precondition Failed"},
                                                                    {413, "Content Too Large"},
                                                                    {415, "Unsupported Media Type"},
                                                                    {416, "Range Not Satisfiable"},
                                                                    {417, "Expectation Failed"},
                                                                    {422, "Unprocessable Content"},
                                                                    {423, "Locked"},
                                                                    {425, "Too Early"},
                                                                    {428, "Precondition Required"},
                                                                    {429, "Too Many Requests"},
                                                                    {431, "Request Header Fields Too Large"},
                                                                    {500, "Internal Server Error"},
                                                                    {501, "Not Implemented"},
                                                                    {502, "Bad Gateway"},
                                                                    {503, "Service Unavailable"},
                                                                    {504, "Gateway Timeout"},
                                                                    {505, "HTTP Version Not Supported"},
                                                                    {507, "Insufficient Storage"}};
    for (const auto& [code, phrase] : kPhrases) {
        if (code == status) return phrase;
    }
    return "Unknown";
}

ByteRange parse_range(std::string_view header, std::uint64_t size) {
    // Anything that is not one well-formed range of bytes is answered with the whole (RFC 9110, 14.2).
    ByteRange whole{ByteRange::Kind::Whole, 0, size};
    if (!header.starts_with("bytes=") || header.find(',') != std::string_view::npos) return whole;
    header.remove_prefix(6);
    const auto dash = header.find('-');
    if (dash == std::string_view::npos) return whole;
    const auto number = [](std::string_view text) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.empty() || failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
        return value;
    };
    const auto first_text = trim(header.substr(0, dash));
    const auto last_text = trim(header.substr(dash + 1));
    const auto first = number(first_text);
    const auto last = number(last_text);
    if ((!first && !first_text.empty()) || (!last && !last_text.empty()) || (!first && !last)) return whole;
    if (!first) {  // the last bytes
        const auto count = std::min(*last, size);
        if (count == 0) return {ByteRange::Kind::Unsatisfiable, 0, 0};
        return {ByteRange::Kind::Part, size - count, count};
    }
    if (last && *last < *first) return whole;
    if (*first >= size) return {ByteRange::Kind::Unsatisfiable, 0, 0};
    const auto end = last ? std::min(*last, size - 1) : size - 1;
    return {ByteRange::Kind::Part, *first, end - *first + 1};
}

}  // namespace tilth::http
