#include "modules/customer/service.h"
#include "modules/customer/store_conflicts.h"
#include "modules/customer/testing.h"

namespace tilth::customer {
namespace {

using enum IdentityKind;
using kernel::Unit;
using testing::CustomersTest;
using testing::Keys;

class IdentityRulesTest : public CustomersTest {
protected:
    CustomersService& service() { return static_cast<CustomersService&>(*customers_); }
    Status rule(IdentityKind kind, KindRule wanted) {
        return kernel_.write([&](Unit& unit) { return service().set_rule(unit, kind, wanted); });
    }
    CustomersService::Trial trial(IdentityKind kind, const KindRule& wanted) {
        auto reader = kernel_.reader();
        return MUST(service().try_rule(*reader, kernel_.tenant_id(), kind, wanted));
    }
    Result<std::int64_t> decide(std::int64_t conflict, bool merge_them) {
        return kernel_->record.write<std::int64_t>(kernel_.context(), [&](Unit& unit) {
            return service().decide_conflict(unit, conflict, merge_them, "asked at the till");
        });
    }
    Status reopen(std::int64_t conflict) {
        return kernel_.write([&](Unit& unit) { return service().reopen_conflict(unit, conflict, "a mistake"); });
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, IdentityRulesTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

TEST_P(IdentityRulesTest, AKindThatOnlyAttachesJoinsNobody) {
    see({{Phone, "13800138001"}});
    see({{Email, "family@example.com"}});
    ASSERT_TRUE(see({{Phone, "13800138001"}, {Email, "family@example.com"}}).linked);
    EXPECT_EQ(trial(Email, {}).links, 1);
    EXPECT_EQ(trial(Email, {}).links_undone, 1) << "it rests on the e-mail";
    EXPECT_EQ(trial(Card, {}).links_undone, 0);
    ASSERT_TRUE(rule(Email, {}));
    see({{Phone, "13800138002"}});
    see({{Email, "other@example.com"}});
    restart();
    EXPECT_FALSE(see({{Phone, "13800138002"}, {Email, "other@example.com"}}).linked) << "also after a restart";
    EXPECT_NE(person(Phone, "13800138002"), person(Email, "other@example.com"));
    EXPECT_EQ(person(Phone, "13800138001"), person(Email, "family@example.com")) << "what stands stays";
    expect_proven();
}

TEST_P(IdentityRulesTest, AWeakKindMayBeMadeToJoin) {
    ASSERT_TRUE(rule(OpenId, {.joins = true}));
    see({{Phone, "13800138001"}});
    see({{Card, "K-1"}, {OpenId, "wx:o-1"}});
    EXPECT_TRUE(see({{Phone, "13800138001"}, {OpenId, "wx:o-1"}}).linked);
    EXPECT_EQ(person(Card, "K-1"), person(Phone, "13800138001"));
    expect_proven();
}

TEST_P(IdentityRulesTest, MoreThanAPersonMayHaveIsAConflict) {
    ASSERT_TRUE(rule(Card, {.joins = true, .per_person = 1}));
    see({{Card, "K-1"}, {Email, "a@example.com"}});
    see({{Card, "K-2"}, {CustomId, "u-1"}});
    EXPECT_FALSE(see({{Email, "a@example.com"}, {CustomId, "u-1"}}).linked);
    EXPECT_EQ(conflicts(), 1);
    EXPECT_EQ(trial(Card, {.joins = true}).conflicts, 1);
    EXPECT_EQ(trial(Card, {.joins = true}).links_made, 1) << "without the limit";
    EXPECT_EQ(trial(Card, {.joins = true, .per_person = 1}).links_made, 0);
    ASSERT_TRUE(rule(Card, {.joins = true, .per_person = 2}));
    EXPECT_TRUE(see({{Email, "a@example.com"}, {CustomId, "u-1"}}).linked);
    see({{Email, "a@example.com"}, {Card, "K-3"}});
    EXPECT_NE(person(Card, "K-3"), person(Card, "K-1")) << "the third is somebody else's";
    EXPECT_EQ(conflicts(), 2);
    expect_proven();
}

TEST_P(IdentityRulesTest, BlockedValuesIdentifyNobody) {
    see({{Card, "00000"}, {Phone, "13800138001"}});
    see({{Card, "00000"}, {Email, "a@example.com"}});
    see({{Card, "00777"}, {CustomId, "u-7"}});
    const KindRule wanted{.joins = true, .per_person = 0, .blocked = {"000*", "x*y*"}};
    const auto tried = trial(Card, wanted);
    EXPECT_EQ(tried.identities, 2);
    EXPECT_EQ(tried.blocked, 1);
    ASSERT_TRUE(rule(Card, wanted));
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM identity_rule WHERE blocked = ?1", {sql::Blob{"[\"000*\"]"}}), 0)
        << "sealed";
    restart();
    const auto alone = kernel_->record.write<Resolution>(
        kernel_.context(), [&](Unit& unit) { return CustomersTest::see(unit, {.keys = {{Card, "xaybyyy"}}}); });
    ASSERT_FALSE(alone);
    EXPECT_EQ(alone.error().fields.at(0).rule, "blocked");
    see({{Card, "00099"}, {Phone, "13800138002"}});
    EXPECT_FALSE(holder(Card, "00099"));
    EXPECT_TRUE(holder(Phone, "13800138002"));
}

TEST_P(IdentityRulesTest, WhatARuleMayNotSay) {
    EXPECT_EQ(rule(Phone, {.joins = false, .per_person = 1}).error().fields.at(0).rule, "phone_is_one");
    EXPECT_EQ(rule(Phone, {.joins = true, .per_person = 2}).error().fields.at(0).rule, "phone_is_one");
    EXPECT_EQ(rule(Device, {.joins = false, .per_person = 2}).error().fields.at(0).rule, "joins_only");
    EXPECT_EQ(rule(Card, {.joins = true, .per_person = 0, .blocked = {"**"}}).error().fields.at(0).rule, "matches_all");
}

// ---- Conflicts ----

TEST_P(IdentityRulesTest, PeopleDecideAndMayTakeItBack) {
    const CustomerId a = see({{Phone, "13800138001"}, {Card, "K-1"}}).customer;
    const CustomerId other = see({{Phone, "13800138002"}, {Card, "K-1"}}).customer;
    ASSERT_NE(other, a) << "the second phone is somebody else's";
    EXPECT_EQ(*holder(Card, "K-1"), a);
    const std::int64_t link = MUST(decide(1, true));
    EXPECT_EQ(person(other), person(a));
    EXPECT_EQ(decide(1, false).error().code, ErrorCode::Conflict) << "decided already";
    ASSERT_TRUE(reopen(1));
    EXPECT_NE(person(other), person(a));
    EXPECT_EQ(unmerge(link).error().code, ErrorCode::Conflict) << "undone with the decision";
    EXPECT_EQ(reopen(1).error().code, ErrorCode::Conflict);
    EXPECT_EQ(decide(9, true).error().code, ErrorCode::NotFound);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM audit_line WHERE action IN"
                             " ('customer.conflict.merge', 'customer.conflict.reopened') AND reason <> ''"), 2);
}

