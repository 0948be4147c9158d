// any order of arrival, one to five copies and delays of up to 72 hours give the same people, the same counts and
// the same profile as the events in their own order, once each.
//
// Keys here obey what the rules of customer promise: no person has two phones, a weak key (a cookie, a device) belongs
// to one person whose strong keys are joined by some event, and a sighting without a strong key has one weak key.
// Beyond that, where a weak key sits depends on who comes first (modules/customer/rules.h).

#include "flows/testing.h"
#include "platform/json/value.h"

namespace tilth::flows {
namespace {

using testing::CollectRoom;

constexpr int kCases = 2'000;
constexpr int kCasesAtOnce = 100;
constexpr Duration kDelayMax = hours(72);

struct Key {
    customer::IdentityKind kind;
    std::string value;
    bool operator<(const Key& other) const { return std::tie(kind, value) < std::tie(other.kind, other.value); }
};
struct OneEvent {
    std::string id;
    Instant time;
    std::string type;
    std::vector<Key> keys;
    std::optional<std::pair<std::string, std::string>> trait;
};
struct Delivery {
    const OneEvent* event = nullptr;
    Instant received;
};

// Who is with whom, how often and when: everything that must not depend on arrival.
struct Outcome {
    struct Person {
        std::set<std::string> keys;
        std::int64_t events = 0;
        std::int64_t first_s = 0;
        std::int64_t last_s = 0;
        std::map<std::string, std::string> profile;
        bool operator==(const Person&) const = default;
    };
    std::map<std::string, Person> people;  // by its least key
    bool operator==(const Outcome&) const = default;
};

class OrderTest : public ::testing::Test {
protected:
    // The events of one case, in time order. `number` keeps the keys of cases apart: all live in one tenant.
    std::vector<OneEvent> story(int number) {
        std::vector<OneEvent> events;
        const int clusters = static_cast<int>(rng_.below(3)) + 1;
        for (int cluster = 0; cluster < clusters; ++cluster) add_cluster(events, number * 4 + cluster);
        for (std::size_t i = 0; i < events.size(); ++i) {
            events[i].id = "e" + std::to_string(number) + "-" + std::to_string(i);
            events[i].time = start_ + seconds(static_cast<std::int64_t>(rng_.below(500'000))) +
                             milliseconds(static_cast<std::int64_t>(i));
        }
        std::sort(events.begin(), events.end(), [](const OneEvent& a, const OneEvent& b) { return a.time < b.time; });
        return events;
    }

    void add_cluster(std::vector<OneEvent>& events, int cluster) {
        using customer::IdentityKind;
        const std::string name = std::to_string(cluster);
        const std::string phone = std::to_string(13'000'000'000 + cluster);
        std::vector<Key> strong = {{IdentityKind::Phone, phone},
                                   {IdentityKind::Email, "a" + name + "@example.com"},
                                   {IdentityKind::UnionId, "n" + name},
                                   {IdentityKind::Card, "c" + name},
                                   {IdentityKind::CustomId, "u" + name}};
        for (std::size_t i = strong.size() - 1; i > 0; --i) std::swap(strong[i], strong[rng_.below(i + 1)]);
        strong.resize(rng_.below(strong.size()) + 1);
        std::vector<Key> weak;
        for (std::uint64_t i = rng_.below(3); i > 0; --i)
            weak.push_back({IdentityKind::Anonymous, "w" + name + "-" + std::to_string(i)});
        if (!weak.empty()) {
            for (std::size_t i = 0; i + 1 < strong.size(); ++i) events.push_back(event({strong[i], strong[i + 1]}));
            for (const Key& key : weak) events.push_back(event({strong.front(), key}));
        }
        for (std::uint64_t i = rng_.below(8) + 1; i > 0; --i) {
            std::vector<Key> keys;
            if (!weak.empty() && rng_.below(3) == 0) {
                keys.push_back(weak[rng_.below(weak.size())]);
            } else {
                const std::size_t begin = rng_.below(strong.size());
                const std::size_t end = std::min(strong.size(), begin + rng_.below(3) + 1);
                keys.assign(strong.begin() + static_cast<std::ptrdiff_t>(begin),
                            strong.begin() + static_cast<std::ptrdiff_t>(end));
                if (!weak.empty() && rng_.below(2) == 0) keys.push_back(weak[rng_.below(weak.size())]);
            }
            events.push_back(event(std::move(keys)));
        }
    }

    OneEvent event(std::vector<Key> keys) {
        static constexpr const char* kTypes[] = {"page", "product_viewed", "支付成功"};
        OneEvent one;
        one.type = kTypes[rng_.below(3)];
        one.keys = std::move(keys);
        const bool strong = customer::is_strong(one.keys.front().kind);
        if (strong && rng_.below(3) == 0) {
            one.trait = {rng_.below(2) == 0 ? "nickname" : "city", "v" + std::to_string(++values_)};
        }
        return one;
    }

    // Each event one to five times, each copy late by up to kDelayMax, as they arrive.
    std::vector<Delivery> shuffled(const std::vector<OneEvent>& events) {
        std::vector<Delivery> all;
        for (const OneEvent& one : events) {
            const auto delay = [&] {
                return milliseconds(static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(kDelayMax.ms))));
            };
            for (std::uint64_t copies = rng_.below(5) + 1; copies > 0; --copies)
                all.push_back({&one, one.time + delay()});
        }
        std::sort(all.begin(), all.end(), [](const Delivery& a, const Delivery& b) { return a.received < b.received; });
        return all;
    }

    static std::string json_of(const OneEvent& one, const std::string& world) {
        json::Value identities = json::Value::object();
        for (const Key& key : one.keys) identities.set(std::string(customer::name(key.kind)), in_world(key, world));
        json::Value value = json::Value::object({{"id", world + one.id},
                                                 {"type", one.type},
                                                 {"time", to_iso(one.time)},
                                                 {"identities", std::move(identities)}});
        if (one.trait) value.set("traits", json::Value::object({{one.trait->first, one.trait->second}}));
        return value.print();
    }
    // The same story is told twice in one tenant, under keys of its own.
    static std::string in_world(const Key& key, const std::string& world) {
        if (key.kind != customer::IdentityKind::Phone) return world + key.value;
        return world == "x" ? key.value : std::to_string(std::stoll(key.value) + 8'000'000);
    }

    // Queues deliveries [begin, end) as one group of batches; now and then the unit is undone once before it stands.
    void submit(const std::vector<Delivery>& deliveries, std::size_t begin, std::size_t end, const std::string& world) {
        auto group = std::make_shared<Group>();
        group->tenant = kernel::testing::tenant(1);
        for (std::size_t i = begin; i < end; ++i) {
            auto raw = room_.batch(1, 1, json_of(*deliveries[i].event, world));
            raw.received = deliveries[i].received;
            group->batches.push_back(
                {i, raw.source, raw.received, collect::inlet("native")->parse(raw, room_.kernel_->vault)});
        }
        const auto put = [&](bool undo) {
            room_.kernel_.record().submit(
                room_.kernel_.context(),
                [this, group, undo](kernel::Unit& unit) -> Status {
                    TRY(apply_group(parts_, unit, *group));
                    if (undo) return Error(ErrorCode::Conflict, "undone by the test");
                    return ok();
                },
                [this, undo](const Status& status) { failures_ += status.has_value() == undo ? 1 : 0; });
        };
        if (world == "y" && rng_.below(8) == 0) put(true);
        put(false);
    }

    Outcome outcome(const std::vector<OneEvent>& events, const std::string& world) {
        const TenantId tenant = kernel::testing::tenant(1);
        auto reader = room_.kernel_.reader();
        std::map<std::uint32_t, Outcome::Person> by_ordinal;
        std::set<Key> keys;
        for (const OneEvent& one : events) keys.insert(one.keys.begin(), one.keys.end());
        for (const Key& key : keys) {
            const auto claim = MUST(customer::make_claim(room_.kernel_->vault, tenant, key.kind, in_world(key, world)));
            const auto holder = room_.customers_->find(tenant, claim);
            if (!holder) continue;
            const auto person = room_.customers_->person_of(tenant, *holder).value();
            const auto [at, fresh] =
                by_ordinal.try_emplace(person.known ? person.ordinal : 0x8000'0000U + person.ordinal);
            at->second.keys.insert(key.value);
            if (fresh) fill(at->second, *reader, room_.customers_->customers_of(tenant, person.ordinal, person.known));
        }
        Outcome all;
        for (auto& [ordinal, person] : by_ordinal) all.people[*person.keys.begin()] = person;
        return all;
    }

    void fill(Outcome::Person& person, sql::Connection& sql, const std::vector<CustomerId>& customers) {
        const TenantId tenant = kernel::testing::tenant(1);
        std::map<std::string, std::pair<Instant, std::string>> newest;
        for (const CustomerId& customer : customers) {
            if (const auto seen = room_.activity_->of(tenant, customer)) {
                const std::int64_t first = seen->first_seen.ms / 1000;
                person.first_s = person.events == 0 ? first : std::min(person.first_s, first);
                person.last_s = std::max(person.last_s, seen->last_seen.ms / 1000);
                person.events += seen->events;
            }
            for (const auto& value : MUST(room_.kernel_->vault.open(sql, tenant, customer))) {
                if (value.field.find(':') != std::string::npos) continue;  // an identity, by number
                auto& kept = newest[value.field];
                if (value.at >= kept.first) kept = {value.at, value.value};
            }
        }
        for (const auto& [field, value] : newest) person.profile[field] = value.second;
    }

    // People by plain union of the keys that were seen together.
    static std::set<std::set<std::string>> naive(const std::vector<OneEvent>& events) {
        std::vector<std::set<std::string>> sets;
        for (const OneEvent& one : events) {
            std::set<std::string> joined;
            for (const Key& key : one.keys) joined.insert(key.value);
            for (auto at = sets.begin(); at != sets.end();) {
                const bool meets =
                    std::any_of(at->begin(), at->end(), [&](const std::string& key) { return joined.contains(key); });
                if (!meets) {
                    ++at;
                    continue;
                }
                joined.insert(at->begin(), at->end());
                at = sets.erase(at);
            }
            sets.push_back(std::move(joined));
        }
        return {sets.begin(), sets.end()};
    }

    void run_cases(int from, int to) {
        std::vector<std::vector<OneEvent>> stories;
        for (int number = from; number < to; ++number) stories.push_back(story(number));
        for (const auto& events : stories) {
            std::vector<Delivery> plain;
            for (const OneEvent& one : events) plain.push_back({&one, one.time});
            submit(plain, 0, plain.size(), "x");
            const std::vector<Delivery> arrived = shuffled(events);
            for (std::size_t begin = 0; begin < arrived.size();) {
                const std::size_t end = std::min(arrived.size(), begin + rng_.below(12) + 1);
                submit(arrived, begin, end, "y");
                begin = end;
            }
        }
        room_.kernel_.record().drain();
        for (const auto& events : stories) {
            const Outcome plain = outcome(events, "x");
            ASSERT_EQ(plain, outcome(events, "y")) << "seed " << kSeed << ", case " << events.front().id;
            std::set<std::set<std::string>> people;
            std::int64_t counted = 0;
            for (const auto& [key, person] : plain.people) {
                people.insert(person.keys);
                counted += person.events;
            }
            ASSERT_EQ(people, naive(events)) << "seed " << kSeed << ", case " << events.front().id;
            ASSERT_EQ(counted, static_cast<std::int64_t>(events.size()));
            logged_ += 2 * counted;
        }
    }

    static constexpr std::uint64_t kSeed = 20'260'307;
    CollectRoom room_{sql::Engine::Sqlite};
    kernel::Journal& journal_ = no_journal_;
    testing::MemoryJournal no_journal_;
    PipelineParts parts_ = room_.parts(journal_);
    SeededRng rng_{kSeed};
    Instant start_{1'772'000'000'000};
    int values_ = 0;
    int failures_ = 0;  // the writer's thread, read after drain()
    std::int64_t logged_ = 0;
};

TEST_F(OrderTest, AnyOrderCopiesAndDelaysGiveTheSamePeopleCountsAndProfiles) {
    for (int from = 0; from < kCases; from += kCasesAtOnce) {
        run_cases(from, from + kCasesAtOnce);
        if (HasFatalFailure()) return;
    }
    EXPECT_EQ(failures_, 0);
    auto reader = room_.kernel_.reader();
    EXPECT_EQ(MUST(kernel::event_count(*reader, kernel::testing::tenant(1))), logged_);
    EXPECT_TRUE(MUST(kernel::verify_events(*reader, kernel::testing::tenant(1))).whole);
    const auto proven = room_.customers_->verify(*reader, kernel::testing::tenant(1));
    EXPECT_TRUE(proven) << (proven ? "" : proven.error().detail);
}

}  // namespace
}  // namespace tilth::flows
