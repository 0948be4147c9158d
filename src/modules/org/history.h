#pragma once
// The tree in time: what was made, and dated changes to it. A change takes effect with a business day, past or to come;
// later recorded changes of the same day win. Pure.

#include <span>
#include <vector>

#include "modules/org/api.h"

namespace tilth::org {

// Open: the node exists from that day on (without one: since ever). Merge: from that day on its figures count at
// another node, below which it then stands, and it is closed.
enum class ChangeKind : std::uint8_t { Rename, Move, Close, Reopen, Merge, Open };

struct NodeChangeTag { static constexpr std::string_view kPrefix = "nch"; };
using NodeChangeId = Id<NodeChangeTag>;

struct NodeChange {
    NodeChangeId id;
    OrgNodeId node;
    ChangeKind kind = ChangeKind::Move;
    Day from;
    std::optional<OrgNodeId> other = std::nullopt;  // Move and Reopen: the parent; Merge: into which
    std::string name = {};                          // Rename
    std::string reason = {};
    std::string by = {};
    Instant at = {};
    std::optional<Instant> undone_at = std::nullopt;
};

// The tree of a day: what was made with every standing change up to it. In the order of making.
std::vector<OrgNode> tree_on(const std::vector<OrgNode>& made, std::span<const NodeChange> changes, Day day);
// Days on which the tree changes, sorted, each once; only after `after` when it is given.
std::vector<Day> days_of(std::span<const NodeChange> changes, std::optional<Day> after = std::nullopt);
// On every day from `from` on: one root, nobody below himself, nobody below a closed node. Invalid, field "parent".
Status check_history(const std::vector<OrgNode>& made, std::span<const NodeChange> changes, Day from);
// Whether this change makes sense on the tree of its day; check_history() follows.
Status check_change(const std::vector<OrgNode>& tree, const NodeChange& change);

// When a node stood below (or was) which of the tops, by the tree of each day: the topmost one counts.
std::vector<Placed> placed_in_time(const std::vector<OrgNode>& made, std::span<const NodeChange> changes,
                                   const std::vector<OrgNodeId>& tops);
// The direct children of a node on any day.
std::vector<OrgNodeId> children_in_time(const std::vector<OrgNode>& made, std::span<const NodeChange> changes,
                                        const OrgNodeId& parent);

}  // namespace tilth::org
