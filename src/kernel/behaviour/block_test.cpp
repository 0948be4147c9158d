#include "kernel/behaviour/block.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/limits.h"

namespace tilth::kernel {
namespace {

Event random_event() {
    Event event;
    for (auto& byte : event.fingerprint) byte = *rc::gen::arbitrary<std::uint8_t>();
    event.customer.bytes = event.fingerprint;
    event.source.bytes[3] = *rc::gen::inRange<std::uint8_t>(0, 3);
    event.time.ms = *rc::gen::arbitrary<std::int32_t>();
    event.received.ms = *rc::gen::arbitrary<std::int32_t>();
    event.identity = *rc::gen::arbitrary<std::uint64_t>();
    event.type = *rc::gen::element<std::string>("page", "Product Viewed", "支付成功");
    event.properties = *rc::gen::element<std::string>("{}", R"({"a":1})");
    return event;
}

bool same(const Event& a, const Event& b) {
    return a.fingerprint == b.fingerprint && a.time == b.time && a.received == b.received && a.source == b.source &&
           a.customer == b.customer && a.identity == b.identity && a.type == b.type && a.properties == b.properties;
}

RC_GTEST_PROP(Block, DecodesToWhatWasEncoded, ()) {
    std::vector<Event> events(static_cast<std::size_t>(*rc::gen::inRange(1, 40)));
    for (auto& event : events) event = random_event();
    std::string bytes;
    RC_ASSERT(encode_block(events, 0, bytes) == events.size());
    const auto decoded = decode_block(bytes);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(decoded->size() == events.size());
    for (std::size_t i = 0; i < events.size(); ++i) RC_ASSERT(same((*decoded)[i], events[i]));
}

TEST(Block, RefusesEveryCutAndAnotherVersion) {
    std::vector<Event> events(3);
    events[1].type = "page";
    std::string bytes;
    encode_block(events, 0, bytes);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        EXPECT_FALSE(decode_block(std::string_view(bytes).substr(0, length))) << length;
    }
    bytes[0] = 9;
    EXPECT_EQ(decode_block(bytes).error().code, ErrorCode::Corrupt);
}

TEST(Block, StaysWithinItsBoundAndTakesAtLeastOne) {
    std::vector<Event> events(3);
    for (auto& event : events) event.properties = std::string(limits::kEventBlockBytesMax - 200, 'x');
    std::string bytes;
    EXPECT_EQ(encode_block(events, 0, bytes), 1u);
    EXPECT_EQ(encode_block(events, 2, bytes), 3u);
    EXPECT_LE(bytes.size(), limits::kEventBlockBytesMax + 256);
}

}  // namespace
}  // namespace tilth::kernel
