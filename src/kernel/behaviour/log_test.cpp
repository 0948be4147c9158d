// The event log on both engines, and activity as its derivation: order, proof, snapshot, rebuild.

#include <gtest/gtest.h>

#include "kernel/behaviour/activity.h"
#include "kernel/testing.h"
#include "platform/files/faulty.h"

namespace tilth::kernel {
namespace {

Event event(int number, std::string type = "page") {
    Event out;
    out.fingerprint[0] = static_cast<std::uint8_t>(number);
    out.fingerprint[1] = static_cast<std::uint8_t>(number >> 8);
    out.customer.bytes[15] = static_cast<std::uint8_t>(number % 7);
    out.customer.bytes[8] = static_cast<std::uint8_t>(number % 7);
    out.source.bytes[2] = static_cast<std::uint8_t>(number % 2);
    out.time.ms = 1'700'000'000'000 + number * 977;
    out.received.ms = 1'700'000'500'000 + number;
    out.type = std::move(type);
    return out;
}

class EventLogTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    void append(std::vector<Event> events, Activity* activity = nullptr) {
        ASSERT_TRUE(record_.write([&](Unit& unit) -> Status {
            TRY(append_events(unit, events));
            if (activity != nullptr) activity->apply(unit, std::make_shared<const std::vector<Event>>(events));
            return ok();
        }));
    }
    std::vector<int> numbers_after(std::int64_t after) {
        std::vector<int> seen;
        auto loan = MUST(record_->readers().borrow());
        EXPECT_TRUE(scan_events(*loan, testing::tenant(1), after, [&](std::int64_t position, const Event& one) {
            EXPECT_EQ(position, after + static_cast<std::int64_t>(seen.size()) + 1);
            seen.push_back(one.fingerprint[0] + 256 * one.fingerprint[1]);
            return true;
        }));
        return seen;
    }
    EventLogProof proof() {
        auto loan = MUST(record_->readers().borrow());
        return MUST(verify_events(*loan, testing::tenant(1)));
    }
    kernel::testing::TestRecord record_{GetParam()};
};

TEST_P(EventLogTest, KeepsOrderAndPositionsAcrossBlocks) {
    std::vector<Event> many;
    for (int i = 0; i < 300; ++i) {
        many.push_back(event(i));
        many.back().properties = "{\"x\":\"" + std::string(3'000, 'x') + "\"}";
    }
    append(many);
    append({event(300)});
    EXPECT_GT(proof().blocks, 3);
    EXPECT_EQ(proof().events, 301);
    const auto tail = numbers_after(290);
    ASSERT_EQ(tail.size(), 11u);
    EXPECT_EQ(tail.front(), 290);
    EXPECT_EQ(tail.back(), 300);
}

TEST_P(EventLogTest, ARefusedUnitLeavesNoEvent) {
    EXPECT_FALSE(record_.write([&](Unit& unit) -> Status {
        TRY(append_events(unit, {event(1)}));
        return ErrorCode::Conflict;
    }));
    append({event(2)});
    EXPECT_EQ(numbers_after(0), std::vector<int>{2});
    EXPECT_TRUE(proof().whole);
}

TEST_P(EventLogTest, AnAlteredOrMissingBlockIsNamed) {
    for (int i = 0; i < 4; ++i) append({event(i)});
    ASSERT_TRUE(proof().whole);
    ASSERT_TRUE(
        record_.write([](Unit& unit) { return unit.sql().write("DELETE FROM event_block WHERE sequence = 2", {}); }));
    EXPECT_FALSE(proof().whole);
    EXPECT_EQ(proof().broken_at, 3);
}

TEST_P(EventLogTest, ActivityIsTheSameLiveFromSnapshotAndFromTheLog) {
    files::FaultyFiles files;
    ASSERT_TRUE(files.make_directories("/d"));
    const auto tenants = std::vector{testing::tenant(1)};
    auto live = make_activity();
    for (int i = 0; i < 50; ++i) append({event(i), event(i + 100, "buy")}, live.get());
    ASSERT_TRUE(live->save(files, "/d/snapshot"));
    for (int i = 200; i < 260; ++i) append({event(i)}, live.get());
    auto loan = MUST(record_->readers().borrow());
    auto restored = make_activity();
    ASSERT_TRUE(restored->load(files, "/d/snapshot", *loan, tenants));
    auto rebuilt = make_activity();
    ASSERT_TRUE(rebuilt->rebuild(*loan, tenants));
    EXPECT_EQ(live->position(tenants[0]), 160);
    EXPECT_EQ(restored->state_hash(tenants[0]), live->state_hash(tenants[0]));
    EXPECT_EQ(rebuilt->state_hash(tenants[0]), live->state_hash(tenants[0]));
    const auto one = live->of(tenants[0], event(0).customer);
    ASSERT_TRUE(one);
    EXPECT_EQ(one->first_seen.ms, 1'700'000'000'000);
    EXPECT_EQ(live->sources(tenants[0]).size(), 2u);
    // A damaged snapshot is not believed.
    auto bytes = MUST(files.read_whole("/d/snapshot", 1 << 20));
    bytes[40] = static_cast<char>(bytes[40] ^ 1);
    ASSERT_TRUE(files.write_whole("/d/snapshot", bytes));
    auto careful = make_activity();
    ASSERT_TRUE(careful->load(files, "/d/snapshot", *loan, tenants));
    EXPECT_EQ(careful->state_hash(tenants[0]), live->state_hash(tenants[0]));
}

TEST_P(EventLogTest, TheLastEventsAreStillInMemory) {
    const auto live = make_activity();
    for (int i = 0; i < 10; ++i) append({event(2 * i), event(2 * i + 1)}, live.get());
    const auto behind = [&](std::int64_t after) {
        std::vector<std::int64_t> out;
        for (const auto& run : live->recent(testing::tenant(1), after)) {
            for (std::size_t i = 0; i < run.events->size(); ++i) {
                const auto position = run.first + static_cast<std::int64_t>(i);
                if (position > after) out.push_back(position);
            }
        }
        return out;
    };
    EXPECT_EQ(behind(0).size(), 20u);
    EXPECT_EQ(behind(17), (std::vector<std::int64_t>{18, 19, 20}));
    EXPECT_TRUE(behind(20).empty());
    EXPECT_TRUE(live->recent(testing::tenant(2), 0).empty());
    // Two of these fill it: what is older is read from the log.
    Event large = event(1);
    large.properties = "{\"text\":\"" + std::string(Activity::kRecentBytes / 3, 'x') + "\"}";
    const auto apply = [&](const Event& one) {
        ASSERT_TRUE(record_.write([&](Unit& unit) {
            live->apply(unit, std::make_shared<const std::vector<Event>>(std::vector{one}));
            return ok();
        }));
    };
    for (int i = 0; i < 3; ++i) apply(large);
    EXPECT_TRUE(behind(20).empty());
    EXPECT_EQ(behind(21), (std::vector<std::int64_t>{22, 23}));
}

INSTANTIATE_TEST_SUITE_P(Engines, EventLogTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

}  // namespace
}  // namespace tilth::kernel
