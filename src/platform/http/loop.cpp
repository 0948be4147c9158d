#include "platform/http/loop.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "platform/log/log.h"

namespace tilth::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Local = asio::local::stream_protocol;
using Buffers = std::array<asio::const_buffer, 2>;

Buffers both(std::string_view first, std::string_view second) {
    return {asio::const_buffer(first.data(), first.size()), asio::const_buffer(second.data(), second.size())};
}

template <class Socket>
class PlainTransport final : public Transport {
public:
    PlainTransport(Socket socket, std::string peer) : socket_(std::move(socket)), peer_(std::move(peer)) {}
    void open(std::shared_ptr<Sink> sink) override {
        asio::post(socket_.get_executor(), [sink = std::move(sink)] { sink->on_open(true); });
    }
    void read_some(char* data, std::size_t size, std::shared_ptr<Sink> sink) override {
        socket_.async_read_some(
            asio::buffer(data, size),
            [sink = std::move(sink)](error_code error, std::size_t bytes) { sink->on_read(error ? 0 : bytes); });
    }
    void write_some(std::string_view first, std::string_view second, std::shared_ptr<Sink> sink) override {
        socket_.async_write_some(both(first, second), [sink = std::move(sink)](error_code error, std::size_t bytes) {
            sink->on_write(error ? 0 : bytes);
        });
    }
    void read_after_goodbye(char* data, std::size_t size, std::shared_ptr<Sink> sink) override {
        error_code ignored;
        if (!goodbye_said_) socket_.shutdown(asio::socket_base::shutdown_send, ignored);
        goodbye_said_ = true;
        read_some(data, size, std::move(sink));
    }
    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }
    const std::string& peer_ip() const override { return peer_; }
    bool secure() const override { return false; }

private:
    Socket socket_;
    std::string peer_;
    bool goodbye_said_ = false;
};

class TlsTransport final : public Transport {
public:
    TlsTransport(Tcp::socket socket, std::shared_ptr<asio::ssl::context> context, std::string peer)
        : context_(std::move(context)), stream_(std::move(socket), *context_), peer_(std::move(peer)) {}
    void open(std::shared_ptr<Sink> sink) override {
        stream_.async_handshake(asio::ssl::stream_base::server,
                                [sink = std::move(sink)](error_code error) { sink->on_open(!error); });
    }
    void read_some(char* data, std::size_t size, std::shared_ptr<Sink> sink) override {
        stream_.async_read_some(
            asio::buffer(data, size),
            [sink = std::move(sink)](error_code error, std::size_t bytes) { sink->on_read(error ? 0 : bytes); });
    }
    void write_some(std::string_view first, std::string_view second, std::shared_ptr<Sink> sink) override {
        const std::string_view part = first.empty() ? second : first;
        stream_.async_write_some(
            asio::buffer(part.data(), part.size()),
            [sink = std::move(sink)](error_code error, std::size_t bytes) { sink->on_write(error ? 0 : bytes); });
    }
    void read_after_goodbye(char*, std::size_t, std::shared_ptr<Sink> sink) override {
        stream_.async_shutdown([sink = std::move(sink)](error_code) { sink->on_read(0); });
    }
    void close() override {
        error_code ignored;
        stream_.lowest_layer().close(ignored);
    }
    const std::string& peer_ip() const override { return peer_; }
    bool secure() const override { return true; }

private:
    std::shared_ptr<asio::ssl::context> context_;
    asio::ssl::stream<Tcp::socket> stream_;
    std::string peer_;
};

class AsioLoop final : public Loop {
public:
    AsioLoop() : context(1), guard_(asio::make_work_guard(context)) {}

