#pragma once
// Who the client is when a proxy stands in front. Only the proxies named are believed; by default nobody is.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "platform/http/server.h"

namespace tilth::http {

class Proxies {
public:
    // "10.0.0.0/8", "127.0.0.1", "fd00::/8"; Invalid names the one that is none.
    static Result<Proxies> parse(const std::vector<std::string>& cidrs);
    bool trusts(std::string_view ip) const;
    // Sets client_ip and secure from the socket's address and, when that is a trusted proxy, from X-Forwarded-For
    // (the last address that is not itself a trusted proxy) and X-Forwarded-Proto.
    void apply(Request& request, std::string_view socket_ip, bool socket_secure) const;

private:
    struct Range {
        std::array<std::uint8_t, 16> network{};  // IPv4 stands in its IPv6-mapped form
        int bits = 128;
    };
    std::vector<Range> ranges_;
};

}  // namespace tilth::http
