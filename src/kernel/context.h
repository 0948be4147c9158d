#pragma once
// Who asks, for which tenant, with which rights and within which part of the organisation, and what time it is for
// them. A value made once per request (or job step) and passed down; nothing below reads a clock or a session.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "kernel/authz/permission.h"

namespace tilth::kernel {

enum class ActorKind : std::uint8_t { Public, Staff, ApiKey, System };
enum class Language : std::uint8_t { Zh, En };

struct Actor {
    ActorKind kind = ActorKind::Public;
    Bytes16 id{};             // of the staff member or the API key; zeros for Public and System
    std::string name;         // "system", a login or a key's label: for audit and job lists, never a customer's name
};

// The organisation nodes whose rows the actor may see: everything, or exactly these nodes (subtrees already expanded,
// sorted). Lists, counts, exports and searches obey the same scope.
struct Scope {
    bool all = false;
    std::vector<OrgNodeId> nodes;
    bool covers(const OrgNodeId& node) const { return all || std::binary_search(nodes.begin(), nodes.end(), node); }
};

struct Context {
    TenantId tenant;
    Actor actor;
    std::shared_ptr<const PermissionSet> permissions = std::make_shared<PermissionSet>();
    std::shared_ptr<const Scope> scope = std::make_shared<Scope>();
    Instant now;
    RequestId request;
    Language language = Language::Zh;
    bool by_cookie = false;   // a browser session: unsafe methods need the anti-forgery header
    std::string client_ip;

    bool may(const Permission& permission) const { return permissions->has(permission.name); }
    // What the system does on its own (timers, handlers, jobs): every right, whole scope.
    static Context system(TenantId tenant, Instant now);
};

}  // namespace tilth::kernel
