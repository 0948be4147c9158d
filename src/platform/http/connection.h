#pragma once
// One client's connection: reads a request, hands it to its handler, writes the answer, begins anew. One request at a
// time; what a client sends ahead waits in the buffer. All but deliver() runs on the connection's loop.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "platform/http/loop.h"
#include "platform/http/parser.h"
#include "platform/http/pool.h"
#include "platform/http/proxies.h"
#include "platform/http/router.h"
#include "platform/http/wire.h"
#include "platform/metrics/metrics.h"

namespace tilth::http {

class Connection;
class Exchange;
class EventStream;

struct ServerMetrics {
    ServerMetrics();
    void answered(int status);
    void in_flight(int change);
    void connections(std::size_t count);

private:
    metrics::Counter* by_class_[5] = {};
    metrics::Gauge* in_flight_gauge_;
    metrics::Gauge* connections_gauge_;
    std::atomic<int> in_flight_now_{0};
};

// What all connections of a server share. Lives until the last of them and the last unanswered request are gone.
struct Core : std::enable_shared_from_this<Core> {
    Core(const ServerOptions& server_options, std::vector<Route> routes, Proxies trusted);
    ~Core();
    ServerOptions options;
    Router router;
    Proxies proxies;
    ServerMetrics metrics;
    std::vector<std::unordered_set<Connection*>> open;  // per loop, touched on its thread only
    std::atomic<std::size_t> connections{0};
    std::atomic<bool> stopping{false};
    std::unique_ptr<Pool> pool;
    std::unique_ptr<Loops> loops;

    void accept(Loop& loop, std::unique_ptr<Transport> transport);
    void sweep(std::size_t loop_index);       // ends what has waited too long; heartbeats
    void begin_stop(std::size_t loop_index);  // closes what is idle
    void close_all(std::size_t loop_index);
};

std::int64_t steady_ms();

class Connection final : public Sink, public std::enable_shared_from_this<Connection> {
public:
    Connection(std::shared_ptr<Core> core, std::size_t loop_index, Loop& loop, std::unique_ptr<Transport> transport);
    ~Connection() override;

    void start(bool over_limit);
    // Any thread, once per request, after the handler has been given it.
    void deliver(Outgoing&& outgoing);
    void begin_stream(std::shared_ptr<EventStream> stream, Outgoing&& head);
    void flush_stream();
    void close();
    void sweep(std::int64_t now_ms);
    void begin_stop();
    Loop& loop() { return loop_; }

    void on_open(bool good) override;
    void on_read(std::size_t bytes) override;
    void on_write(std::size_t bytes) override;

private:
    enum class Phase : std::uint8_t {
        Opening,
        Idle,
        Head,
        Interim,
        Body,
        Handling,
        Writing,
        Streaming,
        Goodbye,
        Closed
    };

    void next_request();
    void consume();
    bool on_head();                        // false: refused, or the client waits for "100 Continue"
    bool accept_target(Request& request);  // path, query, client; false: refused
    void plan(Router::Match&& match);
    void read_more();
    void refuse(ErrorCode code, int status);
    void dispatch();
    void begin_write();
    void wrote(std::size_t bytes);
    void write_some();
    bool refill_from_file();
    void finish_answer();
    void say_goodbye();
    void leave_flight();

    std::shared_ptr<Core> core_;
    std::size_t loop_index_;
    Loop& loop_;
    std::unique_ptr<Transport> transport_;
    Phase phase_ = Phase::Opening;
    std::int64_t deadline_ms_ = 0;  // 0: none
    std::int64_t body_since_ms_ = 0;
    std::string in_;
    std::size_t in_begin_ = 0;
    std::size_t in_end_ = 0;
    RequestParser parser_;
    std::shared_ptr<Exchange> exchange_;  // while reading; the handler owns it afterwards
    std::unique_ptr<Response> fixed_;     // the answer is known before the handler
    bool keep_alive_ = true;
    bool in_flight_ = false;
    const RouteEntry* entry_ = nullptr;  // of the request under way, for its metrics
    std::int64_t started_ms_ = 0;
    Outgoing out_;
    std::size_t head_sent_ = 0;
    std::size_t body_sent_ = 0;
    std::size_t goodbye_bytes_ = 0;
    std::shared_ptr<EventStream> stream_;
    std::string stream_sending_;
    std::int64_t stream_sent_ms_ = 0;
};

}  // namespace tilth::http
