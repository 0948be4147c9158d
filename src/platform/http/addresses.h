#pragma once
// Which addresses a server may be sent to by somebody outside it. Pure; any thread.

#include <string>
#include <string_view>
#include <vector>

#include "platform/http/proxies.h"

namespace tilth::http {

// True for addresses of the public internet. Private, loopback, link-local, shared, documentation, multicast and
// reserved ranges are none (IANA special-purpose registries, RFC 6890), nor is an IPv6 address that carries an IPv4
// address within (mapped, translated, 6to4), for where it leads depends on the network.
bool is_public_address(std::string_view ip);

// For ClientRequest::may_connect: public addresses, and those that the server's own configuration names as CIDR.
class Reachable {
public:
    Reachable() = default;
    explicit Reachable(Proxies allowed) : allowed_(std::move(allowed)) {}
    bool operator()(std::string_view ip) const { return allowed_.trusts(ip) || is_public_address(ip); }

private:
    Proxies allowed_;
};

}  // namespace tilth::http
