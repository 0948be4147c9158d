#include "platform/metrics/metrics.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace tilth::metrics {
namespace {

bool says(const std::string& line) { return ("\n" + text()).find("\n" + line + "\n") != std::string::npos; }

TEST(Metrics, ACounterCountsFromManyThreads) {
    Counter& rows = counter("tilth_test_rows_total", "Rows seen.");
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([] {
            for (int k = 0; k < 1000; ++k) counter("tilth_test_rows_total", "Rows seen.").add();
        });
    }
    for (std::thread& thread : threads) thread.join();
    rows.add(2.5);
    EXPECT_EQ(rows.value(), 4002.5);
    EXPECT_TRUE(says("# HELP tilth_test_rows_total Rows seen."));
    EXPECT_TRUE(says("# TYPE tilth_test_rows_total counter"));
    EXPECT_TRUE(says("tilth_test_rows_total 4002.5"));
}

TEST(Metrics, LabelsMakeSeriesWhateverTheirOrder) {
    Gauge& one = gauge("tilth_test_depth", "Depth.", {{"queue", "outbox"}, {"shard", "1"}});
    Gauge& same = gauge("tilth_test_depth", "Depth.", {{"shard", "1"}, {"queue", "outbox"}});
    Gauge& other = gauge("tilth_test_depth", "Depth.", {{"queue", "a \"quoted\"\nname"}, {"shard", "1"}});
    EXPECT_EQ(&one, &same);
    EXPECT_NE(&one, &other);
    one.set(7);
    other.set(-1);
    EXPECT_EQ(one.value(), 7);
    EXPECT_TRUE(says(R"(tilth_test_depth{queue="outbox",shard="1"} 7)")) << text();
    EXPECT_TRUE(says(R"(tilth_test_depth{queue="a \"quoted\"\nname",shard="1"} -1)")) << text();
}

TEST(Metrics, AHistogramFillsItsBuckets) {
    Histogram& wait = histogram("tilth_test_wait_seconds", "Wait.");
    wait.observe(0.0004);
    wait.observe(0.003);
    wait.observe(100);
    EXPECT_TRUE(says(R"(tilth_test_wait_seconds_bucket{le="0.0005"} 1)")) << text();
    EXPECT_TRUE(says(R"(tilth_test_wait_seconds_bucket{le="0.005"} 2)"));
    EXPECT_TRUE(says(R"(tilth_test_wait_seconds_bucket{le="10"} 2)"));
    EXPECT_TRUE(says(R"(tilth_test_wait_seconds_bucket{le="+Inf"} 3)"));
    EXPECT_TRUE(says("tilth_test_wait_seconds_count 3"));
    Histogram& own = histogram("tilth_test_rows", "Rows.", {}, {1, 10});
    own.observe(5);
    EXPECT_TRUE(says(R"(tilth_test_rows_bucket{le="10"} 1)"));
}

TEST(MetricsDeathTest, ANameHasOneKind) {
    counter("tilth_test_kind_total", "Kind.");
    EXPECT_DEATH(gauge("tilth_test_kind_total", "Kind."), "exists with different type|different type");
}

}  // namespace
}  // namespace tilth::metrics
