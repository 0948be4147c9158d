#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include "modules/customer/household/api.h"
#include "modules/customer/service.h"
#include "platform/json/value.h"

namespace tilth::customer {

namespace {

Error wrong(std::string field, std::string rule, std::string zh, std::string en, std::string remedy_zh,
            std::string remedy_en) {
    return Error::invalid(std::move(field), std::move(rule), std::move(zh), std::move(en), std::move(remedy_zh),
                          std::move(remedy_en));
}

std::optional<int> digits(std::string_view text) {
    int number = 0;
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || error != std::errc{} || at != end || number < 0) return std::nullopt;
    return number;
}

// "2024-05" or "2024-05-17": whether it is a day; nothing when neither.
std::optional<bool> day_or_month(std::string_view on) {
    if ((on.size() != 7 && on.size() != 10) || on[4] != '-' || (on.size() == 10 && on[7] != '-')) return std::nullopt;
    const auto year = digits(on.substr(0, 4));
    const auto month = digits(on.substr(5, 2));
    const auto day = on.size() == 10 ? digits(on.substr(8, 2)) : std::optional(1);
    if (!year || *year < 1900 || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    return date.ok() ? std::optional(on.size() == 10) : std::nullopt;
}

Member member_row(const sql::Row& row) {
    Member member;
    member.number = row.i64(0);
    member.household = row.i64(1);
    member.relation = static_cast<Relation>(row.i64(2));
    member.customer = row.opt_id<CustomerId>(3);
    member.keeper = row.id<CustomerId>(4);
    if (!row.null(7)) {
        member.consent =
            GuardianConsent{std::string(row.txt(5)), std::string(row.txt(6)), row.flag(8), row.instant(7)};
    }
    member.added_at = row.instant(9);
    return member;
}

Status read_milestones(sql::Connection& sql, const TenantId& tenant, Member& member) {
    member.milestones = TRY(sql.all(
        "SELECT number, kind, precise FROM household_milestone WHERE tenant_id = ?1 AND member = ?2 ORDER BY number",
        {tenant, member.number}, [](const sql::Row& row) {
            return Milestone{row.i64(0), std::string(row.txt(1)), row.flag(2)};
        }));
    return ok();
}

Result<std::set<std::int64_t>> households_of(sql::Connection& sql, const TenantId& tenant,
                                             const std::vector<CustomerId>& person) {
    std::set<std::int64_t> found;
    for (const CustomerId& customer : person) {
        TRY(sql.query("SELECT household FROM household_member WHERE tenant_id = ?1 AND keeper_id = ?2"
                      " AND customer_id IS NOT NULL ORDER BY household",
                      {tenant, customer}, [&](const sql::Row& row) {
                          found.insert(row.i64(0));
                          return true;
                      }));
    }
    return found;
}

Result<std::int64_t> insert(kernel::Unit& unit, std::int64_t household, const NewMember& member) {
    const std::int64_t number = unit.next_number("household_member");
    const GuardianConsent consent = member.consent.value_or(GuardianConsent{});
    const std::optional<Instant> at = member.consent ? std::optional(unit.now()) : std::nullopt;
    TRY(unit.sql().write("INSERT INTO household_member (tenant_id, number, household, relation, customer_id, keeper_id,"
                         " consent_text, consent_how, consent_at, birth_date, added_at)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                         {unit.tenant(), number, household, static_cast<std::int64_t>(member.relation), member.customer,
                          member.customer.value_or(member.of), consent.text_version, consent.how, at,
                          consent.birth_date, unit.now()}));
    return number;
}

Status audit(kernel::Unit& unit, std::string_view action, const CustomerId& object, std::int64_t member,
             std::string_view reason) {
    return unit.audit({.action = std::string(action),
                       .object = object.str(),
                       .detail = json::Value::object({{"member", member}}).print(),
                       .reason = std::string(reason)});
}

Error too_many(std::string field, std::size_t most) {
    return wrong(std::move(field), "too_many", "数量已到上限 " + std::to_string(most),
                 "there are " + std::to_string(most) + " already, the most there may be", "先移除不再需要的",
                 "remove what is no longer needed");
}

}  // namespace

