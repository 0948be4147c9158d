// Reading one person: GET /api/v1/customers/{id} over HTTP, signed in, on the sample's customers.
//
//   bench_profile [--requests N]

#include <algorithm>
#include <cstdio>
#include <thread>

#include "support.h"

namespace {

using namespace tilth;

constexpr int kCustomersAsked = 200;

std::vector<std::string> customers(bench::Server& server) {
    std::vector<std::string> ids;
    std::string cursor;
    while (ids.size() < kCustomersAsked) {
        const auto page = server.ask("GET", "/api/v1/orders?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor));
        for (const json::Value& order : page["items"].items()) {
            const std::string id(order["customer"].str());
            if (!id.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
        }
        cursor = page["next"].str();
        if (cursor.empty()) break;
    }
    if (ids.empty()) bench::give_up("the sample has no customers");
    return ids;
}

void measure(bench::Server& server, const std::vector<std::string>& ids, int threads, std::int64_t requests) {
    std::vector<std::vector<std::int64_t>> took(static_cast<std::size_t>(threads));
    const SystemClock clock;
    const auto before = server.usage();
    const std::int64_t begun = clock.steady_ns();
    std::vector<std::thread> team;
    for (int t = 0; t < threads; ++t) {
        team.emplace_back([&, t] {
            SeededRng rng(static_cast<std::uint64_t>(t) + 20'260'308);
            for (std::int64_t i = 0; i < requests / threads; ++i) {
                const auto [status, ns] = server.timed_get("/api/v1/customers/" + ids[rng.below(ids.size())]);
                if (status != 200) bench::give_up("a profile was answered with " + std::to_string(status));
                took[static_cast<std::size_t>(t)].push_back(ns);
            }
        });
    }
    for (auto& thread : team) thread.join();
    const double seconds = static_cast<double>(clock.steady_ns() - begun) * 1e-9;
    std::vector<std::int64_t> all;
    for (const auto& one : took) all.insert(all.end(), one.begin(), one.end());
    const auto figures = bench::figures_of(all);
    std::printf("%11d %10.0f %9.2f %9.2f %9.2f %9.1f %6.1f\n", threads, static_cast<double>(all.size()) / seconds,
                figures.p50_ms, figures.p99_ms, figures.worst_ms,
                (server.usage().cpu_s - before.cpu_s) * 1e6 / static_cast<double>(all.size()), bench::load_now());
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    const bench::Spec spec = bench::Spec::read(argc, argv);
    bench::print_machine();
    bench::Server server({.sample = TILTH_BENCH_SAMPLE, .directory = {}});
    server.start();
    const auto ids = customers(server);
    std::printf("%zu customers of the sample\n%11s %10s %9s %9s %9s %9s %6s\n", ids.size(), "connections", "reads/s",
                "p50 ms", "p99 ms", "worst ms", "µs CPU", "load");
    for (const int threads : {1, 8, 32}) measure(server, ids, threads, spec.number("profile.requests"));
    return 0;
}
