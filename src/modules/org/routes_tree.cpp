// The organisation tree over HTTP: as of today or of a day, dated changes, their history and undoing them. Lists obey
// the caller's scope.

#include <algorithm>

#include "modules/org/service.h"
#include "modules/org/words.h"

namespace tilth::org {

struct NodeItem {
    OrgNodeId id;
    std::optional<OrgNodeId> parent;
    NodeKind kind = NodeKind::Store;
    std::string code;
    std::string name;
    bool open = true;
    std::optional<OrgNodeId> merged_into;
};
API_STRUCT(NodeItem, (id, parent, kind, code, name, open, merged_into))

struct NodeQuery {
    std::optional<Day> day;
};
API_STRUCT(NodeQuery, (day))

struct NodeList {
    std::vector<NodeItem> items;
};
API_STRUCT(NodeList, (items))

struct NewNode {
    OrgNodeId parent;
    NodeKind kind = NodeKind::Store;
    Text<1, 80> code;
    Text<1, 80> name;
    std::optional<Day> from;
};
API_STRUCT(NewNode, (parent, kind, code, name, from))

struct ChangeNode {
    OrgNodeId id;
    std::optional<Text<1, 80>> name;
    std::optional<OrgNodeId> parent;
    std::optional<Day> from;
    std::optional<Text<0, 200>> reason;
};
API_STRUCT(ChangeNode, (id, name, parent, from, reason))

struct CloseNode {
    OrgNodeId id;
    std::optional<Day> from;
    std::optional<Text<0, 200>> reason;
};
API_STRUCT(CloseNode, (id, from, reason))

struct ReopenNode {
    OrgNodeId id;
    std::optional<OrgNodeId> parent;
    std::optional<Day> from;
    std::optional<Text<0, 200>> reason;
};
API_STRUCT(ReopenNode, (id, parent, from, reason))

struct MergeNode {
    OrgNodeId id;
    OrgNodeId into;
    std::optional<Day> from;
    std::optional<Text<0, 200>> reason;
};
API_STRUCT(MergeNode, (id, into, from, reason))

struct UndoNode {
    OrgNodeId id;
    std::optional<NodeChangeId> change;
};
API_STRUCT(UndoNode, (id, change))

struct NodeKey {
    OrgNodeId id;
};
API_STRUCT(NodeKey, (id))

struct ChangeItem {
    NodeChangeId id;
    OrgNodeId node;
    std::string node_name;
    ChangeKind kind = ChangeKind::Move;
    Day from;
    std::optional<OrgNodeId> other;
    std::string other_name;
    std::string name;
    std::string reason;
    std::string by;
    Instant at;
    std::optional<Instant> undone_at;
    bool to_come = false;
};
API_STRUCT(ChangeItem, (id, node, node_name, kind, from, other, other_name, name, reason, by, at, undone_at, to_come))

struct NodeDetail {
    NodeItem node;
    std::string parent_name;
    std::vector<ChangeItem> changes;
};
API_STRUCT(NodeDetail, (node, parent_name, changes))

}  // namespace tilth::org