std::string name_field(std::int64_t member) { return "household:" + std::to_string(member) + ":name"; }
std::string milestone_field(std::int64_t milestone) { return "milestone:" + std::to_string(milestone); }

Status check_member(const NewMember& member) {
    if (member.relation == Relation::Head)
        return wrong("relation", "head", "户主已在家庭里", "the householder is a member already", "选择与户主的关系",
                     "choose the relation to the householder");
    if (member.customer) {
        if (member.relation != Relation::Pet) return ok();
        return wrong("relation", "pet", "宠物不是客户", "a pet is no customer", "去掉客户编号", "leave the customer out");
    }
    if (member.relation != Relation::Child && member.relation != Relation::Pet)
        return wrong("customer", "required", "成年家人须是客户", "a grown-up member is a customer",
                     "先建立此人的客户档案", "make the person a customer first");
    if (member.relation == Relation::Child && !member.consent)
        return wrong("consent", "guardian_consent", "记录儿童须有监护人同意",
                     "a child is recorded only with a guardian's consent", "先取得监护人同意，并写明文本版本与方式",
                     "obtain the guardian's consent and give its text version and how it was given");
    return ok();
}

Result<bool> check_milestone(Relation relation, const std::optional<GuardianConsent>& consent,
                             const NewMilestone& milestone) {
    const auto day = day_or_month(milestone.on);
    if (!day)
        return wrong("on", "date", "不是年月或日期", "neither a month nor a day", "写成 2024-05 或 2024-05-17",
                     "write 2024-05 or 2024-05-17");
    const bool birth = relation == Relation::Child && milestone.kind == kBirth;
    if (*day && birth && !(consent && consent->birth_date))
        return wrong("on", "guardian_consent", "监护人未同意记录出生日期",
                     "the guardian has not consented to the day of birth", "只写年月，或先取得监护人对出生日期的同意",
                     "give the month alone, or obtain consent to the day of birth");
    return *day;
}

Result<std::optional<Member>> member_of(sql::Connection& sql, const TenantId& tenant, std::int64_t number) {
    auto found = TRY(sql.one("SELECT number, household, relation, customer_id, keeper_id, consent_text, consent_how,"
                             " consent_at, birth_date, added_at FROM household_member"
                             " WHERE tenant_id = ?1 AND number = ?2",
                             {tenant, number}, member_row));
    if (found) TRY(read_milestones(sql, tenant, *found));
    return found;
}

Result<std::vector<Member>> household_members(sql::Connection& sql, const TenantId& tenant,
                                              const std::vector<CustomerId>& person) {
    std::vector<Member> all;
    for (const std::int64_t household : TRY(households_of(sql, tenant, person))) {
        for (Member& member : TRY(sql.all(
                 "SELECT number, household, relation, customer_id, keeper_id, consent_text, consent_how, consent_at,"
                 " birth_date, added_at FROM household_member WHERE tenant_id = ?1 AND household = ?2 ORDER BY number",
                 {tenant, household}, member_row))) {
            TRY(read_milestones(sql, tenant, member));
            all.push_back(std::move(member));
        }
    }
    return all;
}

Result<std::vector<CustomerId>> likely_members(sql::Connection& sql, const TenantId& tenant,
                                               const std::vector<CustomerId>& person) {
    std::vector<CustomerId> found;
    for (const CustomerId& customer : person) {
        TRY(sql.query("SELECT b, number FROM identity_conflict WHERE tenant_id = ?1 AND a = ?2"
                      " UNION SELECT a, number FROM identity_conflict WHERE tenant_id = ?1 AND b = ?2"
                      " ORDER BY number LIMIT ?3",
                      {tenant, customer, static_cast<std::int64_t>(kHouseholdMembersMax)}, [&](const sql::Row& row) {
                          found.push_back(row.id<CustomerId>(0));
                          return true;
                      }));
    }
    return found;
}

