#include "platform/http/server.h"

#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "platform/http/connection.h"
#include "platform/http/exchange.h"
#include "platform/log/log.h"

namespace tilth::http {
namespace {

constexpr std::int64_t kStopMs = 10'000;

// Connections cost a descriptor each; the usual soft limit of 1,024 would be reached long before connections_max.
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) log::warn("http.descriptor_limit_kept");
}

// Often enough that a timeout is held within a quarter of itself, rarely enough to cost nothing.
std::int64_t sweep_period_ms(const ServerOptions& options) {
    return std::clamp<std::int64_t>(std::min(options.idle_timeout_ms, options.read_timeout_ms) / 4, 5, 500);
}

class RunningServer final : public Server {
public:
    explicit RunningServer(std::shared_ptr<Core> core) : core_(std::move(core)) {}
    ~RunningServer() override { stop(); }
    std::uint16_t port() const override { return core_->loops->port(); }

    void stop() override {
        const std::lock_guard lock(mutex_);
        if (std::exchange(stopped_, true)) return;
        core_->loops->stop_accepting();
        core_->stopping = true;
        on_each_loop([core = core_](std::size_t index) { core->begin_stop(index); });
        const auto until = steady_ms() + kStopMs;
        while (core_->connections > 0 && steady_ms() < until) pause();
        on_each_loop([core = core_](std::size_t index) { core->close_all(index); });
        if (!core_->pool->stop(std::max<std::int64_t>(until - steady_ms(), 100))) {
            log::error("http.handler_never_ended", {{"waited_ms", kStopMs}});
        }
        core_->loops->join();
    }

private:
    void on_each_loop(const std::function<void(std::size_t)>& task) {
        for (std::size_t i = 0; i < core_->loops->count(); ++i) core_->loops->at(i).post([task, i] { task(i); });
    }
    static void pause() {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable().wait_for(lock, std::chrono::milliseconds(5));
    }

    std::shared_ptr<Core> core_;
    std::mutex mutex_;
    bool stopped_ = false;
};

Result<std::unique_ptr<Server>> serve_on(const ListenOptions& listen, const ServerOptions& options,
                                         std::vector<Route> routes) {
    auto core = std::make_shared<Core>(options, std::move(routes), TRY(Proxies::parse(options.trusted_proxies)));
    core->loops = make_loops(options.io_threads);
    core->open.resize(core->loops->count());
    TRY(core->loops->listen(listen, [raw = core.get()](Loop& loop, std::unique_ptr<Transport> transport) {
        raw->accept(loop, std::move(transport));
    }));
    core->pool = make_pool(options.worker_threads, options.waiting_max);
    for (std::size_t i = 0; i < core->loops->count(); ++i) {
        core->loops->at(i).every(sweep_period_ms(options), [raw = core.get(), i] { raw->sweep(i); });
    }
    core->loops->start();
    return std::unique_ptr<Server>(std::make_unique<RunningServer>(std::move(core)));
}

}  // namespace

ServerMetrics::ServerMetrics()
    : in_flight_gauge_(&metrics::gauge("tilth_http_requests_in_flight", "Requests being worked on")),
      connections_gauge_(&metrics::gauge("tilth_http_connections", "Open connections")) {
    for (int i = 0; i < 5; ++i) {
        by_class_[i] = &metrics::counter("tilth_http_requests_total", "Answers by status class",
                                         {{"class", std::to_string(i + 1) + "xx"}});
    }
}

void ServerMetrics::answered(int status) { by_class_[std::clamp(status / 100, 1, 5) - 1]->add(); }
void ServerMetrics::in_flight(int change) { in_flight_gauge_->set(in_flight_now_ += change); }
void ServerMetrics::connections(std::size_t count) { connections_gauge_->set(static_cast<double>(count)); }

Core::Core(const ServerOptions& server_options, std::vector<Route> routes, Proxies trusted)
    : options(server_options), router(std::move(routes)), proxies(std::move(trusted)) {
    for (auto& entry : router.entries()) {
        entry->duration =
            &metrics::histogram("tilth_http_request_duration_seconds", "From the whole request to the whole answer",
                                {{"method", std::string(name(entry->route.method))}, {"route", entry->route.pattern}});
    }
}

Core::~Core() = default;

void Core::accept(Loop& loop, std::unique_ptr<Transport> transport) {
    // Beyond the bound a few are still told so; the rest is closed.
    constexpr std::size_t kToldMax = 256;
    if (stopping || connections >= options.connections_max + kToldMax) return transport->close();
    std::size_t index = 0;
    while (&loops->at(index) != &loop) ++index;
    auto connection = std::make_shared<Connection>(shared_from_this(), index, loop, std::move(transport));
    connection->start(connections >= options.connections_max);
}

namespace {
std::vector<std::shared_ptr<Connection>> held(const std::unordered_set<Connection*>& open) {
    std::vector<std::shared_ptr<Connection>> out;
    out.reserve(open.size());
    for (auto* connection : open) out.push_back(connection->shared_from_this());
    return out;
}
}  // namespace

void Core::sweep(std::size_t loop_index) {
    const auto now = steady_ms();
    for (const auto& connection : held(open[loop_index])) connection->sweep(now);
}

void Core::begin_stop(std::size_t loop_index) {
    for (const auto& connection : held(open[loop_index])) connection->begin_stop();
}

void Core::close_all(std::size_t loop_index) {
    for (const auto& connection : held(open[loop_index])) connection->close();
}

Result<std::unique_ptr<Server>> serve(const ServerOptions& options, std::vector<Route> routes) {
    if (options.certificate_file.empty() != options.key_file.empty()) {
        return Error::invalid("key_file", "needs_both", "证书与私钥须同时给出", "certificate and key go together");
    }
    raise_descriptor_limit();
    ListenOptions listen;
    listen.address = options.listen;
    listen.port = options.port;
    listen.certificate_file = options.certificate_file;
    listen.key_file = options.key_file;
    return serve_on(listen, options, std::move(routes));
}

Result<std::unique_ptr<Server>> serve_unix(const std::string& socket_path, std::vector<Route> routes) {
    ServerOptions options;
    options.io_threads = 1;
    options.worker_threads = 8;
    options.connections_max = 256;
    ListenOptions listen;
    listen.unix_path = socket_path;
    return serve_on(listen, options, std::move(routes));
}

}  // namespace tilth::http