    void post(std::function<void()> task) override {
        {
            const std::lock_guard lock(mutex_);
            if (closed_) return;
            tasks_.push_back(std::move(task));
            if (tasks_.size() > 1) return;  // A wake-up is already on its way.
        }
        asio::post(context, [this] { run_tasks(); });
    }
    bool here() const override { return std::this_thread::get_id() == thread_.get_id(); }
    void every(std::int64_t period_ms, std::function<void()> tick) override {
        period_ = std::chrono::milliseconds(period_ms);
        tick_ = std::move(tick);
        timer_ = std::make_unique<asio::steady_timer>(context);
        arm();
    }
    void start() {
        thread_ = std::thread([this] { context.run(); });
    }
    void join() {
        asio::post(context, [this] {
            ended_ = true;
            if (timer_ != nullptr) timer_->cancel();
        });
        guard_.reset();
        if (thread_.joinable()) thread_.join();
        run_tasks();  // What was posted after the last operation ended still has its turn; later posts are dropped.
        const std::lock_guard lock(mutex_);
        closed_ = true;
        tasks_.clear();
    }

    asio::io_context context;

private:
    void arm() {
        timer_->expires_after(period_);
        timer_->async_wait([this](error_code error) {
            if (error || ended_) return;
            tick_();
            arm();
        });
    }
    void run_tasks() {
        std::vector<std::function<void()>> tasks;
        {
            const std::lock_guard lock(mutex_);
            tasks.swap(tasks_);
        }
        for (auto& task : tasks) task();
    }

    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    std::thread thread_;
    std::mutex mutex_;
    std::vector<std::function<void()>> tasks_;
    std::unique_ptr<asio::steady_timer> timer_;
    std::chrono::milliseconds period_{};
    std::function<void()> tick_;
    bool ended_ = false;
    bool closed_ = false;
};

std::string ip_text(asio::ip::address address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    return address.to_string();
}

Result<std::shared_ptr<asio::ssl::context>> tls_context(const ListenOptions& options) {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    error_code error;
    context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                             asio::ssl::context::no_tlsv1_1 | asio::ssl::context::no_compression,
                         error);
    context->use_certificate_chain_file(options.certificate_file, error);
    if (error) {
        return Error::invalid("certificate_file", "unusable", "证书文件无法使用", "the certificate cannot be used", "",
                              error.message());
    }
    context->use_private_key_file(options.key_file, asio::ssl::context::pem, error);
    if (error)
        return Error::invalid("key_file", "unusable", "私钥文件无法使用", "the key cannot be used", "",
                              error.message());
    return context;
}

class AsioLoops final : public Loops {
public:
    explicit AsioLoops(int threads) {
        for (int i = 0; i < std::max(1, threads); ++i) loops_.push_back(std::make_unique<AsioLoop>());
    }
    ~AsioLoops() override {
        stop_accepting();
        join();
    }
    std::size_t count() const override { return loops_.size(); }
    Loop& at(std::size_t index) override { return *loops_[index]; }
    std::uint16_t port() const override { return port_; }

    Status listen(const ListenOptions& options, Accepted accepted) override {
        accepted_ = std::move(accepted);
        retry_ = std::make_unique<asio::steady_timer>(loops_[0]->context);
        return options.unix_path.empty() ? listen_tcp(options) : listen_unix(options.unix_path);
    }
    void start() override {
        for (auto& loop : loops_) loop->start();
        running_ = true;
    }
    void stop_accepting() override {
        if (stopped_.exchange(true)) return;
        asio::post(loops_[0]->context, [this] {
            error_code ignored;
            if (tcp_) tcp_->close(ignored);
            if (local_) local_->close(ignored);
            if (retry_) retry_->cancel();
        });
        if (!unix_path_.empty()) ::unlink(unix_path_.c_str());
    }
    void join() override {
        if (!running_) return;
        running_ = false;
        for (auto& loop : loops_) loop->join();
    }

private:
    Status listen_tcp(const ListenOptions& options) {
        error_code error;
        const auto address =
            asio::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, error);
        if (error)
            return Error::invalid("listen", "not_an_address", "不是 IP 地址", "not an IP address", "127.0.0.1",
                                  "127.0.0.1");
        if (!options.certificate_file.empty()) tls_ = TRY(tls_context(options));
        const Tcp::endpoint endpoint(address, options.port);
        tcp_.emplace(loops_[0]->context);
        tcp_->open(endpoint.protocol(), error);
        if (!error) tcp_->set_option(asio::socket_base::reuse_address(true), error);
        if (!error) tcp_->bind(endpoint, error);
        if (!error) tcp_->listen(4'096, error);
        if (error) {
            return Error(ErrorCode::Unavailable,
                         options.address + ":" + std::to_string(options.port) + ": " + error.message());
        }
        port_ = tcp_->local_endpoint(error).port();
        accept_tcp();
        return ok();
    }

