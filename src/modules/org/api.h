#pragma once
// org: tenants, the organisation tree, staff with posts, roles as data, sign-in, sessions and API keys.
// A node's data scope is its subtree. Passwords are argon2id; sessions and keys are stored as hashes. Every change is
// audited. Queries take a reader's connection; commands a Unit. Thread-safe after construction.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/kernel.h"
#include "platform/time/zone.h"

namespace tilth::org {

enum class NodeKind : std::uint8_t { Headquarters, Region, City, Store, Team, Partner, Online };

struct Tenant {
    TenantId id;
    std::string name;
    std::string zone;  // IANA
    Currency currency;
    int business_day_cutoff_min = 0;  // minutes after midnight, 0 … 720
    bool sample = false;              // shows 示例数据
};

struct OrgNode {
    OrgNodeId id;
    std::optional<OrgNodeId> parent;
    NodeKind kind = NodeKind::Store;
    std::string code;  // the business's own code; unique per tenant
    std::string name;
    bool open = true;
    std::optional<OrgNodeId> merged_into = std::nullopt;  // where its figures count; it stands below that node
};

// By the tree of each day from `from` to `to`, both ends included, `node` stood below `top` or was it.
struct Placed {
    OrgNodeId node;
    OrgNodeId top;
    Day from;
    Day to;
};

// One line of a staff list.
struct StaffLine {
    std::string code;       // the business's own number of the person
    std::string name;
    std::string login;      // empty: the code
    std::string node_code;
    std::string role;       // code or name of a role
    std::string till_code;  // what the till of that node calls the person; may be empty
    std::optional<Day> from = std::nullopt;
    std::optional<Day> until = std::nullopt;  // the last day of the post
    bool primary = false;
    bool left = false;      // no longer works here
};

// What a new tenant starts with: its root node, the roles of the catalogue, and the first administrator.
struct NewTenant {
    std::string name;
    std::string zone = "Asia/Shanghai";
    Currency currency;
    int business_day_cutoff_min = 0;
    bool sample = false;
    std::string admin_login = "admin";
};
struct FirstAdmin {
    TenantId tenant;
    StaffId staff;
    std::string login;
    std::string one_time_password;  // must be changed at the first sign-in
};

// An API or write key presented by a program.
struct KeyGrant {
    TenantId tenant;
    Id<tag::ApiKey> key;
    SourceId source;  // zeros unless it is a write key
    bool write_only = false;
    std::string label;
};

class Org {
public:
    virtual ~Org() = default;

    virtual Result<FirstAdmin> create_tenant(const NewTenant& tenant) = 0;  // hashes, then one unit
    virtual std::vector<Tenant> tenants() const = 0;                        // from memory
    virtual std::optional<Tenant> tenant(const TenantId& id) const = 0;
    virtual BusinessCalendar calendar(const TenantId& id) const = 0;  // zone and cut-off

    // The tree, from memory; the subtree includes the node. Unknown id: empty.
    virtual std::vector<OrgNode> nodes(const TenantId& tenant) const = 0;
    virtual std::optional<OrgNode> node(const TenantId& tenant, const OrgNodeId& id) const = 0;
    virtual std::optional<OrgNode> node_by_code(const TenantId& tenant, std::string_view code) const = 0;
    virtual std::vector<OrgNodeId> subtree(const TenantId& tenant, const OrgNodeId& id) const = 0;  // sorted
    virtual OrgNodeId root(const TenantId& tenant) const = 0;
    // The tree above is that of today. By the tree of each day: when a node stood below one of `tops` (the topmost).
    virtual std::vector<Placed> placed(const TenantId& tenant, const std::vector<OrgNodeId>& tops) const = 0;
    // Nodes that on any day stood right below `parent`.
    virtual std::vector<OrgNodeId> ever_below(const TenantId& tenant, const OrgNodeId& parent) const = 0;
    // The topmost nodes of the caller's scope.
    virtual std::vector<OrgNodeId> tops(const kernel::Context& context) const = 0;
    // Makes the node when its code is new, under `parent`; used by imports for regions and stores. Visible to later
    // calls in the same unit. `source` is the import that names it, so that take_back() can remove what it made.
    virtual Result<OrgNodeId> ensure_node(kernel::Unit& unit, NodeKind kind, std::string_view code,
                                          std::string_view name, const OrgNodeId& parent,
                                          std::string_view source = {}) = 0;
    // Removes the nodes that this import alone brought and that nothing names: no child, no post, and `used` says no.
    // At most `limit` a call; 0 when nothing is left.
    using NodeUse = std::function<Result<bool>(kernel::Unit& unit, const OrgNodeId& node)>;
    virtual Result<std::int64_t> take_back(kernel::Unit& unit, std::string_view source, int limit,
                                           const NodeUse& used) = 0;

    // Whom a code of a till (or, without a node, of the whole business) names on that day.
    virtual std::optional<StaffId> staff_by_code(const TenantId& tenant, const std::optional<OrgNodeId>& node,
                                                 std::string_view code, Day day) const = 0;
    // Staff lists: what a line would do, and doing it. Invalid names field and rule (unknown_node, unknown_role,
    // role_too_strong …). A list never hands out or changes rights over staff, roles or keys.
    enum class Put : std::uint8_t { New, Updated, Unchanged };
    virtual Result<Put> compare_staff(const TenantId& tenant, const StaffLine& line) const = 0;
    virtual Result<Put> put_staff(kernel::Unit& unit, const StaffLine& line, std::string_view source) = 0;
    // Restores the names, posts and codes that the list's lines found, in any order of lists; what has been changed by
    // hand since stays. Whom nothing else holds is disabled. 0: nothing is left.
    struct StaffCount {
        std::int64_t people = 0;
        std::int64_t posts = 0;
    };
    virtual Result<StaffCount> staff_of_source(sql::Connection& sql, const TenantId& tenant,
                                               std::string_view source) = 0;
    virtual Result<std::int64_t> take_back_staff(kernel::Unit& unit, std::string_view source, int limit) = 0;
    // A staff member at the root with a role of the catalogue, and a new one-time password; the password is returned.
    virtual Result<std::string> add_staff(const kernel::Context& context, std::string_view login, std::string_view name,
                                          std::string_view role_code) = 0;
    virtual Result<std::string> reset_password(const kernel::Context& context, std::string_view login) = 0;

    // Keys: made once, shown once; stored as SHA-256. `source` makes it a write key.
    virtual Result<std::string> create_key(kernel::Unit& unit, std::string_view label,
                                           std::vector<std::string> permissions, std::optional<SourceId> source) = 0;
    virtual std::optional<KeyGrant> key(std::string_view presented) const = 0;  // from memory; constant time

    virtual kernel::Authenticator& authenticator() = 0;
    // At start, before serving: every permission of every module (roles are checked against it), and whether cookies
    // are marked Secure (the public address is https).
    virtual void declare(std::vector<kernel::Permission> permissions) = 0;
    virtual void secure_cookies(bool secure) = 0;
    // Reads the tables again; after migrations or a restore.
    virtual Status reload() = 0;
};

std::unique_ptr<Org> make_org(kernel::Kernel& kernel);  // registers routes; call reload() before serving
kernel::ModuleInfo org_module();

}  // namespace tilth::org
