#pragma once
// What stands around tags and segments: coverage and overlap, warnings, cross-tabulation, ready templates, who can be
// reached. All of it is read from memory and recomputed when asked; people outside the caller's scope never count.

#include "modules/audience/service.h"

namespace tilth::audience {

class History;

// Setting: below it a part is too small to treat apart.
inline constexpr std::string_view kCellMin = "audience.cell_min";

// ---- TAG-07: coverage and overlap ----

struct TagCover {
    SetId id;
    std::string name;
    std::optional<std::string> group_name;
    TagClass tag_class = TagClass::Original;
    std::int64_t people = 0;
    std::vector<std::int64_t> overlap;  // people who have both this tag and items[i]; itself: people
};
API_STRUCT(TagCover, (id, name, group_name, tag_class, people, overlap))
struct TagCoverage {
    std::int64_t of_people = 0;  // everybody whom the caller may see
    std::int64_t tagged = 0;     // who has any tag
    std::vector<TagCover> items;
    Instant as_of;
};
API_STRUCT(TagCoverage, (of_people, tagged, items, as_of))

// ---- TAG-09: what to tidy up ----

enum class TagTrouble : std::uint8_t { Unused, Empty, TooSmall, SamePeople, SimilarName, Fragmented };
struct TagWarning {
    TagTrouble trouble = TagTrouble::Unused;
    std::optional<SetId> id;             // of the tag; of none: the group as a whole
    std::string name;                    // of the tag or group
    std::optional<std::string> other;    // the tag with the same people or a like name
    std::int64_t people = 0;
};
API_STRUCT(TagWarning, (trouble, id, name, other, people))
struct TagWarnings {
    std::int64_t cell_min = 0;
    std::vector<TagWarning> items;
    Instant as_of;
};
API_STRUCT(TagWarnings, (cell_min, items, as_of))

// ---- TAG-10: one thing against another ----

// "attribute:<key>" (yes or no, or a closed list of values), "group:<grp_…>" (the tags of a group) or "tag:<name>".
struct CrossAsked {
    Text<3, 100> rows;
    Text<3, 100> columns;
    std::optional<json::Raw> only;  // a rule: the third dimension
};
API_STRUCT(CrossAsked, (rows, columns, only))
struct CrossValue {
    std::string zh;
    std::string en;
    std::int64_t people = 0;
};
API_STRUCT(CrossValue, (zh, en, people))
struct CrossCell {
    std::int64_t people = 0;
    bool small = false;  // fewer than the smallest part worth treating apart, but not nobody
    json::Raw rule;      // who they are: for lists, segments and tagging
};
API_STRUCT(CrossCell, (people, small, rule))
struct CrossRow {
    std::vector<CrossCell> cells;  // by column
};
API_STRUCT(CrossRow, (cells))
struct CrossTable {
    std::int64_t people = 0;
    std::int64_t cell_min = 0;
    std::vector<CrossValue> rows;     // the last one: none of them
    std::vector<CrossValue> columns;
    std::vector<CrossRow> table;      // by row
    Instant as_of;
};
API_STRUCT(CrossTable, (people, cell_min, rows, columns, table, as_of))

struct CrossDimension {
    std::string key;
    std::string zh;
    std::string en;
};
API_STRUCT(CrossDimension, (key, zh, en))
struct CrossDimensions {
    std::vector<CrossDimension> items;
};
API_STRUCT(CrossDimensions, (items))

// ---- Lists of an unsaved rule, and who of a list can be reached ----

struct RulePeople {
    std::optional<Text<1, 20'000>> text;
    std::optional<json::Raw> rule;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(RulePeople, (text, rule, cursor, limit))

// One of the two.
struct ReachAsked {
    std::optional<SetId> set;
    std::optional<List<CustomerId, 5'000>> customers;
};
API_STRUCT(ReachAsked, (set, customers))
struct Reached {
    std::int64_t people = 0;
    std::vector<Reach> reachable;
};
API_STRUCT(Reached, (people, reachable))

// ---- SEG-01 … 04, 08, 09, 11, 12: ready rules ----

struct TemplateBlank {
    std::string key;
    std::string zh;
    std::string en;
    std::string type;   // number, org, channel, tag, event
    std::string value;  // to begin with
};
API_STRUCT(TemplateBlank, (key, zh, en, type, value))
struct TemplateView {
    std::string key;
    std::int64_t kind = 0;  // 1 … 8, by the eight kinds of segments
    std::string zh;
    std::string en;
    std::vector<TemplateBlank> blanks;
};
API_STRUCT(TemplateView, (key, kind, zh, en, blanks))
struct TemplateList {
    std::vector<TemplateView> items;
    std::vector<std::string> channels;  // of the tenant's orders
};
API_STRUCT(TemplateList, (items, channels))
struct FillTemplate {
    Text<1, 40> key;
    std::optional<std::map<std::string, std::string>> values;
};
API_STRUCT(FillTemplate, (key, values))

// ---- Shared ----

// A text with {key} for each blank. `values` by key; else what the blank begins with. Invalid, field values/<key>: no
// number from 0 to a million, or a text that could leave its quotes.
Result<std::string> fill_blanks(std::string text, const std::vector<TemplateBlank>& blanks,
                                const std::optional<std::map<std::string, std::string>>& values);

// Rules as trees.
rules::Node has_tag(const std::string& name);
rules::Node all_of(std::vector<rules::Node> parts);  // one part: itself
rules::Node none_of(std::vector<rules::Node> parts);
// How many of these can be reached, channel by channel, and why not the rest.
std::vector<Reach> reach_of(const Memory& memory, const rules::Registry& registry, const sets::Bitmap& people);
// Plans first, as writer; then who they find, as reader; whom the caller may see.
Result<std::vector<sets::Bitmap>> found_by(AudienceService& service, const kernel::Context& context,
                                           const std::vector<rules::Node>& rules, Instant now);
// A page of these people, by ordinal.
Result<PeoplePage> people_of_bitmap(AudienceService& service, const kernel::Context& context,
                                    const sets::Bitmap& people, const std::optional<kernel::CursorText>& cursor,
                                    const std::optional<kernel::PageLimit>& limit);
sets::Bitmap visible_to(const Memory& memory, const kernel::Context& context);

void add_tag_report_routes(AudienceService& service);
void add_cross_routes(AudienceService& service);
void add_template_routes(AudienceService& service, const std::shared_ptr<History>& history);

}  // namespace tilth::audience

template <>
inline constexpr auto tilth::json::enum_values<tilth::audience::TagTrouble> =
    std::to_array<tilth::json::EnumValue<tilth::audience::TagTrouble>>({
        {tilth::audience::TagTrouble::Unused, "unused", "从未使用", "Never used"},
        {tilth::audience::TagTrouble::Empty, "empty", "没有人", "Nobody has it"},
        {tilth::audience::TagTrouble::TooSmall, "too_small", "人数过少", "Too few people"},
        {tilth::audience::TagTrouble::SamePeople, "same_people", "与另一标签几乎同一批人", "Nearly the people of another tag"},
        {tilth::audience::TagTrouble::SimilarName, "similar_name", "名称与另一标签相近", "Named like another tag"},
        {tilth::audience::TagTrouble::Fragmented, "fragmented", "分得过细", "Split too finely"},
    });
