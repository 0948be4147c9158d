#include "platform/http/connection.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>

#include "platform/http/exchange.h"
#include "platform/http/url.h"
#include "platform/log/log.h"

namespace tilth::http {
namespace {

constexpr std::size_t kReadBytes = 4u << 10;  // while waiting for a request: 12,000 of them are 48 MiB
constexpr std::size_t kBodyReadBytes = 64u << 10;
constexpr std::size_t kFileReadBytes = 128u << 10;
constexpr std::size_t kIgnoredBodyBytesMax = 64u << 10;  // of a request that is refused anyway
constexpr std::int64_t kBodyBytesPerMsMin = 8;           // 8 KiB/s; slower senders are let go
constexpr std::int64_t kGoodbyeMs = 2'000;
constexpr std::size_t kGoodbyeBytesMax = 32u << 20;
constexpr std::int64_t kHeartbeatMs = 15'000;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

void run_handler(const std::shared_ptr<Exchange>& exchange) {
    try {
        exchange->entry->route.handler(exchange->request, exchange);
        return;
    } catch (const std::exception& error) {
        log::error("http.handler_threw", {{"route", exchange->entry->route.pattern}, {"what", error.what()}});
    } catch (...) { log::error("http.handler_threw", {{"route", exchange->entry->route.pattern}}); }
    exchange->answer(refusal(ErrorCode::Internal, 500));
}

}  // namespace

std::int64_t steady_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Connection::Connection(std::shared_ptr<Core> core, std::size_t loop_index, Loop& loop,
                       std::unique_ptr<Transport> transport)
    : core_(std::move(core)), loop_index_(loop_index), loop_(loop), transport_(std::move(transport)) {}

Connection::~Connection() = default;

void Connection::start(bool over_limit) {
    core_->open[loop_index_].insert(this);
    core_->metrics.connections(++core_->connections);
    if (over_limit && !transport_->secure()) {
        auto response = refusal(ErrorCode::Unavailable, 503);
        response.with("Retry-After", "1");
        AnswerContext context;
        context.keep_alive = keep_alive_ = false;
        return deliver(compose(std::move(response), context));
    }
    if (over_limit) return close();
    deadline_ms_ = steady_ms() + core_->options.read_timeout_ms;
    transport_->open(shared_from_this());
}

void Connection::on_open(bool good) {
    if (phase_ == Phase::Closed) return;
    if (!good) return close();
    next_request();
}

void Connection::next_request() {
    exchange_ = std::make_shared<Exchange>();
    fixed_.reset();
    entry_ = nullptr;
    parser_.start(exchange_->request);
    if (in_begin_ < in_end_) {  // The client has sent ahead.
        phase_ = Phase::Head;
        deadline_ms_ = steady_ms() + core_->options.read_timeout_ms;
        return consume();
    }
    phase_ = Phase::Idle;
    deadline_ms_ = steady_ms() + core_->options.idle_timeout_ms;
    if (in_.size() > kReadBytes) in_ = std::string();
    read_more();
}

void Connection::read_more() {
    if (in_begin_ > 0) {
        std::memmove(in_.data(), in_.data() + in_begin_, in_end_ - in_begin_);
        in_end_ -= in_begin_;
        in_begin_ = 0;
    }
    const std::size_t room = phase_ == Phase::Body ? kBodyReadBytes : kReadBytes;
    if (in_.size() < in_end_ + room / 2) in_.resize(in_end_ + room);
    transport_->read_some(in_.data() + in_end_, in_.size() - in_end_, shared_from_this());
}

void Connection::on_read(std::size_t bytes) {
    if (phase_ == Phase::Closed) return;
    if (phase_ == Phase::Goodbye) {
        goodbye_bytes_ += bytes;
        if (bytes == 0 || goodbye_bytes_ > kGoodbyeBytesMax) return close();
        return transport_->read_after_goodbye(in_.data(), in_.size(), shared_from_this());
    }
    if (bytes == 0) return close();
    if (stream_ != nullptr) {  // Nothing is expected; reading only tells when the client leaves.
        return transport_->read_some(in_.data(), in_.size(), shared_from_this());
    }
    in_end_ += bytes;
    if (phase_ == Phase::Idle) {
        phase_ = Phase::Head;
        deadline_ms_ = steady_ms() + core_->options.read_timeout_ms;
    }
    consume();
}

void Connection::consume() {
    while (true) {
        const auto fed = parser_.feed({in_.data() + in_begin_, in_end_ - in_begin_});
        in_begin_ += fed.consumed;
        switch (fed.outcome) {
            case Parsed::Bad:
                return refuse(fed.status == 413 ? ErrorCode::PayloadTooLarge : ErrorCode::UnsupportedFormat,
                              fed.status);
            case Parsed::Head:
                if (!on_head()) return;
                break;
            case Parsed::Done: return dispatch();
            case Parsed::More:
                if (phase_ == Phase::Body) {
                    // Whoever keeps sending at a modest rate may take as long as the body needs.
                    const auto received = static_cast<std::int64_t>(exchange_->request.body.size());
                    deadline_ms_ = body_since_ms_ + core_->options.read_timeout_ms + received / kBodyBytesPerMsMin;
                }
                return read_more();
        }
    }
}

bool Connection::accept_target(Request& request) {
    const auto target = split_target(request.target);
    const auto path = target ? percent_decode(target->path) : std::nullopt;
    if (!path || has_dot_segments(*path)) {
        refuse(ErrorCode::UnsupportedFormat, 400);
        return false;
    }
    request.path = *path;
    request.query = parse_query(target->query);
    core_->proxies.apply(request, transport_->peer_ip(), transport_->secure());
    return true;
}

void Connection::plan(Router::Match&& match) {
    auto& request = exchange_->request;
    auto& context = exchange_->context;
    context.head_only = request.method == Method::Head;
    context.http10 = parser_.http10();
    context.cors = match.cors;
    if (match.cors) context.origin = request.header("origin");
    if (match.entry != nullptr) {
        exchange_->entry = entry_ = match.entry;
        request.captures = std::move(match.captures);
        if (request.method != Method::Get) return;
        context.range = request.header("range");
        context.if_range = request.header("if-range");
        context.if_none_match = request.header("if-none-match");
    } else if (match.allowed.empty()) {
        fixed_ = std::make_unique<Response>(refusal(ErrorCode::NotFound, 404));
    } else if (request.method == Method::Options) {
        fixed_ = std::make_unique<Response>(preflight(request, match.cors, match.allowed));
    } else {
        fixed_ = std::make_unique<Response>(refusal(ErrorCode::MethodNotAllowed, 405));
        fixed_->with("Allow", match.allowed);
    }
}

bool Connection::on_head() {
    auto& request = exchange_->request;
    keep_alive_ = parser_.keep_alive();
    if (request.method == Method::Options && request.target == "*") {
        fixed_ = std::make_unique<Response>();
        fixed_->status = 204;
    } else {
        if (!accept_target(request)) return false;
        plan(core_->router.find(request.method, split_target(request.target)->path));
    }
    if (!parser_.has_body()) return true;
    const std::size_t bytes_max = entry_ != nullptr ? entry_->route.body_bytes_max : kIgnoredBodyBytesMax;
    parser_.limit_body(bytes_max);
    if (parser_.content_length().value_or(0) > bytes_max) {
        if (fixed_ == nullptr) {
            refuse(ErrorCode::PayloadTooLarge, 413);
        } else {
            keep_alive_ = false;
            dispatch();
        }
        return false;
    }
    phase_ = Phase::Body;
    body_since_ms_ = steady_ms();
    deadline_ms_ = body_since_ms_ + core_->options.read_timeout_ms;
    if (!parser_.expects_continue() || in_begin_ < in_end_) return true;
    phase_ = Phase::Interim;
    transport_->write_some(kContinue, {}, shared_from_this());
    return false;
}

void Connection::refuse(ErrorCode code, int status) {
    keep_alive_ = false;
    AnswerContext context;
    context.keep_alive = false;
    if (exchange_ != nullptr) {
        context.cors = exchange_->context.cors;
        context.origin = exchange_->context.origin;
        context.head_only = exchange_->request.method == Method::Head;
    }
    phase_ = Phase::Handling;
    deliver(compose(refusal(code, status), context));
}

void Connection::dispatch() {
    phase_ = Phase::Handling;
    deadline_ms_ = 0;
    started_ms_ = steady_ms();
    core_->metrics.in_flight(1);
    in_flight_ = true;
    if (core_->stopping) keep_alive_ = false;
    auto exchange = std::move(exchange_);
    exchange->context.keep_alive = keep_alive_;
    exchange->connection = shared_from_this();
    if (fixed_ != nullptr) return exchange->answer(std::move(*fixed_));
    if (exchange->entry->route.inline_on_io) return run_handler(exchange);
    if (core_->pool->push([exchange] { run_handler(exchange); })) return;
    auto busy = refusal(ErrorCode::Unavailable, 503);
    busy.with("Retry-After", "1");
    exchange->answer(std::move(busy));
}

void Connection::deliver(Outgoing&& outgoing) {
    out_ = std::move(outgoing);  // Nobody else touches it between a request's end and its answer.
    if (loop_.here()) return begin_write();
    loop_.post([self = shared_from_this()] { self->begin_write(); });
}

void Connection::begin_write() {
    if (phase_ == Phase::Closed) return;
    core_->metrics.answered(out_.status);
    phase_ = Phase::Writing;
    head_sent_ = body_sent_ = 0;
    if (!refill_from_file()) return close();
    write_some();
}

void Connection::write_some() {
    deadline_ms_ = steady_ms() + core_->options.read_timeout_ms;
    const auto head = std::string_view(out_.head).substr(head_sent_);
    transport_->write_some(head, std::string_view(out_.body).substr(body_sent_), shared_from_this());
}

void Connection::on_write(std::size_t bytes) {
    if (phase_ == Phase::Closed) return;
    if (bytes == 0) return close();
    if (phase_ == Phase::Interim) {
        phase_ = Phase::Body;
        return consume();
    }
    wrote(bytes);
}

void Connection::wrote(std::size_t bytes) {
    const auto of_head = std::min(bytes, out_.head.size() - head_sent_);
    head_sent_ += of_head;
    body_sent_ += bytes - of_head;
    if (head_sent_ < out_.head.size() || body_sent_ < out_.body.size()) return write_some();
    if (stream_ != nullptr) {
        phase_ = Phase::Streaming;
        deadline_ms_ = 0;
        return flush_stream();
    }
    if (out_.file_left == 0) return finish_answer();
    if (!refill_from_file()) return close();  // The length has been promised: only closing tells the truth now.
    write_some();
}

bool Connection::refill_from_file() {
    if (out_.file_left == 0) return true;
    out_.body.resize(std::min<std::uint64_t>(out_.file_left, kFileReadBytes));
    body_sent_ = 0;
    const auto count = ::pread(out_.file, out_.body.data(), out_.body.size(), static_cast<off_t>(out_.file_offset));
    if (count <= 0) {
        log::warn("http.file_cut", {{"errno", count < 0 ? errno : 0}});
        return false;
    }
    out_.body.resize(static_cast<std::size_t>(count));
    out_.file_offset += static_cast<std::uint64_t>(count);
    out_.file_left -= static_cast<std::uint64_t>(count);
    return true;
}

void Connection::leave_flight() {
    if (!std::exchange(in_flight_, false)) return;
    core_->metrics.in_flight(-1);
    if (entry_ != nullptr) entry_->duration->observe(static_cast<double>(steady_ms() - started_ms_) / 1'000.0);
}

void Connection::finish_answer() {
    leave_flight();
    out_ = Outgoing();
    if (core_->stopping && in_begin_ == in_end_) return close();
    if (!keep_alive_ || core_->stopping) return say_goodbye();
    next_request();
}

// Closing at once would reset the connection while the client still sends, and the client would not see the answer.
void Connection::say_goodbye() {
    phase_ = Phase::Goodbye;
    deadline_ms_ = steady_ms() + kGoodbyeMs;
    if (in_.size() < kReadBytes) in_.resize(kReadBytes);
    transport_->read_after_goodbye(in_.data(), in_.size(), shared_from_this());
}

void Connection::begin_stream(std::shared_ptr<EventStream> stream, Outgoing&& head) {
    loop_.post(
        [self = shared_from_this(), stream = std::move(stream), shared = std::make_shared<Outgoing>(std::move(head))] {
            if (self->phase_ == Phase::Closed || self->core_->stopping) {
                stream->close();
                return self->close();
            }
            self->keep_alive_ = false;
            self->stream_ = stream;
            self->stream_sent_ms_ = steady_ms();
            self->out_ = std::move(*shared);
            if (self->in_.size() < kReadBytes) self->in_.resize(kReadBytes);
            self->in_begin_ = self->in_end_ = 0;
            self->begin_write();
            self->leave_flight();
            self->transport_->read_some(self->in_.data(), self->in_.size(), self);
        });
}

void Connection::flush_stream() {
    if (phase_ != Phase::Streaming || stream_ == nullptr) return;  // While writing: taken up when that is done.
    out_.head = stream_->take_pending();
    out_.body.clear();
    head_sent_ = body_sent_ = 0;
    if (out_.head.empty()) {
        if (stream_->ended()) close();
        return;
    }
    phase_ = Phase::Writing;
    stream_sent_ms_ = steady_ms();
    write_some();
}

void Connection::close() {
    if (phase_ == Phase::Closed) return;
    phase_ = Phase::Closed;
    leave_flight();
    transport_->close();
    exchange_.reset();
    if (stream_ != nullptr) {
        stream_->close();
        stream_.reset();
    }
    core_->metrics.connections(--core_->connections);
    core_->open[loop_index_].erase(this);
}

void Connection::sweep(std::int64_t now_ms) {
    if (phase_ == Phase::Streaming && now_ms - stream_sent_ms_ >= kHeartbeatMs) stream_->heartbeat();
    if (deadline_ms_ != 0 && now_ms >= deadline_ms_) close();
}

void Connection::begin_stop() {
    const bool busy = phase_ == Phase::Head || phase_ == Phase::Body || phase_ == Phase::Interim ||
                      phase_ == Phase::Handling || (phase_ == Phase::Writing && stream_ == nullptr);
    keep_alive_ = false;
    if (!busy) close();
}

}  // namespace tilth::http
