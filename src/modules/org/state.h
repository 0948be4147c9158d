#pragma once
// What org keeps in memory: tenants, tree, keys, sessions and what each signed-in person may do. Derived from the
// tables; changed only after a commit. Readers on any thread.

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "modules/org/exports/limits.h"
#include "modules/org/governance/governance.h"
#include "modules/org/history.h"
#include "platform/crypto/crypto.h"

namespace tilth::org {

struct StaffMember {
    StaffId id;
    std::string name;
    std::string login;
    bool active = true;
    bool must_change = false;
    struct Post {
        OrgNodeId node;
        Id<tag::Role> role;
        std::optional<Day> from = std::nullopt;
        std::optional<Day> until = std::nullopt;  // the last day
        bool primary = false;
        std::string source = {};  // the staff list that brought it
        std::optional<Instant> given_at = std::nullopt;  // by hand
        bool held_on(Day day) const { return (!from || *from <= day) && (!until || day <= *until); }
    };
    std::vector<Post> posts;
    std::string code = {};
    std::optional<Day> left = std::nullopt;  // the last day of work
    std::string source = {};
    bool second_factor = false;  // confirmed
    // Neither disabled nor gone.
    bool works_on(Day day) const { return active && (!left || day <= *left); }
};
struct StaffCode {
    OrgNodeId node;  // the root: everywhere
    std::string code;
    Day from;
    StaffId staff;
    std::string source = {};
};
struct PostNeed {
    NodeKind kind = NodeKind::Store;
    Id<tag::Role> role;
    std::int64_t minimum = 1;
};
struct RoleInfo {
    Id<tag::Role> id;
    std::string code;
    std::string name_zh;
    std::string name_en;
    std::vector<std::string> permissions;
    bool second_factor = false;  // demanded of whoever has the role
};
// Somebody's eyes, or those of a role at a node: through which a person looks until giving it up. In memory alone: a
// restart ends it.
struct ViewAs {
    std::optional<StaffId> staff = std::nullopt;
    std::optional<Id<tag::Role>> role = std::nullopt;
    OrgNodeId node = {};
};
struct SessionInfo {
    TenantId tenant;
    StaffId staff;
    Instant last_seen;
    Instant expires_at;
    Instant created_at = {};
    std::string ip = {};
};
struct KeyInfo {
    KeyGrant grant;
    std::vector<std::string> permissions;
    Instant created_at;
    bool revoked = false;
};

struct TenantState {
    Tenant tenant;
    OrgNodeId root;
    std::vector<OrgNode> nodes;  // as made, in that order
    std::vector<NodeChange> changes;
    std::vector<OrgNode> tree;  // nodes with the changes up to today
    Instant tree_until;         // when the next change takes effect
    BusinessCalendar calendar;
    // Derives the tree again: after nodes or changes changed, and when time has come.
    void settle(Instant now);
    std::map<StaffId, StaffMember> staff;
    std::map<Id<tag::Role>, RoleInfo> roles;
    std::vector<StaffCode> codes;
    std::vector<PostNeed> needs;
    Governance governance;
    std::map<Id<tag::Role>, ExportLimit> export_limits;  // as changed
    ExportLimit limit_of(const RoleInfo& role) const {
        const auto changed = export_limits.find(role.id);
        return changed == export_limits.end() ? default_export_limit(role.code) : changed->second;
    }
};

class State {
public:
    Status load(sql::Connection& sql, Instant now);
    // Calls fn(const State&-like maps) under a shared lock; nothing may be kept by reference.
    template <class Fn>
    auto read(Fn&& fn) const {
        const std::shared_lock lock(mutex_);
        return fn(*this);
    }
    template <class Fn>
    void change(Fn&& fn) {
        const std::unique_lock lock(mutex_);
        fn(*this);
    }

    std::map<TenantId, TenantState> tenants;
    std::map<std::string, SessionInfo> sessions;  // by the token's SHA-256, raw bytes
    std::map<std::string, KeyInfo> keys;          // by the key's SHA-256, raw bytes
    std::map<StaffId, ViewAs> viewing;

    const TenantState* tenant(const TenantId& id) const {
        const auto found = tenants.find(id);
        return found == tenants.end() ? nullptr : &found->second;
    }

private:
    Status load_tree(sql::Connection& sql);
    Status load_changes(sql::Connection& sql);
    Status load_governance(sql::Connection& sql);
    Status load_export_limits(sql::Connection& sql);
    Status load_people(sql::Connection& sql);
    Status load_posts(sql::Connection& sql);
    Status load_access(sql::Connection& sql, Instant now);
    mutable std::shared_mutex mutex_;
};

}  // namespace tilth::org
