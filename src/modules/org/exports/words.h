#pragma once
// Words of the enums of exports on the wire. Within org only.

#include "kernel/api/api.h"
#include "modules/org/exports/desk.h"

template <>
inline constexpr auto tilth::json::enum_values<tilth::org::ExportApproval> =
    std::to_array<tilth::json::EnumValue<tilth::org::ExportApproval>>({
        {tilth::org::ExportApproval::OverLimit, "over_limit", "超过上限时审批", "Over the limit"},
        {tilth::org::ExportApproval::Always, "always", "每份都审批", "Every file"},
        {tilth::org::ExportApproval::Refused, "refused", "超过上限即拒绝", "Refused over the limit"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::org::ExportState> =
    std::to_array<tilth::json::EnumValue<tilth::org::ExportState>>({
        {tilth::org::ExportState::Taken, "taken", "已导出", "Taken"},
        {tilth::org::ExportState::Refused, "refused", "超限未导出", "Refused"},
        {tilth::org::ExportState::Waiting, "waiting", "待审批", "Waiting"},
        {tilth::org::ExportState::Approved, "approved", "已批准", "Approved"},
        {tilth::org::ExportState::Declined, "declined", "已拒绝", "Declined"},
        {tilth::org::ExportState::Withdrawn, "withdrawn", "已撤回", "Withdrawn"},
        {tilth::org::ExportState::Expired, "expired", "已过期", "Expired"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::kernel::FileData> =
    std::to_array<tilth::json::EnumValue<tilth::kernel::FileData>>({
        {tilth::kernel::FileData::Figures, "figures", "统计数字", "Figures"},
        {tilth::kernel::FileData::Staff, "staff", "员工与操作", "Staff"},
        {tilth::kernel::FileData::People, "people", "客户", "People"},
    });
