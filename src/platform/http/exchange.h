#pragma once
// One request and the duty to answer it. Shared by the handler and whoever answers later; when the last of them lets go
// of it unanswered, it answers 500 by itself. It keeps its connection alive, the connection does not keep it.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "platform/http/connection.h"

namespace tilth::http {

class Exchange final : public Responder, public std::enable_shared_from_this<Exchange> {
public:
    ~Exchange() override;
    void answer(Response response) override;
    std::shared_ptr<Stream> stream() override;

    Request request;
    AnswerContext context;
    const RouteEntry* entry = nullptr;
    std::shared_ptr<Connection> connection;   // set when the request is complete

private:
    bool claim();                             // true for the one who may answer
    std::atomic<bool> answered_{false};
};

class EventStream final : public Responder::Stream, public std::enable_shared_from_this<EventStream> {
public:
    explicit EventStream(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

    bool send(std::string_view event, std::string_view data, std::string_view id) override;
    bool open() const override { return open_; }
    // On the loop's thread.
    void heartbeat();
    std::string take_pending();
    bool ended() const { return ended_; }
    void end();                               // no more events; flushes
    void close() { open_ = false; }           // the client is gone

private:
    bool add(std::string_view bytes);
    std::shared_ptr<Connection> connection_;
    std::mutex mutex_;
    std::string pending_;
    bool flush_posted_ = false;
    std::atomic<bool> open_{true};
    std::atomic<bool> ended_{false};
};

}  // namespace tilth::http
