#pragma once
// Words of the module's enums on the wire.

#include "kernel/api/api.h"
#include "modules/audience/api.h"
#include "modules/performance/metrics/evaluator.h"
#include "modules/performance/people/people.h"

template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::Unit> =
    std::to_array<tilth::json::EnumValue<tilth::performance::Unit>>({
        {tilth::performance::Unit::Money, "money", "金额", "Money"},
        {tilth::performance::Unit::Ratio, "ratio", "比率", "Ratio"},
        {tilth::performance::Unit::Count, "count", "个数", "Count"},
        {tilth::performance::Unit::Number, "number", "数值", "Number"},
        {tilth::performance::Unit::Days, "days", "天数", "Days"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::Direction> =
    std::to_array<tilth::json::EnumValue<tilth::performance::Direction>>({
        {tilth::performance::Direction::Up, "up", "越高越好", "More is better"},
        {tilth::performance::Direction::Down, "down", "越低越好", "Less is better"},
        {tilth::performance::Direction::Neutral, "neutral", "无好坏", "Neither"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::Reading> =
    std::to_array<tilth::json::EnumValue<tilth::performance::Reading>>({
        {tilth::performance::Reading::Today, "today", "今天的组织", "As of today"},
        {tilth::performance::Reading::Event, "event", "发生时的组织", "As of the event"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::Compare> =
    std::to_array<tilth::json::EnumValue<tilth::performance::Compare>>({
        {tilth::performance::Compare::None, "none", "不对比", "None"},
        {tilth::performance::Compare::Previous, "previous", "上期", "Previous period"},
        {tilth::performance::Compare::LastYear, "last_year", "去年同期", "Last year"},
        {tilth::performance::Compare::SameWeekday, "same_weekday", "上周同星期", "Same weekdays before"},
        {tilth::performance::Compare::LastYearWeekday, "last_year_weekday", "去年同星期", "Same weekdays last year"},
        {tilth::performance::Compare::LastLunarYear, "last_lunar_year", "去年同期（农历）", "Last year by lunar date"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::Grain> =
    std::to_array<tilth::json::EnumValue<tilth::performance::Grain>>({
        {tilth::performance::Grain::Day, "day", "按天", "Day"},
        {tilth::performance::Grain::Week, "week", "按周", "Week"},
        {tilth::performance::Grain::Month, "month", "按月", "Month"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::Part> =
    std::to_array<tilth::json::EnumValue<tilth::performance::Part>>({
        {tilth::performance::Part::Numerator, "numerator", "分子", "Numerator"},
        {tilth::performance::Part::Denominator, "denominator", "分母", "Denominator"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::PeopleSort> =
    std::to_array<tilth::json::EnumValue<tilth::performance::PeopleSort>>({
        {tilth::performance::PeopleSort::LastOrder, "last_order", "最近购买", "Last order"},
        {tilth::performance::PeopleSort::NetSpend, "net_spend", "净消费", "Net spend"},
        {tilth::performance::PeopleSort::Orders, "orders", "订单数", "Orders"},
        {tilth::performance::PeopleSort::FirstSeen, "first_seen", "建档时间", "First seen"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::SortOrder> =
    std::to_array<tilth::json::EnumValue<tilth::performance::SortOrder>>({
        {tilth::performance::SortOrder::Desc, "desc", "降序", "Descending"},
        {tilth::performance::SortOrder::Asc, "asc", "升序", "Ascending"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::audience::RfmClass> = [] {
    std::array<tilth::json::EnumValue<tilth::audience::RfmClass>, tilth::audience::kRfmClasses> values{};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto& words = tilth::audience::kRfmWords[i];
        values[i] = {words.rfm_class, words.name, words.zh, words.en};
    }
    return values;
}();
