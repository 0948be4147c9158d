// One meaning: a rule over one person, over all people by columns, and over a reference written separately agree, on
// random rules and random streams with duplicates, lateness, merges and unmerges; and so does the moment of change.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "kernel/behaviour/index/index.h"
#include "kernel/rules/plan.h"
#include "kernel/rules/testing.h"
#include "kernel/rules/text.h"

namespace tilth::kernel::rules {
namespace {

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kEpoch = 1'767'225'600'000;  // 2026-01-01

struct RawEvent {
    int id = 0;
    std::uint32_t customer = 0;
    std::int64_t time = 0;
    std::string type;
    std::optional<std::int64_t> amount;  // of 1/100
    std::optional<std::string> channel;
};
struct Customer {
    std::optional<std::int64_t> level, balance, sms, last_order;
    std::optional<std::string> city;
    std::set<std::string> memberships;  // "0:VIP"
};

struct World {
    std::vector<Customer> people;
    std::vector<RawEvent> arrived;              // with duplicates, in order of arrival
    std::map<std::uint32_t, std::uint32_t> of;  // customer -> person; absent: itself
};

World random_world(Rng& rng) {
    World out;
    out.people.resize(12);
    const auto maybe = [&](std::uint64_t below, std::int64_t from) -> std::optional<std::int64_t> {
        if (rng.below(5) == 0) return std::nullopt;
        return from + static_cast<std::int64_t>(rng.below(below));
    };
    for (Customer& one : out.people) {
        one.level = maybe(6, -1);
        one.balance = maybe(60'000, 0);
        one.sms = maybe(2, 0);
        one.last_order = maybe(100 * 24, 0);
        if (one.last_order) one.last_order = kEpoch + *one.last_order * kHour;
        if (rng.below(5) != 0) one.city = std::array{"sh", "bj", "gz"}[rng.below(3)];
        for (int kind = 0; kind < 3; ++kind) {
            for (const auto name : testing::RandomRules::kNames) {
                if (rng.below(3) == 0) one.memberships.insert(std::to_string(kind) + ":" + std::string(name));
            }
        }
    }
    const auto events = 20 + rng.below(150);
    for (int id = 0; id < static_cast<int>(events); ++id) {
        RawEvent one{id, static_cast<std::uint32_t>(rng.below(12)), 0, "", {}, {}};
        // Whole hours, so that ties and exact borders come up often.
        one.time = kEpoch + static_cast<std::int64_t>(rng.below(95 * 24)) * kHour;
        one.type = testing::RandomRules::kTypes[rng.below(4)];
        one.amount = maybe(9'000, 0);
        if (rng.below(4) != 0) one.channel = testing::RandomRules::kChannels[rng.below(3)];
        out.arrived.push_back(one);
        if (rng.below(6) == 0) out.arrived.push_back(out.arrived[rng.below(out.arrived.size())]);
    }
    for (int i = 0; i < 6; ++i) {  // merges, and some are undone
        const auto customer = static_cast<std::uint32_t>(6 + rng.below(6));
        if (rng.below(3) == 0) out.of.erase(customer);
        else out.of[customer] = static_cast<std::uint32_t>(rng.below(6));
    }
    return out;
}

// The reference: from raw events each time, by the words of ast.h, quadratic where that is simplest.
class Naive {
public:
    Naive(const World& world, std::uint32_t person, const BusinessCalendar& calendar, std::int64_t now)
        : who_(world.people[person]), calendar_(calendar), now_(now) {
        std::set<int> seen;
        for (const RawEvent& one : world.arrived) {
            const auto linked = world.of.find(one.customer);
            const std::uint32_t owner = linked == world.of.end() ? one.customer : linked->second;
            if (owner == person && one.time <= now && seen.insert(one.id).second) events_.push_back(one);
        }
    }

    bool holds(const Node& rule) const {
        switch (rule.kind) {
            case Kind::All:
                return std::all_of(rule.children.begin(), rule.children.end(), [&](auto& c) { return holds(c); });
            case Kind::Any:
                return std::any_of(rule.children.begin(), rule.children.end(), [&](auto& c) { return holds(c); });
            case Kind::Not: return !holds(rule.children[0]);
            case Kind::Attribute: return attribute(rule);
            case Kind::Member:
                return who_.memberships.contains(std::to_string(static_cast<int>(rule.member)) + ":" + rule.name);
            case Kind::Aggregate: return aggregate(rule);
            case Kind::Absence: return matching(rule.event, rule.window).empty();
            case Kind::Sequence: return chain(rule, 0, nullptr);
            case Kind::Rhythm: return rhythm(rule);
        }
        return false;
    }

private:
    static double number(const Literal& one) {
        double out = static_cast<double>(one.number);
        for (int i = 0; i < one.decimals; ++i) out /= 10;
        return out;
    }
    static bool compare(Op op, std::optional<double> value, const std::vector<Literal>& values, double unit) {
        if (op == Op::Known) return value.has_value();
        if (op == Op::Unknown) return !value.has_value();
        if (!value) return false;
        const auto a = std::llround(*value);
        const auto b = std::llround(number(values[0]) * unit);
        return op == Op::Eq ? a == b : op == Op::Ne ? a != b : op == Op::Lt ? a < b : op == Op::Le ? a <= b
                                     : op == Op::Gt ? a > b : a >= b;
    }
    static bool compare(Op op, const std::optional<std::string>& value, const std::vector<Literal>& values) {
        if (op == Op::Known) return value.has_value();
        if (op == Op::Unknown) return !value.has_value();
        if (!value) return false;
        const bool in =
            std::any_of(values.begin(), values.end(), [&](const Literal& one) { return one.text == *value; });
        return op == Op::Ne ? !in : in;
    }
    static std::optional<double> real(std::optional<std::int64_t> value) {
        if (!value) return std::nullopt;
        return static_cast<double>(*value);
    }
    bool attribute(const Node& rule) const {
        if (rule.name == "customer.city") return compare(rule.op, who_.city, rule.values);
        if (rule.name == "customer.level") return compare(rule.op, real(who_.level), rule.values, 1);
        if (rule.name == "customer.balance") return compare(rule.op, real(who_.balance), rule.values, 100);
        if (rule.name == "consent.sms") return compare(rule.op, real(who_.sms), rule.values, 1);
        if (rule.op == Op::Known || rule.op == Op::Unknown)
            return compare(rule.op, real(who_.last_order), rule.values, 1);
        if (!who_.last_order) return false;
        const std::int64_t at = *who_.last_order;
        const std::int64_t n = rule.values[0].number;
        if (rule.op == Op::WithinLast) return at > now_ - n * kDay && at <= now_;
        if (rule.op == Op::OlderThan) return at <= now_ - n * kDay;
        const bool before = calendar_.day_of({at}) < Day{static_cast<std::int32_t>(n)};
        return rule.op == Op::Before ? before : !before;
    }
    static bool matches(const EventFilter& filter, const RawEvent& one) {
        if (!filter.type.empty() && filter.type != one.type) return false;
        for (const PropertyTest& test : filter.where) {
            if (test.property == "amount" ? !compare(test.op, real(one.amount), test.values, 100)
                                          : !compare(test.op, one.channel, test.values))
                return false;
        }
        return true;
    }
    // Units since some beginning: equal for two days of the same calendar unit.
    static std::int64_t unit_number(Day day, Unit unit) {
        const CivilDate civil = civil_from_day(day);
        if (unit == Unit::Day) return day.number;
        if (unit == Unit::Week) return (day.number + 3) / 7;  // 1970-01-01 was a Thursday
        return unit == Unit::Month ? civil.year * 12 + civil.month : civil.year;
    }
    bool inside(const Window& window, const RawEvent& one) const {
        if (window.kind == WindowKind::Ever) return true;
        if (window.kind == WindowKind::Last) {
            const std::int64_t unit = window.unit == Unit::Hour ? kHour : window.unit == Unit::Day ? kDay : 7 * kDay;
            return now_ - one.time < window.count * unit;
        }
        const std::int64_t ago = unit_number(calendar_.day_of({now_}), window.unit) -
                                 unit_number(calendar_.day_of({one.time}), window.unit);
        return window.kind == WindowKind::This ? ago == 0 : ago >= 1 && ago <= window.count;
    }
    std::vector<RawEvent> matching(const EventFilter& filter, const Window& window) const {
        std::vector<RawEvent> out;
        std::copy_if(events_.begin(), events_.end(), std::back_inserter(out),
                     [&](const RawEvent& one) { return inside(window, one) && matches(filter, one); });
        return out;
    }
    bool aggregate(const Node& rule) const {
        const auto found = matching(rule.event, rule.window);
        const bool text = rule.property == "channel";
        if (rule.measure == Measure::Count) return compare(rule.op, static_cast<double>(found.size()), rule.values, 1);
        if (rule.measure == Measure::Sum) {
            double sum = 0;
            for (const RawEvent& one : found) sum += static_cast<double>(one.amount.value_or(0));
            return compare(rule.op, sum, rule.values, 100);
        }
        if (rule.measure == Measure::Distinct) {
            std::set<std::string> seen;
            for (const RawEvent& one : found) {
                if (text && one.channel) seen.insert(*one.channel);
                if (!text && one.amount) seen.insert(std::to_string(*one.amount));
            }
            return compare(rule.op, static_cast<double>(seen.size()), rule.values, 1);
        }
        return text ? ends_text(rule, found) : ends_number(rule, found);
    }
    bool ends_number(const Node& rule, const std::vector<RawEvent>& found) const {
        std::set<std::pair<std::int64_t, std::int64_t>> values;
        for (const RawEvent& one : found) {
            if (one.amount) values.emplace(one.time, *one.amount);
        }
        if (values.empty()) return compare(rule.op, std::optional<double>(), rule.values, 100);
        const auto& end = rule.measure == Measure::First ? *values.begin() : *values.rbegin();
        return compare(rule.op, static_cast<double>(end.second), rule.values, 100);
    }
    // Texts of one millisecond are ordered by their codes, which this reference cannot know: it takes the same order
    // as `codes` were given, that of kChannels.
    bool ends_text(const Node& rule, const std::vector<RawEvent>& found) const {
        std::set<std::pair<std::int64_t, std::size_t>> values;
        for (const RawEvent& one : found) {
            for (std::size_t i = 0; i < 3; ++i) {
                if (one.channel == testing::RandomRules::kChannels[i]) values.emplace(one.time, i);
            }
        }
        if (values.empty()) return compare(rule.op, std::optional<std::string>(), rule.values);
        const auto& end = rule.measure == Measure::First ? *values.begin() : *values.rbegin();
        return compare(rule.op, std::string(testing::RandomRules::kChannels[end.second]), rule.values);
    }
    bool chain(const Node& rule, std::size_t step, const RawEvent* before) const {
        if (step == rule.steps.size()) return true;
        const Step& of = rule.steps[step];
        for (const RawEvent& one : matching(of.event, rule.window)) {
            if (before != nullptr) {
                const std::int64_t unit = of.unit == Unit::Hour ? kHour : of.unit == Unit::Day ? kDay : 7 * kDay;
                if (one.time <= before->time || one.time - before->time > of.within * unit) continue;
                bool blocked = false;
                for (const EventFilter& other : of.without) {
                    for (const RawEvent& between : matching(other, rule.window))
                        blocked = blocked || (between.time > before->time && between.time < one.time);
                }
                if (blocked) continue;
            }
            if (chain(rule, step + 1, &one)) return true;
        }
        return false;
    }
    bool rhythm(const Node& rule) const {
        std::set<std::int64_t> times;
        for (const RawEvent& one : matching(rule.event, {})) times.insert(one.time);
        std::multiset<std::int64_t> gaps;
        for (auto at = times.begin(); at != times.end() && std::next(at) != times.end(); ++at)
            gaps.insert(*std::next(at) - *at);
        if (gaps.size() < 3) return false;
        for (const std::int64_t gap : gaps) {  // the smallest that enough gaps do not exceed
            const auto not_above = static_cast<std::int64_t>(std::distance(gaps.begin(), gaps.upper_bound(gap)));
            if (not_above * 100 >= rule.percentile * static_cast<std::int64_t>(gaps.size()))
                return now_ - *times.rbegin() > gap;
        }
        return false;
    }

    const Customer& who_;
    const BusinessCalendar& calendar_;
    std::int64_t now_;
    std::vector<RawEvent> events_;
};

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

private:
    const Engine& engine_;
    std::uint32_t person_;
    std::vector<PlainEvent> events_;
};

class PlanProperty : public ::testing::Test {
protected:
    void one_case(std::uint64_t seed) {
        SeededRng rng(seed);
        const World world = random_world(rng);
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
            ASSERT_EQ(batch.contains(person), expected) << "batch, person " << person;
            (expected ? held_ : failed_) += 1;
        }
        const auto person = static_cast<std::uint32_t>(rng.below(6));
        change(world, rule, plan, One(engine, person), person, now);
    }
    // Nothing changes before the moment that is answered: looked at every quarter of a day and just before it.
    void change(const World& world, const Node& rule, const Plan& plan, const One& facts, std::uint32_t person,
                std::int64_t now) {
        const Instant moment = plan.next_change(facts, {now});
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
