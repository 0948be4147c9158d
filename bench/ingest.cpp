// Durable ingest over HTTP through identity: native events in batches of 1, 100 and 500, answered after their sync.
//
//   bench_ingest [--people N] [--seconds N] [--connections N] [--segments N]      sizes: bench/spec.toml
//
// A closed loop of keep-alive connections in one thread. Bodies are made before; only each event's id and time are
// written anew. Meanwhile 200 segments are live; `applied` ends when their members are written. Beside it, in the same
// run: parsing the same bytes and writing them to a file with one fdatasync per round of connections, by one thread.
// That is what the disk and the parser alone would allow.

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "platform/json/reader.h"
#include "support.h"

namespace {

using namespace tilth;

constexpr std::size_t kIdDigits = 12;
constexpr std::string_view kTimeText = "2026-11-24T00:00:00.000Z";
constexpr std::size_t kBodiesBytes = 64u << 20;  // of prepared bodies per batch size

struct Body {
    std::string text;
    std::vector<std::size_t> ids;    // where each event's id begins
    std::vector<std::size_t> times;  // and its time: that of sending
};

std::string person_of(std::uint64_t number) {
    char text[24];
    std::snprintf(text, sizeof text, "u%09llu", static_cast<unsigned long long>(number));
    return text;
}

// One event of about `bytes` bytes, as a shop's page would send it.
void add_event(Body& body, Rng& rng, const std::string& person, std::size_t bytes) {
    static constexpr const char* kTypes[] = {"product_viewed", "page", "cart_added", "search", "order_paid"};
    const std::size_t begin = body.text.size();
    body.text += R"({"id":")";
    body.ids.push_back(body.text.size());
    body.text.append(kIdDigits, '0');
    body.text += R"(","type":")";
    body.text += kTypes[rng.below(5)];
    body.text += R"(","time":")";
    body.times.push_back(body.text.size());
    body.text.append(kTimeText.size(), '0');
    body.text += R"(","identities":{"custom_id":")" + person;
    body.text += R"("},"properties":{"sku":"SKU-)" + std::to_string(rng.below(20'000)) + R"(","price":)" +
                 std::to_string(rng.below(90'000)) + ".5";
    body.text += R"(,"category":"戒指","store":"ST-)" + std::to_string(rng.below(400)) +
                 R"(","channel":"mini_program","campaign":"spring)";
    body.text += R"(","stock":true,"position":)" + std::to_string(rng.below(60)) + R"(,"path":["home","list","item"])";
    for (int field = 0; body.text.size() - begin + 40 < bytes; ++field) {
        body.text += ",\"f" + std::to_string(field) + "\":\"" + std::to_string(rng.next()) + "\"";
    }
    body.text += "}}";
}

template <class Person>
Body make_body(Rng& rng, std::int64_t events, std::size_t bytes, Person&& person) {
    Body body;
    body.text = R"({"events":[)";
    for (std::int64_t i = 0; i < events; ++i) {
        if (i > 0) body.text += ',';
        add_event(body, rng, person_of(person()), bytes);
    }
    body.text += "]}";
    return body;
}

struct Outcome {
    std::int64_t events = 0;
    std::int64_t refused = 0;
    double seconds = 0;
    std::vector<std::int64_t> took_ns;
    double per_second() const { return static_cast<double>(events) / seconds; }
};

// A closed loop: every connection sends its next body when the last one is answered.
class Load {
public:
    Load(std::uint16_t port, std::string key, int connections)
        : port_(port), key_(std::move(key)), epoll_(::epoll_create1(0)) {
        peers_.resize(static_cast<std::size_t>(connections));
    }
    ~Load() { ::close(epoll_); }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    // Until `seconds` are over, or every body is sent once when `seconds` is 0.
    Outcome run(std::vector<Body>& bodies, double seconds) {
        bodies_ = &bodies;
        next_ = 0;
        once_ = seconds == 0;
        outcome_ = {};
        const std::int64_t begun = clock_.steady_ns();
        until_ = begun + static_cast<std::int64_t>(seconds * 1e9);
        for (Peer& peer : peers_) open(peer);  // Anew: the server ends connections that rest for long.
        flying_ = 0;
        for (Peer& peer : peers_) send_next(peer);
        std::vector<epoll_event> ready(64);
        while (flying_ > 0) {
            const int count = ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), 1000);
            for (int i = 0; i < count; ++i)
                turn(*static_cast<Peer*>(ready[static_cast<std::size_t>(i)].data.ptr),
                     ready[static_cast<std::size_t>(i)].events);
        }
        outcome_.seconds = static_cast<double>(clock_.steady_ns() - begun) * 1e-9;
        for (Peer& peer : peers_) ::close(peer.socket);
        return std::move(outcome_);
    }

private:
    struct Peer {
        int socket = -1;
        std::string head;
        const Body* body = nullptr;
        std::size_t sent = 0;  // of head and body together
        std::string answer;
        std::int64_t begun = 0;
        bool writing = false;  // waits for room
    };

    void open(Peer& peer) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        peer.writing = true;
        peer.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        if (::connect(peer.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
            errno != EINPROGRESS) {
            bench::give_up("cannot connect");
        }
        const int yes = 1;
        ::setsockopt(peer.socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT;
        event.data.ptr = &peer;
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, peer.socket, &event);
    }

    void watch(Peer& peer, bool writing) {
        if (peer.writing == writing) return;
        peer.writing = writing;
        epoll_event event{};
        event.events = writing ? EPOLLIN | EPOLLOUT : EPOLLIN;
        event.data.ptr = &peer;
        ::epoll_ctl(epoll_, EPOLL_CTL_MOD, peer.socket, &event);
    }

    void send_next(Peer& peer) {
        const bool over = once_ ? next_ >= bodies_->size() : clock_.steady_ns() >= until_;
        peer.body = nullptr;
        if (over) return;
        Body& body = (*bodies_)[next_++ % bodies_->size()];
        for (const std::size_t at : body.ids) {
            char digits[kIdDigits + 1];
            std::snprintf(digits, sizeof digits, "%012llu", static_cast<unsigned long long>(++id_));
            std::memcpy(body.text.data() + at, digits, kIdDigits);
        }
        const std::string now = to_iso(clock_.now());
        for (const std::size_t at : body.times) std::memcpy(body.text.data() + at, now.data(), kTimeText.size());
        peer.head =
            "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: "
            "Bearer " +
            key_ + "\r\nContent-Length: " + std::to_string(body.text.size()) + "\r\n\r\n";
        peer.body = &body;
        peer.sent = 0;
        peer.answer.clear();
        peer.begun = clock_.steady_ns();
        ++flying_;
        push(peer);
    }

    void push(Peer& peer) {
        const std::size_t all = peer.head.size() + peer.body->text.size();
        while (peer.sent < all) {
            iovec parts[2];
            int count = 0;
            if (peer.sent < peer.head.size())
                parts[count++] = {peer.head.data() + peer.sent, peer.head.size() - peer.sent};
            const std::size_t into = peer.sent < peer.head.size() ? 0 : peer.sent - peer.head.size();
            parts[count++] = {const_cast<char*>(peer.body->text.data()) + into, peer.body->text.size() - into};
            const ssize_t wrote = ::writev(peer.socket, parts, count);
            if (wrote < 0 && errno != EAGAIN && errno != ENOTCONN) bench::give_up("the server closed a connection");
            if (wrote < 0) break;
            peer.sent += static_cast<std::size_t>(wrote);
        }
        watch(peer, peer.sent < all);
    }

    void turn(Peer& peer, std::uint32_t events) {
        if (peer.body == nullptr) return;
        if ((events & EPOLLOUT) != 0) push(peer);
        if ((events & EPOLLIN) == 0) return;
        char buffer[4096];
        const ssize_t got = ::recv(peer.socket, buffer, sizeof buffer, 0);
        if (got == 0) bench::give_up("the server closed a connection");
        if (got < 0) return;
        peer.answer.append(buffer, static_cast<std::size_t>(got));
        const auto end = peer.answer.find("\r\n\r\n");
        const auto length = peer.answer.find("Content-Length: ");
        if (end == std::string::npos || length == std::string::npos) return;
        if (peer.answer.size() < end + 4 + static_cast<std::size_t>(std::atoll(peer.answer.c_str() + length + 16)))
            return;
        --flying_;
        outcome_.took_ns.push_back(clock_.steady_ns() - peer.begun);
        if (peer.answer.starts_with("HTTP/1.1 200"))
            outcome_.events += static_cast<std::int64_t>(peer.body->ids.size());
        else ++outcome_.refused;
        send_next(peer);
    }

    std::uint16_t port_;
    std::string key_;
    int epoll_;
    SystemClock clock_;
    std::vector<Peer> peers_;
    std::vector<Body>* bodies_ = nullptr;
    std::size_t next_ = 0;
    std::size_t flying_ = 0;
    bool once_ = false;
    std::int64_t until_ = 0;
    std::uint64_t id_ = 0;
    Outcome outcome_;
};

// Parses the same bodies and writes them, one fdatasync for `round` of them; events per second.
double peer_figure(const std::vector<Body>& bodies, const std::string& directory, int round, double seconds) {
    const SystemClock clock;
    const std::string path = directory + "/peer.bytes";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0) bench::give_up("cannot write " + path);
    std::int64_t events = 0;
    const std::int64_t begun = clock.steady_ns();
    std::int64_t now = begun;
    for (std::size_t next = 0; now - begun < static_cast<std::int64_t>(seconds * 1e9); now = clock.steady_ns()) {
        std::string group;
        for (int i = 0; i < round; ++i) {
            const Body& body = bodies[next++ % bodies.size()];
            const auto doc = json::read(body.text);
            if (!doc) bench::give_up("a body is not JSON");
            events += static_cast<std::int64_t>(doc->root().get("events").count());
            group += body.text;
        }
        if (::write(file, group.data(), group.size()) != static_cast<ssize_t>(group.size()) || ::fdatasync(file) != 0) {
            bench::give_up("cannot write " + path);
        }
        if (::lseek(file, 0, SEEK_CUR) > (256 << 20)) ::lseek(file, 0, SEEK_SET);
    }
    ::close(file);
    ::unlink(path.c_str());
    return static_cast<double>(events) * 1e9 / static_cast<double>(now - begun);
}

