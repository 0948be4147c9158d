// Units of many callers in one transaction, readers beside them, and what a sighting costs.

#include <atomic>
#include <cstdio>
#include <thread>

#include "base/rng.h"
#include "modules/customer/testing.h"

namespace tilth::customer {
namespace {

using enum IdentityKind;
using kernel::Unit;
using testing::Keys;
using testing::Seeing;

class GroupsTest : public testing::CustomersTest {
protected:
    double rate(std::int64_t count, std::int64_t since_ns) {
        return 1e9 * static_cast<double>(count) / static_cast<double>(kernel_.clock().steady_ns() - since_ns);
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, GroupsTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

TEST_P(GroupsTest, RefusedNeighboursAndReadersLeaveTheMapRight) {
    std::atomic<bool> stop{false};
    std::atomic<std::int64_t> torn{0};
    std::thread reader([&] {
        SeededRng rng(3);
        while (!stop) {
            const auto found =
                customers_->find(kernel_.tenant_id(), claim(CustomId, "u" + std::to_string(rng.below(40))));
            if (!found) continue;
            // Between two questions a merge may be published, so only what one answer says must hold.
            const auto person = customers_->person_of(kernel_.tenant_id(), *found);
            if (!person || !person->known) ++torn;
            if (customers_->customers_of(kernel_.tenant_id(), person->ordinal, true).empty()) ++torn;
        }
    });
    SeededRng rng(5);
    std::vector<Keys> committed;
    for (int i = 0; i < 400; ++i) {
        Keys keys = {{CustomId, "u" + std::to_string(rng.below(40))}};
        if (rng.below(3) == 0) keys.emplace_back(CustomId, "u" + std::to_string(rng.below(40)));
        if (rng.below(2) == 0) keys.emplace_back(Anonymous, "a" + std::to_string(rng.below(60)));
        const bool good = rng.below(4) != 0;
        if (good) committed.push_back(keys);
        kernel_->record.submit(kernel_.context(), [this, keys, good, i](Unit& unit) -> Status {
            TRY(see(unit, Seeing{.keys = keys, .source = "src_" + std::to_string(i % 7)}));
            return good ? ok() : Status(ErrorCode::Conflict, "refused");
        }, [](Status) {});
    }
    kernel_->record.drain();
    stop = true;
    reader.join();
    EXPECT_EQ(torn, 0);
    expect_proven();
    std::map<std::string, std::string> group;   // plain closure over what was committed, by strong keys
    for (const Keys& keys : committed) {
        for (const auto& [kind, value] : keys) {
            if (kind == CustomId) group.try_emplace(value, value);
        }
        if (keys.size() > 1 && keys[1].first == CustomId) {
            const std::string from = group[keys[1].second];
            for (auto& [_, name] : group) {
                if (name == from) name = group[keys[0].second];
            }
        }
    }
    for (const auto& [a, group_a] : group) {
        for (const auto& [b, group_b] : group) {
            EXPECT_EQ(person(CustomId, a) == person(CustomId, b), group_a == group_b) << a << " " << b;
        }
    }
}

TEST_P(GroupsTest, WhatASightingCosts) {
    constexpr int kPeople = 10'000;
    constexpr int kBatch = 500;
    std::vector<Sighting> sightings(kPeople);
    for (int i = 0; i < kPeople; ++i) {
        sightings[static_cast<std::size_t>(i)] = {
            .claims = {claim(CustomId, "u" + std::to_string(i)), claim(Anonymous, "a" + std::to_string(i))},
            .at = kernel_.clock().now(),
            .source = "src_one",
            .rule = "identify",
            .home_node = std::nullopt};
    }
    const auto pass = [&] {
        for (int from = 0; from < kPeople; from += kBatch) {
            MUST(kernel_.write([&](Unit& unit) -> Status {
                for (int i = from; i < from + kBatch; ++i)
                    TRY(customers_->resolve(unit, sightings[static_cast<std::size_t>(i)]));
                return ok();
            }));
        }
    };
    std::int64_t start = kernel_.clock().steady_ns();
    pass();
    const double made = rate(kPeople, start);
    start = kernel_.clock().steady_ns();
    for (int round = 0; round < 10; ++round) pass();
    const double found = rate(10 * kPeople, start);
    start = kernel_.clock().steady_ns();
    restart();
    const double loaded = rate(kPeople, start);
    std::printf("sightings of 2 keys: %.0f new people/s, %.0f known/s; loading %.0f people/s\n", made, found, loaded);
    EXPECT_EQ(customers_->people(kernel_.tenant_id(), true), kPeople);
    expect_proven();
}

}  // namespace
}  // namespace tilth::customer
