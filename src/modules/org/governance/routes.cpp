// 治理模式 over HTTP: which mode holds where, what each locks, and changing both. Headquarters alone changes them.

#include "modules/org/governance/governance.h"
#include "modules/org/service.h"
#include "modules/org/words.h"
#include "platform/json/value.h"

namespace tilth::org {

struct ModeItem {
    GovernanceMode mode = GovernanceMode::StrongControl;
    std::vector<std::string> locks;
    bool is_default = true;
};
API_STRUCT(ModeItem, (mode, locks, is_default))
struct LockableItem {
    std::string permission;
    std::string name_zh;
    std::string name_en;
};
API_STRUCT(LockableItem, (permission, name_zh, name_en))
struct GovernedNode {
    OrgNodeId node;
    std::optional<OrgNodeId> parent;
    NodeKind kind = NodeKind::Store;
    std::string name;
    std::optional<GovernanceMode> own;   // set at this very node
    std::optional<GovernanceMode> mode;  // that holds here; absent: no lock
    std::optional<std::string> from;     // the name of the node from which it comes
};
API_STRUCT(GovernedNode, (node, parent, kind, name, own, mode, from))
struct GovernanceView {
    std::vector<ModeItem> modes;
    std::vector<LockableItem> lockable;
    std::vector<GovernedNode> nodes;  // of the caller's scope
    bool may_change = false;
};
API_STRUCT(GovernanceView, (modes, lockable, nodes, may_change))

struct SetMode {
    OrgNodeId id;
    std::optional<GovernanceMode> mode;  // absent: as the node above
};
API_STRUCT(SetMode, (id, mode))
struct SetLocks {
    Text<1, 40> mode;
    List<Text<1, 80>, 100> locks;
};
API_STRUCT(SetLocks, (mode, locks))

}  // namespace tilth::org

template <>
inline constexpr auto tilth::json::enum_values<tilth::org::GovernanceMode> =
    std::to_array<tilth::json::EnumValue<tilth::org::GovernanceMode>>({
        {tilth::org::GovernanceMode::StrongControl, "strong_control", "强总控强运营", "Strong control"},
        {tilth::org::GovernanceMode::Enabling, "enabling", "弱总控强赋能", "Enabling"},
        {tilth::org::GovernanceMode::Distributed, "distributed", "分布式", "Distributed"},
    });

