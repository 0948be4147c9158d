// The Sensors Data protocol: envelopes, check sums, records, one clock, and 20,000 damaged requests.

#include <gtest/gtest.h>

#include "base/rng.h"
#include "kernel/testing/fixture.h"
#include "modules/collect/inlets/sensors/envelope.h"
#include "modules/collect/inlets/sensors/sensors.h"
#include "platform/text/encoding.h"

namespace tilth::collect {
namespace {

constexpr std::int64_t kReceivedMs = 1'772'359'210'000;  // 2026-03-01T10:00:10Z

class SensorsTest : public ::testing::Test {
protected:
    Parsed parse(std::string body, std::string path = "/sa.gif") {
        RawBatch batch;
        batch.tenant = kernel_.tenant_id();
        batch.source.bytes[0] = 9;
        batch.inlet = "sensors";
        batch.path = std::move(path);
        batch.received = Instant{kReceivedMs};
        batch.body = std::move(body);
        return sensors_inlet().parse(batch, kernel_->vault);
    }
    Incoming one(std::string body) {
        Parsed parsed = parse(std::move(body));
        EXPECT_EQ(parsed.events.size(), 1u) << (parsed.refused.empty() ? "" : parsed.refused[0].code);
        return parsed.events.empty() ? Incoming{} : parsed.events[0];
    }
    static bool holds(const Incoming& event, customer::IdentityKind kind, std::string_view value) {
        for (const auto& claim : event.claims) {
            if (claim.kind == kind && claim.value == value) return true;
        }
        return false;
    }
    kernel::testing::TestKernel kernel_{sql::Engine::Sqlite};
};

// A request that the web library 1.27.11 sent.
constexpr std::string_view kCaptured =
    "data=eyJsaWIiOnsiJGxpYiI6ImpzIiwiJGxpYl9tZXRob2QiOiJjb2RlIiwiJGxpYl92ZXJzaW9uIjoiMS4yNy4xMSJ9LCJ0aW1lIjoxNzk1Mzc1"
    "MzExMTcyLCJ0eXBlIjoiaXRlbV9zZXQiLCJpdGVtX3R5cGUiOiJza3UiLCJpdGVtX2lkIjoiUy0xIiwicHJvcGVydGllcyI6eyJwcmljZSI6MX0sIl"
    "90cmFja19pZCI6MjIyODUxMTcyLCJfZmx1c2hfdGltZSI6MTc5NTM3NTMxMTE3Mn0%3D&ext=crc%3D-2141484000";

TEST_F(SensorsTest, ACapturedRequestOpensAndItsCheckSumHolds) {
    const auto opened = sensors::open(sensors::form_fields(kCaptured), 1u << 20);
    EXPECT_EQ(opened.fault, "");
    EXPECT_TRUE(opened.json.starts_with(R"({"lib":{"$lib":"js")"));
    std::string wrong(kCaptured);
    wrong.back() = '1';
    EXPECT_EQ(sensors::open(sensors::form_fields(wrong), 1u << 20).fault, "bad_crc");
    EXPECT_EQ(parse(opened.json).refused.at(0).code, "not_about_a_person");
}

TEST_F(SensorsTest, ListsMayBeZippedAndBombsAreRefused) {
    const std::string list = R"([{"type":"track"}])";
    const auto packed = [](const std::string& text) {
        return std::vector<sensors::Field>{{"data_list", crypto::base64url(gzip(text))}, {"gzip", "1"}};
    };
    EXPECT_EQ(sensors::open(packed(list), 1u << 20).json, list);
    EXPECT_EQ(sensors::open(packed(std::string(1u << 20, ' ')), 1u << 16).fault, "too_large");
    EXPECT_EQ(sensors::open({{"data", "e30="}, {"gzip", "9"}}, 1u << 16).fault, "encrypted");
    EXPECT_EQ(sensors::open({{"other", "e30="}}, 1u << 16).fault, "bad_body");
}

TEST_F(SensorsTest, TheClockIsPutRightByTheFlushTime) {
    const Incoming event = one(R"({"type":"track","event":"Buy","distinct_id":"v1","time":1772355600000,
        "_flush_time":1772355605000,"_track_id":5,"properties":{"sku":"A","$ip":"1.2.3.4"}})");
    EXPECT_EQ(event.time.ms, kReceivedMs - 5'000);
    EXPECT_EQ(event.type, "Buy");
    EXPECT_EQ(event.properties, R"({"sku":"A"})");
    EXPECT_EQ(event.corrected, static_cast<int>(Correction::Clock) | static_cast<int>(Correction::PersonalTaken));
    EXPECT_TRUE(holds(event, customer::IdentityKind::Anonymous, "v1"));
}

TEST_F(SensorsTest, SignUpLinksTheVisitorToTheLogin) {
    const Incoming event = one(R"({"type":"track_signup","event":"$SignUp","distinct_id":"u-1","original_id":"v-1",
        "time":1772359209000,"_track_id":6})");
    EXPECT_TRUE(event.joins);
    EXPECT_TRUE(holds(event, customer::IdentityKind::CustomId, "u-1"));
    EXPECT_TRUE(holds(event, customer::IdentityKind::Anonymous, "v-1"));
}

TEST_F(SensorsTest, BoundKeysAreClaimsAndUnboundOnesStandBehindTheirLogin) {
    const Incoming bound = one(R"({"type":"track_id_bind","event":"$BindID","distinct_id":"u-1","login_id":"u-1",
        "time":1772359209000,"identities":{"$identity_login_id":"u-1","$identity_mobile":"13800138000",
        "$identity_mp_wx1_openid":"o-1"}})");
    EXPECT_TRUE(holds(bound, customer::IdentityKind::Phone, "+8613800138000"));
    EXPECT_TRUE(holds(bound, customer::IdentityKind::OpenId, "wx1:o-1"));
    const Incoming unbound = one(R"({"type":"track_id_unbind","event":"$UnbindID","distinct_id":"u-1",
        "time":1772359209000,"identities":{"$identity_mobile":"13800138000"}})");
    ASSERT_EQ(unbound.claims.size(), 2u);
    EXPECT_EQ(unbound.claims.front().kind, customer::IdentityKind::CustomId);
    EXPECT_EQ(unbound.claims.front().value, "u-1");
    EXPECT_TRUE(holds(unbound, customer::IdentityKind::Phone, "+8613800138000"));
    EXPECT_EQ(unbound.rule, "unbind");
    EXPECT_FALSE(unbound.joins);
}

