#include "kernel/rules/live.h"

#include <algorithm>

namespace tilth::kernel::rules {
namespace {

constexpr std::size_t kFirstEvents = 8;   // gathered at first; then eight times as many
constexpr std::size_t kMoreEvents = 8;
constexpr std::int64_t kLongMs = 3'600'000;  // what stays so for longer need not be known better: one more look then

std::span<const PlainEvent> within(std::span<const PlainEvent> events, std::int64_t from, std::int64_t to) {
    const auto before = [](const PlainEvent& one, std::int64_t time) { return one.time < time; };
    const auto begin = std::lower_bound(events.begin(), events.end(), from, before);
    return {begin, std::lower_bound(begin, events.end(), to, before)};
}

// The first event to come that matters.
std::int64_t soonest(const Plan::Part& part, std::span<const PlainEvent> events, Instant now) {
    for (const PlainEvent& one : within(events, now.ms + 1, Outlook::kEver)) {
        if (part.concerns(one)) return one.time;
    }
    return Outlook::kEver;
}

// When a rolling window has lost enough of its oldest events for a count or a sum to come out differently.
std::int64_t enough_left(const Plan::Part& part, std::span<const PlainEvent> in, bool holds, std::int64_t span) {
    const auto weight = [&](const PlainEvent& one) -> std::int64_t {
        if (!part.event(one)) return 0;
        if (part.measure == Measure::Count) return 1;
        return one.properties[part.property] == kMissing ? 0 : one.properties[part.property];
    };
    __int128 left = 0;
    for (const PlainEvent& one : in) left += weight(one);
    for (std::size_t i = 0; i < in.size(); ++i) {
        left -= weight(in[i]);
        if (i + 1 < in.size() && in[i + 1].time == in[i].time) continue;
        const auto value = static_cast<std::int64_t>(
            std::clamp<__int128>(left, kMissing + 1, std::numeric_limits<std::int64_t>::max()));
        if (part.accept(value) != holds) return in[i].time + span;
    }
    return Outlook::kEver;
}

}  // namespace

Outlook Live::look(const Plan::Part& part, Instant now) const {
    switch (part.kind) {
        case Kind::All: return all(part, now);
        case Kind::Any: return any(part, now);
        case Kind::Not: {
            const Outlook child = look(part.children.front(), now);
            return {!child.holds, child.until};
        }
        case Kind::Attribute: return attribute(part, now);
        case Kind::Member: return {person_.member(part.member, part.name), Outlook::kEver};
        case Kind::Rhythm: return rhythm(part, now);
        default: break;
    }
    const Range range = range_at(part.window, calendar_, now);
    // A window of whole periods gains events when it moves on; the others only lose them.
    if (part.window.kind == WindowKind::Previous) return of_events(part, range, now);
    if (part.least) {
        const Outlook many = at_least(part, range, now);
        return {part.kind == Kind::Absence ? !many.holds : many.holds, many.until};
    }
    if (part.kind == Kind::Sequence) return sequence(part, range, now);
    return of_events(part, range, now);
}

// True as long as every child is; false at least as long as the one that stays false longest.
Outlook Live::all(const Plan::Part& part, Instant now) const {
    Outlook out{true, Outlook::kEver};
    for (const Plan::Part& child : part.children) {
        const Outlook one = look(child, now);
        if (one.holds && out.holds) out.until = std::min(out.until, one.until);
        if (!one.holds) out = {false, out.holds ? one.until : std::max(out.until, one.until)};
        if (!out.holds && out.until - now.ms > kLongMs) break;
    }
    return out;
}

Outlook Live::any(const Plan::Part& part, Instant now) const {
    Outlook out{false, Outlook::kEver};
    for (const Plan::Part& child : part.children) {
        const Outlook one = look(child, now);
        if (!one.holds && !out.holds) out.until = std::min(out.until, one.until);
        if (one.holds) out = {true, out.holds ? std::max(out.until, one.until) : one.until};
        if (out.holds && out.until - now.ms > kLongMs) break;
    }
    return out;
}

Outlook Live::attribute(const Plan::Part& part, Instant now) const {
    const std::int64_t value = person_.attribute(part.column);
    Outlook out{part.accept_at(now)(value), Outlook::kEver};
    if (part.span_ms == 0 || value == kMissing) return out;
    const auto offer = [&](std::int64_t moment) {
        if (moment > now.ms) out.until = std::min(out.until, moment);
    };
    if (part.op != Op::OlderThan) offer(value);
    offer(part.op == Op::WithinNext ? value - part.span_ms : value + part.span_ms);
    return out;
}

Outlook Live::rhythm(const Plan::Part& part, Instant now) const {
    const auto events = person_.events();
    const Rhythm own = rhythm_of(part.event, part.percentile, events, now);
    Outlook out{own.gap != kMissing && now.ms - own.last > own.gap, soonest(part, events, now)};
    if (own.gap != kMissing && !out.holds) out.until = std::min(out.until, own.last + own.gap + 1);
    return out;
}

template <class Fn>
void Live::backwards(const Fn& fn) const {
    std::size_t seen = 0;
    for (std::size_t wanted = kFirstEvents;; wanted *= kMoreEvents) {
        const auto some = person_.latest(wanted);
        for (; seen < some.size(); ++seen) {
            if (!fn(some[some.size() - 1 - seen])) return;
        }
        if (some.size() < wanted) return;
    }
}

Outlook Live::at_least(const Plan::Part& part, const Range& range, Instant now) const {
    const std::int64_t least = *part.least;
    if (least <= 0) return {true, Outlook::kEver};
    std::int64_t found = 0;
    std::int64_t next = Outlook::kEver;
    std::int64_t time = 0;  // of the newest but least - 1
    const auto look_at = [&](const PlainEvent& one) {
        if (one.time < range.from) return false;
        if (!part.event(one)) return true;
        time = one.time;
        if (time > now.ms) next = time;
        else ++found;
        return found < least;
    };
    if (const auto apart = person_.events_of(part.event.type)) {
        if (apart->size() < static_cast<std::size_t>(least)) return {false, Outlook::kEver};
        if (part.event.where.empty()) {
            const auto in = within(*apart, range.from, now.ms + 1);
            found = static_cast<std::int64_t>(in.size());
            const auto later = within(*apart, now.ms + 1, Outlook::kEver);
            if (!later.empty()) next = later.front().time;
            if (found >= least) time = in[static_cast<std::size_t>(found - least)].time;
        } else {
            for (auto one = apart->rbegin(); one != apart->rend() && look_at(*one); ++one) {
            }
        }
    } else {
        backwards(look_at);
    }
    if (found < least) return {false, next};
    if (part.window.kind == WindowKind::Ever) return {true, Outlook::kEver};
    if (part.window.kind == WindowKind::This) return {true, range.next};
    return {true, time + rolling_ms(part.window.unit, part.window.count)};
}

// What stands in the newest events stands in all of them, so the newest are looked at first; a sequence that is there
// goes when the latest event goes with which one can begin.
Outlook Live::sequence(const Plan::Part& part, const Range& range, Instant now) const {
    for (const CompiledStep& step : part.steps) {
        const auto apart = person_.events_of(step.event.type);
        if (apart && apart->empty()) return {false, Outlook::kEver};
    }
    for (std::size_t wanted = kFirstEvents;; wanted *= kMoreEvents) {
        const auto gathered = person_.latest(wanted);
        const auto some = gathered.last(std::min(wanted, gathered.size()));
        const auto in = within(some, range.from, range.to);
        if (part.over(in)) {
            if (part.window.kind == WindowKind::Ever) return {true, Outlook::kEver};
            if (part.window.kind == WindowKind::This) return {true, range.next};
            std::size_t with = 0;
            for (std::size_t without = in.size(); without - with > 1;) {
                const std::size_t middle = with + (without - with) / 2;
                (part.over(in.subspan(middle)) ? with : without) = middle;
            }
            return {true, in[with].time + rolling_ms(part.window.unit, part.window.count)};
        }
        if (some.size() < wanted || some.front().time < range.from) return {false, soonest(part, some, now)};
    }
}

Outlook Live::of_events(const Plan::Part& part, const Range& range, Instant now) const {
    const auto events = person_.events();
    const auto in = within(events, range.from, range.to);
    Outlook out{part.over(in), soonest(part, events, now)};
    if (part.window.kind == WindowKind::Ever) return out;
    if (part.window.kind == WindowKind::Last) {
        const std::int64_t span = rolling_ms(part.window.unit, part.window.count);
        if (part.measure <= Measure::Sum) {
            out.until = std::min(out.until, enough_left(part, in, out.holds, span));
            return out;
        }
        const auto oldest = std::find_if(in.begin(), in.end(), [&](const auto& one) { return part.concerns(one); });
        if (oldest != in.end()) out.until = std::min(out.until, oldest->time + span);
        return out;
    }
    const auto past = within(events, range.from, now.ms + 1);
    if (std::any_of(past.begin(), past.end(), [&](const auto& one) { return part.concerns(one); }))
        out.until = std::min(out.until, range.next);
    return out;
}

}  // namespace tilth::kernel::rules
