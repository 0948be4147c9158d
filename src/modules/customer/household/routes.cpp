// Households over HTTP. Replies of commands hold numbers alone; names and days are revealed like any other value.
#include <algorithm>
#include <map>
#include <set>

#include "kernel/api/page.h"
#include "modules/customer/household/api.h"
#include "modules/customer/portrait.h"
#include "modules/customer/routes.h"
#include "modules/customer/views.h"

namespace tilth::customer {

using MemberNumber = Int<1, 4'000'000'000'000>;

struct GuardianConsentInput {
    Text<1, 80> text_version;
    Text<1, 200> how;
    std::optional<bool> birth_date;
};
API_STRUCT(GuardianConsentInput, (text_version, how, birth_date))
struct AddMember {
    CustomerId id;
    Relation relation = Relation::Child;
    std::optional<CustomerId> customer;
    std::optional<Text<1, 80>> name;
    std::optional<GuardianConsentInput> consent;
};
API_STRUCT(AddMember, (id, relation, customer, name, consent))
struct MemberAdded {
    std::int64_t number = 0;
};
API_STRUCT(MemberAdded, (number))
struct AddMilestone {
    MemberNumber number;
    Text<1, 40> kind;
    Text<1, 20> on;
};
API_STRUCT(AddMilestone, (number, kind, on))
struct RemoveMember {
    MemberNumber number;
    Reason reason;
};
API_STRUCT(RemoveMember, (number, reason))

struct MilestoneView {
    std::int64_t number = 0;
    std::string kind;
    std::string month;                    // "2024-05"
    bool precise = false;                 // a day is kept too
    std::string field;                    // for reveal, with the keeper
};
API_STRUCT(MilestoneView, (number, kind, month, precise, field))
struct GuardianConsentView {
    std::string text_version;
    std::string how;
    bool birth_date = false;
    Instant at;
};
API_STRUCT(GuardianConsentView, (text_version, how, birth_date, at))
struct MemberView {
    std::int64_t number = 0;
    std::int64_t household = 0;
    Relation relation = Relation::Other;
    std::optional<CustomerId> customer;   // the person's oldest; absent of who is none, or out of scope
    std::string name_masked;
    CustomerId keeper;                    // whose reveal opens the fields
    std::optional<std::string> name_field;
    std::optional<GuardianConsentView> consent;
    std::vector<MilestoneView> milestones;
    Instant added_at;
};
API_STRUCT(MemberView, (number, household, relation, customer, name_masked, keeper, name_field, consent, milestones,
                        added_at))
struct LikelyMember {
    CustomerId customer;
    std::string name_masked;
};
API_STRUCT(LikelyMember, (customer, name_masked))
struct HouseholdView {
    std::vector<MemberView> members;
    std::vector<LikelyMember> likely;     // used one key with this person, and are nobody's members here yet
};
API_STRUCT(HouseholdView, (members, likely))

}  // namespace tilth::customer

