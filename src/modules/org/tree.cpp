// The tree as of today, dated changes to it, and what stood where on other days.

#include <algorithm>

#include "modules/org/service.h"

namespace tilth::org {

namespace {

std::string_view action_of(ChangeKind kind) {
    switch (kind) {
        case ChangeKind::Rename: return "org.node_rename";
        case ChangeKind::Move: return "org.node_move";
        case ChangeKind::Close: return "org.node_close";
        case ChangeKind::Reopen: return "org.node_reopen";
        case ChangeKind::Merge: return "org.node_merge";
        case ChangeKind::Open: return "org.node_open";
    }
    return "org.node_change";
}

}  // namespace

void OrgService::keep_up() const {
    const Instant now = kernel_.clock.now();
    const bool due = state_.read([&](const State& state) {
        return std::any_of(state.tenants.begin(), state.tenants.end(),
                           [&](const auto& one) { return one.second.tree_until <= now; });
    });
    if (!due) return;
    state_.change([&](State& state) {
        for (auto& [id, tenant] : state.tenants)
            if (tenant.tree_until <= now) tenant.settle(now);
    });
}

std::vector<OrgNode> OrgService::nodes(const TenantId& tenant) const {
    return state().read([&](const State& state) {
        const TenantState* found = state.tenant(tenant);
        return found == nullptr ? std::vector<OrgNode>{} : found->tree;
    });
}

std::vector<OrgNode> OrgService::nodes_on(const TenantId& tenant, std::optional<Day> day) const {
    if (!day) return nodes(tenant);
    return state_.read([&](const State& state) {
        const TenantState* found = state.tenant(tenant);
        return found == nullptr ? std::vector<OrgNode>{} : tree_on(found->nodes, found->changes, *day);
    });
}

std::optional<OrgNode> OrgService::node(const TenantId& tenant, const OrgNodeId& id) const {
    return state().read([&](const State& state) -> std::optional<OrgNode> {
        const TenantState* found = state.tenant(tenant);
        if (found == nullptr) return std::nullopt;
        const auto at =
            std::find_if(found->tree.begin(), found->tree.end(), [&](const OrgNode& n) { return n.id == id; });
        return at == found->tree.end() ? std::nullopt : std::optional(*at);
    });
}

std::optional<OrgNode> OrgService::node_by_code(const TenantId& tenant, std::string_view code) const {
    return state().read([&](const State& state) -> std::optional<OrgNode> {
        const TenantState* found = state.tenant(tenant);
        if (found == nullptr) return std::nullopt;
        const auto at =
            std::find_if(found->tree.begin(), found->tree.end(), [&](const OrgNode& n) { return n.code == code; });
        return at == found->tree.end() ? std::nullopt : std::optional(*at);
    });
}

std::vector<OrgNodeId> OrgService::subtree(const TenantId& tenant, const OrgNodeId& id) const {
    return state().read([&](const State& state) {
        const TenantState* found = state.tenant(tenant);
        return found == nullptr ? std::vector<OrgNodeId>{} : subtree_of(found->tree, id);
    });
}

OrgNodeId OrgService::root(const TenantId& tenant) const {
    return state_.read([&](const State& state) {
        const TenantState* found = state.tenant(tenant);
        return found == nullptr ? OrgNodeId{} : found->root;
    });
}

std::vector<Placed> OrgService::placed(const TenantId& tenant, const std::vector<OrgNodeId>& tops) const {
    return state_.read([&](const State& state) {
        const TenantState* found = state.tenant(tenant);
        return found == nullptr ? std::vector<Placed>{} : placed_in_time(found->nodes, found->changes, tops);
    });
}

std::vector<OrgNodeId> OrgService::ever_below(const TenantId& tenant, const OrgNodeId& parent) const {
    return state_.read([&](const State& state) {
        const TenantState* found = state.tenant(tenant);
        return found == nullptr ? std::vector<OrgNodeId>{} : children_in_time(found->nodes, found->changes, parent);
    });
}

std::vector<OrgNodeId> OrgService::tops(const kernel::Context& context) const {
    if (context.scope->all) return {root(context.tenant)};
    std::vector<OrgNodeId> found;
    for (const OrgNode& one : nodes(context.tenant)) {
        if (context.scope->covers(one.id) && (!one.parent || !context.scope->covers(*one.parent)))
            found.push_back(one.id);
    }
    return found;
}

std::vector<NodeChange> OrgService::changes_of(const TenantId& tenant, const OrgNodeId& node) const {
    std::vector<NodeChange> found = state_.read([&](const State& state) {
        std::vector<NodeChange> list;
        const TenantState* one = state.tenant(tenant);
        if (one == nullptr) return list;
        for (const NodeChange& change : one->changes)
            if (change.node == node || change.other == node) list.push_back(change);
        return list;
    });
    std::sort(found.begin(), found.end(), [](const NodeChange& a, const NodeChange& b) {
        return std::tie(b.from, b.id) < std::tie(a.from, a.id);
    });
    return found;
}

// What is committed, with the changes of the group that is being written.
TenantState OrgService::standing(const TenantId& tenant) const {
    TenantState found = state_.read([&](const State& state) {
        const TenantState* one = state.tenant(tenant);
        return one == nullptr ? TenantState{} : *one;
    });
    for (const auto& [owner, change] : fresh_changes_) {
        if (owner != tenant) continue;
        const auto known = std::find_if(found.changes.begin(), found.changes.end(),
                                        [&](const NodeChange& one) { return one.id == change.id; });
        if (known == found.changes.end()) {
            found.changes.push_back(change);
        } else {
            *known = change;
        }
    }
    return found;
}

// Whoever changes a node has it and its new place within the scope, by the tree of today.
Status OrgService::check_changes(const kernel::Unit& unit, const TenantState& tenant, const NodeChange& change) const {
    const kernel::Scope& scope = *unit.context().scope;
    if (!scope.covers(change.node)) return Error(ErrorCode::NotFound, "node");
    if (change.other && !scope.covers(*change.other)) return Error(ErrorCode::NotFound, "parent");
    const auto tree = tree_on(tenant.nodes, tenant.changes, change.from);
    const auto at =
        std::find_if(tree.begin(), tree.end(), [&](const OrgNode& one) { return one.id == change.node; });
    if (at == tree.end()) return Error(ErrorCode::NotFound, "node");
    return check_history(tenant.nodes, tenant.changes, change.from);
}

namespace {

std::string detail_of(const NodeChange& change) {
    std::string text = R"({"change":")" + change.id.str() + R"(","from":")" + to_iso(change.from) + "\"";
    if (change.other) text += R"(,"to":")" + change.other->str() + "\"";
    return text + "}";
}

