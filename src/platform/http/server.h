#pragma once
// HTTP/1.1 server (Boost.Beast behind this façade). Handlers are plain blocking functions; they run on a pool of worker
// threads, never on the I/O threads. A handler may also answer later from another thread (Responder), which is how the
// ingest path and group commits avoid a parked thread per request.
//
// Bounds: header 16 KiB, body per route, idle and slow-client timeouts, connections, queue of waiting requests
// (then 503 with Retry-After). HEAD and OPTIONS (CORS by rule) are answered by the server itself.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace tilth::http {

enum class Method : std::uint8_t { Get, Post, Put, Patch, Delete, Head, Options, Other };
std::string_view name(Method method);

struct Header {
    std::string name;   // as it came; compare with header()
    std::string value;
};

struct Request {
    Method method = Method::Get;
    std::string target;                 // "/api/v1/customers?page=2", as it came
    std::string path;                   // percent-decoded, without the query
    std::vector<Header> query;          // decoded, in order, repeats kept
    std::vector<Header> headers;
    std::string body;
    std::string client_ip;              // socket's, or X-Forwarded-For when the socket is a trusted proxy
    bool secure = false;                // TLS here, or a trusted proxy says so
    std::vector<std::string> captures;  // values of {…} in the route's pattern, in order

    std::string_view header(std::string_view name) const;  // case-insensitive; empty when absent
    std::optional<std::string_view> param(std::string_view name) const;
    std::string cookie(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::string content_type = "application/json; charset=utf-8";
    std::vector<Header> headers;
    std::string body;
    std::string file;                   // when set, the body is this file (streamed; Range is honoured)

    static Response json(int status, std::string body);
    static Response text(int status, std::string body);
    Response& with(std::string name, std::string value);
};

// Answers exactly once; dropping it unanswered answers 500. Any thread.
class Responder {
public:
    virtual ~Responder() = default;
    virtual void answer(Response response) = 0;
    // Turns the answer into a stream of server-sent events; false from send() means the client is gone.
    class Stream {
    public:
        virtual ~Stream() = default;
        virtual bool send(std::string_view event, std::string_view data, std::string_view id = {}) = 0;
        virtual bool open() const = 0;
    };
    virtual std::shared_ptr<Stream> stream() = 0;
};

using Handler = std::function<Response(Request&)>;
using AsyncHandler = std::function<void(Request&, std::shared_ptr<Responder>)>;

struct Route {
    Method method = Method::Get;
    std::string pattern;                // "/api/v1/customers/{id}"; "{rest...}" at the end takes the remainder
    AsyncHandler handler;
    std::size_t body_bytes_max = 1u << 20;
    bool inline_on_io = false;          // run on the I/O thread: only for handlers that never block
    bool cors = false;                  // answer preflights, mirror the asked origin and headers (trackers)
};
Route route(Method method, std::string pattern, Handler handler);

struct ServerOptions {
    std::string listen = "127.0.0.1";
    std::uint16_t port = 8686;          // 0: any free one, see Server::port()
    int io_threads = 2;
    int worker_threads = 64;
    std::size_t waiting_max = 4'096;
    std::size_t connections_max = 12'000;
    std::int64_t idle_timeout_ms = 60'000;
    std::int64_t read_timeout_ms = 15'000;
    std::string certificate_file;       // PEM; with the key: TLS on this port
    std::string key_file;
    std::vector<std::string> trusted_proxies;  // CIDR; empty: nobody
};

class Server {
public:
    virtual ~Server() = default;
    virtual std::uint16_t port() const = 0;
    virtual void stop() = 0;            // stops accepting, finishes what is in flight (≤ 10 s), joins threads
};
// Routes are matched exact segment before capture before rest. Unavailable when the port is taken.
Result<std::unique_ptr<Server>> serve(const ServerOptions& options, std::vector<Route> routes);

// Requests over a Unix socket with the same handlers: how commands talk to the running process. Mode 0600.
Result<std::unique_ptr<Server>> serve_unix(const std::string& socket_path, std::vector<Route> routes);

}  // namespace tilth::http