TEST_P(IdentityRulesTest, WhatWasKeptApartStaysApart) {
    ASSERT_TRUE(rule(Card, {.joins = true, .per_person = 1}));
    see({{Card, "K-1"}, {Email, "a@example.com"}});
    see({{Card, "K-2"}, {CustomId, "u-1"}});
    const Keys both = {{Email, "a@example.com"}, {CustomId, "u-1"}};
    EXPECT_FALSE(see(both).linked);
    ASSERT_TRUE(decide(1, false));
    ASSERT_TRUE(rule(Card, {.joins = true}));
    restart();
    EXPECT_FALSE(see(both).linked) << "also without the limit, and after a restart";
    EXPECT_EQ(conflicts(), 1) << "people are not asked again";
    ASSERT_TRUE(reopen(1));
    EXPECT_TRUE(see(both).linked) << "nothing holds them apart any more";
    expect_proven();
}

TEST_P(IdentityRulesTest, ALinkSaysWhatItRestsOn) {
    const CustomerId a = see({{Phone, "13800138001"}}).customer;
    see({{Email, "a@example.com"}});
    see({{Phone, "13800138001"}, {Email, "a@example.com"}});
    auto reader = kernel_.reader();
    const auto lines = MUST(store::links(*reader, kernel_.tenant_id(), {a}));
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0].evidence, (std::vector<std::int64_t>{1, 2}));
}

}  // namespace
}  // namespace tilth::customer