std::int64_t lag(bench::Server& server) {
    const auto state = server.ask("GET", "/api/v1/system");
    return state["batches_acknowledged"].i64_or(0) - state["batches_applied"].i64_or(0);
}

void measure(bench::Server& server, Load& load, const bench::Spec& spec, std::int64_t batch) {
    SeededRng rng(static_cast<std::uint64_t>(spec.number("ingest.seed") + batch));
    const auto bytes = static_cast<std::size_t>(spec.number("ingest.event_bytes"));
    const auto people = static_cast<std::uint64_t>(spec.number("ingest.people"));
    const bench::Zipf zipf(people, static_cast<double>(spec.number("ingest.zipf_hundredths")) / 100.0);
    std::vector<Body> bodies;
    for (std::size_t made = 0; made < kBodiesBytes; made += bodies.back().text.size()) {
        bodies.push_back(make_body(rng, batch, bytes, [&] { return zipf(rng) * 2654435761U % people; }));
    }
    const auto seconds = static_cast<double>(spec.number("ingest.seconds"));
    const int connections = static_cast<int>(spec.number("ingest.connections"));
    const double peer_before = peer_figure(bodies, server.directory(), connections, seconds / 5);
    const auto before = server.usage();
    const SystemClock clock;
    const std::int64_t begun = clock.steady_ns();
    const Outcome outcome = load.run(bodies, seconds);
    const std::int64_t waiting = lag(server);
    server.settle();
    const double settled = static_cast<double>(clock.steady_ns() - begun) * 1e-9;
    const auto after = server.usage();
    const double peer = (peer_before + peer_figure(bodies, server.directory(), connections, seconds / 5)) / 2;
    const auto took = bench::figures_of(outcome.took_ns);
    const auto all = static_cast<double>(outcome.events);
    std::printf("%6lld %11.0f %11.0f %8.2f %8.2f %9lld %8.1f %9.1f %11.0f %7.1f %6.1f", static_cast<long long>(batch),
                outcome.per_second(), all / settled, took.p50_ms, took.p99_ms, static_cast<long long>(waiting),
                (settled - outcome.seconds) * 1000, (after.cpu_s - before.cpu_s) * 1e6 / all, peer,
                peer / outcome.per_second(), bench::load_now());
    std::printf(outcome.refused > 0 ? "  %lld refused\n" : "\n", static_cast<long long>(outcome.refused));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    const bench::Spec spec = bench::Spec::read(argc, argv);
    bench::print_machine();
    bench::Server server({});
    server.start();
    const auto people = spec.number("ingest.people");
    const auto bytes = static_cast<std::size_t>(spec.number("ingest.event_bytes"));
    const auto connections = static_cast<int>(spec.number("ingest.connections"));
    SeededRng rng(static_cast<std::uint64_t>(spec.number("ingest.seed")));
    Load load(server.port(), server.write_key("bench"), connections);
    const auto segments = spec.number("ingest.segments");
    bench::add_segments(server, segments);
    {
        std::vector<Body> first;
        for (std::int64_t person = 0; person < people;) {
            first.push_back(make_body(rng, std::min<std::int64_t>(500, people - person), bytes,
                                      [&] { return static_cast<std::uint64_t>(person++); }));
        }
        const SystemClock clock;
        const std::int64_t begun = clock.steady_ns();
        const Outcome warm = load.run(first, 0);
        server.settle();
        const double seconds = static_cast<double>(clock.steady_ns() - begun) * 1e-9;
        std::printf(
            "%lld people seen for the first time: %.1f s, %.0f events/s with their identities written, %lld refused\n",
            static_cast<long long>(people), seconds, static_cast<double>(warm.events) / seconds,
            static_cast<long long>(warm.refused));
    }
    std::printf(
        "events of %zu bytes, %d connections, Zipf 1.1, %lld live segments\n"
        "acked: answered after the sync; applied: to the drained end, members of segments written\n",
        bytes, connections, static_cast<long long>(segments));
    std::printf("%6s %11s %11s %8s %8s %9s %8s %9s %11s %7s %6s\n", "batch", "acked/s", "applied/s", "p50 ms", "p99 ms",
                "lag", "drain ms", "µs CPU", "peer/s", "ratio", "load");
    for (const std::int64_t batch : spec.numbers("ingest.batches")) measure(server, load, spec, batch);
    std::printf("memory at the end: %.0f MiB anonymous\n", server.usage().anonymous_mib);
    return 0;
}
