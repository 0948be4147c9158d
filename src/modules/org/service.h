#pragma once
// org behind api.h: loads by state, decides by rules, saves in one unit.

#include <atomic>
#include <map>
#include <memory>
#include <semaphore>
#include <set>

#include "modules/org/rules.h"
#include "modules/org/state.h"

namespace tilth::org {

inline constexpr kernel::Permission kOrgRead{"org.read", "查看组织与员工", "See organisation and staff"};
inline constexpr kernel::Permission kOrgWrite{"org.write", "维护组织与员工", "Change organisation and staff"};
inline constexpr kernel::Permission kPostWrite{"post.write", "规定岗位、任职与卸任", "Require, give and end posts"};
inline constexpr kernel::Permission kRoleWrite{"role.write", "维护角色", "Change roles"};
inline constexpr kernel::Permission kViewAs{"role.view_as", "以他人身份查看", "Look through others' eyes"};
inline constexpr kernel::Permission kKeyWrite{"key.write", "管理接口密钥", "Manage keys"};

inline constexpr std::string_view kSessionCookie = "tilth_session";
std::string session_cookie(std::string_view token, Duration life, bool secure);

struct SignedIn {
    std::string token;  // for the cookie; kept nowhere
    TenantId tenant;
    StaffMember staff;
};

struct LoginRow {
    TenantId tenant;
    StaffId staff;
    std::string password;  // empty: none was given out yet, nobody signs in
    LoginState state;
};

struct Vacancy {
    OrgNodeId node;
    std::string node_name;
    NodeKind kind = NodeKind::Store;
    std::string parent_name;  // of the node above
    Id<tag::Role> role;
    std::int64_t held = 0;
    std::int64_t needed = 1;
    std::optional<Day> since = std::nullopt;  // the day after its last holder's last day
    std::string last_holder = {};
};
struct VacancyFilter {
    std::optional<NodeKind> kind;
    std::optional<Id<tag::Role>> role;
    std::optional<OrgNodeId> node;  // and all below
};

class OrgService final : public Org, public kernel::Authenticator {
public:
    explicit OrgService(kernel::Kernel& kernel) : kernel_(kernel) {}

    Result<FirstAdmin> create_tenant(const NewTenant& tenant) override;
    std::vector<Tenant> tenants() const override;
    std::optional<Tenant> tenant(const TenantId& id) const override;
    BusinessCalendar calendar(const TenantId& id) const override;
    // GOV-02 (governance/routes.cpp). Forbidden for who is not headquarters; NotFound; Invalid names the field.
    Status set_governance(kernel::Unit& unit, const OrgNodeId& node, const std::optional<GovernanceMode>& mode);
    Status set_locks(kernel::Unit& unit, GovernanceMode mode, std::set<std::string> locks);
    // PRV-03 (exports/store.cpp): what a role may take out; nothing: the default. For headquarters alone.
    Status set_export_limit(kernel::Unit& unit, const Id<tag::Role>& role, const std::optional<ExportLimit>& limit);
    // What memory has to learn of a new end of the day, once the unit is committed.
    void on_calendar(kernel::Unit& unit, int minutes_after);
    std::vector<OrgNode> nodes(const TenantId& tenant) const override;
    std::optional<OrgNode> node(const TenantId& tenant, const OrgNodeId& id) const override;
    std::optional<OrgNode> node_by_code(const TenantId& tenant, std::string_view code) const override;
    std::vector<OrgNodeId> subtree(const TenantId& tenant, const OrgNodeId& id) const override;
    OrgNodeId root(const TenantId& tenant) const override;
    std::vector<Placed> placed(const TenantId& tenant, const std::vector<OrgNodeId>& tops) const override;
    std::vector<OrgNodeId> ever_below(const TenantId& tenant, const OrgNodeId& parent) const override;
    std::vector<OrgNodeId> tops(const kernel::Context& context) const override;
    Result<OrgNodeId> ensure_node(kernel::Unit& unit, NodeKind kind, std::string_view code, std::string_view name,
                                  const OrgNodeId& parent, std::string_view source = {}) override;
    Result<std::int64_t> take_back(kernel::Unit& unit, std::string_view source, int limit,
                                   const NodeUse& used) override;
    Result<std::string> add_staff(const kernel::Context& context, std::string_view login, std::string_view name,
                                  std::string_view role_code) override;
    Result<std::string> reset_password(const kernel::Context& context, std::string_view login) override;
    Result<std::string> create_key(kernel::Unit& unit, std::string_view label, std::vector<std::string> permissions,
                                   std::optional<SourceId> source) override;
    std::optional<KeyGrant> key(std::string_view presented) const override;
    kernel::Authenticator& authenticator() override { return *this; }
    void declare(std::vector<kernel::Permission> permissions) override { declared_ = std::move(permissions); }
    void secure_cookies(bool secure) override { secure_cookies_ = secure; }
    Status reload() override;

