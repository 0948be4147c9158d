#pragma once
// What a capture point asks and says: typed, so that the API checks it and the record keeps it as one JSON text.

#include "modules/collect/api.h"
#include "platform/json/interpreter.h"

namespace tilth::collect::capture {

enum class PointKind : std::uint8_t { Form, Link, Radar, Survey, Receipt, Item };

struct CaptureField {
    Text<1, 40> name;  // "phone" and "email" are keys; others are fields of the profile
    Text<1, 60> label;
    std::optional<bool> required;
};
API_STRUCT(CaptureField, (name, label, required))

struct ConsentAsked {
    Text<1, 1'000> text;
    Text<1, 40> version;
    List<Text<1, 10>, 6> channels;  // "sms", "wecom" …: consent to marketing by these
};
API_STRUCT(ConsentAsked, (text, version, channels))

enum class QuestionKind : std::uint8_t { Single, Multi, Scale, Text };
struct Question {
    Text<1, 200> text;
    QuestionKind kind = QuestionKind::Single;
    List<Text<1, 80>, 20> options;
    std::optional<bool> required;
    std::optional<Text<1, 40>> field;  // the answer becomes this field of the profile
};
API_STRUCT(Question, (text, kind, options, required, field))

struct Definition {
    std::optional<Text<1, 500>> intro;
    List<CaptureField, 12> fields;
    std::optional<ConsentAsked> consent;
    List<Question, 30> questions;
    std::optional<Text<1, 4'000>> body;  // of a radar link: what there is to read
    std::optional<Text<1, 300>> thanks;
    std::optional<bool> ask_region;
    std::optional<bool> lead;                // a submission becomes a lead
    std::optional<Text<1, 60>> grant;        // of an item code: what the first scan earns, "points:10"
    std::optional<Int<1, 1'000'000>> codes;  // of an item batch: how many
    std::optional<Text<1, 40>> region;       // of an item batch: where it is to be sold
};
API_STRUCT(Definition, (intro, fields, consent, questions, body, thanks, ask_region, lead, grant, codes, region))

inline constexpr std::int64_t kScaleMax = 5;

struct Point {
    TenantId tenant;
    std::int64_t number = 0;
    std::string code;
    PointKind kind = PointKind::Form;
    std::string name;
    std::string platform;
    std::string post;
    OrgNodeId node;
    SourceId source;
    std::string target;  // "https://…", or "point:7"
    Definition definition;
    bool active = true;
    std::string created_by;
    Instant created_at;
    // "douyin/post-88"; empty when nothing is said of where it stands.
    std::string channel() const { return post.empty() ? platform : platform + "/" + post; }
};

// What is wrong with a point of this kind, before it is made.
Status check_definition(PointKind kind, const Definition& definition);
// The regions that a form offers.
const std::vector<std::string_view>& regions();

}  // namespace tilth::collect::capture

template <>
inline constexpr auto tilth::json::enum_values<tilth::collect::capture::PointKind> =
    std::to_array<tilth::json::EnumValue<tilth::collect::capture::PointKind>>({
        {tilth::collect::capture::PointKind::Form, "form", "表单", "Form"},
        {tilth::collect::capture::PointKind::Link, "link", "短链与活码", "Short link"},
        {tilth::collect::capture::PointKind::Radar, "radar", "雷达链接", "Radar link"},
        {tilth::collect::capture::PointKind::Survey, "survey", "问卷", "Survey"},
        {tilth::collect::capture::PointKind::Receipt, "receipt", "小票码", "Receipt code"},
        {tilth::collect::capture::PointKind::Item, "item", "一物一码", "Item codes"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::collect::capture::QuestionKind> =
    std::to_array<tilth::json::EnumValue<tilth::collect::capture::QuestionKind>>({
        {tilth::collect::capture::QuestionKind::Single, "single", "单选", "One of"},
        {tilth::collect::capture::QuestionKind::Multi, "multi", "多选", "Any of"},
        {tilth::collect::capture::QuestionKind::Scale, "scale", "打分", "Scale"},
        {tilth::collect::capture::QuestionKind::Text, "text", "填空", "Text"},
    });
