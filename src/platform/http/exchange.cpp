#include "platform/http/exchange.h"

#include "platform/log/log.h"

namespace tilth::http {
namespace {

constexpr std::size_t kStreamPendingBytesMax = 1u << 20;  // A reader that is slower than this is let go.

// What callers of stream() hold: when the last copy goes, the stream ends.
class StreamOwner final : public Responder::Stream {
public:
    explicit StreamOwner(std::shared_ptr<EventStream> stream) : stream_(std::move(stream)) {}
    ~StreamOwner() override { stream_->end(); }
    bool send(std::string_view event, std::string_view data, std::string_view id) override {
        return stream_->send(event, data, id);
    }
    bool open() const override { return stream_->open(); }

private:
    std::shared_ptr<EventStream> stream_;
};

}  // namespace

Exchange::~Exchange() {
    if (connection == nullptr || answered_.exchange(true)) return;
    log::error("http.unanswered", {{"route", entry != nullptr ? entry->route.pattern : std::string()}});
    connection->deliver(compose(refusal(ErrorCode::Internal, 500), context));
}

bool Exchange::claim() {
    if (!answered_.exchange(true)) return true;
    log::error("http.answered_twice", {{"route", entry != nullptr ? entry->route.pattern : std::string()}});
    return false;
}

void Exchange::answer(Response response) {
    if (!claim()) return;
    connection->deliver(compose(std::move(response), context));
}

std::shared_ptr<Responder::Stream> Exchange::stream() {
    auto events = std::make_shared<EventStream>(connection);
    auto owner = std::make_shared<StreamOwner>(events);
    if (!claim()) {
        events->close();
    } else if (context.head_only) {
        events->close();
        connection->deliver(compose_stream(context));
    } else {
        connection->begin_stream(events, compose_stream(context));
    }
    return owner;
}

bool EventStream::send(std::string_view event, std::string_view data, std::string_view id) {
    return add(sse_event(event, data, id));
}

void EventStream::heartbeat() { add(":\n\n"); }

bool EventStream::add(std::string_view bytes) {
    bool too_slow = false;
    {
        const std::lock_guard lock(mutex_);
        if (!open_ || ended_) return false;
        too_slow = pending_.size() + bytes.size() > kStreamPendingBytesMax;
        if (too_slow) {
            open_ = false;
        } else {
            pending_ += bytes;
            if (std::exchange(flush_posted_, true)) return true;
        }
    }
    if (too_slow) {
        connection_->loop().post([connection = connection_] { connection->close(); });
        return false;
    }
    connection_->loop().post([connection = connection_] { connection->flush_stream(); });
    return true;
}

std::string EventStream::take_pending() {
    const std::lock_guard lock(mutex_);
    flush_posted_ = false;
    return std::exchange(pending_, {});
}

void EventStream::end() {
    if (ended_.exchange(true) || !open_) return;
    connection_->loop().post([connection = connection_] { connection->flush_stream(); });
}

}  // namespace tilth::http
