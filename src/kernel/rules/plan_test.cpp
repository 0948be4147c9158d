// One meaning: a rule over one person, over all people by columns, and over a reference written separately agree, on
// random rules and random streams with duplicates, lateness, merges and unmerges; and so does the moment of change.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "kernel/behaviour/index/index.h"
#include "kernel/rules/plan.h"
#include "kernel/rules/testing/world.h"
#include "kernel/rules/text.h"

namespace tilth::kernel::rules {
namespace {

using testing::Customer;
using testing::kDay;
using testing::kEpoch;
using testing::kHour;
using testing::Naive;
using testing::RawEvent;
using testing::World;

// The world as the engine holds it: columns, bitmaps, index.
class Engine final : public People {
public:
    Engine(const World& world, Codes& codes, Rng& rng) : world_(world) {
        for (const auto channel : testing::RandomRules::kChannels) codes.texts.code(channel);
        for (const Customer& one : world.people) {
            columns_[0].push_back(one.level.value_or(kMissing));
            columns_[1].push_back(one.balance.value_or(kMissing));
            columns_[2].push_back(one.city ? codes.texts.code(*one.city) : kMissing);
            columns_[3].push_back(one.sms.value_or(kMissing));
            columns_[4].push_back(one.last_order.value_or(kMissing));
            narrow_.push_back(one.level ? static_cast<std::int8_t>(*one.level) : std::int8_t{-128});
        }
        for (std::uint32_t i = 0; i < world.people.size(); ++i) {
            for (const std::string& name : world.people[i].memberships) members_[name].add(i);
        }
        std::set<int> seen;
        for (const RawEvent& one : world.arrived) {
            if (!seen.insert(one.id).second) continue;
            IndexedEvent event{one.customer,
                               {one.time, codes.types.code(one.type), {kMissing, kMissing, kMissing, kMissing}}};
            event.event.properties[0] = one.amount.value_or(kMissing);
            if (one.channel) event.event.properties[1] = codes.texts.code(*one.channel);
            index_.append(std::span(&event, 1));
            if (rng.below(40) == 0) index_.seal();
        }
        std::map<std::uint32_t, std::vector<std::uint32_t>> links;
        for (const auto& [customer, person] : world.of) links[person].push_back(customer);
        for (auto& [person, slots] : links) index_.link(person, slots);
    }

    std::uint32_t size() const override { return static_cast<std::uint32_t>(world_.people.size()); }
    void persons(std::size_t, BlockSet out) const override {
        for (std::uint32_t i = 0; i < size(); ++i) {
            if (!index_.is_absorbed(i)) out[i / 64] |= std::uint64_t{1} << (i % 64);
        }
    }
    Column attribute(std::size_t column) const override {
        if (column == 0) return {narrow_.data(), 1};
        return {columns_[column].data(), 8};
    }
    const sets::Bitmap* members(MemberKind kind, const std::string& name) const override {
        const auto found = members_.find(std::to_string(static_cast<int>(kind)) + ":" + name);
        return found == members_.end() ? nullptr : &found->second;
    }
    const EventSource& events() const override { return index_; }
    const BehaviourIndex& index() const { return index_; }
    std::int64_t value(std::size_t column, std::uint32_t person) const { return columns_[column][person]; }

private:
    const World& world_;
    std::array<std::vector<std::int64_t>, 5> columns_;
    std::vector<std::int8_t> narrow_;
    std::map<std::string, sets::Bitmap> members_;
    BehaviourIndex index_;
};

class One final : public PersonFacts {
public:
    One(const Engine& engine, std::uint32_t person)
        : engine_(engine), person_(person), events_(engine.index().events_of(person)) {}
    std::int64_t attribute(std::size_t column) const override { return engine_.value(column, person_); }
    bool member(MemberKind kind, const std::string& name) const override {
        const auto* members = engine_.members(kind, name);
        return members != nullptr && members->contains(person_);
    }
    std::span<const PlainEvent> events() const override { return events_; }
    // As few as asked for: rules ask for more when they need them.
    std::span<const PlainEvent> latest(std::size_t count) const override {
        last_ = engine_.index().latest(person_, count);
        EXPECT_EQ(last_.size(), std::min(count, events_.size()));
        EXPECT_TRUE(std::equal(last_.rbegin(), last_.rend(), events_.rbegin()));
        return last_;
    }

