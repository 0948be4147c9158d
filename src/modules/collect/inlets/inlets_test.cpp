// What the parsers make of real shapes of requests; the vault's key is a test's.

#include <gtest/gtest.h>

#include "kernel/testing/fixture.h"
#include "modules/collect/api.h"

namespace tilth::collect {
namespace {

class InletTest : public ::testing::Test {
protected:
    Parsed parse(std::string_view inlet_name, std::string path, std::string body) {
        RawBatch batch;
        batch.tenant = kernel_.tenant_id();
        batch.source.bytes[0] = 9;
        batch.inlet = inlet_name;
        batch.path = std::move(path);
        batch.received = MUST(parse_instant("2026-03-01T10:00:10Z"));
        batch.body = std::move(body);
        const auto back = decode(encode(batch));
        EXPECT_TRUE(back && back->body == batch.body && back->received == batch.received &&
                    back->tenant == batch.tenant);
        return inlet(inlet_name)->parse(batch, kernel_->vault);
    }
    kernel::testing::TestKernel kernel_{sql::Engine::Sqlite};
};

TEST_F(InletTest, SegmentBatchMergesItsContextAndCorrectsTheClock) {
    const Parsed parsed =
        parse("segment", "/v1/batch", R"({"sentAt":"2026-03-01T09:00:05Z","context":{"device":{"id":"d-1"}},"batch":[
        {"type":"track","event":"Product Viewed","messageId":"m1","userId":"u1","timestamp":"2026-03-01T09:00:00Z",
         "properties":{"sku":"R1","email":"a@b.cn"}},
        {"type":"identify","messageId":"m2","anonymousId":"a1","userId":"u1",
         "traits":{"email":"Li@B.cn","phone":"13800138000","city":"杭州"}},
        {"type":"track","messageId":"m3","userId":"u1"},
        {"type":"page","messageId":"m4","name":"Home"}]})");
    ASSERT_EQ(parsed.events.size(), 3u);  // the page has the batch's device
    ASSERT_EQ(parsed.refused.size(), 1u);
    EXPECT_EQ(parsed.refused[0].code, "no_type");
    EXPECT_EQ(parsed.events[0].type, "Product Viewed");
    EXPECT_EQ(parsed.events[0].properties, R"({"sku":"R1"})");
    EXPECT_EQ(to_iso(parsed.events[0].time), "2026-03-01T10:00:05.000Z");
    EXPECT_EQ(parsed.events[1].claims.size(), 5u);  // custom id, anonymous, device, e-mail, phone
    EXPECT_TRUE(parsed.events[1].joins);
    ASSERT_EQ(parsed.events[1].traits.size(), 1u);
    EXPECT_EQ(parsed.events[1].traits[0].value, "杭州");
    EXPECT_EQ(parsed.events[2].properties, R"({"name":"Home"})");
}

TEST_F(InletTest, SegmentSinglesAndShortPathsAreTheSame) {
    const std::string body = R"({"event":"Buy","messageId":"m","anonymousId":"a"})";
    const Parsed longer = parse("segment", "/v1/track", body);
    const Parsed shorter = parse("segment", "/v1/t", body);
    ASSERT_EQ(longer.events.size(), 1u);
    ASSERT_EQ(shorter.events.size(), 1u);
    EXPECT_EQ(longer.events[0].fingerprint, shorter.events[0].fingerprint);
    EXPECT_EQ(longer.events[0].type, "Buy");
}

TEST_F(InletTest, NativeEventsAreRefusedOneByOneWithTheReason) {
    const Parsed parsed = parse("native", "/api/v1/events", R"({"events":[
        {"id":"1","type":"visit","time":"2026-03-01T10:00:00+08:00","identities":{"card":"C1","anonymous":"x"}},
        {"id":"2","type":"visit","identities":{"phone":"123"}},
        {"id":"3","identities":{"card":"C1"}},
        {"id":"4","type":"visit","time":"yesterday","identities":{"card":"C1"}}]})");
    ASSERT_EQ(parsed.events.size(), 1u);
    EXPECT_EQ(to_iso(parsed.events[0].time), "2026-03-01T02:00:00.000Z");
    ASSERT_EQ(parsed.refused.size(), 3u);
    EXPECT_EQ(parsed.refused[0].code, "no_identity");
    EXPECT_EQ(parsed.refused[1].code, "no_type");
    EXPECT_EQ(parsed.refused[2].code, "bad_time");
}

TEST_F(InletTest, AnEventFarAheadCountsAsReceivedNow) {
    const Parsed parsed =
        parse("native", "/api/v1/events",
              R"({"events":[{"id":"1","type":"v","time":"2031-01-01T00:00:00Z","identities":{"card":"C"}}]})");
    ASSERT_EQ(parsed.events.size(), 1u);
    EXPECT_EQ(to_iso(parsed.events[0].time), "2026-03-01T10:00:10.000Z");
}

TEST_F(InletTest, ACutHeaderIsCorruptNeverRead) {
    RawBatch batch;
    batch.inlet = "native";
    batch.body = "{}";
    const std::string bytes = encode(batch);
    for (std::size_t length = 0; length < bytes.size(); ++length)
        EXPECT_FALSE(decode(std::string_view(bytes).substr(0, length)));
}

}  // namespace
}  // namespace tilth::collect