Result<std::int64_t> add_member(CustomersService& customers, kernel::Unit& unit, const NewMember& member) {
    TRY(check_member(member));
    const auto person = customers.whole_person(unit.tenant(), member.of);
    if (person.empty()) return Error(ErrorCode::NotFound, "customer");
    const auto members = TRY(household_members(unit.sql(), unit.tenant(), person));
    if (members.size() >= kHouseholdMembersMax) return too_many("household", kHouseholdMembersMax);
    if (member.customer) {
        const auto joining = customers.whole_person(unit.tenant(), *member.customer);
        if (joining.empty()) return Error(ErrorCode::NotFound, "customer");
        const auto there = [&](const CustomerId& one) {
            return joining.front() == person.front() ||
                   std::any_of(members.begin(), members.end(), [&](const Member& row) { return row.customer == one; });
        };
        if (std::any_of(joining.begin(), joining.end(), there))
            return Error(ErrorCode::Conflict, "the customer is of this household already");
    }
    std::int64_t household = members.empty() ? 0 : members.front().household;
    if (household == 0) {
        household = unit.next_number("household");
        TRY(insert(unit, household, {member.of, Relation::Head, member.of, {}, std::nullopt}));
    }
    const std::int64_t number = TRY(insert(unit, household, member));
    if (!member.customer && !member.name.empty()) {
        TRY(customers.kernel().vault.put(unit, member.of,
                                         {{name_field(number), member.name, "manual", unit.now(), 100}}));
    }
    TRY(audit(unit, "customer.household.add", member.of, number, {}));
    return number;
}

Result<std::int64_t> add_milestone(CustomersService& customers, kernel::Unit& unit, const NewMilestone& milestone) {
    const auto member = TRY(member_of(unit.sql(), unit.tenant(), milestone.member));
    if (!member) return Error(ErrorCode::NotFound, "household member");
    const bool precise = TRY(check_milestone(member->relation, member->consent, milestone));
    if (member->milestones.size() >= kMilestonesMax) return too_many("kind", kMilestonesMax);
    const std::int64_t number = unit.next_number("household_milestone");
    TRY(unit.sql().write("INSERT INTO household_milestone (tenant_id, number, member, kind, precise, added_at)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                         {unit.tenant(), number, member->number, milestone.kind, precise, unit.now()}));
    TRY(customers.kernel().vault.put(unit, member->keeper,
                                     {{milestone_field(number), milestone.on, "manual", unit.now(), 100}}));
    TRY(audit(unit, "customer.household.milestone", member->keeper, member->number, {}));
    return number;
}

Status remove_member(CustomersService& customers, kernel::Unit& unit, std::int64_t number, std::string_view reason) {
    const auto member = TRY(member_of(unit.sql(), unit.tenant(), number));
    if (!member) return Error(ErrorCode::NotFound, "household member");
    kernel::Vault& vault = customers.kernel().vault;
    for (const Milestone& one : member->milestones)
        TRY(vault.remove(unit, member->keeper, milestone_field(one.number)));
    if (!member->customer) TRY(vault.remove(unit, member->keeper, name_field(number)));
    TRY(unit.sql().write("DELETE FROM household_milestone WHERE tenant_id = ?1 AND member = ?2",
                         {unit.tenant(), number}));
    TRY(unit.sql().write("DELETE FROM household_member WHERE tenant_id = ?1 AND number = ?2",
                         {unit.tenant(), number}));
    return audit(unit, "customer.household.remove", member->keeper, number, reason);
}

namespace store {

Status drop_households(kernel::Unit& unit, const CustomerId& customer) {
    TRY(unit.sql().write("DELETE FROM household_milestone WHERE tenant_id = ?1 AND member IN (SELECT number FROM"
                         " household_member WHERE tenant_id = ?1 AND keeper_id = ?2)",
                         {unit.tenant(), customer}));
    return unit.sql().write("DELETE FROM household_member WHERE tenant_id = ?1 AND keeper_id = ?2",
                            {unit.tenant(), customer});
}

}  // namespace store

}  // namespace tilth::customer