template <>
inline constexpr auto tilth::json::enum_values<tilth::customer::Relation> =
    std::to_array<tilth::json::EnumValue<tilth::customer::Relation>>({
        {tilth::customer::Relation::Head, "head", "户主", "Householder"},
        {tilth::customer::Relation::Spouse, "spouse", "配偶", "Spouse"},
        {tilth::customer::Relation::Child, "child", "子女", "Child"},
        {tilth::customer::Relation::Parent, "parent", "父母", "Parent"},
        {tilth::customer::Relation::Sibling, "sibling", "兄弟姐妹", "Sibling"},
        {tilth::customer::Relation::Grandparent, "grandparent", "祖辈", "Grandparent"},
        {tilth::customer::Relation::Grandchild, "grandchild", "孙辈", "Grandchild"},
        {tilth::customer::Relation::Pet, "pet", "宠物", "Pet"},
        {tilth::customer::Relation::Other, "other", "其他", "Other"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::customer::AddMember> = std::to_array<tilth::json::FieldDoc>(
    {{"name", "孩子或宠物的称呼", "Name of a child or a pet", "小雨", tilth::json::Privacy::Personal}});
template <>
inline constexpr auto tilth::json::field_docs<tilth::customer::AddMilestone> = std::to_array<tilth::json::FieldDoc>(
    {{"kind", "里程碑，birth、school_start 或自定", "birth, school_start, or one's own word", "birth"},
     {"on", "年月或日期", "A month or a day", "2024-05", tilth::json::Privacy::Sensitive}});

namespace tilth::customer {

namespace {

using kernel::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

using There = std::set<std::pair<std::int64_t, CustomerId>>;   // household, person

class HouseholdRoutes {
public:
    explicit HouseholdRoutes(CustomersService& customers) : customers_(customers) {}

    Result<HouseholdView> show(View& view, const CustomerKey& key) const {
        const auto person = customers_.whole_person(view.tenant(), key.id);
        TRY(check_scope(view.sql(), view.context(), person));
        HouseholdView reply;
        There there;
        for (const Member& member : TRY(household_members(view.sql(), view.tenant(), person)))
            if (auto shown = TRY(show(view, member, there))) reply.members.push_back(std::move(*shown));
        for (const CustomerId& customer : TRY(likely_members(view.sql(), view.tenant(), person))) {
            const auto face = TRY(face_of(view, customer));
            if (!face || face->customer == person.front()) continue;
            const auto same = [&](const auto& one) { return one.customer == face->customer; };
            if (std::any_of(reply.members.begin(), reply.members.end(), same)) continue;
            if (std::none_of(reply.likely.begin(), reply.likely.end(), same)) reply.likely.push_back(*face);
        }
        return reply;
    }

    Result<MemberAdded> add(Unit& unit, const AddMember& request) const {
        TRY(check_scope(unit.sql(), unit.context(), customers_.whole_person(unit.tenant(), request.id)));
        NewMember member{request.id, request.relation, request.customer, {}, std::nullopt};
        if (request.customer)
            TRY(check_scope(unit.sql(), unit.context(), customers_.whole_person(unit.tenant(), *request.customer)));
        if (request.name) member.name = request.name->str();
        if (request.consent) {
            member.consent = GuardianConsent{request.consent->text_version.str(), request.consent->how.str(),
                                             request.consent->birth_date.value_or(false), unit.now()};
        }
        return MemberAdded{TRY(add_member(customers_, unit, member))};
    }

    Result<MemberAdded> mark(Unit& unit, const AddMilestone& request) const {
        TRY(check(unit, request.number.value()));
        return MemberAdded{
            TRY(add_milestone(customers_, unit, {request.number.value(), request.kind.str(), request.on.str()}))};
    }

    Result<None> remove(Unit& unit, const RemoveMember& request) const {
        TRY(check(unit, request.number.value()));
        TRY(remove_member(customers_, unit, request.number.value(), request.reason.str()));
        return None{};
    }

private:
    Status check(Unit& unit, std::int64_t number) const {
        const auto member = TRY(member_of(unit.sql(), unit.tenant(), number));
        if (!member) return Error(ErrorCode::NotFound, "household member");
        return check_scope(unit.sql(), unit.context(), customers_.whole_person(unit.tenant(), member->keeper));
    }

    // Nothing when gone, or not the caller's to see.
    Result<std::optional<LikelyMember>> face_of(View& view, const CustomerId& customer) const {
        const auto portrait = look_at(customers_, view, customer);
        if (!portrait && portrait.error().code == ErrorCode::NotFound) return std::nullopt;
        if (!portrait) return portrait.error();
        return LikelyMember{portrait->customers.front(), portrait->face.name_masked()};
    }

    // Each person once: after a merge two rows may be one person's.
    Result<std::optional<MemberView>> show(View& view, const Member& member, There& there) const {
        MemberView item;
        item.number = member.number;
        item.household = member.household;
        item.relation = member.relation;
        item.keeper = member.keeper;
        item.added_at = member.added_at;
        if (member.consent) {
            item.consent = GuardianConsentView{member.consent->text_version, member.consent->how,
                                               member.consent->birth_date, member.consent->at};
        }
        const auto face = TRY(face_of(view, member.keeper));
        if (member.customer && face) {
            if (!there.emplace(member.household, face->customer).second) return std::nullopt;
            item.customer = face->customer;
            item.name_masked = face->name_masked;
        }
        if (!face) return item;
        std::map<std::string, std::string> clear;
        for (auto& value : TRY(customers_.kernel().vault.open(view.sql(), view.tenant(), member.keeper)))
            clear.emplace(value.field, std::move(value.value));
        if (const auto name = clear.find(name_field(member.number)); name != clear.end()) {
            item.name_field = name->first;
            item.name_masked = masked(Mask::Name, name->second);
        }
        for (const Milestone& one : member.milestones) {
            const std::string field = milestone_field(one.number);
            const auto on = clear.find(field);
            const std::string month = on == clear.end() ? std::string() : on->second.substr(0, 7);
            item.milestones.push_back({one.number, one.kind, month, one.precise, field});
        }
        return item;
    }

    CustomersService& customers_;
};

}  // namespace

void add_household_routes(CustomersService& customers) {
    kernel::Api& api = customers.kernel().api;
    const auto routes = std::make_shared<HouseholdRoutes>(customers);
    api.query<CustomerKey, HouseholdView>(
        Method::Get, "/api/v1/customers/{id}/household", kRead,
        [routes](View& view, const CustomerKey& request) { return routes->show(view, request); },
        {.zh = "家庭：成员与里程碑", .en = "Household: members and milestones", .rows = {"CDP-04"}, .tag = "customer"});
    api.command<AddMember, MemberAdded>(
        Method::Post, "/api/v1/customers/{id}/household", kWrite,
        [routes](Unit& unit, const AddMember& request) { return routes->add(unit, request); },
        {.zh = "添加家庭成员", .en = "Add a member of the household", .rows = {"CDP-04"}, .tag = "customer"});
    api.command<AddMilestone, MemberAdded>(
        Method::Post, "/api/v1/household-members/{number}/milestones", kWrite,
        [routes](Unit& unit, const AddMilestone& request) { return routes->mark(unit, request); },
        {.zh = "记录里程碑", .en = "Record a milestone", .rows = {"CDP-04"}, .tag = "customer"});
    api.command<RemoveMember, None>(
        Method::Post, "/api/v1/household-members/{number}/remove", kWrite,
        [routes](Unit& unit, const RemoveMember& request) { return routes->remove(unit, request); },
        {.zh = "移出家庭，儿童的资料随之删除",
         .en = "Remove a member; what is kept of a child goes",
         .rows = {"CDP-04"},
         .tag = "customer"});
}

}  // namespace tilth::customer