    Result<kernel::Context> authenticate(const http::Request& request) override;

    // Sign-in and passwords. At most two argon2 hashes at once; TooManyRequests when 32 wait.
    // With a second factor: Invalid, field "code", when the code is missing (rule "second_factor") or wrong.
    Result<SignedIn> sign_in(const kernel::Context& context, std::string_view login, const Secret& password,
                             std::string_view code = {});
    // ---- One person in several tenants (links.cpp) ----
    struct LinkedAccount {
        TenantId tenant;
        std::string name;
        bool sample = false;
        std::string login;
        bool asks_code = false;  // that account has a second factor: its code is asked for at every entry
        bool holds = true;       // false: a password of the two was changed since, or the account is closed
    };
    // Those whom the caller may enter, by name.
    Result<std::vector<LinkedAccount>> linked_accounts(const kernel::Context& context);
    // Proves both: the caller's password, and login, password and code of the other account, as a sign-in does.
    Result<TenantId> link_account(const kernel::Context& context, const Secret& own_password, std::string_view login,
                                  const Secret& password, std::string_view code);
    Status unlink_account(const kernel::Context& context, const TenantId& other);  // in both; NotFound
    // A session of the other account. NotFound without a link, Invalid when it ended or a code is needed or wrong.
    Result<SignedIn> switch_tenant(const kernel::Context& context, const TenantId& other, std::string_view code);
    Status sign_out(const kernel::Context& context);  // every session of this staff member
    Status change_password(const kernel::Context& context, const Secret& old_password, const Secret& new_password);

    // ---- The second factor (second_factor.cpp): of the one who asks ----
    struct Enrolment {
        std::string secret;  // base32
        std::string uri;     // otpauth://
    };
    // A new secret, not yet demanded; Conflict while one stands.
    Result<Enrolment> enrol(kernel::Unit& unit);
    // The first right code: from here on it is demanded. Yields the recovery codes, which are shown once.
    Result<std::vector<std::string>> confirm_factor(kernel::Unit& unit, std::string_view code);
    Status remove_factor(kernel::Unit& unit, std::string_view code);       // one's own, with a right code
    Status reset_factor(kernel::Unit& unit, const StaffId& staff);         // somebody's who lost the phone
    // ---- Sessions (second_factor.cpp) ----
    struct OpenSession {
        std::string id;  // of the list alone; opens nothing
        SessionInfo info;
    };
    std::vector<OpenSession> sessions_of(const TenantId& tenant, const StaffId& staff, Instant now) const;
    Status end_session(kernel::Unit& unit, const StaffId& staff, std::string_view id);
    Status end_sessions(kernel::Unit& unit, const StaffId& staff);
    // ---- Through others' eyes ----
    Status view_as(kernel::Unit& unit, const ViewAs& view);
    Status stop_viewing(kernel::Unit& unit);
    // Forbidden when the person has a right or a part of the organisation that the caller has not: whoever gives out a
    // password or takes a factor away could sign in as that person.
    Status check_may_reset(const kernel::Context& context, const StaffId& staff) const;
    Result<std::string> new_password(const kernel::Context& context, const StaffId& staff);
    // NotFound outside the caller's scope.
    Status check_within(const kernel::Context& context, const StaffId& staff) const;

    // ---- Posts (posts.cpp). NotFound for people and nodes outside the caller's scope. ----
    std::optional<StaffMember> member(const TenantId& tenant, const StaffId& staff) const;
    Status put_post(kernel::Unit& unit, const StaffId& staff, const StaffMember::Post& post);
    Status end_post(kernel::Unit& unit, const StaffId& staff, const OrgNodeId& at, const Id<tag::Role>& role,
                    Day until);
    // A post given by mistake goes as if it had never been: Conflict unless it was given by hand within the last week.
    Status withdraw_post(kernel::Unit& unit, const StaffId& staff, const OrgNodeId& at, const Id<tag::Role>& role);
    Status add_code(kernel::Unit& unit, const StaffId& staff, const std::optional<OrgNodeId>& at, std::string_view code,
                    Day from);
    // Every post ends with that day; the successor has the codes from the day after.
    Status leave(kernel::Unit& unit, const StaffId& staff, Day last, const std::optional<StaffId>& successor);
    std::vector<Vacancy> vacancies(const kernel::Context& context, Day day, const VacancyFilter& filter = {}) const;
    Status set_needs(kernel::Unit& unit, const std::vector<PostNeed>& needs);
    std::optional<StaffId> staff_by_code(const TenantId& tenant, const std::optional<OrgNodeId>& node,
                                         std::string_view code, Day day) const override;
    Result<Put> compare_staff(const TenantId& tenant, const StaffLine& line) const override;
    Result<Put> put_staff(kernel::Unit& unit, const StaffLine& line, std::string_view source) override;
    Result<StaffCount> staff_of_source(sql::Connection& sql, const TenantId& tenant, std::string_view source) override;
    Result<std::int64_t> take_back_staff(kernel::Unit& unit, std::string_view source, int limit) override;

