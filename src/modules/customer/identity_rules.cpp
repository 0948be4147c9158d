// The tenant's rules of identity kinds: reading, changing, and trying them on history.
#include <algorithm>
#include <map>

#include "modules/customer/rules.h"
#include "modules/customer/service.h"
#include "platform/json/value.h"

namespace tilth::customer {

namespace {

constexpr std::string_view kPurpose = "identity rule";
constexpr std::int64_t kTriedIdentitiesMax = 20'000;   // opened within one reader's snapshot

std::string printed(const std::vector<std::string>& patterns) {
    json::Value list = json::Value::array();
    for (const std::string& pattern : patterns) list.push(pattern);
    return list.print();
}

// A link or conflict with the identities it rests on.
struct Rest {
    std::string cause;
    std::vector<IdentityKind> kinds;
    std::vector<IdentityNumber> numbers;
};

Result<std::map<std::int64_t, Rest>> standing_links(sql::Connection& sql, const TenantId& tenant) {
    std::map<std::int64_t, Rest> found;
    TRY(sql.query("SELECT e.link, i.number, i.kind FROM link_evidence e"
                  " JOIN identity i ON i.tenant_id = e.tenant_id AND i.number = e.identity"
                  " LEFT JOIN link_undo u ON u.tenant_id = e.tenant_id AND u.number = e.link"
                  " WHERE e.tenant_id = ?1 AND u.number IS NULL ORDER BY e.link, i.number",
                  {tenant}, [&](const sql::Row& row) {
                      Rest& rest = found[row.i64(0)];
                      rest.numbers.push_back(static_cast<IdentityNumber>(row.i64(1)));
                      rest.kinds.push_back(static_cast<IdentityKind>(row.i64(2)));
                      return true;
                  }));
    return found;
}

Result<std::map<std::int64_t, Rest>> open_conflicts(sql::Connection& sql, const TenantId& tenant) {
    std::map<std::int64_t, Rest> found;
    TRY(sql.query("SELECT c.number, c.cause, i.number, i.kind FROM identity_conflict c"
                  " JOIN conflict_evidence e ON e.tenant_id = c.tenant_id AND e.conflict = c.number"
                  " JOIN identity i ON i.tenant_id = e.tenant_id AND i.number = e.identity"
                  " WHERE c.tenant_id = ?1 AND NOT EXISTS (SELECT 1 FROM conflict_decision d"
                  " WHERE d.tenant_id = c.tenant_id AND d.conflict = c.number) ORDER BY c.number, i.number",
                  {tenant}, [&](const sql::Row& row) {
                      Rest& rest = found[row.i64(0)];
                      rest.cause = row.txt(1);
                      rest.numbers.push_back(static_cast<IdentityNumber>(row.i64(2)));
                      rest.kinds.push_back(static_cast<IdentityKind>(row.i64(3)));
                      return true;
                  }));
    return found;
}

}  // namespace

Result<KindRules> CustomersService::rules_of(sql::Connection& sql, const TenantId& tenant) {
    KindRules rules = default_rules();
    struct Sealed {
        std::size_t kind = 0;
        std::string bytes;
    };
    std::vector<Sealed> sealed;
    TRY(sql.query("SELECT kind, joins, per_person, blocked FROM identity_rule WHERE tenant_id = ?1 ORDER BY kind",
                  {tenant}, [&](const sql::Row& row) {
                      const auto kind = static_cast<std::size_t>(row.i64(0));
                      rules.at(kind).joins = row.flag(1);
                      rules.at(kind).per_person = static_cast<std::uint8_t>(row.i64(2));
                      sealed.push_back({kind, std::string(row.bin(3))});
                      return true;
                  }));
    for (const Sealed& one : sealed) {
        const std::string clear = TRY(kernel_.vault.open_for_tenant(tenant, kPurpose, one.bytes));
        const json::Value patterns = TRY(json::Value::parse(clear));
        for (const json::Value& pattern : patterns.items()) rules[one.kind].blocked.emplace_back(pattern.str());
    }
    return rules;
}

Status CustomersService::set_rule(kernel::Unit& unit, IdentityKind kind, const KindRule& rule) {
    TRY(check_rule(kind, rule));
    TenantState& state = state_of(unit.tenant());
    const auto at = static_cast<std::size_t>(kind);
    const std::string sealed =
        TRY(kernel_.vault.seal_for_tenant(unit.tenant(), kPurpose, printed(rule.blocked)));
    TRY(unit.sql().write(
        "INSERT INTO identity_rule (tenant_id, kind, joins, per_person, blocked, changed_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant_id, kind) DO UPDATE SET joins = excluded.joins,"
        " per_person = excluded.per_person, blocked = excluded.blocked, changed_at = excluded.changed_at",
        {unit.tenant(), static_cast<std::int64_t>(at), rule.joins, std::int64_t{rule.per_person}, sql::Blob{sealed},
         unit.now()}));
    unit.on_undo([&state, at, before = state.rules[at]] { state.rules[at] = before; });
    state.rules[at] = rule;
    return unit.audit({.action = "customer.rule",
                       .object = std::string(name(kind)),
                       .detail = json::Value::object({{"joins", rule.joins},
                                                      {"per_person", std::int64_t{rule.per_person}},
                                                      {"blocked", static_cast<std::int64_t>(rule.blocked.size())}})
                                     .print()});
}

Result<CustomersService::Trial> CustomersService::try_rule(sql::Connection& sql, const TenantId& tenant,
                                                           IdentityKind kind, const KindRule& rule) {
    TRY(check_rule(kind, rule));
    KindRules rules = TRY(rules_of(sql, tenant));
    const std::uint8_t limit_now = rules[static_cast<std::size_t>(kind)].per_person;
    rules[static_cast<std::size_t>(kind)] = rule;
    Trial trial;
    std::vector<IdentityNumber> refused;   // sorted
    if (!rule.blocked.empty() && is_kept(kind)) {
        struct Kept {
            IdentityNumber number = 0;
            CustomerId customer;
        };
        const auto kept = TRY(sql.all(
            "SELECT number, customer_id FROM identity WHERE tenant_id = ?1 AND kind = ?2 ORDER BY number LIMIT ?3",
            {tenant, static_cast<std::int64_t>(kind), kTriedIdentitiesMax}, [](const sql::Row& row) {
                return Kept{static_cast<IdentityNumber>(row.i64(0)), row.id<CustomerId>(1)};
            }));
        trial.identities = static_cast<std::int64_t>(kept.size());
        for (const Kept& one : kept) {
            const std::string field = vault_field(kind, one.number);
            for (const auto& value : TRY(kernel_.vault.open(sql, tenant, one.customer))) {
                if (value.field == field && is_blocked(rule, value.value)) refused.push_back(one.number);
            }
        }
        trial.blocked = static_cast<std::int64_t>(refused.size());
    }
    const auto without_refused = [&](const Rest& rest) {
        std::vector<IdentityKind> kinds;
        for (std::size_t i = 0; i < rest.numbers.size(); ++i) {
            if (!std::binary_search(refused.begin(), refused.end(), rest.numbers[i])) kinds.push_back(rest.kinds[i]);
        }
        return kinds;
    };
    for (const auto& [_, link] : TRY(standing_links(sql, tenant))) {
        ++trial.links;
        if (!link_holds(without_refused(link), rules)) ++trial.links_undone;
    }
    const bool wider = limit_now != 0 && (rule.per_person == 0 || rule.per_person > limit_now);
    for (const auto& [_, conflict] : TRY(open_conflicts(sql, tenant))) {
        ++trial.conflicts;
        const bool by_limit = conflict.cause == name(ConflictCause::Limit);
        if (by_limit && wider && link_holds(without_refused(conflict), rules)) ++trial.links_made;
    }
    return trial;
}

}  // namespace tilth::customer
