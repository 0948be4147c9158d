#include "modules/customer/identity_map.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdio>
#include <map>

#include "base/clock.h"
#include "base/rng.h"
#include "modules/customer/evidence.h"

namespace tilth::customer {
namespace {

Bytes16 random_key(Rng& rng) {
    Bytes16 key;
    for (std::size_t half : {0u, 8u}) {
        const std::uint64_t bits = rng.next();
        std::memcpy(key.data() + half, &bits, 8);
    }
    return key;
}

TEST(KeyTable, IsAMap) {
    EXPECT_TRUE(rc::check("puts, replacements and removals like std::map", [] {
        KeyTable table;
        std::map<Bytes16, KeyState> expected;
        SeededRng rng(*rc::gen::arbitrary<std::uint64_t>());
        // Few first bytes: long runs of equal ones, the hardest case for sorted probing.
        const bool crowded = *rc::gen::arbitrary<bool>();
        std::vector<Bytes16> keys;
        for (int i = 0; i < 3'000; ++i) {
            const std::uint64_t what = rng.below(10);
            if (what < 6 || keys.empty()) {
                Bytes16 key = random_key(rng);
                if (crowded) key[3] = static_cast<std::uint8_t>(rng.below(3)), key[2] = key[1] = key[0] = 7;
                keys.push_back(key);
            }
            const Bytes16 key = keys[rng.below(keys.size())];
            if (what == 9) {
                table.erase(key);
                expected.erase(key);
            } else {
                const KeyState state{static_cast<std::uint32_t>(i + 1), static_cast<std::uint32_t>(rng.below(99)), 3};
                table.put(key, state);
                expected[key] = state;
            }
        }
        RC_ASSERT(table.size() == expected.size());
        for (const Bytes16& key : keys) {
            const auto found = expected.find(key);
            RC_ASSERT(table.find(key) == (found == expected.end() ? KeyState{} : found->second));
        }
        RC_ASSERT(table.find(random_key(rng)).number == 0u);
    }));
}

// The design's figures: at most 27 bytes a key in a loaded map, 13 million look-ups a second.
TEST(KeyTable, AMillionKeys) {
    constexpr std::uint32_t kKeys = 1'000'000;
    SeededRng rng(1);
    std::vector<Bytes16> keys;
    keys.reserve(kKeys);
    for (std::uint32_t i = 0; i < kKeys; ++i) keys.push_back(random_key(rng));
    KeyTable grown;
    KeyTable loaded;
    loaded.reserve(kKeys);
    const SystemClock clock;
    const std::int64_t start = clock.steady_ns();
    for (std::uint32_t i = 0; i < kKeys; ++i) grown.put(keys[i], {i + 1, i, 0});
    const std::int64_t inserted = clock.steady_ns();
    for (std::uint32_t i = 0; i < kKeys; ++i) loaded.put(keys[i], {i + 1, i, 0});
    const std::int64_t filled = clock.steady_ns();
    std::uint64_t sum = 0;
    const std::int64_t before = clock.steady_ns();
    for (std::uint32_t i = 0; i < kKeys; ++i) sum += loaded.find(keys[(i * 7'919ull) % kKeys]).number;
    const std::int64_t after = clock.steady_ns();
    EXPECT_EQ(sum, static_cast<std::uint64_t>(kKeys) * (kKeys + 1) / 2);
    const double bytes = static_cast<double>(loaded.bytes()) / kKeys;
    const double bytes_grown = static_cast<double>(grown.bytes()) / kKeys;
    std::printf("1 M keys: %.1f M look-ups/s, %.1f M inserts/s (%.1f when growing), %.1f bytes a key (%.1f grown)\n",
                1e3 * kKeys / static_cast<double>(after - before), 1e3 * kKeys / static_cast<double>(filled - inserted),
                1e3 * kKeys / static_cast<double>(inserted - start), bytes, bytes_grown);
    EXPECT_LE(bytes, 28.0);
    EXPECT_LE(bytes_grown, 29.0);
}

// ---- The map of people ----

CustomerState customer(std::uint32_t ordinal, bool known) {
    CustomerState state;
    state.id.bytes[0] = known ? 1 : 2;
    std::memcpy(state.id.bytes.data() + 8, &ordinal, sizeof ordinal);
    state.ordinal = ordinal;
    state.known = known;
    return state;
}

TEST(IdentityMap, ReadersSeeOnlyWhatIsPublished) {
    IdentityMap map;
    const Bytes16 key{1, 2, 3};
    const std::size_t mark = map.mark();
    const Place place = map.add(customer(1, true));
    map.set_key(key, {1, place, 0});
    const CustomerId id = customer(1, true).id;
    EXPECT_EQ(map.key(key, Sight::Writer).number, 1u);
    EXPECT_EQ(map.key(key, Sight::Published).number, 0u);
    EXPECT_TRUE(map.person_of(id, Sight::Writer));
    EXPECT_FALSE(map.person_of(id, Sight::Published));
    EXPECT_EQ(map.people(true), 0);
    map.undo_to(mark);
    EXPECT_EQ(map.key(key, Sight::Writer).number, 0u);
    EXPECT_FALSE(map.person_of(id, Sight::Writer));
    map.set_key(key, {1, map.add(customer(1, true)), 0});
    map.publish();
    EXPECT_EQ(map.key(key, Sight::Published).number, 1u);
    EXPECT_EQ(map.person_of(id, Sight::Published)->ordinal, 1u);
    EXPECT_EQ(map.people(true), 1);
    map.set_key(key, {});
    map.publish();
    EXPECT_EQ(map.keys(), 0u);
}

TEST(IdentityMap, TheOldestKnownCustomerLeads) {
    IdentityMap map;
    const Place visitor = map.add(customer(1, false));
    const Place second = map.add(customer(2, true));
    const Place first = map.add(customer(1, true));
    EXPECT_EQ(map.join(visitor, second), std::vector<Place>{visitor});
    EXPECT_EQ(map.join(second, first).size(), 2u);
    map.publish();
    EXPECT_EQ(map.people(true), 1);
    EXPECT_EQ(map.people(false), 0);
    const auto person = map.person_of(customer(1, false).id, Sight::Published);
    EXPECT_EQ(person->first, customer(1, true).id);
    const std::vector<CustomerId> all = {customer(1, true).id, customer(2, true).id, customer(1, false).id};
    EXPECT_EQ(map.customers_of(1, true, Sight::Published), all);
    EXPECT_EQ(map.customers_of(2, true, Sight::Published), all)
        << "an ordinal that a merge has covered still leads there";
    EXPECT_EQ(map.split({first}).size(), 2u);
    map.publish();
    EXPECT_EQ(map.people(true), 2);
    EXPECT_EQ(map.person_of(customer(1, false).id, Sight::Published)->ordinal, 2u);
}

TEST(IdentityMap, RandomChangesAndUndo) {
    EXPECT_TRUE(rc::check("a model that copies itself before each unit agrees", [] {
        struct Model {
            std::map<Place, CustomerId> ids;
            std::vector<std::pair<std::int64_t, std::pair<Place, Place>>> links;   // those that stand
        };
        IdentityMap map;
        LinkGraph graph(map);
        Model model, published;
        std::uint32_t ordinal = 0;
        std::int64_t number = 0;
        SeededRng rng(*rc::gen::arbitrary<std::uint64_t>());
        const auto person = [](const Model& from, Place start) {
            std::set<Place> all{start};
            for (bool grew = true; grew;) {
                grew = false;
                for (const auto& [_, ends] : from.links) {
                    if (all.contains(ends.first) != all.contains(ends.second)) {
                        all.insert({ends.first, ends.second});
                        grew = true;
                    }
                }
            }
            return all;
        };
        for (int unit = 0; unit < 60; ++unit) {
            const Model before = model;
            const std::size_t mark = map.mark();
            for (std::uint64_t change = 0; change < 1 + rng.below(4); ++change) {
                const std::uint64_t what = rng.below(10);
                if (what < 4 || model.ids.size() < 2) {
                    const CustomerState state = customer(++ordinal, rng.below(2) == 0);
                    model.ids[map.add(state)] = state.id;
                } else if (what < 8) {
                    const auto a = static_cast<Place>(rng.below(model.ids.size()));
                    const auto b = static_cast<Place>(rng.below(model.ids.size()));
                    if (map.same_person(a, b)) continue;
                    map.join(a, b);
                    graph.add({++number, a, b, 0, LinkState::Active});
                    model.links.push_back({number, {a, b}});
                } else if (!model.links.empty()) {
                    const auto at = rng.below(model.links.size());
                    const auto [gone, ends] = model.links[at];
                    graph.set_state(gone, LinkState::Separated);
                    map.split(graph.reach(ends.first));
                    model.links.erase(model.links.begin() + static_cast<std::ptrdiff_t>(at));
                }
            }
            if (rng.below(3) == 0) {
                map.undo_to(mark);
                model = before;
            }
            if (rng.below(4) == 0) {
                map.publish();
                published = model;
            }
            for (const auto& [sight, truth] :
                 {std::pair(Sight::Writer, &model), std::pair(Sight::Published, &published)}) {
                for (const auto& [place, id] : truth->ids) {
                    std::set<CustomerId> expected;
                    for (const Place member : person(*truth, place)) expected.insert(truth->ids.at(member));
                    const auto found = map.customers_of(id, sight);
                    RC_ASSERT(std::set<CustomerId>(found.begin(), found.end()) == expected);
                    RC_ASSERT(found.size() == expected.size());
                    RC_ASSERT(map.person_of(id, sight)->first == found.front());
                }
            }
        }
    }));
}

TEST(SourceSets, FewAndFull) {
    IdentityMap map;
    SourceSets sets(map);
    std::uint32_t set = 0;
    EXPECT_EQ(sets.count(set), 0u);
    for (const std::uint32_t source : {9u, 3u, 7u}) set = sets.with(set, source);
    EXPECT_EQ(sets.with(sets.with(sets.with(0, 7), 9), 3), set) << "a set has one number";
    EXPECT_EQ(sets.count(set), 3u);
    EXPECT_TRUE(sets.contains(set, 3));
    EXPECT_FALSE(sets.contains(set, 4));
    EXPECT_EQ(sets.without(sets.without(sets.without(set, 3), 9), 7), 0u);
    set = sets.with(set, 4);
    EXPECT_EQ(sets.count(set), 4u);
    EXPECT_EQ(sets.with(set, 4), set);
    EXPECT_EQ(sets.with(set, 5), SourceSets::kEverybody);
    EXPECT_TRUE(sets.contains(SourceSets::kEverybody, 99));
    const std::size_t mark = map.mark();
    sets.add_source(5, "src_x");
    EXPECT_EQ(sets.source("src_x"), 5u);
    map.undo_to(mark);
    EXPECT_EQ(sets.source("src_x"), 0u);
}

}  // namespace
}  // namespace tilth::customer
