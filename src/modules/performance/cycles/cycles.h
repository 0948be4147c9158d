#pragma once
// Operating cycles (运营周期, LIF-04): a stretch of time of the brand, a region, a store, a channel or a product, with
// goals in metrics of the dictionary and a checklist of what has to be delivered. Draft → running → closed; closing
// needs the review and every required deliverable, keeps the goals' values as they were then, and can be taken back
// with a reason. Whose scope covers the node sees it. Store functions take a unit's or a view's connection.

#include <optional>
#include <string>
#include <vector>

#include "modules/performance/service.h"

namespace tilth::performance {

namespace tag {
struct Cycle {
    static constexpr std::string_view kPrefix = "cyc";
};
}  // namespace tag
using CycleId = Id<tag::Cycle>;

inline constexpr kernel::Permission kCycleRead{"cycle.read", "查看运营周期", "See operating cycles"};
inline constexpr kernel::Permission kCycleWrite{"cycle.write", "维护运营周期", "Change operating cycles"};

enum class CycleState : std::uint8_t { Draft, Running, Closed };

inline constexpr std::size_t kGoalsMax = 12;
inline constexpr std::size_t kItemsMax = 60;
inline constexpr std::int64_t kCyclesMax = 1'000;
inline constexpr std::int64_t kCycleDaysMax = 400;

struct Goal {
    std::string metric;
    std::string variant;
    std::int64_t target = 0;             // people, orders, days, minor units; 1/10,000 of ratios and numbers
    std::optional<std::int64_t> final;   // the value at closing, likewise
};
struct Deliverable {
    std::int64_t number = 0;
    std::string title;
    std::string owner;
    std::optional<Day> due;
    bool required = true;
    std::string result;  // what was delivered, or where it lies
    std::string done_by;
    std::optional<Instant> done_at;
};
struct Cycle {
    CycleId id;
    std::string name;
    std::string purpose;
    OrgNodeId node;
    std::optional<std::string> channel;  // at most one of these two
    std::optional<std::string> product;
    Day starts;
    Day ends;  // the last day
    CycleState state = CycleState::Draft;
    std::string achieved;  // the review
    std::string learned;
    std::string next;
    std::string created_by;
    Instant created_at;
    std::string closed_by;
    std::optional<Instant> closed_at;
    std::vector<Goal> goals;
    std::vector<Deliverable> items;
};

// ---- Rules: errors name the field ----
// Period, goals known to the dictionary and each but once, one slice at most.
Status check_cycle(const Cycle& cycle);
// A cycle runs with at least one goal and one deliverable.
Status check_start(const Cycle& cycle);
// Conflict unless it runs; Invalid, field "items", naming the required deliverables that are open.
Status check_close(const Cycle& cycle);

namespace store {
Result<std::optional<Cycle>> cycle(sql::Connection& sql, const TenantId& tenant, const CycleId& id);
Result<std::vector<Cycle>> cycles(sql::Connection& sql, const TenantId& tenant);  // latest start first
// Written whole: what stood under the id before goes.
Status put(kernel::Unit& unit, const Cycle& cycle);
Status drop(kernel::Unit& unit, const CycleId& id);
}  // namespace store

}  // namespace tilth::performance
