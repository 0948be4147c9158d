// What a condition means over the events of one person (ast.h says it in words).

#include "kernel/rules/part.h"

#include "kernel/rules/check.h"

#include <algorithm>
#include <limits>

namespace tilth::kernel::rules {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

std::int64_t saturated(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(a, b, &sum)) return sum;
    return a > 0 ? std::numeric_limits<std::int64_t>::max() : kMissing + 1;
}

std::int64_t measured(const Plan::Part& part, std::span<const PlainEvent> events) {
    std::int64_t value = part.measure >= Measure::First ? kMissing : 0;
    std::int64_t at = 0;
    std::vector<std::int64_t> seen;
    for (const PlainEvent& one : events) {
        if (!part.event(one)) continue;
        const std::int64_t of = part.measure == Measure::Count ? 0 : one.properties[part.property];
        if (of == kMissing) continue;
        switch (part.measure) {
            case Measure::Count: ++value; break;
            case Measure::Sum: value = saturated(value, of); break;
            case Measure::Distinct: seen.push_back(of); break;
            case Measure::First:
                if (value == kMissing || (one.time == at && of < value)) {
                    value = of;
                    at = one.time;
                }
                break;
            case Measure::Last:
                if (value == kMissing || one.time > at || of > value) value = of;
                at = one.time;
                break;
        }
    }
    if (part.measure != Measure::Distinct) return value;
    std::sort(seen.begin(), seen.end());
    return std::unique(seen.begin(), seen.end()) - seen.begin();
}

// Per step, the latest event that ends a chain up to it: a later one is never worse, for it leaves more time and fewer
// events between. Events of one millisecond see only what stood before them.
bool sequence_over(const std::vector<CompiledStep>& steps, std::span<const PlainEvent> events) {
    INVARIANT(steps.size() <= kStepsMax, "the rule was checked");
    std::array<std::int64_t, kStepsMax> reached;
    std::array<bool, kStepsMax> arrived{};
    std::array<bool, kStepsMax> blocked{};
    reached.fill(kMissing);
    for (std::size_t begin = 0; begin < events.size();) {
        const std::int64_t time = events[begin].time;
        std::fill(arrived.begin(), arrived.end(), false);
        std::fill(blocked.begin(), blocked.end(), false);
        std::size_t end = begin;
        for (; end < events.size() && events[end].time == time; ++end) {
            for (std::size_t i = 0; i < steps.size(); ++i) {
                const bool open = i == 0 || (reached[i - 1] != kMissing && time - reached[i - 1] <= steps[i].within_ms);
                if (open && steps[i].event(events[end])) arrived[i] = true;
                if (i > 0 && steps[i].without && (*steps[i].without)(events[end])) blocked[i - 1] = true;
            }
        }
        if (arrived[steps.size() - 1]) return true;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (arrived[i]) reached[i] = time;
            else if (blocked[i]) reached[i] = kMissing;
        }
        begin = end;
    }
    return false;
}

// The calendar day on which the unit begins that holds `day`, moved by `by` units.
Day unit_start(Day day, Unit unit, std::int64_t by) {
    CivilDate civil = civil_from_day(day);
    if (unit == Unit::Day) return day + static_cast<std::int32_t>(by);
    if (unit == Unit::Week) return day + static_cast<std::int32_t>(7 * by - weekday(day));
    const std::int64_t months =
        unit == Unit::Month ? 12LL * civil.year + civil.month - 1 + by : 12LL * (civil.year + by);
    return day_from_civil({static_cast<int>(months / 12), static_cast<int>(months % 12) + 1, 1});
}

}  // namespace

bool Accept::operator()(std::int64_t value) const {
    const bool in =
        values.empty() ? value >= lo && value <= hi : std::binary_search(values.begin(), values.end(), value);
    return negated ? value != kMissing && !in : in;
}

bool CompiledFilter::operator()(const PlainEvent& one) const {
    if (type != kAnyType && one.type != type) return false;
    return std::all_of(where.begin(), where.end(),
                       [&](const auto& test) { return test.second(one.properties[test.first]); });
}

