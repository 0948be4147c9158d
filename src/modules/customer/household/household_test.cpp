#include "modules/customer/household/api.h"

#include "modules/customer/service.h"
#include "modules/customer/testing.h"

namespace tilth::customer {
namespace {

using enum IdentityKind;
using kernel::Unit;

const GuardianConsent kMonthOnly{"v1", "门店签字", false, Instant{}};
const GuardianConsent kWithDay{"v1", "门店签字", true, Instant{}};

TEST(HouseholdRules, AChildNeedsItsGuardiansConsent) {
    const CustomerId guardian{};
    EXPECT_EQ(check_member({guardian, Relation::Child, std::nullopt, "小雨", std::nullopt}).error().fields.front().field,
              "consent");
    EXPECT_TRUE(check_member({guardian, Relation::Child, std::nullopt, "小雨", kMonthOnly}));
    EXPECT_TRUE(check_member({guardian, Relation::Pet, std::nullopt, "球球", std::nullopt}));
    EXPECT_TRUE(check_member({guardian, Relation::Spouse, CustomerId{}, {}, std::nullopt}));
    EXPECT_FALSE(check_member({guardian, Relation::Spouse, std::nullopt, "王强", std::nullopt})) << "no customer";
    EXPECT_FALSE(check_member({guardian, Relation::Pet, CustomerId{}, {}, std::nullopt}));
    EXPECT_FALSE(check_member({guardian, Relation::Head, CustomerId{}, {}, std::nullopt}));
}

TEST(HouseholdRules, TheDayOfBirthNeedsConsentOfItsOwn) {
    const auto birth = [](const char* on) { return NewMilestone{1, "birth", on}; };
    EXPECT_EQ(check_milestone(Relation::Child, kMonthOnly, birth("2024-05")).value(), false);
    EXPECT_FALSE(check_milestone(Relation::Child, kMonthOnly, birth("2024-05-17")));
    EXPECT_EQ(check_milestone(Relation::Child, kWithDay, birth("2024-05-17")).value(), true);
    EXPECT_EQ(check_milestone(Relation::Pet, std::nullopt, birth("2024-05-17")).value(), true);
    EXPECT_EQ(check_milestone(Relation::Child, kMonthOnly, {1, "school_start", "2030-09-01"}).value(), true);
    for (const char* on : {"2024-13", "2024-02-30", "2023-02-29", "2024/05", "2024-5-17", "1899-12", "-024-05"})
        EXPECT_FALSE(check_milestone(Relation::Pet, std::nullopt, birth(on))) << on;
}

class HouseholdTest : public testing::CustomersTest {
protected:
    std::int64_t add(const NewMember& member) {
        return kernel_.made<std::int64_t>([&](Unit& unit) { return add_member(service(), unit, member); });
    }
    CustomersService& service() { return dynamic_cast<CustomersService&>(*customers_); }
    std::vector<Member> members(const CustomerId& of) {
        auto reader = kernel_.reader();
        return MUST(household_members(*reader, kernel_.tenant_id(), service().whole_person(kernel_.tenant_id(), of)));
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, HouseholdTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

TEST_P(HouseholdTest, MergesNobodyAndOutlivesMergeAndUnmerge) {
    const CustomerId mother = see({{Phone, "13800138001"}}).customer;
    const CustomerId father = see({{Phone, "13800138002"}}).customer;
    const CustomerId card = see({{Card, "K1"}}).customer;
    add({mother, Relation::Spouse, father, {}, std::nullopt});
    add({mother, Relation::Child, std::nullopt, "小雨", kMonthOnly});
    EXPECT_NE(person(mother), person(father));
    ASSERT_EQ(members(father).size(), 3u);
    EXPECT_EQ(members(card).size(), 0u);
    const std::int64_t link = merge(mother, card);
    EXPECT_EQ(members(card).size(), 3u);
    ASSERT_TRUE(unmerge(link));
    EXPECT_EQ(members(card).size(), 0u);
    EXPECT_EQ(members(mother).size(), 3u);
}

TEST_P(HouseholdTest, GoesWithItsKeeper) {
    const CustomerId mother = see({{Phone, "13800138001"}}).customer;
    const CustomerId father = see({{Phone, "13800138002"}}).customer;
    add({mother, Relation::Spouse, father, {}, std::nullopt});
    const std::int64_t child = add({mother, Relation::Child, std::nullopt, "小雨", kMonthOnly});
    ASSERT_TRUE(kernel_.write([&](Unit& unit) -> Status {
        TRY(add_milestone(service(), unit, {child, "birth", "2024-05"}));
        return ok();
    }));
    EXPECT_EQ(standing(mother, name_field(child)), "小雨|manual");
    ASSERT_TRUE(kernel_.write([&](Unit& unit) -> Status {
        TRY(erase(*customers_, unit, mother));
        return ok();
    }));
    ASSERT_EQ(members(father).size(), 1u) << "the other parent alone";
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM household_milestone"), 0);
}

TEST_P(HouseholdTest, RemovingAChildRemovesWhatIsKeptOfIt) {
    const CustomerId mother = see({{Phone, "13800138001"}}).customer;
    const std::int64_t child = add({mother, Relation::Child, std::nullopt, "小雨", kWithDay});
    const auto born = kernel_.made<std::int64_t>(
        [&](Unit& unit) { return add_milestone(service(), unit, {child, "birth", "2024-05-17"}); });
    EXPECT_EQ(standing(mother, milestone_field(born)), "2024-05-17|manual");
    ASSERT_TRUE(kernel_.write([&](Unit& unit) { return remove_member(service(), unit, child, "撤回同意"); }));
    EXPECT_EQ(standing(mother, milestone_field(born)), "");
    EXPECT_EQ(standing(mother, name_field(child)), "");
    EXPECT_EQ(members(mother).size(), 1u);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM audit_line WHERE action = 'customer.household.remove'"), 1);
}

}  // namespace
}  // namespace tilth::customer
