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
    };
    std::vector<Post> posts;
};
struct RoleInfo {
    Id<tag::Role> id;
    std::string code;
    std::string name_zh;
    std::string name_en;
    std::vector<std::string> permissions;
};
struct SessionInfo {
    TenantId tenant;
    StaffId staff;
    Instant last_seen;
    Instant expires_at;
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

    const TenantState* tenant(const TenantId& id) const {
        const auto found = tenants.find(id);
        return found == tenants.end() ? nullptr : &found->second;
    }

private:
    Status load_tree(sql::Connection& sql);
    Status load_changes(sql::Connection& sql);
    Status load_people(sql::Connection& sql);
    Status load_access(sql::Connection& sql, Instant now);
    mutable std::shared_mutex mutex_;
};

}  // namespace tilth::org
