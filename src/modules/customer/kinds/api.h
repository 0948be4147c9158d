#pragma once
// The words of the kinds of keys, for whoever shows one in a reply.

#include "modules/customer/api.h"

template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::IdentityKind> =
    std::to_array<tilth::json::EnumValue<tilth::customer::IdentityKind>>({
        {tilth::customer::IdentityKind::Phone, "phone", "手机号", "Phone"},
        {tilth::customer::IdentityKind::Email, "email", "邮箱", "E-mail"},
        {tilth::customer::IdentityKind::Card, "card", "会员卡号", "Card number"},
        {tilth::customer::IdentityKind::CustomId, "custom_id", "企业自有编号", "Custom id"},
        {tilth::customer::IdentityKind::UnionId, "union_id", "UnionID", "Union id"},
        {tilth::customer::IdentityKind::OpenId, "open_id", "OpenID", "Open id"},
        {tilth::customer::IdentityKind::ExternalUserId, "external_user_id", "企业微信外部联系人", "WeCom external contact"},
        {tilth::customer::IdentityKind::BuyerId, "buyer_id", "平台买家", "Platform buyer"},
        {tilth::customer::IdentityKind::Device, "device", "设备", "Device"},
        {tilth::customer::IdentityKind::Anonymous, "anonymous", "匿名编号", "Anonymous id"},
    });
