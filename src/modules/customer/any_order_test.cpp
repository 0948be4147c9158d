// Whatever the order, however often and however late: the same people, and the same profiles.
#include <algorithm>
#include <set>

#include "base/rng.h"
#include "modules/customer/faces.h"
#include "modules/customer/testing.h"

namespace tilth::customer {
namespace {

using enum IdentityKind;
using kernel::Unit;
using testing::CustomersTest;
using testing::Keys;
using testing::Seeing;

class AnyOrderTest : public CustomersTest {};
INSTANTIATE_TEST_SUITE_P(Engines, AnyOrderTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

struct Happening {
    Keys keys;
    std::string rule;
    std::string source;
    int confidence = 50;
    Instant at;
    std::vector<Trait> traits;
};

std::string word(IdentityKind kind, std::uint64_t n, const std::string& world) {
    return kind == Phone ? "13" + world + std::to_string(1000 + n)
                         : kind == Email ? "e" + std::to_string(n) + "@" + world + ".example.com"
                                         : std::string(name(kind)) + std::to_string(n) + "-" + world;
}

// Eight people with at most one phone each; their keys meet in random sets, and sources of different trust say things
// about them at random moments, sometimes the same again.
std::vector<Happening> history(Rng& rng, const std::string& world) {
    const std::array<const char*, 5> cities = {"上海", "杭州", "苏州", "", "宁波"};
    const std::array<const char*, 3> fields = {"city", "name", "preferredStore"};
    const std::array<IdentityKind, 5> kinds = {Phone, Email, Card, CustomId, Anonymous};
    std::vector<Happening> all;
    for (int i = 0; i < 40; ++i) {
        const std::uint64_t who = rng.below(8);
        Happening one;
        for (std::uint64_t k = 0; k <= rng.below(3); ++k) {
            const IdentityKind kind = kinds[rng.below(kinds.size())];
            one.keys.emplace_back(kind, word(kind, kind == Phone ? who : who * 2 + rng.below(2), world));
        }
        // A device lent about stays where it was first known: a cookie is seen alone, or with its owner's phone.
        const auto cookie = std::find_if(one.keys.begin(), one.keys.end(),
                                         [](const auto& key) { return key.first == Anonymous; });
        if (cookie != one.keys.end()) {
            const auto kept = *cookie;
            one.keys = {kept};
            if (rng.below(3) > 0) one.keys.emplace_back(Phone, word(Phone, who, world));
        }
        one.rule = rng.below(2) == 0 ? "identify" : "same_record";
        const std::uint64_t source = rng.below(3);
        one.source = "src_" + std::to_string(source);
        one.confidence = source == 2 ? 80 : 50;
        one.at = Instant{1'700'000'000'000} + hours(static_cast<std::int64_t>(rng.below(12)));
        for (std::uint64_t t = rng.below(3); t > 0; --t)
            one.traits.push_back({fields[rng.below(fields.size())], cities[rng.below(cities.size())], one.at});
        all.push_back(std::move(one));
    }
    return all;
}

// For each key: the keys of its person, and what its person shows.
using Truth = std::map<std::string, std::string>;

class Reader : public FaceBuilder {
public:
    std::string shown() const {
        std::string out;
        Customers::Face face;
        fill(face);
        out += std::to_string(face.first_seen.ms);
        for (const auto& [field, value] : traits()) {
            if (value.value.empty()) continue;
            out += "|" + field + "=" + value.value + "," + value.source + "," + std::to_string(value.at.ms) + "," +
                   std::to_string(value.confidence);
        }
        return out;
    }
};

TEST_P(AnyOrderTest, GivesTheSamePeopleAndProfiles) {
    SeededRng seeds(20'261'123);
    int number = 10'000;
    for (int round = 0; round < 12; ++round) {
        const std::uint64_t seed = seeds.next();
        std::optional<Truth> expected;
        for (int order = 0; order < 4; ++order) {
            const std::string world = std::to_string(number++);   // the same history, of other people
            SeededRng rng(seed);
            const auto once = history(rng, world);
            auto all = once;
            if (order > 0) {
                for (int again = 0; again < 15; ++again) all.push_back(once[seeds.below(once.size())]);
                for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[seeds.below(i)]);
            }
            ASSERT_TRUE(kernel_.write([&](Unit& unit) -> Status {
                for (const Happening& one : all) {
                    const auto found = TRY(see(unit, Seeing{one.keys, one.source, one.rule, one.at}));
                    TRY(customers_->declare(unit, found.customer, one.traits, one.source, one.confidence));
                }
                return ok();
            }));
            Truth truth;
            auto reader = kernel_.reader();
            std::map<CustomerId, std::set<std::string>> people;
            const auto plain = [&](const std::string& key) {
                std::string out = key;
                for (auto at = out.find(world); at != std::string::npos; at = out.find(world)) out.replace(at, 5, "W");
                return out;
            };
            for (const Happening& one : once) {
                for (const auto& [kind, value] : one.keys) {
                    people[person(kind, value)].insert(plain(value));
                }
            }
            for (const auto& [who, keys] : people) {
                Reader face;
                for (const CustomerId& customer : everything_of(who)) {
                    ASSERT_TRUE(face.add(*reader, kernel_.tenant_id(), customer,
                                         MUST(kernel_->vault.open(*reader, kernel_.tenant_id(), customer))));
                }
                std::string all_keys;
                for (const std::string& key : keys) all_keys += key + " ";
                for (const std::string& key : keys) truth[key] = all_keys + face.shown();
            }
            if (!expected) expected = truth;
            ASSERT_EQ(truth, *expected) << "round " << round << ", order " << order;
        }
    }
    EXPECT_EQ(conflicts(), 0);
    expect_proven();
}

// Everything that a person shows, by customer: who is with whom, under which number, with which keys and fields.
std::map<CustomerId, std::string> portraits(const std::function<std::string(const CustomerId&)>& one,
                                            const std::vector<CustomerId>& customers) {
    std::map<CustomerId, std::string> all;
    for (const CustomerId& customer : customers) all[customer] = one(customer);
    return all;
}

TEST_P(AnyOrderTest, MergeThenUnmergeIsTheIdentity) {
    SeededRng rng(42);
    std::vector<CustomerId> customers;
    for (int n = 0; n < 24; ++n) {
        const CustomerId made = see({{n % 3 == 0 ? Card : CustomId, "k" + std::to_string(n)}}).customer;
        ASSERT_TRUE(declare(made, {{"name", "n" + std::to_string(n)}, {"city", "c" + std::to_string(n % 5)}}));
        customers.push_back(made);
    }
    for (int n = 0; n < 6; ++n) merge(customers[rng.below(8)], customers[8 + static_cast<std::size_t>(n)]);
    const auto look = [&](const CustomerId& customer) {
        auto reader = kernel_.reader();
        const Person person = *customers_->person_of(kernel_.tenant_id(), customer);
        std::string out = std::to_string(person.ordinal) + person.first.str();
        Reader face;
        for (const CustomerId& member : everything_of(customer)) {
            out += member.str();
            MUST(face.add(*reader, kernel_.tenant_id(), member,
                          MUST(kernel_->vault.open(*reader, kernel_.tenant_id(), member))));
        }
        for (const auto& identity : face.identities()) out += "#" + std::to_string(identity.number);
        return out + face.shown();
    };
    for (int round = 0; round < 15; ++round) {
        const auto before = portraits(look, customers);
        std::vector<std::int64_t> links;
        for (int i = 0; i < 6; ++i) {
            const CustomerId a = customers[rng.below(customers.size())];
            const CustomerId b = customers[rng.below(customers.size())];
            if (person(a) != person(b)) links.push_back(merge(a, b));
        }
        EXPECT_NE(portraits(look, customers), before);
        for (std::size_t i = links.size(); i > 0; --i) {
            const std::size_t at = rng.below(i);
            ASSERT_TRUE(unmerge(links[at]));
            links[at] = links[i - 1];
        }
        ASSERT_EQ(portraits(look, customers), before) << "round " << round;
    }
    expect_proven();
}

}  // namespace
}  // namespace tilth::customer
