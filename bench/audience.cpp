// From an event that is sent to the durable row that says who entered, with other segments live and others' events
// coming in meanwhile.
//
//   bench_audience [--people N] [--samples N] [--segments N] [--load EVENTS_PER_SECOND]
//
// Each sample sends one event of a person who is in no segment yet, and asks for the newest change of a segment until
// it is this person's. The time counts from before the event is sent until the answer: journal sync, pipeline, commit,
// evaluation, second commit, and the asking (its own cost stands beside). The load is batches of 100 events of
// everybody by Zipf 1.1 at an even pace, sent by threads of this program.

#include <atomic>
#include <cstdio>
#include <cstring>
#include <thread>

#include "base/money.h"
#include "support.h"

namespace {

using namespace tilth;

constexpr int kLoadThreads = 6;
constexpr std::int64_t kLoadBatch = 100;

std::string event_of(std::int64_t person, const char* type, std::int64_t id) {
    return R"({"id":")" + std::to_string(id) + R"(","type":")" + type + R"(","identities":{"custom_id":"u)" +
           std::to_string(person) + R"("},"properties":{"channel":"mini_program","amount":)" +
           std::to_string(100 + person % 50) + "}}";
}

void add_people(bench::Server& server, const std::string& key, std::int64_t people) {
    constexpr std::int64_t kBatch = 2'000;
    for (std::int64_t person = 0; person < people;) {
        std::string body = R"({"events":[)";
        for (std::int64_t i = 0; i < kBatch && person < people; ++i, ++person) {
            if (i > 0) body += ',';
            body += event_of(person, "page", person);
        }
        server.send_events(key, body + "]}");
    }
    server.settle();
}

std::string add_sampled_segment(bench::Server& server) {
    const auto made = server.ask(
        "POST", "/api/v1/segments",
        json::Value::object({{"name", "sampled"}, {"text", R"(count of event "bought" in the last 30 days >= 1)"}}));
    return std::string(made["id"].str());
}

// Batches at an even pace until told to stop.
class Load {
public:
    Load(bench::Server& server, std::string key, std::int64_t people, std::int64_t per_second) {
        for (int i = 0; i < kLoadThreads && per_second > 0; ++i)
            threads_.emplace_back([=, this, &server] { run(server, key, people, per_second, i); });
    }
    ~Load() {
        stop_ = true;
        for (std::thread& one : threads_) one.join();
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;
    std::int64_t sent() const { return sent_; }

private:
    void run(bench::Server& server, const std::string& key, std::int64_t people, std::int64_t per_second, int thread) {
        static constexpr const char* kTypes[] = {"product_viewed", "page", "cart_added", "search", "order_paid"};
        SeededRng rng(static_cast<std::uint64_t>(thread));
        const bench::Zipf zipf(static_cast<std::uint64_t>(people), 1.1);
        const auto pause = std::chrono::nanoseconds(1'000'000'000 * kLoadBatch * kLoadThreads / per_second);
        auto next = std::chrono::steady_clock::now();
        std::int64_t id = std::int64_t{thread + 1} << 40;
        while (!stop_) {
            std::string body = R"({"events":[)";
            for (std::int64_t i = 0; i < kLoadBatch; ++i) {
                if (i > 0) body += ',';
                const std::uint64_t person = zipf(rng) * 2654435761U % static_cast<std::uint64_t>(people);
                body += event_of(static_cast<std::int64_t>(person), kTypes[rng.below(5)], ++id);
            }
            server.send_events(key, body + "]}");
            sent_ += kLoadBatch;
            std::this_thread::sleep_until(next += pause);
        }
    }
    std::atomic<bool> stop_{false};
    std::atomic<std::int64_t> sent_{0};
    std::vector<std::thread> threads_;
};

std::int64_t number_of(std::string_view text, std::int64_t other) {
    const auto parsed = parse_decimal(text, 0);
    return parsed ? *parsed : other;
}

}  // namespace

int main(int argc, char** argv) {
    std::int64_t people = 50'000;
    std::int64_t samples = 300;
    std::int64_t segments = 200;
    std::int64_t per_second = 20'000;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--people") == 0) people = number_of(argv[i + 1], people);
        if (std::strcmp(argv[i], "--samples") == 0) samples = number_of(argv[i + 1], samples);
        if (std::strcmp(argv[i], "--segments") == 0) segments = number_of(argv[i + 1], segments);
        if (std::strcmp(argv[i], "--load") == 0) per_second = number_of(argv[i + 1], per_second);
    }
    bench::print_machine();
    bench::Server server({});
    server.start();
    const std::string key = server.write_key("bench");
    bench::add_segments(server, segments);
    const std::string segment = add_sampled_segment(server);
    add_people(server, key, people);
    const std::string changes = "/api/v1/segments/" + segment + "/changes?limit=1";
    const SystemClock clock;
    std::vector<std::int64_t> entered;
    std::vector<std::int64_t> asking;
    std::int64_t newest = 0;
    Load load(server, key, people, per_second);
    std::this_thread::sleep_for(std::chrono::seconds(per_second > 0 ? 2 : 0));
    const std::int64_t sampling = clock.steady_ns();
    const std::int64_t sent_before = load.sent();
    for (std::int64_t i = 0; i < samples; ++i) {
        const std::int64_t begun = clock.steady_ns();
        server.send_events(key, R"({"events":[)" + event_of(i, "bought", people + i) + "]}");
        for (;;) {
            const std::int64_t asked = clock.steady_ns();
            const auto page = server.ask("GET", changes);
            asking.push_back(clock.steady_ns() - asked);
            const auto& items = page["items"].items();
            const std::int64_t number = items.empty() ? 0 : items[0]["number"].i64_or(0);
            if (number > newest) {
                newest = number;
                break;
            }
        }
        entered.push_back(clock.steady_ns() - begun);
    }
    const auto whole = bench::figures_of(entered);
    const auto one = bench::figures_of(asking);
    const double seconds = static_cast<double>(clock.steady_ns() - sampling) * 1e-9;
    std::printf("people %lld, live segments %lld, samples %lld, %.0f other events/s meanwhile, load %.1f\n",
                static_cast<long long>(people), static_cast<long long>(segments + 1), static_cast<long long>(samples),
                static_cast<double>(load.sent() - sent_before) / seconds, bench::load_now());
    std::printf("event sent -> entered, durable   p50 %7.1f ms   p99 %7.1f ms   worst %7.1f ms\n", whole.p50_ms,
                whole.p99_ms, whole.worst_ms);
    std::printf("one question of these            p50 %7.1f ms   p99 %7.1f ms\n", one.p50_ms, one.p99_ms);
    std::printf("RssAnon %.0f MiB\n", server.usage().anonymous_mib);
}
