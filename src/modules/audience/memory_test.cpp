// One meaning over time: what settles person by person, what is computed over everybody, and a reference written
// separately agree at every moment, while events come late and twice, people are merged and separated, put in and taken
// out by hand, and the clock moves.

#include <gtest/gtest.h>

#include <cstdlib>

#include "kernel/rules/json.h"
#include "kernel/rules/testing/world.h"
#include "kernel/rules/text.h"
#include "modules/audience/lifecycle/stages.h"
#include "modules/audience/memory.h"

namespace tilth::audience {
namespace {

using rules::kMissing;
using rules::MemberKind;
using rules::testing::kDay;
using rules::testing::kEpoch;
using rules::testing::kHour;
using rules::testing::Naive;
using rules::testing::RandomRules;
using rules::testing::RawEvent;
using rules::testing::World;

constexpr std::uint32_t kPeople = 12;
constexpr std::uint32_t kRoots = 6;  // the others may be merged into one of these
constexpr std::size_t kFed = kOwnColumns;

rules::Registry registry() {
    rules::Registry out;
    for (std::size_t i = 0; i < kOwnColumns; ++i) {
        const std::string name = "own" + std::to_string(i);
        MUST(out.add_attribute({name, name + "zh", name + "en", rules::ValueType::Number, 0, {}}));
    }
    const auto sample = rules::testing::sample_registry();
    for (const auto& one : sample.attributes()) MUST(out.add_attribute(one));
    for (const auto& one : sample.properties()) MUST(out.add_property(one));
    return out;
}

CustomerId customer(std::uint32_t number) {
    CustomerId id;
    id.bytes[0] = 1;
    id.bytes[15] = static_cast<std::uint8_t>(number);
    return id;
}
OrgNodeId node(std::size_t number) { return OrgNodeId{Bytes16{9, static_cast<std::uint8_t>(number)}}; }
SetId set_id(std::size_t number) { return SetId{Bytes16{7, static_cast<std::uint8_t>(number)}}; }

// The world, and the same told to the memory as the feeds tell it.
class Story {
public:
    explicit Story(std::uint64_t seed) : rng_(seed) {
        world_.people.resize(kPeople);
        homes_.resize(kPeople);
        // Texts of one millisecond are ordered by their codes: the reference takes this order.
        for (const auto channel : RandomRules::kChannels) {
            const std::string text(channel);
            tell({.id = -1, .customer = 200, .time = kEpoch, .type = "A", .amount = {}, .channel = text});
        }
        std::vector<org::OrgNode> nodes;
        for (std::size_t i = 0; i < 4; ++i)
            nodes.push_back({.id = node(i), .parent = {}, .code = std::string(RandomRules::kNames[i]), .name = "n"});
        memory_.tree(nodes);
        define();
        for (std::uint32_t i = 0; i < kPeople; ++i) place(i);
        for (std::uint32_t i = 0; i < kPeople; ++i) value(i);
    }

    void act() {
        const auto who = static_cast<std::uint32_t>(rng_.below(kPeople));
        const auto root = static_cast<std::uint32_t>(rng_.below(kRoots));
        switch (rng_.below(12)) {
            case 0: value(root); break;
            case 1: hand(root); break;
            case 2: move(root); break;
            case 3: {
                const std::uint32_t child = kRoots + static_cast<std::uint32_t>(rng_.below(kPeople - kRoots));
                if (rng_.below(3) == 0) world_.of.erase(child);
                else world_.of[child] = root;
                place(child);
                break;
            }
            case 4:
            case 5: now_ += static_cast<std::int64_t>(1 + rng_.below(20 * 24)) * kHour; break;
            case 6: now_ += static_cast<std::int64_t>(1 + rng_.below(12)) * kHour; break;
            default: happen(who); break;
        }
    }

    void settle() {
        for (const Transition& one : memory_.settle({now_}, false)) {
            auto& members = entered_[one.set];
            ASSERT_EQ(members.contains(one.customer), !one.entered) << "entered twice, or left without being in";
            if (one.entered) members.insert(one.customer);
            else members.erase(one.customer);
        }
    }

    void compare() {
        ASSERT_TRUE(memory_.differing({now_}).empty()) << "live and batch differ";
        for (const auto& [id, rule] : rules_) {
            for (std::uint32_t i = 0; i < kPeople; ++i) {
                const bool is = memory_.members_of(id)->contains(*memory_.person_of(customer(i))) &&
                                memory_.customer_of(*memory_.person_of(customer(i))) == customer(i);
                if (world_.of.contains(i)) {
                    ASSERT_FALSE(is);
                    continue;
                }
                const bool expected = Naive(world_, i, calendar_, now_).holds(rule);
                ASSERT_EQ(is, expected) << "person " << i << " at +" << (now_ - kEpoch) / kHour << " h\n"
                                        << rules::print(rule, registry_, rules::Language::En);
                ASSERT_EQ(entered_[id].contains(customer(i)), expected) << "what was told adds up";
                (expected ? held : failed) += 1;
            }
        }
    }

