#include "platform/http/proxies.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "platform/http/url.h"

namespace tilth::http {
namespace {

using Address = std::array<std::uint8_t, 16>;

struct Parsed {
    Address bytes{};
    bool v4 = false;
};

std::optional<Parsed> parse_ip(std::string_view text) {
    Parsed out;
    const std::string copy(text);
    in_addr v4{};
    if (inet_pton(AF_INET, copy.c_str(), &v4) == 1) {
        out.v4 = true;
        out.bytes[10] = out.bytes[11] = 0xff;
        std::memcpy(out.bytes.data() + 12, &v4, 4);
        return out;
    }
    if (inet_pton(AF_INET6, copy.c_str(), out.bytes.data()) == 1) return out;
    return std::nullopt;
}

// "1.2.3.4:5678" and "[::1]:5678" as some proxies write them.
std::string_view without_port(std::string_view text) {
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        return end == std::string_view::npos ? text : text.substr(1, end - 1);
    }
    if (std::count(text.begin(), text.end(), ':') == 1) return text.substr(0, text.find(':'));
    return text;
}

bool inside(const Address& address, const Address& network, int bits) {
    const auto whole = static_cast<std::size_t>(bits / 8);
    if (std::memcmp(address.data(), network.data(), whole) != 0) return false;
    if (bits % 8 == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - bits % 8));
    return (address[whole] & mask) == (network[whole] & mask);
}

}  // namespace

Result<Proxies> Proxies::parse(const std::vector<std::string>& cidrs) {
    Proxies out;
    for (const auto& text : cidrs) {
        const auto slash = text.find('/');
        const auto address = parse_ip(std::string_view(text).substr(0, slash));
        int bits = address && address->v4 ? 32 : 128;
        bool good = address.has_value();
        if (good && slash != std::string::npos) {
            int asked = -1;
            const char* last = text.data() + text.size();
            const auto [end, failed] = std::from_chars(text.data() + slash + 1, last, asked);
            good = failed == std::errc{} && end == last && asked >= 0 && asked <= bits;
            bits = asked;
        }
        if (!good) {
            return Error::invalid("trusted_proxies", "not_a_cidr", "不是有效的网段：" + text,
                                  "not an address range: " + text, "例如 10.0.0.0/8", "for example 10.0.0.0/8");
        }
        out.ranges_.push_back({address->bytes, address->v4 ? bits + 96 : bits});
    }
    return out;
}

bool Proxies::trusts(std::string_view ip) const {
    if (ranges_.empty()) return false;
    const auto address = parse_ip(ip);
    if (!address) return false;
    return std::any_of(ranges_.begin(), ranges_.end(),
                       [&](const Range& range) { return inside(address->bytes, range.network, range.bits); });
}

void Proxies::apply(Request& request, std::string_view socket_ip, bool socket_secure) const {
    request.client_ip = socket_ip;
    request.secure = socket_secure;
    if (!trusts(socket_ip)) return;
    std::vector<std::string_view> hops;
    for (const auto& header : request.headers) {
        if (equal_ignoring_case(header.name, "x-forwarded-proto")) {
            const std::string_view value = header.value;
            const auto comma = value.rfind(',');
            request.secure =
                equal_ignoring_case(trim(comma == std::string_view::npos ? value : value.substr(comma + 1)), "https");
        }
        if (!equal_ignoring_case(header.name, "x-forwarded-for")) continue;
        std::string_view rest = header.value;
        while (!rest.empty()) {
            const auto comma = rest.find(',');
            hops.push_back(without_port(trim(rest.substr(0, comma))));
            rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        }
    }
    // From the nearest hop outwards: what lies behind the first stranger is only that stranger's word.
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
        if (!parse_ip(*hop)) break;
        request.client_ip = *hop;
        if (!trusts(*hop)) break;
    }
}

}  // namespace tilth::http
