#include "platform/http/url.h"

#include <algorithm>
#include <charconv>

namespace tilth::http {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The byte of an escape at `at`, or -1 when it is none.
int escaped_byte(std::string_view text, std::size_t at) {
    if (at + 2 >= text.size()) return -1;
    const int high = hex_value(text[at + 1]);
    const int low = hex_value(text[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string decode_query_part(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int byte = text[i] == '%' ? escaped_byte(text, i) : -1;
        if (byte >= 0) {
            out.push_back(static_cast<char>(byte));
            i += 2;
        } else {
            out.push_back(text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_plain_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c != 0x7f; });
}

Error bad_url(std::string why) {
    return Error::invalid("url", "not_a_url", "地址无效", "not a usable URL", "填写 http、https 或 unix 地址", std::move(why));
}

// "host", "host:8080", "[::1]:8080" into url.host and url.port.
Status parse_authority(std::string_view authority, Url& url) {
    url.host_header = authority;
    std::string_view port_text;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) return bad_url("the address has no closing bracket");
        url.host = authority.substr(1, end - 1);
        const auto rest = authority.substr(end + 1);
        if (!rest.empty() && rest[0] != ':') return bad_url("text after the address");
        port_text = rest.empty() ? rest : rest.substr(1);
        if (!rest.empty() && port_text.empty()) return bad_url("the port is empty");
    } else {
        const auto colon = authority.find(':');
        url.host = authority.substr(0, colon);
        if (colon != std::string_view::npos) {
            port_text = authority.substr(colon + 1);
            if (port_text.empty()) return bad_url("the port is empty");
        }
    }
    if (url.host.empty()) return bad_url("the host is empty");
    if (!port_text.empty()) {
        const auto [end, failed] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), url.port);
        if (failed != std::errc{} || end != port_text.data() + port_text.size() || url.port == 0) {
            return bad_url("the port is not a number from 1 to 65535");
        }
    }
    return ok();
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        const int byte = escaped_byte(text, i);
        if (byte <= 0) return std::nullopt;
        out.push_back(static_cast<char>(byte));
        i += 2;
    }
    return out;
}

std::string percent_encode(std::string_view text) {
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || c == '.' || c == '~';
        if (plain) {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back(kDigits[byte >> 4]);
            out.push_back(kDigits[byte & 15]);
        }
    }
    return out;
}

std::vector<Header> parse_query(std::string_view query) {
    std::vector<Header> out;
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto part = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        if (part.empty()) continue;
        const auto equals = part.find('=');
        Header pair;
        pair.name = decode_query_part(part.substr(0, equals));
        if (equals != std::string_view::npos) pair.value = decode_query_part(part.substr(equals + 1));
        out.push_back(std::move(pair));
    }
    return out;
}

std::optional<Target> split_target(std::string_view target) {
    if (!target.starts_with('/')) {
        const auto scheme = target.find("://");
        if (scheme == std::string_view::npos) return std::nullopt;
        const auto name = target.substr(0, scheme);
        if (!equal_ignoring_case(name, "http") && !equal_ignoring_case(name, "https")) return std::nullopt;
        target.remove_prefix(scheme + 3);
        const auto path = target.find_first_of("/?");
        if (path == std::string_view::npos || path == 0) return std::nullopt;
        target.remove_prefix(path);
        if (target[0] == '?') return Target{"/", target.substr(1)};
    }
    if (target.find('#') != std::string_view::npos) return std::nullopt;
    const auto mark = target.find('?');
    if (mark == std::string_view::npos) return Target{target, {}};
    return Target{target.substr(0, mark), target.substr(mark + 1)};
}

bool has_dot_segments(std::string_view path) {
    std::size_t start = 0;
    while (start <= path.size()) {
        const auto end = std::min(path.find('/', start), path.size());
        const auto segment = path.substr(start, end - start);
        if (segment == "." || segment == "..") return true;
        start = end + 1;
    }
    return false;
}

Result<Url> parse_url(std::string_view text) {
    Url url;
    if (!is_plain_text(text)) return bad_url("spaces and control characters must be escaped");
    if (text.starts_with("unix:")) {
        // unix:/path/to.sock:/path?query
        const auto rest = text.substr(5);
        const auto colon = rest.find(":/");
        url.scheme = Url::Scheme::Unix;
        url.host = rest.substr(0, colon);
        url.host_header = "localhost";
        url.target = colon == std::string_view::npos ? "/" : rest.substr(colon + 1);
        if (!url.host.starts_with('/')) return bad_url("the socket's path must be absolute");
        return url;
    }
    if (text.starts_with("https://")) {
        url.scheme = Url::Scheme::Https;
        url.port = 443;
        text.remove_prefix(8);
    } else if (text.starts_with("http://")) {
        text.remove_prefix(7);
    } else {
        return bad_url("the scheme must be http, https or unix");
    }
    text = text.substr(0, text.find('#'));
    const auto path = std::min(text.find_first_of("/?"), text.size());
    const auto authority = text.substr(0, path);
    if (authority.find('@') != std::string_view::npos) return bad_url("credentials do not belong into a URL");
    TRY(parse_authority(authority, url));
    url.target = text.substr(path);
    if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
    return url;
}

}  // namespace tilth::http
