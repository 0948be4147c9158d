#pragma once
// SEG-13: layered strategies. Level comes first, then channel, then the channel's own CRM, then tag; within a layer the
// place decides. A person's primary strategy is the first whose segment or tag has him: so everybody has one at most,
// and the numbers of people of all strategies and of none add up to everybody.

#include "modules/audience/tagkinds/tagkinds.h"

namespace tilth::audience {

namespace tag {
struct Strategy {
    static constexpr std::string_view kPrefix = "stg";
};
}  // namespace tag
using StrategyId = Id<tag::Strategy>;

enum class Layer : std::uint8_t { Level, Channel, ChannelCrm, Tag };

struct StrategyView {
    StrategyId id;
    std::string name;
    Layer layer = Layer::Level;
    SetId set;
    std::string set_name;
    Family set_family = Family::Segment;
    bool set_archived = false;  // then nobody is in it
    std::string action;          // what is done with these people, in the staff's words
    std::int64_t matched = 0;    // in its set
    std::int64_t primary = 0;    // … and in none before it
    bool small = false;          // too few to treat apart
};
API_STRUCT(StrategyView, (id, name, layer, set, set_name, set_family, set_archived, action, matched, primary, small))
struct StrategyList {
    std::vector<StrategyView> items;  // in their order
    std::int64_t without = 0;
    std::int64_t people = 0;          // whom the caller may see
    std::int64_t cell_min = 0;
};
API_STRUCT(StrategyList, (items, without, people, cell_min))

struct StrategyKey {
    StrategyId id;
};
API_STRUCT(StrategyKey, (id))
struct NewStrategy {
    Text<1, 60> name;
    Layer layer = Layer::Level;
    SetId set;
    std::optional<Text<0, 500>> action;
};
API_STRUCT(NewStrategy, (name, layer, set, action))
struct OrderStrategies {
    List<StrategyId, 200> order;  // all of them; layers keep their order whatever is said here
};
API_STRUCT(OrderStrategies, (order))
struct PageOfStrategy {
    StrategyId id;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(PageOfStrategy, (id, cursor, limit))

struct TraceStep {
    StrategyId id;
    std::string name;
    Layer layer = Layer::Level;
    std::string set_name;
    bool holds = false;
    bool primary = false;            // the first that holds
    std::vector<Condition> reasons;  // of its rule, for this person
};
API_STRUCT(TraceStep, (id, name, layer, set_name, holds, primary, reasons))
struct StrategyTrace {
    std::optional<StrategyId> strategy;
    std::optional<std::string> name;
    std::optional<std::string> action;
    std::vector<TraceStep> trace;
};
API_STRUCT(StrategyTrace, (strategy, name, action, trace))

// Of each the people that none before it has.
std::vector<sets::Bitmap> primary_of(const std::vector<sets::Bitmap>& matched);

void add_strategy_routes(AudienceService& service);

}  // namespace tilth::audience

template <>
inline constexpr auto tilth::json::enum_values<tilth::audience::Layer> =
    std::to_array<tilth::json::EnumValue<tilth::audience::Layer>>({
        {tilth::audience::Layer::Level, "level", "等级", "Level"},
        {tilth::audience::Layer::Channel, "channel", "渠道", "Channel"},
        {tilth::audience::Layer::ChannelCrm, "channel_crm", "渠道 CRM", "Channel CRM"},
        {tilth::audience::Layer::Tag, "tag", "标签", "Tag"},
    });
