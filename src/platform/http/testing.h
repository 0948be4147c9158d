#pragma once
// For the tests of this room only: a server on a free port, and a socket that sends exactly the bytes it is told.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "platform/http/client.h"
#include "platform/http/server.h"

namespace tilth::http::testing {

class RawSocket {
public:
    explicit RawSocket(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    RawSocket(const RawSocket&) = delete;
    RawSocket& operator=(const RawSocket&) = delete;
    ~RawSocket() { ::close(socket_); }
    bool connected() const { return connected_; }

    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }
    // One read of what is there within the time; closed() tells an end from a silence.
    std::string read_some(int timeout_ms = 3'000) {
        pollfd state{socket_, POLLIN, 0};
        if (::poll(&state, 1, timeout_ms) <= 0) return {};
        std::string out(64u << 10, '\0');
        const auto count = ::recv(socket_, out.data(), out.size(), 0);
        closed_ = count <= 0;
        out.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return out;
    }
    std::string read_until(std::string_view end, int timeout_ms = 3'000) {
        std::string out;
        while (out.find(end) == std::string::npos) {
            const auto more = read_some(timeout_ms);
            if (more.empty()) break;
            out += more;
        }
        return out;
    }
    std::string read_to_end(int timeout_ms = 3'000) {
        std::string out;
        while (true) {
            const auto more = read_some(timeout_ms);
            if (more.empty()) return out;
            out += more;
        }
    }
    bool closed() const { return closed_; }
    void half_close() { ::shutdown(socket_, SHUT_WR); }

private:
    int socket_;
    bool connected_ = false;
    bool closed_ = false;
};

inline int count_of(std::string_view text, std::string_view part) {
    int count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

struct TestServer {
    explicit TestServer(std::vector<Route> routes, ServerOptions options = {}) {
        options.port = 0;
        if (options.worker_threads == 64) options.worker_threads = 4;
        auto made = serve(options, std::move(routes));
        if (!made) {
            ADD_FAILURE() << made.error().detail;
            return;
        }
        server = std::move(*made);
    }
    std::string url(std::string_view target) const {
        return "http://127.0.0.1:" + std::to_string(server->port()) + std::string(target);
    }
    Result<ClientResponse> get(std::string_view target, std::vector<Header> headers = {}) const {
        ClientRequest request;
        request.url = url(target);
        request.headers = std::move(headers);
        return http::send(request);
    }
    Result<ClientResponse> post(std::string_view target, std::string body, std::vector<Header> headers = {}) const {
        ClientRequest request;
        request.method = Method::Post;
        request.url = url(target);
        request.body = std::move(body);
        request.headers = std::move(headers);
        return http::send(request);
    }
    Result<ClientResponse> ask(Method method, std::string_view target, std::vector<Header> headers = {}) const {
        ClientRequest request;
        request.method = method;
        request.url = url(target);
        request.headers = std::move(headers);
        return http::send(request);
    }
    std::unique_ptr<Server> server;
};

inline Route echo(std::string pattern = "/echo") {
    return route(Method::Post, std::move(pattern), [](Request& request) { return Response::text(200, request.body); });
}
inline Route hello(std::string pattern = "/hello") {
    return route(Method::Get, std::move(pattern), [](Request&) { return Response::text(200, "hello"); });
}

}  // namespace tilth::http::testing
