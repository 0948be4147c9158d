// The index is derived: delete it and it comes back the same from the log, however events arrived.

#include "kernel/behaviour/index/index.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "kernel/behaviour/index/from_log.h"
#include "kernel/testing.h"

namespace tilth::kernel {
namespace {

constexpr std::int64_t kDay = 86'400'000;

IndexedEvent random_event(Rng& rng) {
    IndexedEvent out;
    out.slot = static_cast<std::uint32_t>(rng.below(70'000));
    out.event.time = 1'767'225'600'000 + static_cast<std::int64_t>(rng.below(100)) * kDay +
                     static_cast<std::int64_t>(rng.below(1'000));
    out.event.type = static_cast<std::uint32_t>(rng.below(5));
    if (rng.below(2) == 0) out.event.properties[1] = static_cast<std::int64_t>(rng.below(100)) - 50;
    return out;
}

TEST(BehaviourIndex, IsTheSameHoweverEventsCame) {
    SeededRng rng(1);
    BehaviourIndex grown;
    std::vector<IndexedEvent> all;
    for (int i = 0; i < 20'000; ++i) {
        all.push_back(random_event(rng));
        grown.append(std::span(&all.back(), 1));
        if (i % 3'000 == 0) grown.seal();
    }
    std::reverse(all.begin(), all.end());
    BehaviourIndex built;
    built.build(all);
    EXPECT_GT(grown.tail_events(), 0u);
    EXPECT_EQ(built.tail_events(), 0u);
    EXPECT_EQ(grown.events(), 20'000u);
    EXPECT_EQ(grown.state_hash(), built.state_hash());
    all.pop_back();
    BehaviourIndex fewer;
    fewer.build(all);
    EXPECT_NE(fewer.state_hash(), built.state_hash());
}

TEST(BehaviourIndex, LinksMoveNothing) {
    BehaviourIndex index;
    const auto event = [](std::uint32_t slot, std::int64_t time) {
        return IndexedEvent{slot, {time, 1, {0, 0, 0, 0}}};
    };
    const std::vector<IndexedEvent> events{event(1, 10), event(2, 5), event(1, 30), event(3, 20)};
    index.build(events);
    const std::string before = index.state_hash();
    index.link(1, {1, 2, 3});
    EXPECT_TRUE(index.is_absorbed(2));
    const auto merged = index.events_of(1);
    ASSERT_EQ(merged.size(), 4u);
    EXPECT_EQ(merged[0].time, 5);
    EXPECT_EQ(merged[3].time, 30);
    index.link(1, {});
    EXPECT_FALSE(index.is_absorbed(2));
    EXPECT_EQ(index.events_of(1).size(), 2u);
    EXPECT_EQ(index.events_of(2).size(), 1u);
    EXPECT_EQ(index.state_hash(), before);
}

TEST(BehaviourIndex, RetentionDropsWholeMonths) {
    BehaviourIndex index;
    std::vector<IndexedEvent> events;
    for (int day = 0; day < 90; ++day) events.push_back({1, {1'767'225'600'000 + day * kDay, 1, {0, 0, 0, 0}}});
    index.build(events);
    index.append(std::span(events.data(), 1));
    index.drop_before({1'767'225'600'000 + 45 * kDay});  // 15 February: January goes
    EXPECT_EQ(index.events(), 90u - 31u);
    EXPECT_EQ(index.tail_events(), 0u);
}

class IndexFromLog : public ::testing::TestWithParam<sql::Engine> {};

TEST_P(IndexFromLog, ComesBackTheSame) {
    kernel::testing::TestRecord record(GetParam());
    rules::Registry registry;
    ASSERT_TRUE(registry.add_property({"amount", "金额", "amount", rules::ValueType::Number, 2, {}}));
    ASSERT_TRUE(registry.add_property({"channel", "渠道", "channel", rules::ValueType::Text, 0, {}}));
    rules::Codes codes;
    BehaviourIndex live;
    const SlotFn slot_of = [](const CustomerId& customer) { return std::uint32_t{customer.bytes[15]}; };
    for (int batch = 0; batch < 5; ++batch) {
        std::vector<Event> events;
        for (int i = 0; i < 100; ++i) {
            Event one;
            one.fingerprint[0] = static_cast<std::uint8_t>(i);
            one.fingerprint[1] = static_cast<std::uint8_t>(batch);
            one.customer.bytes[15] = static_cast<std::uint8_t>(i % 7);
            one.time.ms = 1'767'225'600'000 + (i * 37 % 60) * kDay;
            one.type = i % 2 == 0 ? "Order" : "page";
            if (i % 2 == 0) one.properties = R"({"amount":12.35,"channel":"store"})";
            events.push_back(one);
        }
        ASSERT_TRUE(record.write([&](Unit& unit) -> Status { return append_events(unit, events); }));
        for (const Event& one : events) {
            const IndexedEvent indexed = to_indexed(one, registry, codes, slot_of(one.customer));
            live.append(std::span(&indexed, 1));
        }
        if (batch == 2) live.seal();
    }
    BehaviourIndex rebuilt;
    auto loan = MUST(record->readers().borrow());
    const auto position = build_index(*loan, testing::tenant(1), 0, registry, codes, slot_of, rebuilt);
    ASSERT_TRUE(position);
    EXPECT_EQ(*position, 500);
    EXPECT_EQ(rebuilt.state_hash(), live.state_hash());
    EXPECT_EQ(rebuilt.events_of(0).at(0).properties[0], 1'235);
}

INSTANTIATE_TEST_SUITE_P(Engines, IndexFromLog, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

}  // namespace
}  // namespace tilth::kernel
