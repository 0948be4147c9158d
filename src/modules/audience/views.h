#pragma once
// Requests and replies of the module's routes. People are shown masked.

#include <optional>
#include <string>
#include <vector>

#include "kernel/api/api.h"
#include "modules/audience/api.h"

namespace tilth::audience {

// ---- Words and checks ----

struct RuleChoice {
    std::string code;
    std::string zh;
    std::string en;
};
API_STRUCT(RuleChoice, (code, zh, en))

struct RuleAttribute {
    std::string key;
    std::string zh;
    std::string en;
    std::string type;  // flag, number, text, moment
    std::int64_t decimals = 0;
    std::vector<RuleChoice> values;
    std::vector<std::string> ops;  // codes of operators
};
API_STRUCT(RuleAttribute, (key, zh, en, type, decimals, values, ops))

struct RuleEventType {
    std::string type;
    std::string zh;
    std::string en;
};
API_STRUCT(RuleEventType, (type, zh, en))

struct RuleName {
    std::string name;  // what a rule holds
    std::string title;
};
API_STRUCT(RuleName, (name, title))

struct RuleWords {
    std::vector<RuleAttribute> attributes;
    std::vector<RuleAttribute> properties;  // of events
    std::vector<RuleEventType> event_types;
    std::vector<RuleChoice> operators;
    std::vector<RuleChoice> measures;
    std::vector<RuleChoice> window_kinds;
    std::vector<RuleChoice> units;
    std::vector<RuleName> tags;
    std::vector<RuleName> segments;
    std::vector<RuleName> stages;
    std::vector<RuleName> orgs;
};
API_STRUCT(RuleWords, (attributes, properties, event_types, operators, measures, window_kinds, units, tags, segments,
                       stages, orgs))

// One of the two.
struct RuleInput {
    std::optional<Text<1, 20'000>> text;
    std::optional<json::Raw> rule;
};
API_STRUCT(RuleInput, (text, rule))

struct RuleProblem {
    std::string field;  // "text/12": from that character on; "rule/all/0/op": a pointer into the JSON
    std::string message;
    std::string remedy;
};
API_STRUCT(RuleProblem, (field, message, remedy))

struct RuleForms {
    json::Raw rule;
    std::string text_zh;
    std::string text_en;
};
API_STRUCT(RuleForms, (rule, text_zh, text_en))

struct RuleCheck {
    bool valid = false;
    std::optional<RuleForms> forms;  // when it can be read
    std::int64_t cost = 0;
    std::vector<RuleProblem> errors;
};
API_STRUCT(RuleCheck, (valid, forms, cost, errors))

// ---- People ----

struct Condition {
    std::string zh;
    std::string en;
    bool holds = false;
};
API_STRUCT(Condition, (zh, en, holds))

struct KeyShort {
    std::string kind;
    std::string masked;
};
API_STRUCT(KeyShort, (kind, masked))

struct AudiencePerson {
    CustomerId id;
    bool known = false;
    std::string name_masked;
    std::vector<KeyShort> identities;
    std::optional<OrgNodeId> home_node;
    std::optional<std::string> home_node_name;
    std::optional<Instant> since;        // of a saved set
    std::optional<Instant> expires_at;   // put in by hand for a while
    std::vector<Condition> reasons;      // the rule's conditions for this person
};
API_STRUCT(AudiencePerson, (id, known, name_masked, identities, home_node, home_node_name, since, expires_at, reasons))
using PeoplePage = kernel::Page<AudiencePerson>;

struct WhyNot {
    std::string reason;  // no_consent
    std::string zh;
    std::string en;
    std::int64_t people = 0;
};
API_STRUCT(WhyNot, (reason, zh, en, people))

struct Reach {
    std::string channel;
    std::string zh;
    std::string en;
    std::int64_t people = 0;
    std::vector<WhyNot> why_not;
};
API_STRUCT(Reach, (channel, zh, en, people, why_not))

struct Preview {
    std::int64_t people = 0;
    std::int64_t known = 0;
    std::int64_t of_people = 0;  // everybody whom the caller may see
    std::vector<Reach> reachable;
    std::vector<AudiencePerson> sample;
    std::int64_t took_ms = 0;
    Instant at;
    RuleForms forms;
};
API_STRUCT(Preview, (people, known, of_people, reachable, sample, took_ms, at, forms))

// ---- Sets ----

enum class Mode : std::uint8_t { Live, Static };
enum class Family : std::uint8_t { Segment, Tag, Stage };
enum class TagClass : std::uint8_t { Original, RealTime, Modelled, Predictive };
enum class Cause : std::uint8_t {
    Created, RuleChanged, Event, Order, Profile, Time, Tag, Segment, Merge, Unmerge, ByHand, CaughtUp, Archived, Stage,
};

struct SetKey {
    SetId id;
};
API_STRUCT(SetKey, (id))

struct SegmentView {
    SetId id;
    std::string name;
    std::string description;
    Mode mode = Mode::Live;
    std::optional<RuleForms> forms;  // of a live one
    std::int64_t people = 0;         // whom the caller may see
    std::int64_t version = 1;        // of the rule
    std::string created_by;
    Instant created_at;
    Instant changed_at;
    std::optional<Instant> archived_at;
    std::vector<std::string> used_by;  // names of sets whose rule asks for it
};
API_STRUCT(SegmentView, (id, name, description, mode, forms, people, version, created_by, created_at, changed_at,
                         archived_at, used_by))

struct SegmentList {
    std::vector<SegmentView> items;
    Instant as_of;  // membership holds what was committed by then
};
API_STRUCT(SegmentList, (items, as_of))

struct ListSets {
    std::optional<bool> archived;
};
API_STRUCT(ListSets, (archived))

// A rule (text or rule) for a live one, or customers for a static one.
struct NewSegment {
    Text<1, 60> name;
    std::optional<Text<0, 500>> description;
    std::optional<Text<1, 20'000>> text;
    std::optional<json::Raw> rule;
    std::optional<List<CustomerId, 5'000>> customers;
};
API_STRUCT(NewSegment, (name, description, text, rule, customers))

struct ChangeSegment {
    SetId id;
    std::optional<Text<1, 60>> name;
    std::optional<Text<0, 500>> description;
    std::optional<Text<1, 20'000>> text;
    std::optional<json::Raw> rule;
};
API_STRUCT(ChangeSegment, (id, name, description, text, rule))

struct PageOfSet {
    SetId id;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(PageOfSet, (id, cursor, limit))

struct SetChange {
    std::int64_t number = 0;
    CustomerId customer;
    std::string name_masked;
    bool entered = false;
    Instant at;
    Cause cause = Cause::Event;
    std::vector<std::string> because_zh;  // entered: the conditions that hold; left: those that do no more
    std::vector<std::string> because_en;
};
API_STRUCT(SetChange, (number, customer, name_masked, entered, at, cause, because_zh, because_en))
using ChangePage = kernel::Page<SetChange>;

struct SetSize {
    Day day;
    std::int64_t people = 0;  // at the day's last change
    std::int64_t entered = 0;
    std::int64_t left = 0;
};
API_STRUCT(SetSize, (day, people, entered, left))
struct SetSizes {
    std::vector<SetSize> items;  // days on which it changed, oldest first
};
API_STRUCT(SetSizes, (items))

enum class SetOperation : std::uint8_t { And, Or, Minus };
struct Combined {
    SetOperation op = SetOperation::And;
    List<SetId, 20> segments;  // two or more; minus: the first without the others
};
API_STRUCT(Combined, (op, segments))

// ---- Tags ----

struct TagView {
    SetId id;
    std::string name;
    std::string description;
    TagClass tag_class = TagClass::Original;
    Mode mode = Mode::Static;  // live: automatic
    std::optional<GroupId> group;
    std::optional<std::string> group_name;
    std::optional<std::int64_t> life_days;
    std::optional<RuleForms> forms;
    std::int64_t people = 0;
    std::int64_t version = 1;
    std::string created_by;
    Instant created_at;
    Instant changed_at;
    std::optional<Instant> archived_at;
    std::vector<std::string> used_by;
};
API_STRUCT(TagView, (id, name, description, tag_class, mode, group, group_name, life_days, forms, people, version,
                     created_by, created_at, changed_at, archived_at, used_by))

struct TagGroupView {
    GroupId id;
    std::string name;
    bool exclusive = false;
    std::int64_t tags = 0;
};
API_STRUCT(TagGroupView, (id, name, exclusive, tags))

struct TagList {
    std::vector<TagView> items;
    std::vector<TagGroupView> groups;
    Instant as_of;
};
API_STRUCT(TagList, (items, groups, as_of))

struct NewTag {
    Text<1, 60> name;
    std::optional<Text<0, 500>> description;
    std::optional<TagClass> tag_class;
    std::optional<GroupId> group;
    std::optional<Int<1, 3'660>> life_days;
    std::optional<Text<1, 20'000>> text;
    std::optional<json::Raw> rule;
};
API_STRUCT(NewTag, (name, description, tag_class, group, life_days, text, rule))

struct ChangeTag {
    SetId id;
    std::optional<Text<1, 60>> name;
    std::optional<Text<0, 500>> description;
    std::optional<Int<1, 3'660>> life_days;
    std::optional<Text<1, 20'000>> text;
    std::optional<json::Raw> rule;
};
API_STRUCT(ChangeTag, (id, name, description, life_days, text, rule))

struct NewTagGroup {
    Text<1, 60> name;
    bool exclusive = false;
};
API_STRUCT(NewTagGroup, (name, exclusive))
struct GroupKey {
    GroupId id;
};
API_STRUCT(GroupKey, (id))

// Customers, or everybody in a segment; whom the caller may see.
struct Assign {
    SetId id;
    std::optional<List<CustomerId, 5'000>> customers;
    std::optional<SetId> segment;
};
API_STRUCT(Assign, (id, customers, segment))

struct Assigned {
    std::int64_t batch = 0;     // for undo
    std::int64_t people = 0;    // who was not in it before (or, taken away, who was)
    std::int64_t outside = 0;   // named, but not within the caller's scope, or unknown
};
API_STRUCT(Assigned, (batch, people, outside))

struct BatchKey {
    std::int64_t batch = 0;
};
API_STRUCT(BatchKey, (batch))

struct CustomerAsked {
    CustomerId id;
};
API_STRUCT(CustomerAsked, (id))

struct Belonging {
    SetId id;
    std::string name;
    Family family = Family::Tag;
    TagClass tag_class = TagClass::Original;
    Mode mode = Mode::Live;
    std::optional<std::string> group_name;
    Instant since;
    std::optional<Instant> expires_at;
    std::string source;                 // "rule", or who put it there
    std::vector<Condition> reasons;
};
API_STRUCT(Belonging, (id, name, family, tag_class, mode, group_name, since, expires_at, source, reasons))
struct Belongings {
    std::vector<Belonging> items;
};
API_STRUCT(Belongings, (items))

}  // namespace tilth::audience

#include "modules/audience/views_words.h"
