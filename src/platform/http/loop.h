#pragma once
// Event loops and sockets (Asio behind a plain interface). A Loop is one thread; a Transport belongs to one loop and is
// used on its thread only, with at most one read and one write under way.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tilth::http {

// Told on the loop's thread, never from within the call that began the operation.
class Sink {
public:
    virtual ~Sink() = default;
    virtual void on_open(bool good) = 0;                      // the TLS handshake, or at once without TLS
    virtual void on_read(std::size_t bytes) = 0;              // 0: closed or broken
    virtual void on_write(std::size_t bytes) = 0;             // 0: broken
};

class Transport {
public:
    virtual ~Transport() = default;
    virtual void open(std::shared_ptr<Sink> sink) = 0;
    virtual void read_some(char* data, std::size_t size, std::shared_ptr<Sink> sink) = 0;
    // Writes some of `first`, then of `second`.
    virtual void write_some(std::string_view first, std::string_view second, std::shared_ptr<Sink> sink) = 0;
    // Says goodbye to the peer, then reads on as read_some does (TLS: until the peer's goodbye, told as 0 bytes).
    virtual void read_after_goodbye(char* data, std::size_t size, std::shared_ptr<Sink> sink) = 0;
    virtual void close() = 0;                                 // pending operations end with 0 bytes
    virtual const std::string& peer_ip() const = 0;           // "unix" for a Unix socket
    virtual bool secure() const = 0;
};

class Loop {
public:
    virtual ~Loop() = default;
    virtual void post(std::function<void()> task) = 0;        // any thread; one wake-up serves many posts
    virtual bool here() const = 0;
    virtual void every(std::int64_t period_ms, std::function<void()> tick) = 0;  // before start()
};

struct ListenOptions {
    std::string address;          // an IP address; empty with unix_path
    std::uint16_t port = 0;
    std::string unix_path;
    std::string certificate_file;
    std::string key_file;
};

class Loops {
public:
    using Accepted = std::function<void(Loop&, std::unique_ptr<Transport>)>;  // on that loop's thread
    virtual ~Loops() = default;
    virtual std::size_t count() const = 0;
    virtual Loop& at(std::size_t index) = 0;
    // Connections are dealt to the loops in turn. Unavailable: the port is taken. Conflict: another process answers on
    // the Unix socket. Invalid: the address, certificate or key cannot be used.
    virtual Status listen(const ListenOptions& options, Accepted accepted) = 0;
    virtual std::uint16_t port() const = 0;
    virtual void start() = 0;
    virtual void stop_accepting() = 0;   // any thread; waits for nothing
    virtual void join() = 0;             // ends ticks, returns when no operation is left
};
std::unique_ptr<Loops> make_loops(int threads);

}  // namespace tilth::http