namespace tilth::org {

namespace {

using kernel::Context;
using kernel::Method;
using kernel::None;
using kernel::Unit;

Result<GovernanceView> view(OrgService& org, const Context& context) {
    GovernanceView reply;
    reply.may_change = context.scope->all && context.may(kRoleWrite);
    for (const auto& one : org.declared()) {
        const auto names = lockable();
        if (std::find(names.begin(), names.end(), one.name) != names.end())
            reply.lockable.push_back({std::string(one.name), std::string(one.zh), std::string(one.en)});
    }
    return org.state().read([&](const State& state) -> Result<GovernanceView> {
        const TenantState* const tenant = state.tenant(context.tenant);
        if (tenant == nullptr) return Error(ErrorCode::NotFound, "tenant");
        for (const GovernanceMode mode : kGovernanceModes) {
            const auto& locks = tenant->governance.locks_of(mode);
            reply.modes.push_back({mode, {locks.begin(), locks.end()}, !tenant->governance.locks.contains(mode)});
        }
        std::map<OrgNodeId, std::string> names;
        for (const OrgNode& node : tenant->tree) names.emplace(node.id, node.name);
        for (const OrgNode& node : tenant->tree) {
            if (!node.open || !context.scope->covers(node.id)) continue;
            GovernedNode shown{node.id, node.parent, node.kind, node.name, {}, {}, {}};
            const auto own = tenant->governance.modes.find(node.id);
            if (own != tenant->governance.modes.end()) shown.own = own->second;
            if (const auto holds = governed(tenant->governance, tenant->tree, node.id)) {
                shown.mode = holds->mode;
                shown.from = names[holds->from];
            }
            reply.nodes.push_back(std::move(shown));
        }
        return reply;
    });
}

Status headquarters_only(const Context& context) {
    if (context.scope->all) return ok();
    return Error(ErrorCode::Forbidden, "headquarters sets the governance of its branches");
}

}  // namespace

Status OrgService::set_governance(Unit& unit, const OrgNodeId& node, const std::optional<GovernanceMode>& mode) {
    if (!unit.context().scope->covers(node) || !this->node(unit.tenant(), node))
        return Error(ErrorCode::NotFound, "node");
    TRY(headquarters_only(unit.context()));
    if (node == root(unit.tenant()) && mode) {
        return Error::invalid("id", "headquarters", "总部不受治理模式约束", "No mode binds headquarters",
                              "选择一个大区、门店或经销商", "Choose a region, a store or a partner");
    }
    if (mode) {
        TRY(unit.sql().write("INSERT INTO governance_mode (tenant_id, node_id, mode, changed_at) VALUES "
                             "(?1, ?2, ?3, ?4) ON CONFLICT (tenant_id, node_id) DO UPDATE SET mode = excluded.mode, "
                             "changed_at = excluded.changed_at",
                             {unit.tenant(), node, code_of(*mode), unit.now()}));
    } else {
        TRY(unit.sql().write("DELETE FROM governance_mode WHERE tenant_id = ?1 AND node_id = ?2",
                             {unit.tenant(), node}));
    }
    const std::string to = mode ? std::string(code_of(*mode)) : std::string();
    TRY(unit.audit({.action = "governance.mode",
                    .object = node.str(),
                    .detail = json::Value::object({{"to", to}}).print()}));
    unit.on_commit([this, tenant = unit.tenant(), node, mode] {
        state_.change([&](State& state) {
            auto& modes = state.tenants[tenant].governance.modes;
            if (mode) modes.insert_or_assign(node, *mode);
            else modes.erase(node);
        });
    });
    return ok();
}

Status OrgService::set_locks(Unit& unit, GovernanceMode mode, std::set<std::string> locks) {
    TRY(headquarters_only(unit.context()));
    const auto names = lockable();
    for (const std::string& one : locks) {
        if (std::find(names.begin(), names.end(), one) != names.end()) continue;
        return Error::invalid("locks", "not_lockable", one + " 不能锁定", one + " cannot be locked",
                              "从可锁定的权限中选择", "Choose from the permissions that can be locked");
    }
    const std::string_view code = code_of(mode);
    TRY(unit.sql().write("DELETE FROM governance_lock WHERE tenant_id = ?1 AND mode = ?2", {unit.tenant(), code}));
    for (const std::string& one : locks) {
        TRY(unit.sql().write("INSERT INTO governance_lock (tenant_id, mode, permission) VALUES (?1, ?2, ?3)",
                             {unit.tenant(), code, one}));
    }
    TRY(unit.sql().write("INSERT INTO governance_changed (tenant_id, mode, changed_at) VALUES (?1, ?2, ?3) "
                         "ON CONFLICT (tenant_id, mode) DO UPDATE SET changed_at = excluded.changed_at",
                         {unit.tenant(), code, unit.now()}));
    json::Value list = json::Value::array();
    for (const std::string& one : locks) list.push(one);
    TRY(unit.audit({.action = "governance.locks",
                    .object = std::string(code),
                    .detail = json::Value::object({{"locks", list}}).print()}));
    unit.on_commit([this, tenant = unit.tenant(), mode, locks = std::move(locks)] {
        state_.change([&](State& state) { state.tenants[tenant].governance.locks.insert_or_assign(mode, locks); });
    });
    return ok();
}

void add_governance_routes(kernel::Kernel& kernel, OrgService& org) {
    kernel.api.action<None, GovernanceView>(
        Method::Get, "/api/v1/governance", kernel::kSignedIn,
        [&org](const Context& context, const None&) { return view(org, context); },
        {.zh = "治理模式：各分支由总部锁定什么",
         .en = "Governance modes: what headquarters locks for each branch",
         .rows = {"GOV-02"},
         .tag = "org"});
    kernel.api.command<SetMode, None>(
        Method::Put, "/api/v1/governance/nodes/{id}", kRoleWrite,
        [&org](Unit& unit, const SetMode& request) -> Result<None> {
            TRY(org.set_governance(unit, request.id, request.mode));
            return None{};
        },
        {.zh = "设定一个分支的治理模式", .en = "Set the mode of a branch", .rows = {"GOV-02"}, .tag = "org"});
    kernel.api.command<SetLocks, None>(
        Method::Put, "/api/v1/governance/modes/{mode}", kRoleWrite,
        [&org](Unit& unit, const SetLocks& request) -> Result<None> {
            const auto mode = governance_mode(request.mode.str());
            if (!mode) return Error(ErrorCode::NotFound, "mode");
            std::set<std::string> locks;
            for (const auto& one : request.locks) locks.insert(std::string(one.str()));
            TRY(org.set_locks(unit, *mode, std::move(locks)));
            return None{};
        },
        {.zh = "设定一种模式锁定什么", .en = "Set what a mode locks", .rows = {"GOV-02"}, .tag = "org"});
}

}  // namespace tilth::org