void replace(State& state, const TenantId& tenant, const NodeChange& change, Instant now) {
    TenantState& one = state.tenants[tenant];
    const auto known = std::find_if(one.changes.begin(), one.changes.end(),
                                    [&](const NodeChange& other) { return other.id == change.id; });
    if (known == one.changes.end()) {
        one.changes.push_back(change);
    } else {
        *known = change;
    }
    one.settle(now);
}

}  // namespace

Status OrgService::change_node(kernel::Unit& unit, NodeChange change) {
    change.id = unit.new_id<NodeChangeId>();
    change.by = unit.context().actor.name;
    change.at = unit.now();
    TenantState tenant = standing(unit.tenant());
    if (!unit.context().scope->covers(change.node)) return Error(ErrorCode::NotFound, "node");
    TRY(check_change(tree_on(tenant.nodes, tenant.changes, change.from), change));
    tenant.changes.push_back(change);
    TRY(check_changes(unit, tenant, change));
    return write_change(unit, change);
}

Status OrgService::open_node(kernel::Unit& unit, const OrgNodeId& id, Day from) {
    NodeChange change;
    change.id = unit.new_id<NodeChangeId>();
    change.node = id;
    change.kind = ChangeKind::Open;
    change.from = from;
    change.by = unit.context().actor.name;
    change.at = unit.now();
    return write_change(unit, change);
}

Status OrgService::write_change(kernel::Unit& unit, const NodeChange& change) {
    TRY(
        unit.sql().write("INSERT INTO org_change (tenant_id, id, node_id, kind, from_day, other_id, name, reason, "
                         "by_name, created_at, undone_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, NULL)",
                         {unit.tenant(), change.id, change.node, static_cast<std::int64_t>(change.kind), change.from,
                          change.other, change.name, change.reason, change.by, change.at}));
    TRY(unit.audit({.action = action_of(change.kind),
                    .object = change.node.str(),
                    .detail = detail_of(change),
                    .reason = change.reason}));
    fresh_changes_.emplace_back(unit.tenant(), change);
    unit.on_undo([this] { fresh_changes_.pop_back(); });
    unit.on_commit([this, tenant_id = unit.tenant(), change, now = unit.now()] {
        state_.change([&](State& state) { replace(state, tenant_id, change, now); });
        std::erase_if(fresh_changes_, [&](const auto& one) { return one.second.id == change.id; });
    });
    return ok();
}

Status OrgService::undo_change(kernel::Unit& unit, const OrgNodeId& node, const std::optional<NodeChangeId>& change) {
    if (!unit.context().scope->covers(node)) return Error(ErrorCode::NotFound, "node");
    TenantState tenant = standing(unit.tenant());
    NodeChange* found = nullptr;
    bool known = false;
    for (const OrgNode& one : tenant.nodes) known = known || one.id == node;
    for (NodeChange& one : tenant.changes) {
        if (one.node != node || one.undone_at) continue;
        // In the order of making; of one moment (a clock that stands) the later in effect.
        const auto made = [](const NodeChange& of) { return std::pair(of.at, of.from); };
        if (change ? one.id == *change : found == nullptr || made(*found) <= made(one)) found = &one;
    }
    if (!known || (found == nullptr && change)) return Error(ErrorCode::NotFound, "node");
    if (found == nullptr) return Error(ErrorCode::Conflict, "nothing stands that could be undone");
    found->undone_at = unit.now();
    NodeChange undone = *found;
    TRY(check_changes(unit, tenant, undone));
    const auto after = tree_on(tenant.nodes, tenant.changes, calendar(unit.tenant()).day_of(unit.now()));
    for (const OrgNode& one : after) {
        if (one.id == node && one.parent && !unit.context().scope->covers(*one.parent) &&
            undone.kind != ChangeKind::Rename)
            return Error(ErrorCode::NotFound, "parent");
    }
    TRY(unit.sql().write("UPDATE org_change SET undone_at = ?3 WHERE tenant_id = ?1 AND id = ?2",
                         {unit.tenant(), undone.id, unit.now()}));
    TRY(unit.audit({.action = "org.node_undo", .object = node.str(), .detail = detail_of(undone)}));
    fresh_changes_.emplace_back(unit.tenant(), undone);
    unit.on_undo([this] { fresh_changes_.pop_back(); });
    unit.on_commit([this, tenant_id = unit.tenant(), undone, now = unit.now()] {
        state_.change([&](State& state) { replace(state, tenant_id, undone, now); });
        std::erase_if(fresh_changes_, [&](const auto& one) { return one.second.id == undone.id; });
    });
    return ok();
}

}  // namespace tilth::org
