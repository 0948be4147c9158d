// Reading some customers' events back from the log, on both engines: newest first, bounded, and saying so.

#include "kernel/behaviour/history.h"

#include <gtest/gtest.h>

#include "kernel/testing.h"

namespace tilth::kernel {
namespace {

CustomerId customer(std::uint8_t number) {
    CustomerId id;
    id.bytes[15] = number;
    return id;
}

class HistoryTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    // A block of its own each time: 20 events of customers 0 to 3 in turn.
    void append_block(int block) {
        std::vector<Event> events;
        for (int i = 0; i < 20; ++i) {
            Event event;
            const int number = block * 20 + i;
            event.fingerprint[0] = static_cast<std::uint8_t>(number);
            event.fingerprint[1] = static_cast<std::uint8_t>(number >> 8);
            event.customer = customer(static_cast<std::uint8_t>(number % 4));
            event.time = event.received = Instant{1'700'000'000'000 + number};
            event.type = "n" + std::to_string(number);
            events.push_back(std::move(event));
        }
        ASSERT_TRUE(record_.write([&](Unit& unit) { return append_events(unit, events); }));
    }
    History read(const HistoryQuery& query) {
        auto loan = MUST(record_->readers().borrow());
        return MUST(events_of(*loan, testing::tenant(1), query));
    }
    kernel::testing::TestRecord record_{GetParam()};
};

TEST_P(HistoryTest, FindsAllOfThemNewestFirst) {
    for (int block = 0; block < 5; ++block) append_block(block);
    const History history = read({.customers = {customer(1), customer(3)}, .known = 50});
    ASSERT_EQ(history.events.size(), 50u);
    EXPECT_TRUE(history.whole);
    EXPECT_EQ(history.events.front().event.type, "n99");
    EXPECT_EQ(history.events.front().position, 100);
    EXPECT_EQ(history.events[1].event.type, "n97");
    EXPECT_EQ(history.events.back().event.type, "n1");
}

TEST_P(HistoryTest, StopsAtItsBoundAndSaysSo) {
    for (int block = 0; block < 5; ++block) append_block(block);
    const History two = read({.customers = {customer(1)}, .known = 25, .blocks = 2});
    EXPECT_EQ(two.events.size(), 10u);
    EXPECT_FALSE(two.whole);
    EXPECT_EQ(two.from, Instant{1'700'000'000'060});
    const History few = read({.customers = {customer(1)}, .known = 25, .most = 3});
    EXPECT_EQ(few.events.size(), 3u);
    EXPECT_FALSE(few.whole);
    EXPECT_EQ(few.events.back().event.type, "n89");
}

TEST_P(HistoryTest, WhatIsNoLongerThereIsNotWaitedFor) {
    append_block(0);
    EXPECT_TRUE(read({.customers = {customer(1)}, .known = 99}).whole);
    EXPECT_TRUE(read({.customers = {customer(9)}, .known = 0}).events.empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, HistoryTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

}  // namespace
}  // namespace tilth::kernel
