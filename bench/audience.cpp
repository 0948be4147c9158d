// From an event that is sent to the durable row that says who entered: 20 live segments, one person after the other.
//
//   bench_audience [--people N] [--samples N]
//
// Each sample sends one event of a person who is in no segment yet, and asks for the newest change of a segment until
// it is this person's. The time counts from before the event is sent until the answer: journal sync, pipeline, commit,
// evaluation, second commit, and the asking (its own cost stands beside). Nothing else runs: no figure under load.

#include <cstdio>
#include <cstring>

#include "base/money.h"
#include "support.h"

namespace {

using namespace tilth;

constexpr int kSegments = 20;

std::string event_of(std::int64_t person, const char* type, std::int64_t id) {
    return R"({"id":")" + std::to_string(id) + R"(","type":")" + type + R"(","identities":{"custom_id":"u)" +
           std::to_string(person) + R"("},"properties":{"amount":)" + std::to_string(100 + person % 50) + "}}";
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

std::string add_segments(bench::Server& server) {
    std::string first;
    for (int i = 0; i < kSegments; ++i) {
        const std::string rule =
            i == 0 ? R"(count of event "bought" in the last 30 days >= 1)"
                   : "count of event \"bought\" in the last " + std::to_string(i) + " days >= " +
                         std::to_string(2 + i) + " and no event \"left\" in the last 7 days and orders >= 1";
        const auto made = server.ask("POST", "/api/v1/segments",
                                     json::Value::object({{"name", "s" + std::to_string(i)}, {"text", rule}}));
        if (i == 0) first = made["id"].str();
    }
    server.settle();
    return first;
}

std::int64_t number_of(std::string_view text, std::int64_t other) {
    const auto parsed = parse_decimal(text, 0);
    return parsed ? *parsed : other;
}

}  // namespace

int main(int argc, char** argv) {
    std::int64_t people = 50'000;
    std::int64_t samples = 300;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--people") == 0) people = number_of(argv[i + 1], people);
        if (std::strcmp(argv[i], "--samples") == 0) samples = number_of(argv[i + 1], samples);
    }
    bench::print_machine();
    bench::Server server({});
    server.start();
    const std::string key = server.write_key("bench");
    add_people(server, key, people);
    const std::string segment = add_segments(server);
    const std::string changes = "/api/v1/segments/" + segment + "/changes?limit=1";
    const SystemClock clock;
    std::vector<std::int64_t> entered;
    std::vector<std::int64_t> asking;
    std::int64_t newest = 0;
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
    std::printf("people %lld, live segments %d, samples %lld\n", static_cast<long long>(people), kSegments,
                static_cast<long long>(samples));
    std::printf("event sent -> entered, durable   p50 %7.1f ms   p99 %7.1f ms   worst %7.1f ms\n", whole.p50_ms,
                whole.p99_ms, whole.worst_ms);
    std::printf("one question of these            p50 %7.1f ms   p99 %7.1f ms\n", one.p50_ms, one.p99_ms);
    std::printf("RssAnon %.0f MiB\n", server.usage().anonymous_mib);
}
