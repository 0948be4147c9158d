#pragma once
// Words of the module's enums; included by views.h.

template <>
inline constexpr auto tilth::json::enum_values<tilth::audience::Mode> =
    std::to_array<tilth::json::EnumValue<tilth::audience::Mode>>({
        {tilth::audience::Mode::Live, "live", "按规则", "By rule"},
        {tilth::audience::Mode::Static, "static", "人工", "By hand"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::audience::Family> =
    std::to_array<tilth::json::EnumValue<tilth::audience::Family>>({
        {tilth::audience::Family::Segment, "segment", "人群", "Segment"},
        {tilth::audience::Family::Tag, "tag", "标签", "Tag"},
        {tilth::audience::Family::Stage, "stage", "生命周期阶段", "Lifecycle stage"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::audience::TagClass> =
    std::to_array<tilth::json::EnumValue<tilth::audience::TagClass>>({
        {tilth::audience::TagClass::Original, "original", "原始", "Original"},
        {tilth::audience::TagClass::RealTime, "real_time", "实时", "Real-time"},
        {tilth::audience::TagClass::Modelled, "modelled", "建模", "Modelled"},
        {tilth::audience::TagClass::Predictive, "predictive", "预测", "Predictive"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::audience::Cause> =
    std::to_array<tilth::json::EnumValue<tilth::audience::Cause>>({
        {tilth::audience::Cause::Created, "created", "建立时已在内", "There when it was made"},
        {tilth::audience::Cause::RuleChanged, "rule_changed", "规则修改", "The rule changed"},
        {tilth::audience::Cause::Event, "event", "行为", "An event"},
        {tilth::audience::Cause::Order, "order", "订单", "An order"},
        {tilth::audience::Cause::Profile, "profile", "资料变化", "The profile changed"},
        {tilth::audience::Cause::Time, "time", "时间到期", "Time passed"},
        {tilth::audience::Cause::Tag, "tag", "标签变化", "A tag changed"},
        {tilth::audience::Cause::Segment, "segment", "人群变化", "A segment changed"},
        {tilth::audience::Cause::Merge, "merge", "客户合并", "Customers were merged"},
        {tilth::audience::Cause::Unmerge, "unmerge", "客户拆分", "Customers were separated"},
        {tilth::audience::Cause::ByHand, "by_hand", "人工", "By hand"},
        {tilth::audience::Cause::CaughtUp, "caught_up", "停机期间的变化", "Changed while the program stood still"},
        {tilth::audience::Cause::Archived, "archived", "归档", "Archived"},
        {tilth::audience::Cause::Stage, "stage", "阶段变化", "A lifecycle stage changed"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::audience::SetOperation> =
    std::to_array<tilth::json::EnumValue<tilth::audience::SetOperation>>({
        {tilth::audience::SetOperation::And, "and", "交集", "In all"},
        {tilth::audience::SetOperation::Or, "or", "并集", "In any"},
        {tilth::audience::SetOperation::Minus, "minus", "差集", "In the first only"},
    });
