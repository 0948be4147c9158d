#pragma once
// For *_test.cpp files only: a small world of people and events, and what a rule means over it, written separately from
// the plan: from raw events each time, by the words of ast.h. What evaluates rules is held against it.

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kernel/rules/testing.h"
#include "platform/time/zone.h"

namespace tilth::kernel::rules::testing {

inline constexpr std::int64_t kHour = 3'600'000;
inline constexpr std::int64_t kDay = 24 * kHour;
inline constexpr std::int64_t kEpoch = 1'767'225'600'000;  // 2026-01-01

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

inline World random_world(Rng& rng) {
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
        for (int kind = 0; kind < 4; ++kind) {
            for (const auto name : RandomRules::kNames) {
                if (rng.below(3) == 0) one.memberships.insert(std::to_string(kind) + ":" + std::string(name));
            }
        }
    }
    const auto events = 20 + rng.below(150);
    for (int id = 0; id < static_cast<int>(events); ++id) {
        RawEvent one{id, static_cast<std::uint32_t>(rng.below(12)), 0, "", {}, {}};
        // Whole hours, so that ties and exact borders come up often.
        one.time = kEpoch + static_cast<std::int64_t>(rng.below(95 * 24)) * kHour;
        one.type = RandomRules::kTypes[rng.below(4)];
        one.amount = maybe(9'000, 0);
        if (rng.below(4) != 0) one.channel = RandomRules::kChannels[rng.below(3)];
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
        if (rule.op == Op::WithinNext) return at > now_ && at <= now_ + n * kDay;
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
                if (one.channel == RandomRules::kChannels[i]) values.emplace(one.time, i);
            }
        }
        if (values.empty()) return compare(rule.op, std::optional<std::string>(), rule.values);
        const auto& end = rule.measure == Measure::First ? *values.begin() : *values.rbegin();
        return compare(rule.op, std::string(RandomRules::kChannels[end.second]), rule.values);
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

}  // namespace tilth::kernel::rules::testing