    // Staff and roles.
    struct NewStaff {
        std::string name;
        std::string login;
        OrgNodeId node;
        Id<tag::Role> role;
    };
    Result<std::string> add_member(const kernel::Context& context, const NewStaff& staff,
                                   StaffId& made);  // one-time password
    Status set_staff_active(kernel::Unit& unit, const StaffId& staff, bool active);
    // ---- The tree in time (tree.cpp). NotFound for what lies outside the caller's scope. ----
    std::vector<OrgNode> nodes_on(const TenantId& tenant, std::optional<Day> day) const;
    std::vector<NodeChange> changes_of(const TenantId& tenant, const OrgNodeId& node) const;  // newest first
    // Effective from change.from; `id`, `by` and `at` are filled in.
    Status change_node(kernel::Unit& unit, NodeChange change);
    // A node that this unit has made exists from that day on.
    Status open_node(kernel::Unit& unit, const OrgNodeId& id, Day from);
    // The change named, or the latest standing one of the node.
    Status undo_change(kernel::Unit& unit, const OrgNodeId& node, const std::optional<NodeChangeId>& change);
    Day today(const kernel::Context& context) const { return calendar(context.tenant).day_of(context.now); }
    // ---- Roles as data (roles.cpp) ----
    // With the rights of `copy_of`, or none; NotFound, Forbidden as for handing out rights.
    Result<Id<tag::Role>> add_role(kernel::Unit& unit, std::string_view name,
                                   const std::optional<Id<tag::Role>>& copy_of);
    struct RoleChange {
        std::optional<std::string> name;
        std::optional<bool> second_factor;
    };
    Status change_role(kernel::Unit& unit, const Id<tag::Role>& role, const RoleChange& change);
    Status remove_role(kernel::Unit& unit, const Id<tag::Role>& role);  // Conflict while somebody holds it
    Status set_role_permissions(kernel::Unit& unit, const Id<tag::Role>& role,
                                const std::vector<std::string>& permissions);
    // A key for programs. Forbidden unless the caller has every right that it shall have, over the whole tenant.
    Result<std::string> add_key(const kernel::Context& context, std::string_view label,
                                std::vector<std::string> permissions);
    Status revoke_key(kernel::Unit& unit, const Id<tag::ApiKey>& key);

    const State& state() const {
        keep_up();
        return state_;
    }
    const std::vector<kernel::Permission>& declared() const { return declared_; }
    bool cookies_are_secure() const { return secure_cookies_; }

private:
    // Invalid for a permission that nobody declared; Forbidden for one that the caller does not have.
    Status check_known(const std::vector<std::string>& permissions) const;
    Status check_held(const kernel::Context& context, const std::vector<std::string>& permissions) const;
    Result<kernel::Context> by_session(const http::Request& request, std::string_view token);
    Result<kernel::Context> by_key(std::string_view presented);
    kernel::Context context_of(const TenantState& tenant, const StaffMember& member, Day today) const;
    void look_through(kernel::Context& context, const TenantState& tenant, const ViewAs& view, Day today) const;
    Result<std::optional<LoginRow>> find_login(const kernel::Context& context, std::string_view login);
    struct Entry {
        TenantId tenant;
        StaffMember member;
        std::string login;
        bool known = false;  // the password was right, or a link that holds stands for it
        std::string code;
        std::string action;  // how it is audited
        std::string detail;
        std::optional<Instant> until = std::nullopt;  // the session ends with the one it came from, at the latest
    };
    Result<SignedIn> enter(const kernel::Context& context, const Entry& entry);
    struct Linked {
        TenantId tenant;
        StaffId staff;
        std::string login;
        std::string stamps_then;
        std::string stamps_now;
    };
    Result<std::vector<Linked>> links_of(const kernel::Context& context);
    std::optional<StaffMember> at_work(const TenantId& tenant, const StaffId& staff, Instant now) const;
    struct Account {
        TenantId tenant;
        StaffId staff;
    };
    Status join(kernel::Unit& unit, const Account& own, const Account& other, std::string_view action);
    // One's own change of the password carries the links on that still hold; somebody else's reset does not.
    Status carry_links(kernel::Unit& unit, const StaffId& staff, std::string_view before, std::string_view after);
    Status part(const kernel::Context& context, const Account& own, const Account& other);
    // A way into a new sample for whoever administers the installation's first tenant.
    Status invite_administrator(const FirstAdmin& sample);
    // What the catalogue gives by now to ready roles that were made earlier.
    Result<bool> upgrade_roles();
    Error refuse_unknown(const kernel::Context& context, std::string_view login);
    // A right one-time or recovery code, which is thereby used.
    Result<bool> take_code(kernel::Unit& unit, const StaffId& staff, std::string_view code);
    Result<std::string> hash_password(const Secret& password);
    Result<crypto::PasswordCheck> compare(std::string_view stored, const Secret& password);

