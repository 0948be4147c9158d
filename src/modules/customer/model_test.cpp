// Who is who against a naive model: sets of keys, united whenever two stand in one record. Keys here all join and none
// is limited; what limits and weak keys add has tests of its own. TILTH_LONG_CASES says how many worlds (1,000 at the
// gate).
#include <cstdlib>
#include <map>
#include <numeric>
#include <set>

#include "base/rng.h"
#include "modules/customer/detach/api.h"
#include "modules/customer/testing.h"

namespace tilth::customer {
namespace {

using enum IdentityKind;
using kernel::Unit;
using testing::Keys;
using testing::Seeing;

constexpr std::array<IdentityKind, 4> kJoining = {Email, Card, CustomId, UnionId};
constexpr std::size_t kKeysOfWorld = 8;
constexpr int kWorldsInOneUnit = 20;

class Naive {
public:
    Naive() : parent_(kKeysOfWorld) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
    std::size_t root(std::size_t key) const { return parent_[key] == key ? key : root(parent_[key]); }
    void unite(std::size_t a, std::size_t b) { parent_[root(a)] = root(b); }

private:
    std::vector<std::size_t> parent_;
};

struct World {
    std::string name;
    std::vector<std::vector<std::size_t>> records;
    std::set<std::size_t> seen;
    Naive naive;
};

std::pair<IdentityKind, std::string> key(const World& world, std::size_t at) {
    const IdentityKind kind = kJoining[at % kJoining.size()];
    const std::string word = "k" + std::to_string(at) + "w" + world.name;
    return {kind, kind == Email ? word + "@example.com" : word};
}

World made(Rng& rng, int number) {
    World world;
    world.name = std::to_string(number);
    const std::uint64_t records = 2 + rng.below(6);
    for (std::uint64_t r = 0; r < records; ++r) {
        std::vector<std::size_t> keys;
        for (std::uint64_t k = 0; k <= rng.below(3); ++k) keys.push_back(rng.below(kKeysOfWorld));
        for (const std::size_t one : keys) {
            world.naive.unite(one, keys.front());
            world.seen.insert(one);
        }
        world.records.push_back(std::move(keys));
    }
    // Late, repeated and in any order.
    for (std::uint64_t r = rng.below(3); r > 0; --r) world.records.push_back(world.records[rng.below(records)]);
    for (std::size_t i = world.records.size(); i > 1; --i) std::swap(world.records[i - 1], world.records[rng.below(i)]);
    return world;
}

class ModelTest : public testing::CustomersTest {
protected:
    // The partition of the world's keys, as the module has it and as the model does.
    void expect_same(const World& world) {
        std::map<std::size_t, CustomerId> people;
        for (const std::size_t at : world.seen) {
            const auto [kind, value] = key(world, at);
            const auto held = holder(kind, value);
            ASSERT_TRUE(held) << "world " << world.name << " key " << at;
            people[at] = person(*held);
        }
        for (const std::size_t a : world.seen) {
            for (const std::size_t b : world.seen) {
                ASSERT_EQ(people[a] == people[b], world.naive.root(a) == world.naive.root(b))
                    << "world " << world.name << " keys " << a << " and " << b;
            }
        }
    }
    CustomerId anybody(const World& world) {
        const auto [kind, value] = key(world, *world.seen.begin());
        return holder(kind, value).value();
    }
    Status play(Unit& unit, const World& world) {
        for (const auto& record : world.records) {
            Keys keys;
            for (const std::size_t at : record) keys.push_back(key(world, at));
            TRY(see(unit, Seeing{.keys = keys, .rule = record.size() % 2 == 0 ? "identify" : "same_record"}));
        }
        return ok();
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, ModelTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

TEST_P(ModelTest, AgreesWithNaiveUnionFind) {
    const char* const given = std::getenv("TILTH_LONG_CASES");
    const bool gate = given == nullptr || GetParam() != sql::Engine::Sqlite;
    const int worlds = gate ? 1'000 : std::max(1, std::atoi(given));
    SeededRng rng(20'261'123);
    for (int done = 0; done < worlds;) {
        std::vector<World> group;
        for (int i = 0; i < kWorldsInOneUnit && done < worlds; ++i, ++done) group.push_back(made(rng, done));
        ASSERT_TRUE(kernel_.write([&](Unit& unit) -> Status {
            for (const World& world : group) TRY(play(unit, world));
            return ok();
        }));
        for (const World& world : group) ASSERT_NO_FATAL_FAILURE(expect_same(world));
        // A merge by hand between two worlds, and its undoing, leaves both as they were.
        if (group.size() < 2) continue;
        const CustomerId a = anybody(group[0]);
        const CustomerId b = anybody(group[1]);
        const std::int64_t link = merge(a, b);
        EXPECT_EQ(person(a), person(b));
        ASSERT_TRUE(unmerge(link));
        EXPECT_NE(person(a), person(b));
        for (const World& world : {group[0], group[1]}) ASSERT_NO_FATAL_FAILURE(expect_same(world));
    }
    EXPECT_EQ(conflicts(), 0);
    expect_proven();
}

// ---- Bindings and unbindings of logins, each with its moment ----

struct Said {
    bool binds = false;
    std::size_t login = 0;              // kKeysOfWorld / 2 of the keys are logins
    std::vector<std::size_t> keys;
    Instant at;
};

struct BondWorld {
    std::string name;
    std::vector<Said> said;
};

std::pair<IdentityKind, std::string> bond_key(const BondWorld& world, std::size_t at) {
    constexpr std::array<IdentityKind, 4> kOthers = {Email, UnionId, Card, OpenId};
    const std::string word = "b" + std::to_string(at) + "w" + world.name;
    if (at < kKeysOfWorld / 2) return {CustomId, word};
    const IdentityKind kind = kOthers[at % kOthers.size()];
    return {kind, kind == Email ? word + "@example.com" : word};
}

// Keys that do not join by themselves (OpenId) are bound to one login only: where a shared one sits depends on order.
BondWorld bond_world(Rng& rng, int number) {
    BondWorld world;
    world.name = std::to_string(number);
    const auto moment = [&] { return Instant{1'700'000'000'000} + hours(static_cast<std::int64_t>(rng.below(9))); };
    for (std::uint64_t n = 3 + rng.below(9); n > 0; --n) {
        Said one{rng.below(3) > 0, rng.below(kKeysOfWorld / 2), {}, moment()};
        for (std::uint64_t k = 1 + rng.below(2); k > 0; --k) {
            const std::size_t other = rng.below(kKeysOfWorld);
            const bool alias = other < kKeysOfWorld / 2;   // two logins, and no other key
            const bool shared = bond_key(world, other).first == OpenId && other % (kKeysOfWorld / 2) != one.login;
            if (other != one.login && !shared && (!alias || one.keys.empty())) one.keys.push_back(other);
            if (alias) break;
        }
        if (!one.keys.empty()) world.said.push_back(std::move(one));
    }
    return world;
}

// A pair is joined when it was bound later than it was unbound; people are what pairs connect.
Naive naive_people(const BondWorld& world) {
    std::map<std::pair<std::size_t, std::size_t>, std::pair<std::int64_t, std::int64_t>> newest;
    for (const Said& one : world.said) {
        for (const std::size_t other : one.keys) {
            auto& [bound, unbound] = newest[std::minmax(one.login, other)];
            std::int64_t& moment = one.binds ? bound : unbound;
            moment = std::max(moment, one.at.ms);
        }
    }
    Naive people;
    for (const auto& [pair, moments] : newest) {
        if (moments.first > moments.second) people.unite(pair.first, pair.second);
    }
    return people;
}

class BondModelTest : public testing::CustomersTest {
protected:
    Status say(Unit& unit, const BondWorld& world, const Said& one) {
        Keys keys{bond_key(world, one.login)};
        for (const std::size_t other : one.keys) keys.push_back(bond_key(world, other));
        if (one.binds) {
            TRY(see(unit, Seeing{.keys = keys, .rule = "identify", .at = one.at}));
            return ok();
        }
        std::vector<Claim> claims;
        for (const auto& [kind, value] : keys) claims.push_back(claim(kind, value));
        TRY(unbind(*customers_, unit, claims.front(), std::span(claims).subspan(1), "src_one", one.at));
        return ok();
    }
    void expect_people(const BondWorld& world) {
        const Naive naive = naive_people(world);
        std::map<std::size_t, CustomerId> people;
        for (const Said& one : world.said) {
            for (const std::size_t at : one.keys) people[at] = {};
            people[one.login] = {};
        }
        std::string told;
        for (const Said& one : world.said) {
            told += (one.binds ? " bind " : " unbind ") + std::to_string(one.login) + "@" +
                    std::to_string((one.at.ms / 3'600'000) % 100);
            for (const std::size_t at : one.keys) told += "," + std::to_string(at);
        }
        for (auto& [at, who] : people) {
            const auto [kind, value] = bond_key(world, at);
            const auto held = holder(kind, value);
            ASSERT_TRUE(held) << "world " << world.name << " key " << at << told;
            who = person(*held);
        }
        for (const auto& [a, who_a] : people) {
            for (const auto& [b, who_b] : people) {
                ASSERT_EQ(who_a == who_b, naive.root(a) == naive.root(b))
                    << "world " << world.name << " keys " << a << " and " << b << ":" << told;
            }
        }
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, BondModelTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

TEST_P(BondModelTest, BindingsAndUnbindingsInAnyOrder) {
    const char* const given = std::getenv("TILTH_LONG_CASES");
    const bool gate = given == nullptr || GetParam() != sql::Engine::Sqlite;
    const int worlds = gate ? 1'000 : std::max(1, std::atoi(given));
    SeededRng rng(8'160);
    for (int done = 0; done < worlds;) {
        std::vector<BondWorld> group;
        for (int i = 0; i < kWorldsInOneUnit && done < worlds; ++i, ++done) group.push_back(bond_world(rng, done));
        // Each event once at least, some again, in any order, over two units: what is late comes after a commit.
        for (int half = 0; half < 2; ++half) {
            ASSERT_TRUE(kernel_.write([&](Unit& unit) -> Status {
                for (BondWorld& world : group) {
                    auto all = world.said;
                    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[rng.below(i)]);
                    if (half == 0) all.resize(all.size() / 2);
                    for (const Said& one : all) TRY(say(unit, world, one));
                }
                return ok();
            }));
            if (done == kWorldsInOneUnit && half == 0) restart();   // what was unbound is remembered
        }
        for (const BondWorld& world : group) ASSERT_NO_FATAL_FAILURE(expect_people(world));
    }
    EXPECT_EQ(conflicts(), 0);
    expect_proven();
}

}  // namespace
}  // namespace tilth::customer
