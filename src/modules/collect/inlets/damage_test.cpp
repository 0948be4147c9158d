// 20,000 damaged bodies each for the native, the Segment and the capture points' parser: every event of what can still
// be read ends in an event or a reason, no key gets into properties, and what comes out is canonical JSON.

#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/rng.h"
#include "kernel/testing/fixture.h"
#include "modules/collect/api.h"
#include "platform/json/reader.h"

namespace tilth::collect {
namespace {

struct Seeds {
    const char* inlet;
    const char* path;
    const char* events;  // the member that holds the events; empty: the body is the event
    std::vector<std::string> bodies;
};

class DamageTest : public ::testing::Test {
protected:
    Parsed parse(const Seeds& seeds, const std::string& body) {
        RawBatch batch;
        batch.tenant = kernel_.tenant_id();
        batch.source.bytes[0] = 9;
        batch.inlet = seeds.inlet;
        batch.path = seeds.path;
        batch.received = MUST(parse_instant("2026-03-01T10:00:10Z"));  // a fixed text
        batch.body = body;
        return inlet(seeds.inlet)->parse(batch, kernel_->vault);
    }

    std::string damaged(const Seeds& seeds) {
        std::string text = seeds.bodies[rng_.below(seeds.bodies.size())];
        for (auto changes = 1 + rng_.below(3); changes > 0; --changes) {
            const auto at = rng_.below(text.size());
            switch (rng_.below(4)) {
                case 0: text[at] = static_cast<char>(rng_.below(256)); break;
                case 1: text.insert(at, text.substr(rng_.below(text.size()), rng_.below(20))); break;
                case 2: text.erase(at, rng_.below(8)); break;
                default: {  // a value in another's place, which stays JSON more often
                    static const std::vector<std::string> kValues = {"null", "[]",   "{}",   "\"\"",        "true",
                                                                     "-1",   "1e99", "[[]]", "\"\\u0000\"", "1.5"};
                    const auto colon = text.find(':', at);
                    const auto end = colon == std::string::npos ? colon : text.find_first_of(",}", colon);
                    if (end != std::string::npos)
                        text.replace(colon + 1, end - colon - 1, kValues[rng_.below(kValues.size())]);
                }
            }
        }
        return text;
    }

    void run(const Seeds& seeds, std::size_t least) {
        std::size_t read = 0;
        for (int i = 0; i < 20'000; ++i) {
            const std::string body = damaged(seeds);
            const Parsed parsed = parse(seeds, body);
            const std::size_t got = parsed.events.size() + parsed.refused.size();
            read += got;
            const auto doc = json::read(body);
            if (!doc) { ASSERT_EQ(got, 0u) << body; }
            for (const Incoming& event : parsed.events) {
                ASSERT_FALSE(event.claims.empty()) << body;
                ASSERT_FALSE(event.type.empty()) << body;
                ASSERT_LE(event.properties.size(), limits::kIngestEventBytesMax);
                const auto properties = json::read(event.properties);
                ASSERT_TRUE(properties && properties->root().is_object()) << body;
                ASSERT_EQ(event.properties.find("13800138000"), std::string::npos) << body;
                ASSERT_LE(event.time, parse_instant("2026-03-02T10:00:10Z").value()) << body;
            }
            for (const Verdict& verdict : parsed.refused) ASSERT_FALSE(verdict.code.empty()) << body;
            if (doc && seeds.events[0] != '\0' && std::string_view(seeds.inlet) == "native") {
                ASSERT_EQ(got + static_cast<std::size_t>(parsed.duplicates), doc->root().get(seeds.events).count())
                    << body;
            }
        }
        EXPECT_GT(read, least);
    }

    kernel::testing::TestKernel kernel_{sql::Engine::Sqlite};
    SeededRng rng_{77};
};

TEST_F(DamageTest, Native) {
    run({"native",
         "/api/v1/events",
         "events",
         {R"({"sent_at":"2026-03-01T10:00:00+08:00","events":[{"id":"e-1",
             "type":"paid","time":"2026-03-01T09:58:00+08:00",
             "identities":{"phone":"13800138000","email":"a@b.cn"},"properties":{"total":3,"note":"13800138000"},
             "traits":{"name":"陈美","phone":"13800138000"}},{"id":"e-2","type":"x","identities":{"card":7}}]})",
          R"({"events":[{"type":"y",
             "identities":{"anonymous":"a-1"},"properties":{"deep":{"phone":"13800138000"}}}]})"}},
        4'000);
}

TEST_F(DamageTest, Segment) {
    run({"segment",
         "/v1/batch",
         "batch",
         {R"({"sentAt":"2026-03-01T09:00:05Z","context":{"device":{"id":"d-1"}},"batch":[{"type":"track",
             "event":"Product Viewed","messageId":"m1","userId":"u1","timestamp":"2026-03-01T09:00:00Z",
             "properties":{"sku":"R1","email":"a@b.cn","tel":"13800138000"}},{"type":"identify","messageId":"m2",
             "anonymousId":"a1","userId":"u1","traits":{"email":"Li@B.cn","phone":"13800138000","city":"杭州"}}]})",
          R"({"batch":[{"type":"alias","previousId":"a","userId":"b","messageId":"m"},{"type":"page","name":"Home",
             "anonymousId":7,"properties":{}},{"type":"group","groupId":"g","userId":"u","traits":{"n":1}}]})"}},
        10'000);
}

TEST_F(DamageTest, CapturePoints) {
    run({"capture",
         "/c/ABCD2345",
         "",
         {R"({"id":"1-ABCD.00","type":"form_submitted","identities":{"phone":"13800138000"},"traits":{"name":"陈美"},
             "once":{"acquired_from":"douyin/post-88"},"properties":{"point":7,"via":3,"channel":"douyin/post-88"},
             "capture":{"point":7,"consent":true,"version":"v3","answers":[{"q":0,"c":1},{"q":1,"t":"x"}]}})"}},
        2'500);
}

}  // namespace
}  // namespace tilth::collect
