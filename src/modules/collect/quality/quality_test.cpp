#include "modules/collect/quality/api.h"

#include <gtest/gtest.h>

#include <cstring>

namespace tilth::collect {
namespace {

Incoming event(std::uint8_t id, std::string type, std::string properties = "{}") {
    Incoming one;
    one.fingerprint[0] = id;
    one.type = std::move(type);
    one.properties = std::move(properties);
    return one;
}

TEST(Quality, LagIsTheUpperBoundOfItsShare) {
    const Instant received = Instant{} + hours(24 * 400);
    Quality quality;
    EXPECT_EQ(quality.lag(0.5), std::nullopt);
    const auto came = [&](Duration after) {
        Incoming one = event(1, "paid");
        one.time = received + Duration{-after.ms};
        quality.take(one, received);
    };
    for (int i = 0; i < 98; ++i) came(seconds(60));  // a bound belongs to its bucket
    came(hours(24));
    came(hours(24 * 8));
    EXPECT_EQ(quality.events, 100);
    EXPECT_EQ(quality.late, 1);  // a day sharp is not late
    EXPECT_EQ(quality.lag(0.5), 1);
    EXPECT_EQ(quality.lag(0.98), 1);
    EXPECT_EQ(quality.lag(0.99), 1'440);
    EXPECT_EQ(quality.lag(1), kLagBeyond);
    Quality twice = quality;
    twice += quality;
    EXPECT_EQ(twice.lag(0.99), 1'440);
    EXPECT_EQ(twice.events, 200);
}

TEST(Quality, AnImpossibleClockIsContradictory) {
    Quality quality;
    Incoming one = event(1, "paid");
    one.corrected = static_cast<std::uint8_t>(Correction::Clock);
    quality.take(one, one.time);
    quality.add(Fault::Held);
    quality.add(Fault::Duplicate);
    EXPECT_EQ(quality.contradictory, 2);
    EXPECT_EQ(quality.duplicate, 1);
}

TEST(Saying, TheSameIdWithAnotherContentOfOneSource) {
    Saying saying;
    const SourceId a{};
    SourceId b{};
    b.bytes[15] = 1;
    EXPECT_FALSE(saying.contradicts(a, event(1, "paid", R"({"amount":1})")));
    EXPECT_FALSE(saying.contradicts(a, event(1, "paid", R"({"amount":1})")));
    EXPECT_TRUE(saying.contradicts(a, event(1, "paid", R"({"amount":2})")));
    EXPECT_TRUE(saying.contradicts(a, event(1, "seen", R"({"amount":1})")));
    EXPECT_FALSE(saying.contradicts(b, event(1, "paid", R"({"amount":2})")));
    EXPECT_FALSE(saying.contradicts(a, event(2, "paid", R"({"amount":2})")));
}

TEST(Saying, TheLastHundredThousandIdsAreKnown) {
    Saying saying;
    const auto numbered = [](std::uint32_t number, std::string properties) {
        Incoming one = event(0, "paid", std::move(properties));
        std::memcpy(one.fingerprint.data(), &number, sizeof number);
        return one;
    };
    constexpr std::uint32_t kLast = 3 * Saying::kKnown;
    for (std::uint32_t i = 0; i < kLast; ++i) ASSERT_FALSE(saying.contradicts({}, numbered(i, "{}")));
    EXPECT_TRUE(saying.contradicts({}, numbered(kLast - 1, R"({"amount":2})")));
    EXPECT_TRUE(saying.contradicts({}, numbered(kLast - Saying::kKnown, R"({"amount":2})")));
    EXPECT_FALSE(saying.contradicts({}, numbered(0, R"({"amount":2})")));  // longer ago than it is kept
}

}  // namespace
}  // namespace tilth::collect
