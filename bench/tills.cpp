// 600 tills of a chain, each on a keep-alive connection of its own, posting sales of 1–3 lines at a till's pace.
//
//   bench_tills [--connections 600] [--seconds 30]                     sizes: bench/spec.toml
//
// A sale is one request with its receipt and lines as native events, answered after its sync. Tills do not wait for one
// another: each has its own times (open loop), and a sale that comes due while the last one is unanswered is measured
// from when it was due. Then the rush: every till at the same instant, once a second. Ends with 1 when a sale was
// refused, when one acknowledged was not applied, or when p99 of the pace lies over the target.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <queue>

#include "support.h"

namespace {

using namespace tilth;

constexpr int kLinesMax = 3;
constexpr int kEventsReady = 256;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kAnswerSecondsMax = 30;  // an unanswered sale ends the program after that

struct Till {
    int socket = -1;
    int number = 0;
    std::int64_t sales = 0;
    std::int64_t due = 0;   // of the sale under way, or of the next
    bool waiting = false;   // for an answer
    std::string answer;
};

struct Outcome {
    std::int64_t sales = 0;
    std::int64_t events = 0;
    std::int64_t refused = 0;
    double seconds = 0;
    std::vector<std::int64_t> took_ns;
};

class Tills {
public:
    Tills(std::uint16_t port, std::string key, int count, std::uint64_t seed)
        : port_(port), key_(std::move(key)), rng_(seed), epoll_(::epoll_create1(0)) {
        tills_.resize(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) open(tills_[static_cast<std::size_t>(i)], i);
    }
    ~Tills() {
        for (const Till& till : tills_) ::close(till.socket);
        ::close(epoll_);
    }
    Tills(const Tills&) = delete;
    Tills& operator=(const Tills&) = delete;

    // Every till sells once in `pace_ms`, a half more or less; spread evenly at first. rush: all at the same instant.
    Outcome run(std::int64_t seconds, std::int64_t pace_ms, bool rush) {
        pace_ns_ = pace_ms * 1'000'000;
        rush_ = rush;
        outcome_ = {};
        const std::int64_t begun = clock_.steady_ns();
        until_ = begun + seconds * kSecond;
        for (std::size_t i = 0; i < tills_.size(); ++i) {
            const auto share = static_cast<std::int64_t>(i) * pace_ns_ / static_cast<std::int64_t>(tills_.size());
            plan(tills_[i], begun + (rush ? pace_ns_ : share));
        }
        std::vector<epoll_event> ready(kEventsReady);
        while (!due_.empty() || flying_ > 0) {
            sell_what_is_due();
            const int count = ::epoll_wait(epoll_, ready.data(), kEventsReady, due_.empty() ? 100 : 1);
            for (int i = 0; i < count; ++i) {
                read_answer(tills_[static_cast<std::size_t>(ready[static_cast<std::size_t>(i)].data.u32)]);
            }
            if (clock_.steady_ns() > until_ + kAnswerSecondsMax * kSecond) bench::give_up("sales stay unanswered");
        }
        outcome_.seconds = static_cast<double>(clock_.steady_ns() - begun) * 1e-9;
        return std::move(outcome_);
    }

private:
    void open(Till& till, int number) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        till.number = number;
        till.socket = ::socket(AF_INET, SOCK_STREAM, 0);
        const auto* place = reinterpret_cast<const sockaddr*>(&address);
        if (till.socket < 0 || ::connect(till.socket, place, sizeof address) != 0) {
            bench::give_up("till " + std::to_string(number) + " cannot connect");
        }
        const int yes = 1;
        ::setsockopt(till.socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u32 = static_cast<std::uint32_t>(number);
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, till.socket, &event);
    }

    void plan(Till& till, std::int64_t due) {
        if (due >= until_) return;
        till.due = due;
        due_.emplace(due, till.number);
    }

    void sell_what_is_due() {
        const std::int64_t now = clock_.steady_ns();
        while (!due_.empty() && due_.top().first <= now) {
            Till& till = tills_[static_cast<std::size_t>(due_.top().second)];
            due_.pop();
            sell(till);
        }
    }