bool Plan::Part::concerns(const PlainEvent& one) const {
    if (kind != Kind::Sequence) return event(one);
    return std::any_of(steps.begin(), steps.end(), [&](const CompiledStep& step) {
        return step.event(one) || (step.without && (*step.without)(one));
    });
}

Plan::Trend Plan::Part::trend() const {
    if (!of_events()) {
        auto out = Trend::None;
        for (const Part& child : children)
            out = static_cast<Trend>(static_cast<int>(out) | static_cast<int>(child.trend()));
        if (kind != Kind::Not || out == Trend::None || out == Trend::Either) return out;
        return out == Trend::Up ? Trend::Down : Trend::Up;
    }
    if (kind == Kind::Absence) return Trend::Down;
    if (least) return Trend::Up;
    const bool plain = std::none_of(steps.begin(), steps.end(), [](const CompiledStep& one) { return one.without; });
    return kind == Kind::Sequence && plain ? Trend::Up : Trend::Either;
}

std::size_t Plan::Part::events_needed() const {
    std::size_t most = 0;
    std::size_t fewest = std::numeric_limits<std::size_t>::max();
    for (const Part& child : children) {
        most = std::max(most, child.events_needed());
        fewest = std::min(fewest, child.events_needed());
    }
    if (kind == Kind::All) return most;
    if (kind == Kind::Any) return fewest;
    if (kind == Kind::Sequence) return steps.size();
    return kind == Kind::Aggregate && least ? static_cast<std::size_t>(std::max<std::int64_t>(*least, 0)) : 0;
}

Accept Plan::Part::accept_at(Instant now) const {
    if (op == Op::WithinLast) return {now.ms - span_ms + 1, now.ms, false, {}};
    if (op == Op::OlderThan) return {kMissing + 1, now.ms - span_ms, false, {}};
    if (op == Op::WithinNext) return {now.ms + 1, now.ms + span_ms, false, {}};
    return accept;
}

bool Plan::Part::over(std::span<const PlainEvent> events) const {
    if (kind == Kind::Aggregate) return accept(measured(*this, events));
    if (kind == Kind::Sequence) return sequence_over(steps, events);
    return std::none_of(events.begin(), events.end(), event);
}

bool Plan::Part::rhythm_over(std::span<const PlainEvent> events, Instant now) const {
    const Rhythm own = rhythm_of(event, percentile, events, now);
    return own.gap != kMissing && now.ms - own.last > own.gap;
}

std::int64_t rolling_ms(Unit unit, std::int64_t count) {
    return count * kHourMs * (unit == Unit::Hour ? 1 : unit == Unit::Day ? 24 : 168);
}

Range range_at(const Window& window, const BusinessCalendar& calendar, Instant now) {
    if (window.kind == WindowKind::Ever) return {kMissing, now.ms + 1, 0};
    if (window.kind == WindowKind::Last) return {now.ms - rolling_ms(window.unit, window.count) + 1, now.ms + 1, 0};
    const Day today = calendar.day_of(now);
    const auto start = [&](std::int64_t by) { return calendar.start_of(unit_start(today, window.unit, by)).ms; };
    if (window.kind == WindowKind::This) return {start(0), now.ms + 1, start(1)};
    return {start(-window.count), std::min(start(0), now.ms + 1), start(1)};
}

Rhythm rhythm_of(const CompiledFilter& filter, std::int64_t percentile, std::span<const PlainEvent> events,
                 Instant now) {
    Rhythm out;
    std::vector<std::int64_t> gaps;
    bool first = true;
    for (const PlainEvent& one : events) {
        if (one.time > now.ms || !filter(one)) continue;
        if (!first && one.time > out.last) gaps.push_back(one.time - out.last);
        out.last = one.time;
        first = false;
    }
    if (gaps.size() < kRhythmGapsMin) return out;
    const std::size_t rank = (static_cast<std::size_t>(percentile) * gaps.size() + 99) / 100 - 1;
    std::nth_element(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(rank), gaps.end());
    out.gap = gaps[rank];
    return out;
}

}  // namespace tilth::kernel::rules
