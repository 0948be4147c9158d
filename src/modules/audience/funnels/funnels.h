#pragma once
// Funnels over typed events (LIF-06, AISAS: attention, interest, search, action, share). Who reached step k did the
// first k steps one after the other, each within so many days of the one before, all in the window; that is a rule of
// the rule language, so each count opens its people and can be kept as a segment. Who reached a step has reached all
// before it: counts fall, and what falls between two steps is the drop-off.

#include "modules/audience/tagkinds/tagkinds.h"

namespace tilth::audience {

namespace tag {
struct EventFunnel {
    static constexpr std::string_view kPrefix = "fnl";
};
}  // namespace tag
using EventFunnelId = Id<tag::EventFunnel>;

inline constexpr std::size_t kFunnelStepsMax = 8;

struct FunnelStepInput {
    Text<1, 40> name;
    Text<1, 120> type;  // of the event
};
API_STRUCT(FunnelStepInput, (name, type))
struct NewEventFunnel {
    Text<1, 60> name;
    Int<1, 365> within_days;  // from one step to the next
    List<FunnelStepInput, kFunnelStepsMax> steps;
};
API_STRUCT(NewEventFunnel, (name, within_days, steps))
struct ChangeEventFunnel {
    EventFunnelId id;
    Text<1, 60> name;
    Int<1, 365> within_days;
    List<FunnelStepInput, kFunnelStepsMax> steps;
};
API_STRUCT(ChangeEventFunnel, (id, name, within_days, steps))
struct EventFunnelKey {
    EventFunnelId id;
};
API_STRUCT(EventFunnelKey, (id))
struct EventFunnelAsked {
    EventFunnelId id;
    std::optional<Int<1, 365>> window_days;  // 30 unless given
};
API_STRUCT(EventFunnelAsked, (id, window_days))
struct TryFunnel {
    Int<1, 365> within_days;
    Int<1, 365> window_days;
    List<FunnelStepInput, kFunnelStepsMax> steps;
};
API_STRUCT(TryFunnel, (within_days, window_days, steps))

struct FunnelStep {
    std::string name;
    std::string type;
};
API_STRUCT(FunnelStep, (name, type))
struct EventFunnelView {
    EventFunnelId id;
    std::string name;
    std::int64_t within_days = 7;
    std::vector<FunnelStep> steps;
    std::string created_by;
    Instant created_at;
    Instant changed_at;
};
API_STRUCT(EventFunnelView, (id, name, within_days, steps, created_by, created_at, changed_at))
struct EventFunnelList {
    std::vector<EventFunnelView> items;
    std::vector<FunnelStep> aisas;  // the five steps, with the tenant's event type that fits each; empty: none does
};
API_STRUCT(EventFunnelList, (items, aisas))

struct FunnelStepResult {
    std::string name;
    std::string type;
    std::int64_t people = 0;
    std::int64_t dropped = 0;               // reached this step and not the next; 0 at the last
    json::Raw reached;                      // the rule
    std::optional<json::Raw> stopped;       // the rule of those who dropped; none at the last
};
API_STRUCT(FunnelStepResult, (name, type, people, dropped, reached, stopped))
struct FunnelResult {
    std::int64_t window_days = 30;
    std::int64_t within_days = 7;
    std::int64_t of_people = 0;  // whom the caller may see
    std::vector<FunnelStepResult> steps;
};
API_STRUCT(FunnelResult, (window_days, within_days, of_people, steps))

// The rule of those who reached the last of these event types.
rules::Node reached_rule(const std::vector<std::string>& types, std::int64_t within_days, std::int64_t window_days);

void add_event_funnel_routes(AudienceService& service);

}  // namespace tilth::audience
