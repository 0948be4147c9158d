#include "modules/org/history.h"

#include <algorithm>
#include <map>

namespace tilth::org {

namespace {

constexpr Day kFirstDay{-1'000'000};
constexpr Day kLastDay{10'000'000};

using Places = std::map<OrgNodeId, std::size_t>;

Places places_of(const std::vector<OrgNode>& nodes) {
    Places places;
    for (std::size_t i = 0; i < nodes.size(); ++i) places[nodes[i].id] = i;
    return places;
}

std::vector<const NodeChange*> standing(std::span<const NodeChange> changes, Day day) {
    std::vector<const NodeChange*> list;
    for (const NodeChange& change : changes)
        if (!change.undone_at && change.from <= day) list.push_back(&change);
    std::sort(list.begin(), list.end(), [](const NodeChange* a, const NodeChange* b) {
        return std::tie(a->from, a->id) < std::tie(b->from, b->id);
    });
    return list;
}

void apply(std::vector<OrgNode>& tree, const Places& places, const NodeChange& change) {
    const auto at = places.find(change.node);
    if (at == places.end()) return;
    OrgNode& node = tree[at->second];
    switch (change.kind) {
        case ChangeKind::Rename: node.name = change.name; return;
        case ChangeKind::Move: node.parent = change.other; return;
        case ChangeKind::Close: node.open = false; return;
        case ChangeKind::Open: node.open = true; return;
        case ChangeKind::Merge:
            node.parent = node.merged_into = change.other;
            node.open = false;
            return;
        case ChangeKind::Reopen:
            node.open = true;
            if (change.other) {
                node.parent = change.other;
            } else if (node.merged_into) {
                // What leaves a merger stands beside the one into which it went.
                if (const auto into = places.find(*node.merged_into); into != places.end())
                    node.parent = tree[into->second].parent;
            }
            node.merged_into.reset();
            return;
    }
}

// From the node up to the root, itself first.
std::vector<std::size_t> chain_of(const std::vector<OrgNode>& tree, const Places& places, std::size_t node) {
    std::vector<std::size_t> chain = {node};
    while (tree[chain.back()].parent && chain.size() <= tree.size()) {
        const auto parent = places.find(*tree[chain.back()].parent);
        if (parent == places.end()) break;
        chain.push_back(parent->second);
    }
    return chain;
}

Status refuse(std::string_view field, std::string_view rule, std::string_view zh, std::string_view en,
              std::string_view remedy_zh, std::string_view remedy_en) {
    return Error::invalid(std::string(field), std::string(rule), std::string(zh), std::string(en),
                          std::string(remedy_zh), std::string(remedy_en));
}

Status check_tree(const std::vector<OrgNode>& tree) {
    const Places places = places_of(tree);
    for (std::size_t i = 0; i < tree.size(); ++i) {
        if (chain_of(tree, places, i).size() > tree.size()) {
            return refuse("parent", "cycle", "不能移到自己的下级之下", "A node cannot move below itself", "选择其他上级",
                          "Choose another parent");
        }
        if (!tree[i].open || !tree[i].parent) continue;
        const auto parent = places.find(*tree[i].parent);
        if (parent == places.end()) return Error(ErrorCode::NotFound, "parent");
        if (!tree[parent->second].open && !tree[parent->second].merged_into) {
            return refuse("parent", "closed", "上级在这一天已关闭", "The parent is closed on that day",
                          "先移走它的下级，或选择营业中的上级", "Move what is below it first, or choose an open parent");
        }
    }
    return ok();
}

// The segments of time between changes: the first day of each.
std::vector<Day> segments_of(std::span<const NodeChange> changes) {
    std::vector<Day> days = days_of(changes);
    days.insert(days.begin(), kFirstDay);
    return days;
}

}  // namespace

std::vector<OrgNode> tree_on(const std::vector<OrgNode>& made, std::span<const NodeChange> changes, Day day) {
    std::vector<OrgNode> tree = made;
    const Places places = places_of(tree);
    for (const NodeChange& change : changes) {
        if (change.undone_at || change.kind != ChangeKind::Open) continue;
        if (const auto at = places.find(change.node); at != places.end()) tree[at->second].open = false;
    }
    for (const NodeChange* change : standing(changes, day)) apply(tree, places, *change);
    return tree;
}

std::vector<Day> days_of(std::span<const NodeChange> changes, std::optional<Day> after) {
    std::vector<Day> days;
    for (const NodeChange& change : changes)
        if (!change.undone_at && (!after || change.from > *after)) days.push_back(change.from);
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    return days;
}

Status check_history(const std::vector<OrgNode>& made, std::span<const NodeChange> changes, Day from) {
    TRY(check_tree(tree_on(made, changes, from)));
    for (const Day day : days_of(changes, from)) TRY(check_tree(tree_on(made, changes, day)));
    return ok();
}

Status check_change(const std::vector<OrgNode>& tree, const NodeChange& change) {
    const auto find = [&](const OrgNodeId& id) {
        return std::find_if(tree.begin(), tree.end(), [&](const OrgNode& node) { return node.id == id; });
    };
    const auto node = find(change.node);
    if (node == tree.end()) return Error(ErrorCode::NotFound, "node");
    if (change.other && find(*change.other) == tree.end()) return Error(ErrorCode::NotFound, "parent");
    if (!node->parent && change.kind != ChangeKind::Rename) {
        return refuse("id", "root", "总部不能移动或关闭", "Headquarters neither moves nor closes", "选择下级节点",
                      "Choose a node below it");
    }
    if (change.kind == ChangeKind::Merge && change.other == change.node)
        return refuse("into", "itself", "不能并入自己", "A node is not merged into itself", "选择其他节点", "Choose another");
    const bool wants_open = change.kind == ChangeKind::Close || change.kind == ChangeKind::Merge;
    if (wants_open && !node->open)
        return refuse("id", "closed", "这一天它已经关闭", "It is closed on that day", "先重新开业", "Open it again first");
    if (change.kind == ChangeKind::Reopen && node->open)
        return refuse("id", "open", "这一天它营业中", "It is open on that day", "无需重开", "There is nothing to do");
    return ok();
}

std::vector<Placed> placed_in_time(const std::vector<OrgNode>& made, std::span<const NodeChange> changes,
                                   const std::vector<OrgNodeId>& tops) {
    const Places places = places_of(made);
    std::vector<bool> is_top(made.size(), false);
    for (const OrgNodeId& top : tops)
        if (const auto at = places.find(top); at != places.end()) is_top[at->second] = true;
    const std::vector<Day> days = segments_of(changes);
    std::vector<Placed> placed;
    std::map<std::size_t, std::size_t> last;  // the entry of a node that reaches up to the segment before
    for (std::size_t s = 0; s < days.size(); ++s) {
        const Day to = s + 1 < days.size() ? days[s + 1] + -1 : kLastDay;
        const std::vector<OrgNode> tree = tree_on(made, changes, days[s]);
        for (std::size_t i = 0; i < tree.size(); ++i) {
            std::optional<std::size_t> top;
            for (const std::size_t one : chain_of(tree, places, i))
                if (is_top[one]) top = one;
            if (!top) continue;
            const auto before = last.find(i);
            if (before != last.end() && placed[before->second].top == made[*top].id &&
                placed[before->second].to == days[s] + -1) {
                placed[before->second].to = to;
            } else {
                last[i] = placed.size();
                placed.push_back({made[i].id, made[*top].id, days[s], to});
            }
        }
    }
    return placed;
}

std::vector<OrgNodeId> children_in_time(const std::vector<OrgNode>& made, std::span<const NodeChange> changes,
                                        const OrgNodeId& parent) {
    std::vector<OrgNodeId> children;
    for (const Day day : segments_of(changes)) {
        for (const OrgNode& node : tree_on(made, changes, day))
            if (node.parent == parent) children.push_back(node.id);
    }
    std::sort(children.begin(), children.end());
    children.erase(std::unique(children.begin(), children.end()), children.end());
    return children;
}

}  // namespace tilth::org