    // ---- Nodes that imports made (node_sources.cpp) ----
    using NodeSources = std::set<std::string, std::less<>>;
    Status note_source(kernel::Unit& unit, const OrgNodeId& node, std::string_view source, bool made);
    void restore_sources(const std::pair<TenantId, OrgNodeId>& key, const NodeSources& sources);
    static Result<bool> in_use(kernel::Unit& unit, const OrgNodeId& node);
    Status remove_node(kernel::Unit& unit, const OrgNodeId& id);
    Status load_node_sources(sql::Connection& sql);

    void publish(kernel::Unit& unit, const StaffMember& changed);
    Status check_handing_out(const kernel::Context& context, const Id<tag::Role>& role) const;
    Status put_code(kernel::Unit& unit, const StaffCode& code);
    Status write_code(kernel::Unit& unit, const StaffCode& code);
    void replace_code(const TenantId& tenant, const StaffCode& code, bool stands);

    // ---- What staff lists found (staff_before.cpp) ----
    struct Before {
        std::string what;
        std::string source;
        std::string found;
        std::string stands;
    };
    Status note_before(kernel::Unit& unit, const StaffId& staff, const Before& line);
    Result<std::string> standing_before(kernel::Unit& unit, StaffMember& member, std::string_view what);
    Status restore_before(kernel::Unit& unit, StaffMember& member, std::string_view what, std::string_view found);
    Status restore_staff(kernel::Unit& unit, const StaffId& staff, std::string_view source);
    Status found_gone(kernel::Unit& unit, const StaffId& staff);
    // Whoever only this list brought works here no longer; others are another source's from now on.
    Status leave_to_others(kernel::Unit& unit, StaffMember& member, std::string_view source);
    Result<std::int64_t> take_back_older(kernel::Unit& unit, std::string_view source, int limit);
    Status list_post(kernel::Unit& unit, StaffMember& member, const StaffMember::Post& post, std::string_view source);
    Status list_code(kernel::Unit& unit, StaffMember& member, const StaffCode& code);
    struct Planned {
        std::optional<StaffMember> member;
        bool known = false;
        StaffMember::Post post;
    };
    Result<Planned> plan_line(const TenantId& tenant, const StaffLine& line) const;
    static Put effect_of(const Planned& plan, const StaffLine& line);

    // ---- The tree in time ----
    void keep_up() const;  // a change that was made for a day that has come takes effect
    TenantState standing(const TenantId& tenant) const;
    Status check_changes(const kernel::Unit& unit, const TenantState& tenant, const NodeChange& change) const;
    Status write_change(kernel::Unit& unit, const NodeChange& change);

    kernel::Kernel& kernel_;
    mutable State state_;
    std::vector<kernel::Permission> declared_;
    std::atomic<bool> secure_cookies_{false};
    std::counting_semaphore<2> hashers_{2};
    std::atomic<int> waiting_hashes_{0};
    // Nodes made by units of the group that is being written; writer's thread only.
    std::map<std::pair<TenantId, std::string>, OrgNode> fresh_nodes_;
    std::vector<std::pair<TenantId, NodeChange>> fresh_changes_;
    std::map<std::pair<TenantId, StaffId>, StaffMember> fresh_staff_;
    std::map<std::pair<TenantId, OrgNodeId>, NodeSources> node_sources_;   // the writer's thread only
    bool node_sources_loaded_ = false;
    bool roles_upgraded_ = false;
};

void add_session_routes(kernel::Kernel& kernel, OrgService& org);
void add_link_routes(kernel::Kernel& kernel, OrgService& org);
void add_tree_routes(kernel::Kernel& kernel, OrgService& org);
void add_post_routes(kernel::Kernel& kernel, OrgService& org);
void add_governance_routes(kernel::Kernel& kernel, OrgService& org);
void add_org_routes(kernel::Kernel& kernel, OrgService& org);

}  // namespace tilth::org