    // Of every second person.
    std::optional<std::span<const PlainEvent>> events_of(std::uint32_t type) const override {
        if (person_ % 2 == 0) return std::nullopt;
        typed_.clear();
        for (const PlainEvent& one : events_) {
            if (type == kAnyType || one.type == type) typed_.push_back(one);
        }
        return typed_;
    }

private:
    const Engine& engine_;
    std::uint32_t person_;
    std::vector<PlainEvent> events_;
    mutable std::vector<PlainEvent> typed_;
    mutable std::vector<PlainEvent> last_;
};

class PlanProperty : public ::testing::Test {
protected:
    void one_case(std::uint64_t seed) {
        SeededRng rng(seed);
        const World world = testing::random_world(rng);
        Codes codes;
        const Engine engine(world, codes, rng);
        const Node rule = testing::RandomRules(rng).rule();
        const Plan plan = MUST(Plan::compile(rule, registry_, codes, calendar_));
        SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + print(rule, registry_, Language::En));
        const std::int64_t now = kEpoch + static_cast<std::int64_t>(rng.below(100 * 24)) * kHour;
        const sets::Bitmap batch = plan.all(engine, {now}, 1);
        for (std::uint32_t person = 0; person < world.people.size(); ++person) {
            if (world.of.contains(person)) {
                ASSERT_FALSE(batch.contains(person));
                continue;
            }
            const One facts(engine, person);
            const bool expected = Naive(world, person, calendar_, now).holds(rule);
            ASSERT_EQ(plan.holds(facts, {now}), expected) << "live, person " << person;
            ASSERT_TRUE(!expected || facts.events().size() >= plan.events_needed()) << "needed, person " << person;
            ASSERT_EQ(batch.contains(person), expected) << "batch, person " << person;
            (expected ? held_ : failed_) += 1;
        }
        const auto person = static_cast<std::uint32_t>(rng.below(6));
        change(world, rule, plan, One(engine, person), person, now);
    }
    // Nothing changes before the moment that is answered: looked at every quarter of a day and just before it.
    void change(const World& world, const Node& rule, const Plan& plan, const One& facts, std::uint32_t person,
                std::int64_t now) {
        const Instant moment = plan.judge(facts, {now}).next_change;
        ASSERT_GT(moment.ms, now);
        const bool present = plan.holds(facts, {now});
        const std::int64_t until = std::min(moment.ms, now + 60 * kDay);
        for (std::int64_t at = now + kHour; at < until; at += 11 * kHour)
            ASSERT_EQ(Naive(world, person, calendar_, at).holds(rule), present) << "at +" << (at - now) / kHour << " h";
        ASSERT_EQ(Naive(world, person, calendar_, until - 1).holds(rule), present);
        if (moment != Instant::never() && Naive(world, person, calendar_, moment.ms).holds(rule) != present) ++changed_;
    }

    const Registry registry_ = testing::sample_registry();
    static BusinessCalendar calendar() { return {MUST(Zone::find("Asia/Shanghai")), hours(4)}; }
    const BusinessCalendar calendar_ = calendar();
    int held_ = 0;
    int failed_ = 0;
    int changed_ = 0;
};

TEST_F(PlanProperty, LiveAndBatchAndTheReferenceAgree) {
    for (std::uint64_t seed = 1; seed <= 1'000 && !HasFatalFailure(); ++seed) one_case(seed);
    // The cases say something: both outcomes are common, and changes by time alone happen.
    EXPECT_GT(held_, 1'000);
    EXPECT_GT(failed_, 1'000);
    EXPECT_GT(changed_, 100);
}

}  // namespace
}  // namespace tilth::kernel::rules
