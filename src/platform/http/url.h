#pragma once
// Request targets, queries and URLs: pure functions over text. Any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "platform/http/server.h"

namespace tilth::http {

// Percent-decodes. Nothing when an escape is broken or stands for NUL.
std::optional<std::string> percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);
// "a=1&b=%20x+y" in order. Senders in the field write sloppy queries: a broken escape stays as it is written.
std::vector<Header> parse_query(std::string_view query);

// The path of a request target without its query: origin form ("/a?b") or absolute form ("http://host/a?b").
// Nothing for any other form.
struct Target {
    std::string_view path;   // still encoded, starts with '/'
    std::string_view query;  // still encoded, without '?'
};
std::optional<Target> split_target(std::string_view target);
// True when a decoded path climbs ("..") or stands still (".") anywhere, so that no handler has to think of it.
bool has_dot_segments(std::string_view decoded_path);

struct Url {
    enum class Scheme : std::uint8_t { Http, Https, Unix };
    Scheme scheme = Scheme::Http;
    std::string host;        // without brackets for IPv6; the socket's path for Unix
    std::uint16_t port = 80;
    std::string host_header;
    std::string target;      // path and query, starts with '/'
};
Result<Url> parse_url(std::string_view text);

bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);

}  // namespace tilth::http
