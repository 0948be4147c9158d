// How long until the server answers: a first start, the sample's first load, later starts with the sample and with many
// people.
//
//   bench_start [--people N] [--sample DIR]

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "support.h"

namespace {

using namespace tilth;

constexpr int kStarts = 5;

void row(const char* what, std::vector<double> ms, double anonymous_mib) {
    std::sort(ms.begin(), ms.end());
    std::printf("%-34s %10.0f %10.0f %12.0f\n", what, ms[ms.size() / 2], ms.back(), anonymous_mib);
    std::fflush(stdout);
}

void again(bench::Server& server, const char* what) {
    std::vector<double> ms;
    double anonymous = 0;
    for (int i = 0; i < kStarts; ++i) {
        server.stop();
        server.start();
        ms.push_back(server.start_ms());
        anonymous = server.usage().anonymous_mib;
    }
    row(what, ms, anonymous);
}

// People with one event each, through the door that everybody uses.
void add_people(bench::Server& server, std::int64_t people) {
    constexpr std::int64_t kBatch = 2'000;
    const std::string key = server.write_key("bench");
    for (std::int64_t person = 0; person < people;) {
        std::string body = R"({"events":[)";
        for (std::int64_t i = 0; i < kBatch && person < people; ++i, ++person) {
            if (i > 0) body += ',';
            body += R"({"id":"p)" + std::to_string(person) + R"(","type":"page","identities":{"custom_id":"u)" +
                    std::to_string(person) + R"("}})";
        }
        server.send_events(key, body + "]}");
    }
    server.settle();
}

}  // namespace

int main(int argc, char** argv) {
    const bench::Spec spec = bench::Spec::read(argc, argv);
    std::string sample = TILTH_BENCH_SAMPLE;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--sample") == 0) sample = argv[i + 1];
    }
    bench::print_machine();
    std::printf("%-34s %10s %10s %12s\n", "start", "median ms", "worst ms", "RssAnon MiB");
    {
        bench::Server server({.sample = sample, .directory = {}});
        server.start();
        row("first, loading the sample", {server.start_ms()}, server.usage().anonymous_mib);
        again(server, "again, with the sample");
    }
    bench::Server server({});
    server.start();
    row("first, empty", {server.start_ms()}, server.usage().anonymous_mib);
    const auto people = spec.number("start.people");
    add_people(server, people);
    again(server, ("again, " + std::to_string(people) + " people").c_str());
    return 0;
}