    // Bound beside under another name, made private, then renamed: the socket never stands there with wider rights.
    Status listen_unix(const std::string& path) {
        error_code error;
        const std::string beside = path + "." + std::to_string(::getpid());
        if (beside.size() >= 108) {
            return Error::invalid("socket_path", "too_long", "套接字路径过长", "the socket's path is too long",
                                  "使用较短的数据目录", "use a shorter data directory");
        }
        Local::socket probe(loops_[0]->context);
        probe.connect(Local::endpoint(path), error);
        if (!error) return Error(ErrorCode::Conflict, path + ": another process answers there");
        ::unlink(beside.c_str());
        local_.emplace(loops_[0]->context);
        local_->open(Local(), error);
        if (!error) local_->bind(Local::endpoint(beside), error);
        if (!error && ::chmod(beside.c_str(), 0600) != 0) error = error_code(errno, boost::system::system_category());
        if (!error) local_->listen(128, error);
        if (!error && ::rename(beside.c_str(), path.c_str()) != 0) {
            error = error_code(errno, boost::system::system_category());
        }
        if (error) {
            ::unlink(beside.c_str());
            return Error(ErrorCode::Unavailable, path + ": " + error.message());
        }
        unix_path_ = path;
        accept_local();
        return ok();
    }

    AsioLoop& next_loop() { return *loops_[turn_++ % loops_.size()]; }

    void accept_tcp() {
        auto& loop = next_loop();
        tcp_->async_accept(loop.context, [this, &loop](error_code error, Tcp::socket socket) {
            if (!tcp_->is_open()) return;
            if (error) return accept_later([this] { accept_tcp(); }, error);
            error_code ignored;
            socket.set_option(Tcp::no_delay(true), ignored);
            const auto peer = ip_text(socket.remote_endpoint(ignored).address());
            std::unique_ptr<Transport> transport;
            if (tls_) {
                transport = std::make_unique<TlsTransport>(std::move(socket), tls_, peer);
            } else {
                transport = std::make_unique<PlainTransport<Tcp::socket>>(std::move(socket), peer);
            }
            hand_over(loop, std::move(transport));
            accept_tcp();
        });
    }
    void accept_local() {
        auto& loop = next_loop();
        local_->async_accept(loop.context, [this, &loop](error_code error, Local::socket socket) {
            if (!local_->is_open()) return;
            if (error) return accept_later([this] { accept_local(); }, error);
            hand_over(loop, std::make_unique<PlainTransport<Local::socket>>(std::move(socket), "unix"));
            accept_local();
        });
    }
    // Out of descriptors: the sockets wait in the kernel's queue meanwhile.
    void accept_later(std::function<void()> accept, const error_code& error) {
        if (error == asio::error::connection_aborted) return accept();
        log::warn("http.accept_failed", {{"error", error.message()}});
        retry_->expires_after(std::chrono::milliseconds(100));
        retry_->async_wait([this, accept = std::move(accept)](error_code cancelled) {
            if (!cancelled && !stopped_) accept();
        });
    }
    void hand_over(AsioLoop& loop, std::unique_ptr<Transport> transport) {
        asio::post(loop.context, [this, &loop, transport = std::move(transport)]() mutable {
            accepted_(loop, std::move(transport));
        });
    }

    std::vector<std::unique_ptr<AsioLoop>> loops_;
    std::shared_ptr<asio::ssl::context> tls_;
    std::optional<Tcp::acceptor> tcp_;
    std::optional<Local::acceptor> local_;
    std::unique_ptr<asio::steady_timer> retry_;
    Accepted accepted_;
    std::string unix_path_;
    std::size_t turn_ = 0;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopped_{false};
    bool running_ = false;
};

}  // namespace

std::unique_ptr<Loops> make_loops(int threads) { return std::make_unique<AsioLoops>(threads); }

}  // namespace tilth::http