    void sell(Till& till) {
        const std::int64_t lines = 1 + static_cast<std::int64_t>(rng_.below(kLinesMax));
        const std::string receipt = "T" + std::to_string(till.number) + "-" + std::to_string(++till.sales);
        const std::string member = "m" + std::to_string(rng_.below(200'000));
        std::string body = R"({"events":[)" + event(receipt, "order_paid", member, lines);
        for (std::int64_t line = 1; line <= lines; ++line) {
            body += "," + event(receipt + "-" + std::to_string(line), "product_sold", member, line);
        }
        body += "]}";
        const std::string request =
            "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: "
            "Bearer " + key_ + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        // A sale fits the socket's buffer many times over, so a blocking write never waits.
        if (::send(till.socket, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
            bench::give_up("the server closed the connection of till " + std::to_string(till.number));
        }
        till.waiting = true;
        till.answer.clear();
        ++flying_;
        outcome_.events += lines + 1;
    }

    std::string event(const std::string& id, const char* type, const std::string& member, std::int64_t number) {
        return R"({"id":")" + id + (rush_ ? "r" : "p") + R"(","type":")" + type +
               R"(","time":"2026-03-01T10:00:00+08:00","identities":{"custom_id":")" + member +
               R"("},"properties":{"sku":"SKU-)" + std::to_string(rng_.below(20'000)) + R"(","quantity":)" +
               std::to_string(number) + R"(,"price":)" + std::to_string(1 + rng_.below(900)) +
               R"(.5,"channel":"store"}})";
    }

    void read_answer(Till& till) {
        char buffer[4096];
        const ssize_t got = ::recv(till.socket, buffer, sizeof buffer, MSG_DONTWAIT);
        if (got == 0) bench::give_up("the server closed the connection of till " + std::to_string(till.number));
        if (got < 0) return;
        till.answer.append(buffer, static_cast<std::size_t>(got));
        const auto end = till.answer.find("\r\n\r\n");
        const auto length = till.answer.find("Content-Length: ");
        if (!till.waiting || end == std::string::npos || length == std::string::npos) return;
        const auto body = static_cast<std::size_t>(std::atoll(till.answer.c_str() + length + 16));
        if (till.answer.size() < end + 4 + body) return;
        till.waiting = false;
        --flying_;
        ++outcome_.sales;
        outcome_.took_ns.push_back(clock_.steady_ns() - till.due);
        if (!till.answer.starts_with("HTTP/1.1 200")) ++outcome_.refused;
        const auto half = static_cast<std::uint64_t>(pace_ns_ / 2);
        const std::int64_t pause = rush_ ? pace_ns_ : pace_ns_ / 2 + static_cast<std::int64_t>(rng_.below(half * 2));
        plan(till, till.due + pause);
    }

    using Due = std::pair<std::int64_t, int>;
    std::uint16_t port_;
    std::string key_;
    SeededRng rng_;
    int epoll_;
    SystemClock clock_;
    std::vector<Till> tills_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::int64_t until_ = 0;
    std::int64_t pace_ns_ = 0;
    bool rush_ = false;
    int flying_ = 0;
    Outcome outcome_;
};

bench::Figures report(bench::Server& server, const char* name, const Outcome& outcome, double cpu_before) {
    const auto took = bench::figures_of(outcome.took_ns);
    const double cpu = server.usage().cpu_s - cpu_before;
    std::printf("%-6s %9.0f %9.1f %9.1f %9.1f %9.0f %8lld %6.1f\n", name,
                static_cast<double>(outcome.sales) / outcome.seconds, took.p50_ms, took.p99_ms, took.worst_ms,
                cpu * 1e6 / static_cast<double>(std::max<std::int64_t>(outcome.sales, 1)),
                static_cast<long long>(outcome.refused), bench::load_now());
    std::fflush(stdout);
    return took;
}

std::int64_t batches(bench::Server& server, const char* which) {
    return server.ask("GET", "/api/v1/system")[which].i64_or(-1);
}

}  // namespace

int main(int argc, char** argv) {
    const bench::Spec spec = bench::Spec::read(argc, argv);
    bench::print_machine();
    bench::Server server({});
    server.start();
    const auto count = static_cast<int>(spec.number("tills.connections"));
    const auto seconds = spec.number("tills.seconds");
    const auto pace_ms = spec.number("tills.pace_ms");
    Tills tills(server.port(), server.write_key("tills"), count, static_cast<std::uint64_t>(spec.number("tills.seed")));
    std::printf("%d tills, a sale of 1–3 lines each %.1f s, durable when answered\n", count,
                static_cast<double>(pace_ms) / 1000.0);
    std::printf("%-6s %9s %9s %9s %9s %9s %8s %6s\n", "", "sales/s", "p50 ms", "p99 ms", "worst ms", "µs CPU",
                "refused", "load");
    const std::int64_t before = batches(server, "batches_acknowledged");
    double cpu = server.usage().cpu_s;
    const Outcome pace = tills.run(seconds, pace_ms, false);
    const auto took = report(server, "pace", pace, cpu);
    cpu = server.usage().cpu_s;
    const Outcome rush = tills.run(std::max<std::int64_t>(seconds / 3, 3), 1000, true);
    report(server, "rush", rush, cpu);
    server.settle();
    const std::int64_t acknowledged = batches(server, "batches_acknowledged") - before;
    const std::int64_t applied = batches(server, "batches_applied") - before;
    const std::int64_t good = pace.sales + rush.sales - pace.refused - rush.refused;
    const bool whole = acknowledged == good && applied == good && pace.refused + rush.refused == 0;
    const auto target = static_cast<double>(spec.number("tills.target_p99_ms"));
    std::printf("answered %lld, acknowledged %lld, applied %lld\n", static_cast<long long>(good),
                static_cast<long long>(acknowledged), static_cast<long long>(applied));
    std::printf("p99 of the pace %.1f ms, target %.0f: %s\n", took.p99_ms, target,
                whole && took.p99_ms <= target ? "met" : "missed");
    return whole && took.p99_ms <= target ? 0 : 1;
}
