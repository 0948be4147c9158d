#include "modules/collect/dedup/dedup.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "base/limits.h"
#include "kernel/testing/fixture.h"
#include "modules/collect/dedup/fresh.h"
#include "modules/collect/dedup/run.h"

namespace tilth::collect {
namespace {

Bytes16 key(std::uint64_t number) { return crypto::fingerprint(std::to_string(number)); }

TEST(SortedRun, FindsEveryKeyAndNearlyNoOther) {
    std::vector<Bytes16> keys;
    for (std::uint64_t i = 0; i < 20'000; ++i) keys.push_back(key(i));
    const collect::Run run(keys);
    for (const auto& one : keys) ASSERT_TRUE(run.has(one));
    BlockFilter filter(keys.size());
    for (const auto& one : keys) filter.add(hash_of(one));
    int wrong = 0;
    for (std::uint64_t i = 20'000; i < 120'000; ++i) wrong += filter.may_have(hash_of(key(i))) ? 1 : 0;
    EXPECT_LT(wrong, 1'000) << "of 100,000";
    for (std::uint64_t i = 20'000; i < 30'000; ++i) ASSERT_FALSE(run.has(key(i)));
}

// Against std::set, with keys that crowd a few homes at the end of the array: runs wrap, holes are shifted.
RC_GTEST_PROP(FreshSet, IsASetInAnyOrderOfInsertsAndErasures, ()) {
    Fresh fresh;
    std::set<Bytes16> model;
    const auto steps = *rc::gen::container<std::vector<std::pair<bool, std::uint16_t>>>(
        rc::gen::pair(rc::gen::arbitrary<bool>(), rc::gen::inRange<std::uint16_t>(0, 64)));
    for (const auto& [adds, number] : steps) {
        Bytes16 one{};
        const std::uint64_t home = number == 0 ? 0 : 1020 + number % 8;
        std::memcpy(one.data(), &home, sizeof home);
        one[15] = static_cast<std::uint8_t>(number);
        RC_ASSERT(fresh.contains(one) == model.contains(one));
        if (adds) RC_ASSERT(fresh.insert(one) == model.insert(one).second);
        else RC_ASSERT(fresh.erase(one) == (model.erase(one) > 0));
        RC_ASSERT(fresh.size() == model.size());
    }
    for (const auto& key : model) RC_ASSERT(fresh.contains(key));
    auto keys = fresh.keys();
    RC_ASSERT(std::set<Bytes16>(keys.begin(), keys.end()) == model);
}

TEST(FreshSet, KeepsEveryKeyWhileItGrows) {
    Fresh fresh;
    for (std::uint64_t i = 0; i < 20'000; ++i) ASSERT_TRUE(fresh.insert(key(i)));
    for (std::uint64_t i = 0; i < 20'000; i += 2) ASSERT_TRUE(fresh.erase(key(i)));
    for (std::uint64_t i = 0; i < 20'000; ++i) ASSERT_EQ(fresh.contains(key(i)), i % 2 == 1);
    EXPECT_EQ(fresh.keys().size(), 10'000u);
    fresh.clear();
    EXPECT_TRUE(fresh.empty());
    EXPECT_FALSE(fresh.contains(key(1)));
}

class DedupTest : public ::testing::Test {
protected:
    std::vector<bool> remember(const std::vector<Bytes16>& keys, Instant at, bool fail = false) {
        std::vector<bool> is_new;
        (void)kernel_.write([&](kernel::Unit& unit) -> Status {
            is_new = dedup_->remember(unit, source_, keys, at);
            return fail ? Status(ErrorCode::Conflict) : ok();
        });
        return is_new;
    }
    kernel::testing::TestKernel kernel_{sql::Engine::Sqlite};
    std::unique_ptr<Dedup> dedup_ = make_dedup();
    SourceId source_{};
    Instant start_{1'800'000'000'000};
};

TEST_F(DedupTest, ARepeatIsKnownWithinTheBatchAfterHoursAndAfterDays) {
    EXPECT_EQ(remember({key(1), key(1), key(2)}, start_), (std::vector{true, false, true}));
    EXPECT_EQ(remember({key(1)}, start_ + hours(5)), (std::vector{false}));
    EXPECT_EQ(remember({key(2), key(3)}, start_ + days(3)), (std::vector{false, true}));
    EXPECT_EQ(remember({key(1)}, start_ + milliseconds(limits::kDedupWindowMs) - hours(30)), (std::vector{false}));
    EXPECT_EQ(remember({key(1)}, start_ + milliseconds(limits::kDedupWindowMs) + days(2)), (std::vector{true}));
}

TEST_F(DedupTest, AnUndoneUnitForgetsItsIdsEvenAcrossTheHour) {
    EXPECT_EQ(remember({key(7)}, start_, true), (std::vector{true}));
    EXPECT_EQ(remember({key(7)}, start_), (std::vector{true}));
    (void)kernel_.write([&](kernel::Unit& unit) -> Status {
        (void)dedup_->remember(unit, source_, {key(8)}, start_);
        (void)dedup_->remember(unit, source_, {key(9)}, start_ + hours(1));
        return ErrorCode::Conflict;
    });
    EXPECT_EQ(remember({key(8), key(9)}, start_ + hours(1)), (std::vector{true, true}));
    EXPECT_EQ(dedup_->remembered(), 3);
}

TEST_F(DedupTest, AgreesWithASetOnRandomStreams) {
    SeededRng rng(3);
    std::set<std::uint64_t> model;
    for (int i = 0; i < 400; ++i) {
        std::vector<Bytes16> keys;
        std::vector<bool> expected;
        for (std::uint64_t n = rng.below(20); n > 0; --n) {
            const std::uint64_t number = rng.below(2'000);
            keys.push_back(key(number));
            expected.push_back(model.insert(number).second);
        }
        ASSERT_EQ(remember(keys, start_ + minutes(20) * i), expected) << i;
    }
}

}  // namespace
}  // namespace tilth::collect
