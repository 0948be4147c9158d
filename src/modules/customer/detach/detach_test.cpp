#include "modules/customer/detach/api.h"

#include "base/rng.h"
#include "modules/customer/testing.h"

namespace tilth::customer {
namespace {

using enum IdentityKind;
using kernel::Unit;
using testing::Keys;
using testing::Seeing;

class DetachTest : public testing::CustomersTest {
protected:
    Result<Detachment> sever(IdentityKind kind, const std::string& value) {
        const auto number = static_cast<IdentityNumber>(
            kernel_.number("SELECT max(number) FROM identity WHERE kind = ?1 AND customer_id = ?2",
                           {static_cast<std::int64_t>(kind), holder(kind, value).value()}));
        return kernel_.record().write<Detachment>(
            kernel_.context(), [&](Unit& unit) { return detach(*customers_, unit, number, "换了号码"); });
    }
    std::int64_t unbind_from(const std::string& login, const Keys& keys) {
        return kernel_.made<std::int64_t>([&](Unit& unit) {
            std::vector<Claim> claims;
            for (const auto& [kind, value] : keys) claims.push_back(claim(kind, value));
            return unbind(*customers_, unit, claim(CustomId, login), claims, "src_one", unit.now());
        });
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, DetachTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

TEST_P(DetachTest, ARecycledPhoneStartsAnewAndInheritsNothing) {
    const CustomerId before = see({{Phone, "13800138001"}, {Card, "K1"}}).customer;
    ASSERT_TRUE(declare(before, {{"name", "陈美丽"}}));
    const Detachment done = MUST(sever(Phone, "13800138001"));
    EXPECT_EQ(done.from, before);
    expect_proven();
    EXPECT_EQ(holder(Phone, "13800138001"), done.to);
    EXPECT_EQ(holder(Card, "K1"), before);
    EXPECT_NE(person(done.to), person(before));
    EXPECT_EQ(standing(done.to, "name"), "");
    EXPECT_EQ(standing(before, "name"), "陈美丽|src_one");
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM audit_line WHERE action = 'customer.detach'"), 1);
    // The old card with its new owner's phone: nothing joins the two by itself.
    see({{Phone, "13900139009"}, {Card, "K1"}});
    EXPECT_EQ(person(Phone, "13900139009"), person(before)) << "the customer may have another phone now";
    see({{Phone, "13800138001"}, {Card, "K1"}});
    EXPECT_NE(person(done.to), person(before));
    EXPECT_EQ(conflicts(), 1);
    const std::string state = hash();
    restart();
    expect_proven();
    EXPECT_EQ(hash(), state);
}

TEST_P(DetachTest, MergingTakesItBackAsIfNothingHadBeenSevered) {
    const CustomerId one = see({{Phone, "13800138001"}, {Card, "K1"}, {Device, "d1"}}).customer;
    const Person was = customers_->person_of(kernel_.tenant_id(), one).value();
    for (const auto& [kind, value] : Keys{{Phone, "13800138001"}, {Card, "K1"}, {Device, "d1"}}) {
        const Detachment done = MUST(sever(kind, value));
        EXPECT_NE(person(done.to), person(one));
        merge(one, done.to);
        expect_proven();
        const Person now = customers_->person_of(kernel_.tenant_id(), one).value();
        EXPECT_EQ(now.first, was.first);
        EXPECT_EQ(person(kind, value), one);
    }
    EXPECT_EQ(everything_of(one).size(), 4u);
}

TEST_P(DetachTest, TheOnlyKeyMayGoToo) {
    const CustomerId one = see({{Phone, "13800138001"}}).customer;
    const Detachment done = MUST(sever(Phone, "13800138001"));
    expect_proven();
    EXPECT_TRUE(customers_->person_of(kernel_.tenant_id(), one)->known) << "orders know who this was";
    EXPECT_EQ(holder(Phone, "13800138001"), done.to);
    restart();
    expect_proven();
    const auto absent = kernel_.record().write<Detachment>(
        kernel_.context(), [&](Unit& unit) { return detach(*customers_, unit, 999, "换了号码"); });
    EXPECT_EQ(absent.error().code, ErrorCode::NotFound);
}

TEST_P(DetachTest, ATrackersWordPartsWhatItsLoginHoldsAndEvidenceBindsAgain) {
    const CustomerId one =
        see(Seeing{.keys = {{CustomId, "u-1"}, {OpenId, "wx1:o-1"}, {Device, "d1"}}, .rule = "identify"}).customer;
    const CustomerId other = see({{Phone, "13800138001"}}).customer;
    EXPECT_EQ(unbind_from("u-1", {{OpenId, "wx1:o-1"}, {Phone, "13800138001"}, {CustomId, "u-1"}, {Card, "K-9"}}), 1);
    expect_proven();
    EXPECT_NE(person(OpenId, "wx1:o-1"), person(one));
    EXPECT_EQ(person(Device, "d1"), person(one));
    EXPECT_EQ(person(Phone, "13800138001"), other) << "another's key is not this login's to sever";
    EXPECT_EQ(unbind_from("u-1", {{OpenId, "wx1:o-1"}}), 0) << "again changes nothing";
    kernel_.clock().advance(hours(1));
    see(Seeing{.keys = {{CustomId, "u-1"}, {OpenId, "wx1:o-1"}}, .rule = "identify"});
    EXPECT_EQ(person(OpenId, "wx1:o-1"), person(one)) << "a login on the same device binds it again";
    expect_proven();
    EXPECT_EQ(conflicts(), 0);
}

}  // namespace
}  // namespace tilth::customer
