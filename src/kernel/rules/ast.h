#pragma once
// A rule as a typed tree. It is data: made from text (text.h) or JSON (json.h), checked against the registry (check.h),
// compiled into a plan (plan.h). All conversions keep it equal. Plain values; any thread.
//
// What a rule means, wherever it is evaluated:
// - A person's events count once and only when their time is not after `now`. Order among events of the same
//   millisecond never matters: "then" is strictly later, "without" strictly between, `first` takes the smallest and
//   `last` the largest value among the events of that millisecond.
// - A comparison with a value that is missing is false, `!=` too; `is unknown` asks for it. An aggregate over no event
//   is 0 for count, sum and distinct, and missing for first and last.
// - `last n days` is the open-closed interval (now - n·24 h, now], `next n days` is
//   (now, now + n·24 h]. `this month` starts at the tenant's business day;
//   `previous 2 months` are the two whole months before this one. Weeks start on Monday.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tilth::kernel::rules {

// Where in its source a part stands: "text/12" (characters from 0) or "rule/all/0" (JSON). Never part of equality.
struct Place {
    std::string at;
    bool operator==(const Place&) const { return true; }
};

enum class Op : std::uint8_t {
    Eq, Ne, Lt, Le, Gt, Ge,
    OneOf,
    Known, Unknown,
    WithinLast,  // a moment, in the last n days
    OlderThan,   // a moment, more than n days ago
    WithinNext,  // a moment still to come, in the next n days
    Before,      // a moment, before the business day
    Since,       // a moment, on the business day or later
};

// Whose value is a number of days.
constexpr bool is_span(Op op) { return op >= Op::WithinLast && op <= Op::WithinNext; }

enum class LiteralKind : std::uint8_t { Number, Text, Flag, Day };
struct Literal {
    LiteralKind kind = LiteralKind::Number;
    std::int64_t number = 0;  // Number: without its decimal point; Flag: 0 or 1; Day: days since 1970-01-01
    int decimals = 0;         // Number: digits after the point; 0 … 6, the last of them never 0
    std::string text;
    bool operator==(const Literal&) const = default;
};

enum class Unit : std::uint8_t { Hour, Day, Week, Month, Year };
enum class WindowKind : std::uint8_t { Ever, Last, This, Previous };
struct Window {
    WindowKind kind = WindowKind::Ever;
    std::int64_t count = 1;  // Last, Previous; else 1
    Unit unit = Unit::Day;   // Last: Hour, Day, Week; This and Previous: Day, Week, Month, Year
    bool operator==(const Window&) const = default;
};

struct PropertyTest {
    std::string property;  // key of a promoted property
    Op op = Op::Eq;        // Eq … OneOf
    std::vector<Literal> values;
    Place place;
    bool operator==(const PropertyTest&) const = default;
};
struct EventFilter {
    std::string type;  // empty: any event
    std::vector<PropertyTest> where;
    Place place;
    bool operator==(const EventFilter&) const = default;
};
struct Step {
    EventFilter event;
    std::int64_t within = 0;  // from the step before; 0 in the first step
    Unit unit = Unit::Day;    // Hour, Day, Week
    std::vector<EventFilter> without;  // none or one, between the step before and this one
    bool operator==(const Step&) const = default;
};

enum class Kind : std::uint8_t { All, Any, Not, Attribute, Member, Aggregate, Absence, Sequence, Rhythm };
enum class Measure : std::uint8_t { Count, Sum, Distinct, First, Last };
enum class MemberKind : std::uint8_t { Tag, Segment, Org, Stage };

struct Node {
    Kind kind = Kind::All;
    std::vector<Node> children;               // All, Any: two or more; Not: one
    std::string name;                         // Attribute: its key; Member: tag, segment, stage or organisation node
    MemberKind member = MemberKind::Tag;      // Member
    Op op = Op::Eq;                           // Attribute, Aggregate
    std::vector<Literal> values;              // Attribute, Aggregate; OneOf: one or more; Known and Unknown: none
    Measure measure = Measure::Count;         // Aggregate
    std::string property;                     // Aggregate but Count: what is summed, counted distinct, taken
    EventFilter event;                        // Aggregate, Absence, Rhythm
    Window window;                            // Aggregate, Absence, Sequence
    std::vector<Step> steps;                  // Sequence: two or more
    std::int64_t percentile = 0;              // Rhythm: 1 … 99
    Place place;
    bool operator==(const Node&) const = default;
};

}  // namespace tilth::kernel::rules
