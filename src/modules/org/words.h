#pragma once
// Words of the module's enums on the wire. Within org only.

#include "kernel/api/api.h"
#include "modules/org/history.h"

template <>
inline constexpr auto tilth::json::enum_values<tilth::org::NodeKind> =
    std::to_array<tilth::json::EnumValue<tilth::org::NodeKind>>({
        {tilth::org::NodeKind::Headquarters, "headquarters", "总部", "Headquarters"},
        {tilth::org::NodeKind::Region, "region", "区域", "Region"},
        {tilth::org::NodeKind::City, "city", "城市", "City"},
        {tilth::org::NodeKind::Store, "store", "门店", "Store"},
        {tilth::org::NodeKind::Team, "team", "团队", "Team"},
        {tilth::org::NodeKind::Partner, "partner", "伙伴", "Partner"},
        {tilth::org::NodeKind::Online, "online", "线上", "Online"},
    });
