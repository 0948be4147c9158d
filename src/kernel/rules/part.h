#pragma once
// A compiled part of a rule and what it means over one person's events. Internal to this folder.

#include "kernel/rules/plan.h"

namespace tilth::kernel::rules {

struct Plan::Part {
    Kind kind = Kind::All;
    std::vector<Part> children;
    std::int64_t cost = 1;  // the cheapest child of All and Any is asked first
    std::size_t column = 0;
    std::string name;
    MemberKind member = MemberKind::Tag;
    Op op = Op::Eq;
    Accept accept;             // fixed; spans of days are made for each moment
    std::int64_t span_ms = 0;  // is_span(op)
    Measure measure = Measure::Count;
    std::size_t property = 0;
    CompiledFilter event;
    Window window;
    std::vector<CompiledStep> steps;
    std::int64_t percentile = 0;

    bool of_events() const { return kind >= Kind::Aggregate; }
    Plan::Trend trend() const;
    std::size_t events_needed() const;
    // Of a count, or an absence, which is "not at least one": the least that is accepted, when any more are too.
    std::optional<std::int64_t> least;
    // Any event that can matter to this condition.
    bool concerns(const PlainEvent& one) const;
    Accept accept_at(Instant now) const;
    // Of events within the range of the window, by time; those that do not concern it are passed over.
    bool over(std::span<const PlainEvent> events) const;
    bool rhythm_over(std::span<const PlainEvent> events, Instant now) const;
};

struct Range {
    std::int64_t from = kMissing;
    std::int64_t to = 0;    // from ≤ time < to
    std::int64_t next = 0;  // when a calendar window moves on; 0 for others
};
Range range_at(const Window& window, const BusinessCalendar& calendar, Instant now);
std::int64_t rolling_ms(Unit unit, std::int64_t count);
// The gap that `percentile` of 100 gaps do not exceed (nearest rank), kMissing when there are too few, and the last
// time.
struct Rhythm {
    std::int64_t gap = kMissing;
    std::int64_t last = 0;
};
Rhythm rhythm_of(const CompiledFilter& filter, std::int64_t percentile, std::span<const PlainEvent> events,
                 Instant now);

}  // namespace tilth::kernel::rules
