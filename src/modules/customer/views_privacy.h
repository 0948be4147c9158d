#pragma once
// Requests and replies of consent and of the rights of persons.

#include <optional>
#include <string>
#include <vector>

#include "kernel/api/page.h"
#include "modules/customer/privacy.h"
#include "modules/customer/views.h"

namespace tilth::customer {

struct ConsentView {
    std::int64_t number = 0;
    CustomerId customer;
    Purpose purpose = Purpose::Marketing;
    ConsentChannel channel = ConsentChannel::Sms;
    bool granted = false;
    std::string text_version;
    std::string source;
    std::string recorded_by;
    Instant at;
    Instant recorded_at;
    bool has_proof = false;          // reveal "consent:<number>"
    bool current = false;            // the newest word of this customer on this purpose and channel
};
API_STRUCT(ConsentView, (number, customer, purpose, channel, granted, text_version, source, recorded_by, at,
                         recorded_at, has_proof, current))
struct ConsentsView {
    std::vector<ConsentView> items;  // newest first
    bool suppressed = false;         // on the suppression list: no marketing, whatever was said
};
API_STRUCT(ConsentsView, (items, suppressed))

struct ConsentInput {
    CustomerId id;
    Purpose purpose = Purpose::Marketing;
    ConsentChannel channel = ConsentChannel::Sms;
    bool granted = false;
    Text<1, 40> text_version;
    std::optional<Text<1, 500>> proof;
    std::optional<Instant> at;       // when it was said; now when left out
};
API_STRUCT(ConsentInput, (id, purpose, channel, granted, text_version, proof, at))
struct ConsentNumber {
    std::int64_t number = 0;
};
API_STRUCT(ConsentNumber, (number))

struct ReachKey {
    CustomerId id;
    std::optional<Purpose> purpose;          // marketing
    std::optional<ConsentChannel> channel;   // by text message
};
API_STRUCT(ReachKey, (id, purpose, channel))
struct ReachView {
    bool allowed = false;
};
API_STRUCT(ReachView, (allowed))

struct NewRequest {
    CustomerId customer;
    RequestKind kind = RequestKind::Access;
    Reason note;
};
API_STRUCT(NewRequest, (customer, kind, note))
struct RequestKey {
    Int<1, INT64_MAX> number;
};
API_STRUCT(RequestKey, (number))
struct RequestView {
    std::int64_t number = 0;
    CustomerId customer;
    RequestKind kind = RequestKind::Access;
    RequestState state = RequestState::Open;
    std::string note;
    Instant requested_at;
    Instant due_at;
    bool overdue = false;
    std::optional<Instant> closed_at;
    std::string closed_by;
    json::Raw receipt;
};
API_STRUCT(RequestView, (number, customer, kind, state, note, requested_at, due_at, overdue, closed_at, closed_by,
                         receipt))
struct ListRequests {
    std::optional<RequestState> state;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(ListRequests, (state, cursor, limit))
struct CloseRequest {
    Int<1, INT64_MAX> number;
    bool done = true;                // else refused
    Reason reason;
};
API_STRUCT(CloseRequest, (number, done, reason))

struct CorrectRequest {
    Int<1, INT64_MAX> number;
    Text<1, 100> field;              // of the profile: "name", "birthday"
    Text<1, 500> value;
    Reason reason;
};
API_STRUCT(CorrectRequest, (number, field, value, reason))

struct CopyField {
    std::string field;
    std::string label_zh;
    std::string label_en;
    std::string value;
    std::string source;
    Instant at;
    std::int64_t confidence = 0;
};
API_STRUCT(CopyField, (field, label_zh, label_en, value, source, at, confidence))
struct PersonCopy {
    std::vector<CustomerId> customers;
    std::vector<CopyField> fields;
    std::vector<ConsentView> consents;
};
API_STRUCT(PersonCopy, (customers, fields, consents))

}  // namespace tilth::customer

template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::Purpose> =
    std::to_array<tilth::json::EnumValue<tilth::customer::Purpose>>({
        {tilth::customer::Purpose::Marketing, "marketing", "营销", "Marketing"},
        {tilth::customer::Purpose::Service, "service", "服务通知", "Service messages"},
        {tilth::customer::Purpose::Profiling, "profiling", "画像分析", "Profiling"},
        {tilth::customer::Purpose::Sharing, "sharing", "与关联方共享", "Sharing with affiliates"},
        {tilth::customer::Purpose::Research, "research", "调研", "Research"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::ConsentChannel> =
    std::to_array<tilth::json::EnumValue<tilth::customer::ConsentChannel>>({
        {tilth::customer::ConsentChannel::Sms, "sms", "短信", "Text message"},
        {tilth::customer::ConsentChannel::Call, "call", "电话", "Call"},
        {tilth::customer::ConsentChannel::Email, "email", "邮件", "E-mail"},
        {tilth::customer::ConsentChannel::WeCom, "wecom", "企业微信", "WeCom"},
        {tilth::customer::ConsentChannel::WeChat, "wechat", "微信公众号与小程序", "WeChat"},
        {tilth::customer::ConsentChannel::App, "app", "App 推送", "App push"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::RequestKind> =
    std::to_array<tilth::json::EnumValue<tilth::customer::RequestKind>>({
        {tilth::customer::RequestKind::Access, "access", "查阅", "Access"},
        {tilth::customer::RequestKind::Copy, "copy", "复制", "Copy"},
        {tilth::customer::RequestKind::Correct, "correct", "更正", "Correction"},
        {tilth::customer::RequestKind::Portability, "portability", "转移", "Portability"},
        {tilth::customer::RequestKind::Erase, "erase", "删除", "Erasure"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::RequestState> =
    std::to_array<tilth::json::EnumValue<tilth::customer::RequestState>>({
        {tilth::customer::RequestState::Open, "open", "待处理", "Open"},
        {tilth::customer::RequestState::Done, "done", "已完成", "Done"},
        {tilth::customer::RequestState::Refused, "refused", "已拒绝", "Refused"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::customer::ConsentInput> = std::to_array<tilth::json::FieldDoc>({
    {"text_version", "告知书版本", "Version of the text", "2026-01"},
    {"proof", "凭证", "Proof", "门店签字单 31 号", tilth::json::Privacy::Personal},
});
template <>
inline constexpr auto tilth::json::field_docs<tilth::customer::CorrectRequest> = std::to_array<tilth::json::FieldDoc>({
    {"value", "更正后的内容", "The corrected value", "陈美丽", tilth::json::Privacy::Personal},
});
template <>
inline constexpr auto tilth::json::field_docs<tilth::customer::CopyField> =
    std::to_array<tilth::json::FieldDoc>({{"value", "明文", "Clear value", "", tilth::json::Privacy::Sensitive}});
