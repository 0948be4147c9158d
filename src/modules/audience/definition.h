#pragma once
// A set as it is kept: a segment, a tag or a lifecycle stage, with its rule.

#include <optional>
#include <string>
#include <vector>

#include "kernel/rules/ast.h"
#include "modules/audience/views.h"

namespace tilth::audience {

struct Definition {
    SetId id;
    Family family = Family::Segment;
    std::string name;
    std::string description;
    std::string rule;  // JSON; empty: by hand
    TagClass tag_class = TagClass::Original;
    std::optional<GroupId> group;
    std::optional<std::int64_t> life_days;
    std::int64_t version = 1;
    std::string created_by;
    Instant created_at;
    Instant changed_at;
    std::optional<Instant> archived_at;
    Mode mode() const { return rule.empty() ? Mode::Static : Mode::Live; }
};

struct Group {
    GroupId id;
    std::string name;
    bool exclusive = false;
};

struct Transition {
    SetId set;
    Family family = Family::Segment;
    CustomerId customer;
    bool entered = false;
    Instant at;
    Cause cause = Cause::Event;
    std::vector<std::string> because_zh;
    std::vector<std::string> because_en;
};

// How a rule asks for a set of this family, and how events name it.
constexpr kernel::rules::MemberKind member_kind(Family family) {
    switch (family) {
        case Family::Tag: return kernel::rules::MemberKind::Tag;
        case Family::Stage: return kernel::rules::MemberKind::Stage;
        case Family::Segment: break;
    }
    return kernel::rules::MemberKind::Segment;
}
constexpr std::string_view name_of(Family family) {
    return family == Family::Tag ? "tag" : family == Family::Stage ? "stage" : "segment";
}

// Names of sets that a rule asks for.
std::vector<std::pair<kernel::rules::MemberKind, std::string>> names_in(const kernel::rules::Node& rule);

}  // namespace tilth::audience
