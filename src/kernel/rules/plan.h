#pragma once
// A rule compiled: names resolved to columns and codes. The same plan runs over one person (live) and over all people
// by blocks of columns (preview, back-fill): both call the same functions on the same events. Immutable; any thread.

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernel/rules/ast.h"
#include "kernel/rules/registry.h"
#include "platform/sets/bitmap.h"
#include "platform/time/zone.h"

namespace tilth::kernel::rules {

inline constexpr std::int64_t kMissing = std::numeric_limits<std::int64_t>::min();
inline constexpr std::uint32_t kAnyType = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::size_t kRhythmGapsMin = 3;  // fewer gaps make no rhythm: the condition is false

struct PlainEvent {
    std::int64_t time = 0;   // ms
    std::uint32_t type = 0;  // Codes::types
    std::array<std::int64_t, Registry::kPropertiesMax> properties{kMissing, kMissing, kMissing, kMissing};
    bool operator==(const PlainEvent&) const = default;
};
struct Codes {
    Dictionary types;
    Dictionary texts;
};

// One person as a rule sees it.
class PersonFacts {
public:
    virtual ~PersonFacts() = default;
    virtual std::int64_t attribute(std::size_t column) const = 0;  // kMissing; texts as Codes::texts
    virtual bool member(MemberKind kind, const std::string& name) const = 0;
    virtual std::span<const PlainEvent> events() const = 0;  // by time; those after now are allowed
    // The last ones of events(): `count` of them or more, or all. Valid until the next call.
    virtual std::span<const PlainEvent> latest(std::size_t) const { return events(); }
    // All events of the type (kAnyType: all), by time, where it costs little to set them apart; else nothing.
    virtual std::optional<std::span<const PlainEvent>> events_of(std::uint32_t) const { return std::nullopt; }
};

// All people, in blocks of 65,536 ordinals; a set of a block is kBlockWords words. Calls from several threads.
inline constexpr std::size_t kBlockPeople = 65'536;
inline constexpr std::size_t kBlockWords = kBlockPeople / 64;
using BlockSet = std::span<std::uint64_t, kBlockWords>;
using ConstBlockSet = std::span<const std::uint64_t, kBlockWords>;

// Values of [0, people.size()); the smallest value of the width is "missing".
struct Column {
    const void* data = nullptr;
    int bytes = 8;  // 1, 2, 4 or 8
};
// Events with code `type` (or any) and from ≤ time < to.
struct EventRange {
    std::uint32_t type = kAnyType;
    std::int64_t from = kMissing;
    std::int64_t to = std::numeric_limits<std::int64_t>::max();
};
class EventSource {
public:
    virtual ~EventSource() = default;
    // Adds each person's number of events to counts[ordinal - first of block]; people outside `domain` may be added
    // too.
    virtual void count(std::size_t block, ConstBlockSet domain, const EventRange& range,
                       std::span<std::uint32_t> counts) const = 0;
    // Calls fn(offset in block, events by time) for each person of the domain who has one.
    using PersonFn = std::function<void(std::size_t offset, std::span<const PlainEvent> events)>;
    virtual void gather(std::size_t block, ConstBlockSet domain, const EventRange& range, const PersonFn& fn) const = 0;
};
class People {
public:
    virtual ~People() = default;
    virtual std::uint32_t size() const = 0;                                     // ordinals below it
    virtual void persons(std::size_t block, BlockSet out) const = 0;            // sets their bits; out comes empty
    virtual Column attribute(std::size_t column) const = 0;
    virtual const sets::Bitmap* members(MemberKind kind, const std::string& name) const = 0;  // nullptr: nobody
    virtual const EventSource& events() const = 0;
};

// A value is accepted: in [lo, hi] or, when values are given, one of them (sorted). Negated: known and not accepted.
struct Accept {
    std::int64_t lo = 0;
    std::int64_t hi = 0;
    bool negated = false;
    std::vector<std::int64_t> values;
    bool operator()(std::int64_t value) const;
};
struct CompiledFilter {
    std::uint32_t type = kAnyType;
    std::vector<std::pair<std::size_t, Accept>> where;
    bool operator()(const PlainEvent& event) const;
};
struct CompiledStep {
    CompiledFilter event;
    std::int64_t within_ms = 0;
    std::optional<CompiledFilter> without;
};

class Plan {
public:
    // The rule's check (check.h) comes first and its refusal is passed on. New names get codes.
    static Result<Plan> compile(const Node& rule, const Registry& registry, Codes& codes, BusinessCalendar calendar);

    bool holds(const PersonFacts& person, Instant now) const;
    // Besides, the earliest moment after now at which the passing of time alone changes the result; never() when none
    // does. After 16 moments at which it could have changed and did not, the next is answered: wake up and ask again.
    struct Verdict {
        bool holds = false;
        Instant next_change = Instant::never();
    };
    Verdict judge(const PersonFacts& person, Instant now) const;
    // What one more event can do to the result, whatever its time: nothing, only make it true, only false, or either.
    enum class Trend : std::uint8_t { None = 0, Up = 1, Down = 2, Either = 3 };
    Trend trend() const;
    // Of fewer events a person is not in, whatever they are; 0 when that cannot be said.
    std::size_t events_needed() const;
    sets::Bitmap all(const People& people, Instant now, int threads = 2) const;

    // What touches the rule: codes of event types (kAnyType: all), columns of attributes, memberships.
    struct Touches {
        std::vector<std::uint32_t> types;
        std::vector<std::size_t> attributes;
        std::vector<std::pair<MemberKind, std::string>> members;
    };
    Touches touches() const;

    struct Part;

private:
    Plan(std::shared_ptr<const Part> root, BusinessCalendar calendar)
        : root_(std::move(root)), calendar_(std::move(calendar)) {}
    std::shared_ptr<const Part> root_;
    BusinessCalendar calendar_;
};

}  // namespace tilth::kernel::rules
