// Which imports made a node or named it since: for taking them back.
#include <algorithm>

#include "modules/org/rules.h"
#include "modules/org/service.h"

namespace tilth::org {

namespace {

// Nightly files name the same stores: from here on a node is everybody's.
constexpr std::size_t kSourcesMax = 8;

std::size_t depth_of(const std::vector<OrgNode>& nodes, const OrgNodeId& id) {
    std::size_t depth = 0;
    std::optional<OrgNodeId> at = id;
    while (at && depth <= nodes.size()) {
        const auto found =
            std::find_if(nodes.begin(), nodes.end(), [&](const OrgNode& node) { return node.id == *at; });
        at = found == nodes.end() ? std::nullopt : found->parent;
        ++depth;
    }
    return depth;
}

Result<bool> has_any(sql::Connection& sql, std::string_view text, const TenantId& tenant, const OrgNodeId& node) {
    const auto found = TRY(sql.one(text, {tenant, node}, [](const sql::Row& row) { return row.i64(0); }));
    return found.has_value();
}

}  // namespace

Status OrgService::note_source(kernel::Unit& unit, const OrgNodeId& node, std::string_view source, bool made) {
    const std::pair key(unit.tenant(), node);
    const auto found = node_sources_.find(key);
    if (source.empty() || (found == node_sources_.end() && !made)) return ok();
    if (found != node_sources_.end() && found->second.contains(source)) return ok();
    const NodeSources before = found == node_sources_.end() ? NodeSources{} : found->second;
    unit.on_undo([this, key, before] { restore_sources(key, before); });
    if (before.size() >= kSourcesMax) {
        node_sources_.erase(key);
        return unit.sql().write("DELETE FROM org_node_source WHERE tenant_id = ?1 AND node_id = ?2",
                                {unit.tenant(), node});
    }
    node_sources_[key].emplace(source);
    return unit.sql().write("INSERT INTO org_node_source (tenant_id, node_id, source) VALUES (?1, ?2, ?3)",
                            {unit.tenant(), node, source});
}

void OrgService::restore_sources(const std::pair<TenantId, OrgNodeId>& key, const NodeSources& sources) {
    if (sources.empty()) {
        node_sources_.erase(key);
    } else {
        node_sources_[key] = sources;
    }
}

Result<std::int64_t> OrgService::take_back(kernel::Unit& unit, std::string_view source, int limit,
                                           const NodeUse& used) {
    const auto tree = nodes(unit.tenant());
    std::vector<std::pair<std::size_t, OrgNodeId>> named;
    for (const auto& [key, sources] : node_sources_) {
        if (key.first != unit.tenant() || !sources.contains(source)) continue;
        named.emplace_back(depth_of(tree, key.second), key.second);
    }
    // The deepest first: a region goes after its stores.
    std::sort(named.begin(), named.end(), std::greater<>());
    if (named.size() > static_cast<std::size_t>(limit)) named.resize(static_cast<std::size_t>(limit));
    for (const auto& [depth, node] : named) {
        const std::pair key(unit.tenant(), node);
        const NodeSources before = node_sources_[key];
        unit.on_undo([this, key, before] { restore_sources(key, before); });
        NodeSources rest = before;
        rest.erase(rest.find(source));
        restore_sources(key, rest);
        TRY(unit.sql().write("DELETE FROM org_node_source WHERE tenant_id = ?1 AND node_id = ?2 AND source = ?3",
                             {unit.tenant(), node, source}));
        if (!rest.empty() || TRY(in_use(unit, node)) || TRY(used(unit, node))) continue;
        TRY(remove_node(unit, node));
    }
    return static_cast<std::int64_t>(named.size());
}

Result<bool> OrgService::in_use(kernel::Unit& unit, const OrgNodeId& node) {
    // What somebody has moved, renamed or closed since is theirs.
    for (const std::string_view text : {"SELECT 1 FROM org_node WHERE tenant_id = ?1 AND parent_id = ?2 LIMIT 1",
                                        "SELECT 1 FROM staff_post WHERE tenant_id = ?1 AND node_id = ?2 LIMIT 1",
                                        "SELECT 1 FROM org_change WHERE tenant_id = ?1 AND node_id = ?2 LIMIT 1",
                                        "SELECT 1 FROM org_change WHERE tenant_id = ?1 AND other_id = ?2 LIMIT 1"}) {
        if (TRY(has_any(unit.sql(), text, unit.tenant(), node))) return true;
    }
    return false;
}

Status OrgService::remove_node(kernel::Unit& unit, const OrgNodeId& id) {
    TRY(unit.sql().write("DELETE FROM org_node WHERE tenant_id = ?1 AND id = ?2", {unit.tenant(), id}));
    TRY(unit.audit({.action = "org.node_remove", .object = id.str()}));
    unit.on_commit([this, tenant = unit.tenant(), id] {
        state_.change([&](State& state) {
            for (auto* list : {&state.tenants[tenant].nodes, &state.tenants[tenant].tree})
                std::erase_if(*list, [&](const OrgNode& one) { return one.id == id; });
        });
    });
    return ok();
}

Status OrgService::load_node_sources(sql::Connection& sql) {
    node_sources_.clear();
    return sql.query("SELECT tenant_id, node_id, source FROM org_node_source", {}, [this](const sql::Row& row) {
        node_sources_[{row.id<TenantId>(0), row.id<OrgNodeId>(1)}].emplace(row.txt(2));
        return true;
    });
}

}  // namespace tilth::org
