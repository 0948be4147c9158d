// PostHog's protocol: who an event is about, the clock by its three ways, and 20,000 damaged bodies.

#include "modules/collect/inlets/posthog/posthog.h"

#include <gtest/gtest.h>

#include "base/rng.h"
#include "kernel/testing/fixture.h"

namespace tilth::collect {
namespace {

class PostHogTest : public ::testing::Test {
protected:
    Parsed parse(std::string body, std::string path = "/batch/") {
        RawBatch batch;
        batch.tenant = kernel_.tenant_id();
        batch.source.bytes[0] = 9;
        batch.inlet = "posthog";
        batch.path = std::move(path);
        batch.received = MUST(parse_instant("2026-03-01T10:00:10Z"));
        batch.body = std::move(body);
        return posthog_inlet().parse(batch, kernel_->vault);
    }
    static std::string keys(const Incoming& event) {
        std::string out;
        for (const auto& claim : event.claims) out.append(name(claim.kind)).append("=").append(claim.value).append(" ");
        return out;
    }
    kernel::testing::TestKernel kernel_{sql::Engine::Sqlite};
};

TEST_F(PostHogTest, ABatchOfTheServerLibrary) {
    const Parsed parsed = parse(R"({"api_key":"K","sent_at":"2026-03-01T09:00:05Z","batch":[
        {"event":"Order Completed","distinct_id":"u1","uuid":"n1","timestamp":"2026-03-01T09:00:00Z",
         "properties":{"revenue":9.9,"$lib":"posthog-node","$set":{"city":"厦门","email":"A@B.cn"}}},
        {"event":"$identify","distinct_id":"u1","uuid":"n2","properties":{"$anon_distinct_id":"v1",
         "$set":{"name":"周杰"},"$set_once":{"first_seen_at":"x"}}},
        {"event":"$create_alias","distinct_id":"u1","uuid":"n3","properties":{"distinct_id":"u1","alias":"old"}},
        {"event":"$groupidentify","distinct_id":"$company_7","properties":{"$group_type":"company","$group_key":"7"}},
        {"event":"","distinct_id":"u1"}]})");
    ASSERT_EQ(parsed.events.size(), 3u);
    EXPECT_EQ(keys(parsed.events[0]), "custom_id=u1 email=a@b.cn ");
    EXPECT_EQ(parsed.events[0].properties, R"({"revenue":9.9,"$lib":"posthog-node"})");
    EXPECT_EQ(to_iso(parsed.events[0].time), "2026-03-01T10:00:05.000Z");
    EXPECT_EQ(keys(parsed.events[1]), "custom_id=u1 anonymous=v1 ");
    EXPECT_TRUE(parsed.events[1].joins);
    EXPECT_EQ(parsed.events[1].traits.size(), 2u);
    EXPECT_EQ(parsed.events[1].properties, "{}");
    EXPECT_EQ(keys(parsed.events[2]), "custom_id=u1 custom_id=old anonymous=old ");
    ASSERT_EQ(parsed.refused.size(), 2u);
    EXPECT_EQ(parsed.refused[0].code, "not_about_a_person");
    EXPECT_EQ(parsed.refused[1].code, "no_type");
}

TEST_F(PostHogTest, TheBrowserSaysWhetherItKnowsThePerson) {
    const auto who = [&](std::string_view more) {
        return keys(parse(R"([{"event":"$pageview","uuid":"1","properties":{"distinct_id":"d1",)" + std::string(more) +
                          R"("token":"K"}}])")
                        .events.at(0));
    };
    EXPECT_EQ(who(R"("$is_identified":false,)"), "anonymous=d1 ");
    EXPECT_EQ(who(R"("$is_identified":true,)"), "custom_id=d1 ");
    EXPECT_EQ(who(R"("$device_id":"d1",)"), "anonymous=d1 ");
    EXPECT_EQ(who(""), "custom_id=d1 ");
}

TEST_F(PostHogTest, OneClockByWhicheverWayTheClientTellsIts) {
    const auto at = [&](std::string_view more, std::string path = "/e/") {
        return to_iso(
            parse(R"({"event":"x","distinct_id":"u",)" + std::string(more) + R"("uuid":"1"})", std::move(path))
                .events.at(0)
                .time);
    };
    EXPECT_EQ(at(R"("timestamp":"2026-03-01T09:00:00Z","sent_at":"2026-03-01T09:00:02Z",)"),
              "2026-03-01T10:00:08.000Z");
    EXPECT_EQ(at(R"("timestamp":"2026-03-01T09:00:00Z",)", "/e/?_=1772355602000"), "2026-03-01T10:00:08.000Z");
    EXPECT_EQ(at(R"("timestamp":"2026-03-01T09:00:00",)"), "2026-03-01T09:00:00.000Z");
    EXPECT_EQ(at(R"("offset":4000,)"), "2026-03-01T10:00:06.000Z");
    EXPECT_EQ(at(""), "2026-03-01T10:00:10.000Z");
}

TEST_F(PostHogTest, DamagedBodiesEndInEventsOrReasons) {
    const std::string seed = R"({"api_key":"K","sent_at":"2026-03-01T09:00:05Z","batch":[{"event":"$identify",
        "distinct_id":"u1","uuid":"n2","offset":12,
        "timestamp":"2026-03-01T09:00:05","properties":{"$anon_distinct_id":7,
        "$set":{"phone":"13800138000"},"$set_once":{"a":true},"$unset":["b"],"$is_identified":true}},{"event":"x"}]})";
    SeededRng rng(42);
    std::size_t read = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text = seed;
        for (auto changes = 1 + rng.below(3); changes > 0; --changes) {
            const auto at = rng.below(text.size());
            if (rng.below(2) == 0) text[at] = static_cast<char>(rng.below(256));
            else text.insert(at, text.substr(rng.below(text.size()), rng.below(20)));
        }
        const Parsed parsed = parse(std::move(text));
        read += parsed.events.size() + parsed.refused.size();
    }
    EXPECT_GT(read, 1'000u);
}

}  // namespace
}  // namespace tilth::collect