TEST_F(SensorsTest, FactsThatHoldOnceStandBehindPlainOnesAndTheEarliestWins) {
    const auto at = [&](std::string_view type, std::int64_t ms) {
        return one(R"({"distinct_id":"u-1","login_id":"u-1","properties":{"city":"杭州"},"type":")" +
                   std::string(type) + R"(","time":)" + std::to_string(ms) + "}")
            .traits.at(0);
    };
    const auto plain = at("profile_set", 1'000'000'000'000);
    const auto early = at("profile_set_once", 1'500'000'000'000);
    const auto late = at("profile_set_once", 1'600'000'000'000);
    EXPECT_EQ(early.value, "杭州");
    EXPECT_GT(early.at, late.at);
    EXPECT_GT(plain.at, early.at);
    EXPECT_EQ(at("profile_unset", 1'600'000'000'000).value, "");
}

TEST_F(SensorsTest, WhatCannotBeKeptIsRefusedWithItsReason) {
    const Parsed parsed = parse(R"([{"type":"profile_increment","distinct_id":"u"},{"type":"profile_delete"},
        {"type":"nonsense"},{"type":"track","event":"1bad","distinct_id":"u"},{"type":"track","event":"x"},
        {"type":"track","event":"x","distinct_id":"u","time":1}])");
    std::vector<std::string> codes;
    for (const Verdict& verdict : parsed.refused) codes.push_back(verdict.code);
    EXPECT_EQ(codes, (std::vector<std::string>{"needs_present_value", "needs_erasure_request", "no_type", "bad_name",
                                               "no_identity", "bad_time"}));
    EXPECT_EQ(parse("data=x", "/sa#bad_crc").refused.at(0).code, "bad_crc");
}

TEST_F(SensorsTest, SentAgainItIsTheSameRecord) {
    const std::string head = R"({"type":"track","event":"Buy","distinct_id":"v1","time":1772355600000,)";
    for (const char* id : {R"("_track_id":5,)", ""}) {
        const auto first = one(head + id + R"("_flush_time":1772355605000})").fingerprint;
        EXPECT_EQ(first, one(head + id + R"("_flush_time":1772359605000})").fingerprint);
        EXPECT_NE(first, one(head + id + R"("x":1,"project":"p"})").fingerprint);
    }
}

TEST_F(SensorsTest, DamagedRequestsEndInEventsOrReasons) {
    const std::vector<std::string> corpus = {
        std::string(kCaptured), "crc=12&gzip=1&data_list=" + crypto::base64url(gzip(R"([{"type":"track"}])")),
        R"([{"type":"track_id_bind","event":"$BindID","distinct_id":"u","time":1772359209000,"_flush_time":1,
            "identities":{"$identity_mp__openid":"o","$identity_email":"a@b.cn","own":7},"properties":{"a":[1,{}]}}])"};
    SeededRng rng(41);
    std::size_t read = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text = corpus[rng.below(corpus.size())];
        for (auto changes = 1 + rng.below(4); changes > 0 && !text.empty(); --changes) {
            const auto at = rng.below(text.size());
            switch (rng.below(4)) {
                case 0: text[at] = static_cast<char>(rng.below(256)); break;
                case 1: text.erase(at, rng.below(9)); break;
                case 2: text.insert(at, text.substr(rng.below(text.size()), rng.below(9))); break;
                default: text.resize(at); break;
            }
        }
        const auto opened = sensors::open(sensors::form_fields(text), 1u << 16);
        EXPECT_NE(opened.json.empty(), opened.fault.empty());
        const Parsed parsed = parse(opened.fault.empty() ? opened.json : text);
        read += parsed.events.size() + parsed.refused.size();
    }
    EXPECT_GT(read, 1'000u);
}

}  // namespace
}  // namespace tilth::collect
