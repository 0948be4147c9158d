// How many small requests a second the HTTP layer alone answers: 659 bytes in, 100 bytes out, keep-alive, 64
// connections, server and load generator in this process. Prints one line per way of handling.
// Usage: http_echo [seconds] [connections] [io_threads]

#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "platform/http/server.h"

namespace {

using tilth::http::Method;
using tilth::http::Request;
using tilth::http::Response;
using Clock = std::chrono::steady_clock;

struct Load {
    double requests_per_second = 0;
    double p50_us = 0;
    double p99_us = 0;
    std::size_t failures = 0;
};

struct Peer {
    int socket = -1;
    std::size_t received = 0;
    std::size_t expected = 0;
    Clock::time_point sent;
};

int connect_to(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::abort();
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return socket;
}

// The answer's length from its head; all answers of a run are alike.
std::size_t answer_bytes(std::string_view text) {
    const auto end = text.find("\r\n\r\n");
    const auto field = text.find("Content-Length: ");
    if (end == std::string_view::npos || field == std::string_view::npos || !text.starts_with("HTTP/1.1 200")) return 0;
    return end + 4 + static_cast<std::size_t>(std::strtoul(text.data() + field + 16, nullptr, 10));
}

Load drive(std::uint16_t port, std::string_view path, int seconds, int connections) {
    const std::string request = "POST " + std::string(path) +
                                " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                "Content-Length: 659\r\n\r\n" +
                                std::string(659, 'x');
    const int epoll = ::epoll_create1(0);
    std::vector<Peer> peers(static_cast<std::size_t>(connections));
    const auto send = [&](Peer& peer) {
        peer.sent = Clock::now();
        peer.received = 0;
        const auto sent = ::send(peer.socket, request.data(), request.size(), MSG_NOSIGNAL);
        return sent == static_cast<ssize_t>(request.size());
    };
    for (auto& peer : peers) {
        peer.socket = connect_to(port);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &peer;
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, peer.socket, &event);
        send(peer);
    }
    Load load;
    std::vector<double> latencies;
    std::vector<epoll_event> events(256);
    std::vector<char> buffer(64u << 10);
    const auto start = Clock::now();
    const auto until = start + std::chrono::seconds(seconds);
    while (Clock::now() < until) {
        const int ready = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 100);
        for (int i = 0; i < ready; ++i) {
            auto& peer = *static_cast<Peer*>(events[static_cast<std::size_t>(i)].data.ptr);
            const auto count = ::recv(peer.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (count <= 0) {
                ++load.failures;
                ::epoll_ctl(epoll, EPOLL_CTL_DEL, peer.socket, nullptr);
                continue;
            }
            if (peer.expected == 0) peer.expected = answer_bytes({buffer.data(), static_cast<std::size_t>(count)});
            peer.received += static_cast<std::size_t>(count);
            if (peer.received < peer.expected) continue;
            if (peer.received != peer.expected) ++load.failures;
            latencies.push_back(std::chrono::duration<double, std::micro>(Clock::now() - peer.sent).count());
            if (!send(peer)) ++load.failures;
        }
    }
    const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    for (auto& peer : peers) ::close(peer.socket);
    ::close(epoll);
    load.requests_per_second = static_cast<double>(latencies.size()) / elapsed;
    std::sort(latencies.begin(), latencies.end());
    if (!latencies.empty()) {
        load.p50_us = latencies[latencies.size() / 2];
        load.p99_us = latencies[latencies.size() * 99 / 100];
    }
    return load;
}

}  // namespace

int main(int argc, char** argv) {
    const int seconds = argc > 1 ? std::atoi(argv[1]) : 5;
    const int connections = argc > 2 ? std::atoi(argv[2]) : 64;
    tilth::http::ServerOptions options;
    options.port = 0;
    options.io_threads = argc > 3 ? std::atoi(argv[3]) : 2;
    const auto answer = [](Request& request) {
        return Response::json(200, std::string(std::min<std::size_t>(request.body.size(), 100), 'y'));
    };
    auto on_io = tilth::http::route(Method::Post, "/inline", answer);
    on_io.inline_on_io = true;
    auto server = tilth::http::serve(options, {on_io, tilth::http::route(Method::Post, "/worker", answer)});
    if (!server) {
        fmt::print(stderr, "{}\n", server.error().detail);
        return 1;
    }
    for (const auto* path : {"/inline", "/worker"}) {
        drive((*server)->port(), path, 1, connections);
        const auto load = drive((*server)->port(), path, seconds, connections);
        fmt::print("http_echo {:<8} {:>8.0f} requests/s  p50 {:>6.0f} us  p99 {:>6.0f} us  failures {}\n", path + 1,
                   load.requests_per_second, load.p50_us, load.p99_us, load.failures);
    }
    return 0;
}
