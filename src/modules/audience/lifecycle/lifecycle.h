#pragma once
// Lifecycles (LIF-01, LIF-03): stages in their natural order, each with a rule of the language of segments. A
// person is in the last stage whose rule holds, so in one at most; stages are sets of family Stage, live like any
// other, and each entering and leaving is kept with its reason. A big cycle follows people over the years; small cycles
// follow them through one channel, product line or season.

#include "modules/audience/tagkinds/tagkinds.h"

namespace tilth::audience {

namespace tag {
struct Lifecycle {
    static constexpr std::string_view kPrefix = "lfc";
};
}  // namespace tag
using LifecycleId = Id<tag::Lifecycle>;

enum class CycleScale : std::uint8_t { Big, Small };
// What a stage is about, wherever it is called otherwise: pages colour it, alarms and journeys look for it.
enum class StageKind : std::uint8_t { Public, Fan, New, Growing, Mature, Declining, Lost, WonBack, Other };

inline constexpr std::size_t kStagesMax = 20;

struct StageView {
    SetId id;
    std::string name;
    StageKind kind = StageKind::Other;
    std::string description;
    RuleForms forms;                   // its own rule
    std::int64_t people = 0;           // whom the caller may see
    bool as_it_stands = false;         // the rule asks what has no history: of the past it is answered as it stands now
};
API_STRUCT(StageView, (id, name, kind, description, forms, people, as_it_stands))

struct LifecycleView {
    LifecycleId id;
    std::string name;
    CycleScale scale = CycleScale::Big;
    std::string description;
    std::int64_t version = 1;
    std::vector<StageView> stages;
    std::int64_t people = 0;   // whom the caller may see
    std::int64_t outside = 0;  // in no stage
    std::string created_by;
    Instant created_at;
    Instant changed_at;
    std::optional<Instant> archived_at;
};
API_STRUCT(LifecycleView, (id, name, scale, description, version, stages, people, outside, created_by, created_at,
                           changed_at, archived_at))
struct LifecycleList {
    std::vector<LifecycleView> items;
    Instant as_of;
};
API_STRUCT(LifecycleList, (items, as_of))

struct LifecycleKey {
    LifecycleId id;
};
API_STRUCT(LifecycleKey, (id))

// `id`: a stage that stands, under whatever name; without it, the one of this name. The rule as text or as JSON.
struct StageInput {
    std::optional<SetId> id;
    Text<1, 60> name;
    StageKind kind = StageKind::Other;
    std::optional<Text<0, 500>> description;
    std::optional<Text<1, 20'000>> text;
    std::optional<json::Raw> rule;
};
API_STRUCT(StageInput, (id, name, kind, description, text, rule))
struct NewLifecycle {
    Text<1, 60> name;
    CycleScale scale = CycleScale::Big;
    std::optional<Text<0, 500>> description;
    List<StageInput, kStagesMax> stages;
};
API_STRUCT(NewLifecycle, (name, scale, description, stages))
// Stages as they shall be, all of them: who is not named is archived. `version`: refused when it was saved since.
struct ChangeLifecycle {
    LifecycleId id;
    std::optional<Int<1, 1'000'000>> version;
    Text<1, 60> name;
    std::optional<Text<0, 500>> description;
    List<StageInput, kStagesMax> stages;
};
API_STRUCT(ChangeLifecycle, (id, version, name, description, stages))
// What saving would do. Without `id`: a new one.
struct TryLifecycle {
    std::optional<LifecycleId> id;
    List<StageInput, kStagesMax> stages;
};
API_STRUCT(TryLifecycle, (id, stages))

// ---- Who went where ----

// A place of the flow's table: 0 … n − 1 a stage by its order, −1 in no stage, −2 not there yet.
inline constexpr std::int64_t kOutside = -1;
inline constexpr std::int64_t kNotYet = -2;

struct FlowCell {
    std::int64_t from = kOutside;
    std::int64_t to = kOutside;
    std::int64_t people = 0;
};
API_STRUCT(FlowCell, (from, to, people))
struct FlowStage {
    std::string name;
    StageKind kind = StageKind::Other;
    std::int64_t before = 0;
    std::int64_t after = 0;
};
API_STRUCT(FlowStage, (name, kind, before, after))
struct Flow {
    std::vector<FlowStage> before;  // rows
    std::vector<FlowStage> after;   // columns: the same stages, but in a preview
    std::vector<FlowCell> cells;    // with people in them
    std::int64_t people = 0;        // of all cells
    std::int64_t moved = 0;         // from one stage to another
};
API_STRUCT(Flow, (before, after, cells, people, moved))

struct FlowAsked {
    LifecycleId id;
    std::optional<Day> from;  // at the end of that business day; 30 days before `to` unless given
    std::optional<Day> to;    // today, unless given
};
API_STRUCT(FlowAsked, (id, from, to))
struct FlowReply {
    Day from;
    Day to;
    Flow flow;
};
API_STRUCT(FlowReply, (from, to, flow))
struct FlowPeopleAsked {
    LifecycleId id;
    std::optional<Day> from;
    std::optional<Day> to;
    std::int64_t before = kOutside;
    std::int64_t after = kOutside;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(FlowPeopleAsked, (id, from, to, before, after, cursor, limit))

// ---- People of a stage, and a person's stages ----

struct StagePerson {
    AudiencePerson person;
    std::int64_t orders = 0;
    std::int64_t net_minor = 0;
    std::optional<Instant> last_paid;
    std::optional<std::int64_t> interval_days;  // own, between purchase days
    std::optional<Instant> due;                 // of the next purchase, by that interval
};
API_STRUCT(StagePerson, (person, orders, net_minor, last_paid, interval_days, due))
using StagePage = kernel::Page<StagePerson>;

struct StageMove {
    std::optional<std::string> from;  // none: was in no stage
    std::optional<std::string> to;    // none: is in no stage since
    Instant at;
    Cause cause = Cause::Event;
    std::vector<std::string> because_zh;  // of the stage entered; of the one left, when none was entered
    std::vector<std::string> because_en;
};
API_STRUCT(StageMove, (from, to, at, cause, because_zh, because_en))
struct CustomerStage {
    LifecycleId lifecycle;
    std::string name;
    CycleScale scale = CycleScale::Big;
    std::optional<SetId> stage;
    std::optional<std::string> stage_name;
    StageKind kind = StageKind::Other;
    std::optional<Instant> since;
    std::vector<Condition> reasons;
    std::vector<StageMove> moves;  // newest first
};
API_STRUCT(CustomerStage, (lifecycle, name, scale, stage, stage_name, kind, since, reasons, moves))
struct CustomerStages {
    std::vector<CustomerStage> items;
};
API_STRUCT(CustomerStages, (items))

// ---- Ready ones ----

struct ReadyAsked {
    std::optional<Text<1, 40>> key;
    std::optional<std::map<std::string, std::string>> values;
};
API_STRUCT(ReadyAsked, (key, values))
struct ReadyStage {
    std::string name;
    StageKind kind = StageKind::Other;
    std::string description;
    std::string text;
};
API_STRUCT(ReadyStage, (name, kind, description, text))
struct ReadyLifecycle {
    std::string key;
    std::string name;
    CycleScale scale = CycleScale::Big;
    std::string description;
    std::vector<TemplateBlank> blanks;
    std::vector<ReadyStage> stages;  // with the blanks filled
};
API_STRUCT(ReadyLifecycle, (key, name, scale, description, blanks, stages))
struct ReadyList {
    std::vector<ReadyLifecycle> items;
};
API_STRUCT(ReadyList, (items))

void add_lifecycle_routes(AudienceService& service);

}  // namespace tilth::audience

template <>
inline constexpr auto tilth::json::enum_values<tilth::audience::CycleScale> =
    std::to_array<tilth::json::EnumValue<tilth::audience::CycleScale>>({
        {tilth::audience::CycleScale::Big, "big", "大周期", "Big cycle"},
        {tilth::audience::CycleScale::Small, "small", "小周期", "Small cycle"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::audience::StageKind> =
    std::to_array<tilth::json::EnumValue<tilth::audience::StageKind>>({
        {tilth::audience::StageKind::Public, "public", "公域", "Public"},
        {tilth::audience::StageKind::Fan, "fan", "粉丝", "Fan"},
        {tilth::audience::StageKind::New, "new", "新客", "New"},
        {tilth::audience::StageKind::Growing, "growing", "成长客", "Growing"},
        {tilth::audience::StageKind::Mature, "mature", "成熟客", "Mature"},
        {tilth::audience::StageKind::Declining, "declining", "即将流失", "At risk"},
        {tilth::audience::StageKind::Lost, "lost", "流失", "Lost"},
        {tilth::audience::StageKind::WonBack, "won_back", "回流", "Won back"},
        {tilth::audience::StageKind::Other, "other", "其他", "Other"},
    });
