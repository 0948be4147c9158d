// What the questions of an overview cost on as many orders and customers as the sample has: 25,000 and 4,400.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "modules/performance/metrics/evaluator.h"
#include "modules/performance/projection/schema.h"
#include "modules/performance/rfm/rfm.h"

namespace tilth::performance {
namespace {

Source filled() {
    Source source;
    columns::Options options;
    options.threads = 1;  // as the projection is opened
    source.columns = MUST(columns::open(options));
    source.tenant = 1;
    MUST(source.columns->run(kCreateTables));
    MUST(source.columns->run(
        "INSERT INTO customers SELECT 1, CAST('c' || i AS BLOB), i * 2 + 1, true, true, i % 40 + 1, "
        "i * 7000000, 14600 + i % 365, NULL, i FROM range(4400) t(i)"));
    MUST(source.columns->run(
        "INSERT INTO orders SELECT 1, CAST('o' || i AS BLOB), CASE WHEN i % 8 > 0 THEN "
        "CAST('c' || (hash(i) % 66) * (hash(i + 7) % 66) AS BLOB) END, CASE WHEN i % 9 = 0 THEN 1 ELSE 0 END, "
        "1, NULL, i, 14600 + i % 365, i % 40 + 1, 100 + i % 9000, 1000, 20, i FROM range(25000) t(i)"));
    return source;
}

TEST(Speed, AnOverviewOfTheSamplesSize) {
    const Frame frame{filled(), {}, {}};
    const Period period{Day{14'935}, Day{14'964}};
    std::vector<Metric> metrics;
    for (const Definition* definition : dictionary()) {
        for (const Variant& variant : definition->variants) {
            if (!variant.ranked) metrics.push_back({definition, &variant});
        }
    }
    std::vector<NodeSpan> groups;
    for (std::int32_t node = 1; node <= 40; ++node) groups.push_back({node, Day{0}, Day{100'000}, node - 1});
    const Metric net = MUST(find_metric("net_sales", ""));
    Rfm rfm;
    double best = 1e9;
    for (int round = 0; round < 3; ++round) {
        const auto start = std::chrono::steady_clock::now();
        const auto lap = [last = start](const char* what) mutable {
            const auto now = std::chrono::steady_clock::now();
            std::printf("  %-8s %.1f ms\n", what, std::chrono::duration<double, std::milli>(now - last).count());
            last = now;
        };
        auto laps = lap;
        EXPECT_TRUE(measure(frame, metrics, {period, before(period)}));
        laps("values");
        EXPECT_TRUE(trends(frame, metrics, period, Grain::Day));
        laps("trends");
        EXPECT_TRUE(measure_groups(frame, {&net, 1}, {period, before(period)}, groups, 41));
        laps("regions");
        EXPECT_TRUE(rfm.table(TenantId{}, frame.source, period.to + round, RfmRule{}));
        laps("rfm");
        best =
            std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::printf("an overview: %.1f ms\n", best);
    EXPECT_LT(best, 3'000);
}

}  // namespace
}  // namespace tilth::performance
