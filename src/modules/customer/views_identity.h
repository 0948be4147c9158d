#pragma once
// Requests and replies of identity rules and conflicts.

#include <optional>
#include <string>
#include <vector>

#include "kernel/api/page.h"
#include "modules/customer/views.h"

namespace tilth::customer {

struct RuleView {
    IdentityKind kind = IdentityKind::Phone;
    bool joins = false;
    std::int64_t per_person = 0;             // 0: any number
    std::vector<std::string> blocked;
    bool is_default = true;
};
API_STRUCT(RuleView, (kind, joins, per_person, blocked, is_default))
struct RulesView {
    std::vector<RuleView> items;
};
API_STRUCT(RulesView, (items))

struct RuleInput {
    IdentityKind kind = IdentityKind::Phone;
    bool joins = false;
    Int<0, 100> per_person;
    List<Text<1, 200>, kBlockedMax> blocked;
};
API_STRUCT(RuleInput, (kind, joins, per_person, blocked))

struct TrialView {
    std::int64_t links = 0;
    std::int64_t links_undone = 0;
    std::int64_t conflicts = 0;
    std::int64_t links_made = 0;
    std::int64_t identities = 0;
    std::int64_t blocked = 0;
};
API_STRUCT(TrialView, (links, links_undone, conflicts, links_made, identities, blocked))

enum class ConflictState : std::uint8_t { Open, Decided };

struct ListConflicts {
    std::optional<ConflictState> state;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(ListConflicts, (state, cursor, limit))

struct ConflictView {
    std::int64_t number = 0;
    ConflictCause cause = ConflictCause::TwoPhones;
    std::string rule;
    std::string source;
    Instant at;
    std::vector<Match> sides;                // two; one when they have become one person meanwhile
    std::vector<std::int64_t> evidence;      // identities that were seen together
    std::optional<std::string> outcome;      // "merge", "apart"
    std::optional<std::string> reason;
    std::optional<std::string> decided_by;
    std::optional<Instant> decided_at;
};
API_STRUCT(ConflictView, (number, cause, rule, source, at, sides, evidence, outcome, reason, decided_by, decided_at))

enum class Outcome : std::uint8_t { Merge, KeepApart };
struct DecideConflict {
    Int<1, INT64_MAX> number;
    Outcome outcome = Outcome::KeepApart;
    Reason reason;
};
API_STRUCT(DecideConflict, (number, outcome, reason))
struct ConflictDecided {
    std::optional<std::int64_t> link;
};
API_STRUCT(ConflictDecided, (link))
struct ReopenConflict {
    Int<1, INT64_MAX> number;
    Reason reason;
};
API_STRUCT(ReopenConflict, (number, reason))

// Severs a key from its customer.
struct DetachIdentity {
    Int<1, INT64_MAX> number;
    Reason reason;
};
API_STRUCT(DetachIdentity, (number, reason))
struct DetachedView {
    CustomerId from;
    CustomerId to;                           // holds the key from now on
    std::int64_t link = 0;                   // the ledger's line
};
API_STRUCT(DetachedView, (from, to, link))

}  // namespace tilth::customer

template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::ConflictState> =
    std::to_array<tilth::json::EnumValue<tilth::customer::ConflictState>>({
        {tilth::customer::ConflictState::Open, "open", "待处理", "Open"},
        {tilth::customer::ConflictState::Decided, "decided", "已处理", "Decided"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::ConflictCause> =
    std::to_array<tilth::json::EnumValue<tilth::customer::ConflictCause>>({
        {tilth::customer::ConflictCause::TwoPhones, "two_phones", "两个手机号", "Two phones"},
        {tilth::customer::ConflictCause::KeptApart, "kept_apart", "曾被人工分开", "Separated by hand"},
        {tilth::customer::ConflictCause::Limit, "limit", "超过每人数量", "More than one person may have"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::Outcome> =
    std::to_array<tilth::json::EnumValue<tilth::customer::Outcome>>({
        {tilth::customer::Outcome::Merge, "merge", "合并", "Merge"},
        {tilth::customer::Outcome::KeepApart, "apart", "保持分开", "Keep apart"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::customer::RuleInput> = std::to_array<tilth::json::FieldDoc>({
    {"joins", "参与合并", "Joins people"},
    {"per_person", "每人最多（0 不限）", "At most per person (0: any number)", "1"},
    {"blocked", "屏蔽的值，* 代表任意文字", "Blocked values; * stands for any text", "1380000*"},
});