template <>
inline constexpr auto tilth::json::enum_values<tilth::org::ChangeKind> =
    std::to_array<tilth::json::EnumValue<tilth::org::ChangeKind>>({
        {tilth::org::ChangeKind::Rename, "rename", "改名", "Renamed"},
        {tilth::org::ChangeKind::Move, "move", "调整上级", "Moved"},
        {tilth::org::ChangeKind::Close, "close", "关闭", "Closed"},
        {tilth::org::ChangeKind::Reopen, "reopen", "重新开业", "Reopened"},
        {tilth::org::ChangeKind::Merge, "merge", "并入", "Merged"},
        {tilth::org::ChangeKind::Open, "open", "开业", "Opened"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::org::ChangeNode> = std::to_array<tilth::json::FieldDoc>({
    {"from", "生效营业日，缺省为今天；可早可晚", "Business day of effect, past or to come; by default today", "2026-02-15"},
});
template <>
inline constexpr auto tilth::json::field_docs<tilth::org::NodeQuery> = std::to_array<tilth::json::FieldDoc>({
    {"day", "哪一天的组织，缺省为今天", "The tree of which day; by default today", "2026-02-15"},
});

namespace tilth::org {

namespace {

using http::Method;
using kernel::Context;
using kernel::None;
using kernel::Unit;

NodeItem item_of(const OrgNode& node) {
    return {node.id, node.parent, node.kind, node.code, node.name, node.open, node.merged_into};
}

NodeList list_nodes(const OrgService& org, const Context& context, const NodeQuery& request) {
    NodeList reply;
    for (const OrgNode& node : org.nodes_on(context.tenant, request.day))
        if (context.scope->covers(node.id)) reply.items.push_back(item_of(node));
    return reply;
}

Result<NodeItem> add_node(OrgService& org, Unit& unit, const NewNode& request) {
    const Context& context = unit.context();
    if (!org.node(unit.tenant(), request.parent) || !context.scope->covers(request.parent)) {
        return Error(ErrorCode::NotFound, "parent");
    }
    if (org.node_by_code(unit.tenant(), request.code.str())) {
        return Error::invalid("code", "taken", "编码已被使用", "This code is taken", "换一个编码", "Choose another");
    }
    const auto id =
        TRY(org.ensure_node(unit, request.kind, request.code.str(), request.name.str(), request.parent, {}));
    bool open = true;
    if (request.from) {
        open = *request.from <= org.today(context);
        TRY(org.open_node(unit, id, *request.from));
    }
    return NodeItem{id,   request.parent, request.kind, request.code.str(), request.name.str(),
                    open, std::nullopt};
}

Result<NodeDetail> show_node(const OrgService& org, const Context& context, const NodeKey& request) {
    const auto node = org.node(context.tenant, request.id);
    if (!node || !context.scope->covers(request.id)) return Error(ErrorCode::NotFound, "node");
    const auto nodes = org.nodes(context.tenant);
    const auto name_of = [&](const std::optional<OrgNodeId>& id) {
        const auto at = std::find_if(nodes.begin(), nodes.end(), [&](const OrgNode& one) { return id == one.id; });
        return at == nodes.end() ? std::string() : at->name;
    };
    NodeDetail reply{item_of(*node), name_of(node->parent), {}};
    const Day today = org.today(context);
    for (const NodeChange& one : org.changes_of(context.tenant, request.id)) {
        reply.changes.push_back({one.id, one.node, name_of(one.node), one.kind, one.from, one.other, name_of(one.other),
                                 one.name, one.reason, one.by, one.at, one.undone_at, one.from > today});
    }
    return reply;
}

NodeChange change_of(const OrgService& org, const Unit& unit, const OrgNodeId& node, ChangeKind kind,
                     const std::optional<Day>& from, const std::optional<Text<0, 200>>& reason) {
    NodeChange change;
    change.node = node;
    change.kind = kind;
    change.from = from.value_or(org.today(unit.context()));
    if (reason) change.reason = reason->str();
    return change;
}

Result<None> patch_node(OrgService& org, Unit& unit, const ChangeNode& request) {
    if (!org.node(unit.tenant(), request.id)) return Error(ErrorCode::NotFound, "node");
    if (request.name) {
        NodeChange change = change_of(org, unit, request.id, ChangeKind::Rename, request.from, request.reason);
        change.name = request.name->str();
        TRY(org.change_node(unit, std::move(change)));
    }
    if (request.parent) {
        NodeChange change = change_of(org, unit, request.id, ChangeKind::Move, request.from, request.reason);
        change.other = *request.parent;
        TRY(org.change_node(unit, std::move(change)));
    }
    // Nothing to change still tells whether the node is there for this caller.
    if (!unit.context().scope->covers(request.id)) return Error(ErrorCode::NotFound, "node");
    return None{};
}

void add_change_routes(kernel::Api& api, OrgService& org) {
    api.command<ChangeNode, None>(
        Method::Patch, "/api/v1/org/nodes/{id}", kOrgWrite,
        [&org](Unit& unit, const ChangeNode& request) { return patch_node(org, unit, request); },
        {.zh = "改名或移动节点，可定生效日", .en = "Rename or move a node, from a day on", .rows = {"GOV-01"}, .tag = "org"});
    api.command<CloseNode, None>(
        Method::Post, "/api/v1/org/nodes/{id}/close", kOrgWrite,
        [&org](Unit& unit, const CloseNode& request) -> Result<None> {
            TRY(org.change_node(
                unit, change_of(org, unit, request.id, ChangeKind::Close, request.from, request.reason)));
            return None{};
        },
        {.zh = "关闭节点", .en = "Close a node", .rows = {"GOV-01"}, .tag = "org"});
    api.command<ReopenNode, None>(
        Method::Post, "/api/v1/org/nodes/{id}/reopen", kOrgWrite,
        [&org](Unit& unit, const ReopenNode& request) -> Result<None> {
            NodeChange change = change_of(org, unit, request.id, ChangeKind::Reopen, request.from, request.reason);
            change.other = request.parent;
            TRY(org.change_node(unit, std::move(change)));
            return None{};
        },
        {.zh = "重新开业", .en = "Open a node again", .rows = {"GOV-01"}, .tag = "org"});
    api.command<MergeNode, None>(
        Method::Post, "/api/v1/org/nodes/{id}/merge", kOrgWrite,
        [&org](Unit& unit, const MergeNode& request) -> Result<None> {
            NodeChange change = change_of(org, unit, request.id, ChangeKind::Merge, request.from, request.reason);
            change.other = request.into;
            TRY(org.change_node(unit, std::move(change)));
            return None{};
        },
        {.zh = "并入另一个节点", .en = "Merge a node into another", .rows = {"GOV-01"}, .tag = "org"});
    api.command<UndoNode, None>(
        Method::Post, "/api/v1/org/nodes/{id}/undo", kOrgWrite,
        [&org](Unit& unit, const UndoNode& request) -> Result<None> {
            TRY(org.undo_change(unit, request.id, request.change));
            return None{};
        },
        {.zh = "撤销对节点的调整", .en = "Undo a change of a node", .rows = {"GOV-01"}, .tag = "org"});
}

}  // namespace

void add_tree_routes(kernel::Kernel& kernel, OrgService& org) {
    kernel.api.action<NodeQuery, NodeList>(
        Method::Get, "/api/v1/org/nodes", kOrgRead,
        [&org](const Context& context, const NodeQuery& request) -> Result<NodeList> {
            return list_nodes(org, context, request);
        },
        {.zh = "组织树", .en = "The organisation tree", .rows = {"GOV-01"}, .tag = "org"});
    kernel.api.command<NewNode, NodeItem>(
        Method::Post, "/api/v1/org/nodes", kOrgWrite,
        [&org](Unit& unit, const NewNode& request) { return add_node(org, unit, request); },
        {.zh = "新增组织节点", .en = "Add a node", .rows = {"GOV-01"}, .tag = "org"});
    kernel.api.action<NodeKey, NodeDetail>(
        Method::Get, "/api/v1/org/nodes/{id}", kOrgRead,
        [&org](const Context& context, const NodeKey& request) { return show_node(org, context, request); },
        {.zh = "一个节点和它的变更", .en = "One node with its changes", .rows = {"GOV-01"}, .tag = "org"});
    add_change_routes(kernel.api, org);
}

}  // namespace tilth::org