    // A person is in the last stage whose own rule holds, person by person and over everybody.
    void compare_stages() {
        std::vector<rules::Plan> own;
        for (const auto& [id, rule] : stages_) {
            own.push_back(MUST(memory_.compile(rule)));
            memory_.prepare(own.back());
        }
        const auto everybody = stages_at(memory_, own, {now_});
        for (std::uint32_t i = 0; i < kPeople; ++i) {
            if (world_.of.contains(i)) continue;
            const std::uint32_t person = *memory_.person_of(customer(i));
            if (memory_.customer_of(person) != customer(i)) continue;
            std::size_t last = stages_.size();
            for (std::size_t stage = 0; stage < stages_.size(); ++stage) {
                if (Naive(world_, i, calendar_, now_).holds(stages_[stage].second)) last = stage;
            }
            for (std::size_t stage = 0; stage < stages_.size(); ++stage) {
                ASSERT_EQ(memory_.members_of(stages_[stage].first)->contains(person), stage == last);
                ASSERT_EQ(everybody[stage].contains(person), stage == last);
            }
        }
    }

    static int held;
    static int failed;

private:
    static std::vector<rules::Combine> combine() {
        return std::vector<rules::Combine>(kOwnColumns + 5, rules::Combine::Max);
    }
    void define() {
        std::vector<Definition> sets;
        for (std::size_t i = 0; i < 4; ++i) {
            for (const Family family : {Family::Tag, Family::Segment, Family::Stage}) {
                Definition one;
                const int kind = static_cast<int>(member_kind(family));
                one.id = set_id(100 + 4 * i + static_cast<std::size_t>(kind));
                one.family = family;
                one.name = RandomRules::kNames[i];
                sets.push_back(one);
                hands_.emplace_back(one.id, std::to_string(kind) + ":" + one.name);
            }
        }
        for (std::size_t i = 0; i < 4; ++i) {
            Definition one;
            one.id = set_id(20 + i);
            one.name = "rule " + std::to_string(i);
            const rules::Node rule = RandomRules(rng_).rule();
            one.rule = rules::to_json(rule).print();
            rules_.emplace_back(one.id, rule);
            sets.push_back(one);
        }
        std::vector<std::string> later;
        for (std::size_t i = 3; i-- > 0;) {
            Definition one;
            one.id = set_id(40 + i);
            one.family = Family::Stage;
            one.name = "stage " + std::to_string(i);
            const rules::Node own = RandomRules(rng_).rule();
            one.rule = rules::to_json(with_later(own, later)).print();
            later.push_back(one.name);
            stages_.insert(stages_.begin(), {one.id, own});
            sets.push_back(one);
        }
        MUST(memory_.define(sets));
    }
    void place(std::uint32_t number) {
        const auto root = world_.of.find(number);
        memory_.customer({.change_no = 0,
                          .customer = customer(number),
                          .person_ordinal = root == world_.of.end() ? number : root->second,
                          .known = true,
                          .member = false,
                          .home_node = homes_[number],
                          .first_seen = {number},
                          .referrer = {},
                          .removed = false});
    }
    void move(std::uint32_t root) {
        auto& memberships = world_.people[root].memberships;
        std::erase_if(memberships, [](const std::string& one) { return one.starts_with("2:"); });
        homes_[root].reset();
        if (const auto to = rng_.below(5); to < 4) {
            homes_[root] = node(to);
            memberships.insert("2:" + std::string(RandomRules::kNames[to]));
        }
        place(root);
    }
    void hand(std::uint32_t root) {
        const auto& [id, name] = hands_[rng_.below(hands_.size())];
        const bool removes = rng_.below(3) == 0;
        if (removes) world_.people[root].memberships.erase(name);
        else world_.people[root].memberships.insert(name);
        memory_.assign({id, customer(root), std::nullopt, removes});
    }
    void value(std::uint32_t number) {
        if (number >= kRoots) return;
        auto& one = world_.people[number];
        const auto maybe = [&](std::uint64_t below) -> std::optional<std::int64_t> {
            if (rng_.below(5) == 0) return std::nullopt;
            return static_cast<std::int64_t>(rng_.below(below));
        };
        one.level = maybe(6);
        one.balance = maybe(60'000);
        one.sms = maybe(2);
        one.last_order = maybe(100 * 24);
        if (one.last_order) one.last_order = kEpoch + *one.last_order * kHour;
        const auto city = maybe(3);
        one.city.reset();
        if (city) one.city = std::array{"sh", "bj", "gz"}[static_cast<std::size_t>(*city)];
        memory_.values(customer(number), kFed,
                       {one.level.value_or(kMissing), one.balance.value_or(kMissing), city.value_or(kMissing),
                        one.sms.value_or(kMissing), one.last_order.value_or(kMissing)});
    }
    void happen(std::uint32_t who) {
        RawEvent one;
        one.id = ++events_;
        one.customer = who;
        // Late, or even of the near future.
        one.time = now_ + kDay - static_cast<std::int64_t>(rng_.below(rng_.below(3) == 0 ? 40 * 24 : 48)) * kHour;
        one.time = std::max(one.time, kEpoch);
        one.type = RandomRules::kTypes[rng_.below(4)];
        if (rng_.below(5) != 0) one.amount = static_cast<std::int64_t>(rng_.below(9'000));
        if (rng_.below(4) != 0) one.channel = RandomRules::kChannels[rng_.below(3)];
        world_.arrived.push_back(one);
        tell(one);
    }
    void tell(const RawEvent& one) {
        kernel::Event event;
        event.customer = customer(one.customer);
        event.time = {one.time};
        event.type = one.type;
        json::Value properties = json::Value::object();
        if (one.amount) properties.set("amount", static_cast<double>(*one.amount) / 100);
        if (one.channel) properties.set("channel", *one.channel);
        event.properties = properties.print();
        memory_.event(event);
    }

    SeededRng rng_;
    const rules::Registry registry_ = registry();
    static BusinessCalendar calendar() { return {MUST(Zone::find("Asia/Shanghai")), hours(4)}; }
    const BusinessCalendar calendar_ = calendar();
    Memory memory_{registry_, combine(), calendar_};
    World world_;
    std::vector<std::optional<OrgNodeId>> homes_;
    std::vector<std::pair<SetId, rules::Node>> rules_;
    std::vector<std::pair<SetId, rules::Node>> stages_;  // own rules, in their natural order
    std::vector<std::pair<SetId, std::string>> hands_;
    std::map<SetId, std::set<CustomerId>> entered_;
    std::int64_t now_ = kEpoch + 30 * kDay;
    int events_ = 0;
};
int Story::held = 0;
int Story::failed = 0;

TEST(AudienceProperty, LiveAndBatchAndTheReferenceAgree) {
    const char* asked = std::getenv("TILTH_LONG_CASES");
    const std::uint64_t cases = asked == nullptr ? 300 : std::strtoull(asked, nullptr, 10);
    for (std::uint64_t seed = 1; seed <= cases && !::testing::Test::HasFatalFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Story story(seed);
        for (int i = 0; i < 60 && !::testing::Test::HasFatalFailure(); ++i) {
            story.act();
            if (i % 3 != 2) continue;
            story.settle();
            story.compare();
            story.compare_stages();
        }
    }
    EXPECT_GT(Story::held, 1'000);
    EXPECT_GT(Story::failed, 1'000);
}

TEST(Purchases, IntervalsAreOfBusinessDays) {
    const BusinessCalendar calendar(MUST(Zone::find("Asia/Shanghai")), hours(4));
    const OrderCodes codes{1, 2, 0};
    std::vector<rules::PlainEvent> orders;
    const auto at = [&](int day, int hour, std::uint32_t type, std::int64_t net) {
        rules::PlainEvent one;
        one.time = calendar.start_of(day_from_civil({2026, 1, 1}) + day).ms + hour * kHour;
        one.type = type;
        one.properties[0] = net;
        orders.push_back(one);
    };
    const auto of = [&](std::int64_t until) { return purchases_of(orders, until, codes, calendar); };
    EXPECT_EQ(of(Instant::never().ms).orders, 0);
    EXPECT_EQ(of(Instant::never().ms).last, kMissing);
    at(0, 6, 1, 10'00);
    at(0, 7, 1, 5'00);    // the same day: no gap
    EXPECT_EQ(of(Instant::never().ms).gap_days, kMissing);
    at(7, 1, 1, 10'00);
    at(8, 1, 2, -5'00);   // a return is no purchase day
    EXPECT_EQ(of(Instant::never().ms).gap_days, 7);
    EXPECT_EQ(of(Instant::never().ms).interval_days, kMissing) << "one gap makes no habit";
    at(37, 1, 1, 10'00);
    at(40, 1, 1, 10'00);
    const Purchases all = of(Instant::never().ms);
    EXPECT_EQ(all.orders, 5);
    EXPECT_EQ(all.net, 40'00);
    EXPECT_EQ(all.gap_days, 3);
    EXPECT_EQ(all.interval_days, 7) << "the lower median of 3, 7 and 30";
    EXPECT_EQ(all.due, calendar.start_of(day_from_civil({2026, 1, 1}) + 47).ms);
    const Purchases then = of(orders[4].time);
    EXPECT_EQ(then.orders, 4) << "nothing of later counts";
    EXPECT_EQ(then.interval_days, 7) << "the lower median of 7 and 30";
}

}  // namespace
}  // namespace tilth::audience
