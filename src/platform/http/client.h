#pragma once
// HTTP/1.1 client, blocking, with a bound on time and on bytes. Keeps connections per host and thread alive.
// Outcomes: a Response of any status; Unavailable (no connection: nothing was sent); Timeout or StorageFailed after
// bytes were sent mean the outcome is unknown, and callers with effects must ask, not repeat.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "platform/http/server.h"

namespace tilth::http {

struct ClientRequest {
    Method method = Method::Get;
    std::string url;                    // http://, https:// or unix:/path/to.sock:/path?query
    std::vector<Header> headers;
    std::string body;
    std::int64_t timeout_ms = 10'000;
    std::size_t answer_bytes_max = 64u << 20;
    bool verify_tls = true;
    // Asked with each address that the host's name leads to ("203.0.113.7", "2001:db8::1") before connecting to it;
    // an address refused is not tried, and with none left the answer is Forbidden. Such a request uses no kept
    // connection, and unix: is Forbidden. For addresses that somebody outside has chosen (addresses.h). Redirects are
    // never followed.
    std::function<bool(std::string_view ip)> may_connect = {};
};

struct ClientResponse {
    int status = 0;
    std::vector<Header> headers;
    std::string body;
    std::string_view header(std::string_view name) const;
};

Result<ClientResponse> send(const ClientRequest& request);

}  // namespace tilth::http
