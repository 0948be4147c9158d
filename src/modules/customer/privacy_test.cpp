#include "modules/customer/privacy.h"

#include "modules/customer/service.h"
#include "modules/customer/testing.h"

namespace tilth::customer {
namespace {

using enum IdentityKind;
using kernel::Unit;
using testing::CustomersTest;

TEST(ConsentRules, OwnWordAndNobodysWithdrawal) {
    const CustomerId a{Bytes16{1}};
    const CustomerId b{Bytes16{2}};
    const auto line = [](std::int64_t number, const CustomerId& who, bool granted, std::int64_t at) {
        ConsentLine one;
        one.number = number;
        one.customer = who;
        one.granted = granted;
        one.at = Instant{at};
        return one;
    };
    EXPECT_FALSE(consent_stands({}, a)) << "silence is no consent";
    const std::vector<ConsentLine> lent = {line(1, b, true, 10)};
    EXPECT_TRUE(consent_stands(lent, b));
    EXPECT_FALSE(consent_stands(lent, a)) << "it never spreads by merging";
    EXPECT_FALSE(consent_stands(std::vector{line(2, a, false, 20), line(1, a, true, 10)}, a));
    EXPECT_TRUE(consent_stands(std::vector{line(2, a, false, 10), line(1, a, true, 20)}, a)) << "by its time";
    EXPECT_FALSE(consent_stands(std::vector{line(1, a, true, 10), line(2, b, false, 20)}, a)) << "a withdrawal counts";
    EXPECT_TRUE(consent_stands(std::vector{line(1, a, true, 30), line(2, b, false, 20)}, a));
    EXPECT_FALSE(consent_stands(std::vector{line(1, a, true, 10), line(2, a, false, 10)}, a)) << "the later line";
}

class PrivacyTest : public CustomersTest {
protected:
    CustomersService& service() { return static_cast<CustomersService&>(*customers_); }
    void say(const CustomerId& who, bool granted, std::string proof = {}) {
        kernel_.made<std::int64_t>([&](Unit& unit) {
            return service().say(unit, {who, Purpose::Marketing, ConsentChannel::Sms, granted, "2026-01", "staff",
                                        proof, unit.now()});
        });
        kernel_.clock().advance(seconds(1));
    }
    bool reachable(const CustomerId& who) {
        auto reader = kernel_.reader();
        return MUST(may_reach(*customers_, *reader, kernel_.tenant_id(), who, Purpose::Marketing, ConsentChannel::Sms));
    }
    Erasure erase(const CustomerId& who) {
        return kernel_.made<Erasure>([&](Unit& unit) { return tilth::customer::erase(*customers_, unit, who); });
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, PrivacyTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

TEST_P(PrivacyTest, ConsentIsOnesOwnAndWithdrawalIsAnEventAtOnce) {
    const CustomerId a = see({{Phone, "13800138001"}}).customer;
    const CustomerId b = see({{Card, "K-1"}}).customer;
    say(a, true, "signed sheet 31");
    EXPECT_TRUE(reachable(a));
    EXPECT_EQ(standing(a, "consent:1"), "signed sheet 31|staff");
    const std::int64_t link = merge(a, b);
    EXPECT_TRUE(reachable(a));
    EXPECT_FALSE(reachable(b)) << "merging lends nothing";
    say(b, false);
    EXPECT_FALSE(reachable(a)) << "the person has withdrawn";
    ASSERT_TRUE(unmerge(link));
    EXPECT_TRUE(reachable(a)) << "and unmerging restores both";
    say(a, false);
    EXPECT_FALSE(reachable(a));
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM outbox_event WHERE type = 'consent.withdrawn'"), 2);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM outbox_event WHERE type = 'consent.granted'"), 1);
}

TEST_P(PrivacyTest, AnErasedPersonLeavesNothingButANumber) {
    const CustomerId a = see({{Phone, "13800138001"}, {Anonymous, "cookie"}}).customer;
    const CustomerId b = see({{Card, "K-1"}}).customer;
    const CustomerId other = see({{Phone, "13800138002"}}).customer;
    ASSERT_TRUE(declare(a, {{"name", "王五"}}));
    say(a, true, "sheet");
    merge(a, b);
    const std::int64_t people = customers_->people(kernel_.tenant_id(), true);
    const Erasure done = erase(a);
    EXPECT_EQ(done.customers, 2);
    EXPECT_EQ(done.identities, 3);
    EXPECT_GE(done.values, 4);
    EXPECT_FALSE(holder(Phone, "13800138001"));
    EXPECT_FALSE(holder(Card, "K-1"));
    EXPECT_FALSE(holder(Anonymous, "cookie"));
    EXPECT_EQ(standing(a, "name"), "");
    EXPECT_FALSE(reachable(a));
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM vault_value"), 1) << "only the other's phone";
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM person_secret"), 1);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM identity_index"), 1);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM customer_erasure"), 2);
    EXPECT_EQ(customers_->people(kernel_.tenant_id(), true), people) << "sums stay";
    expect_proven();

    restart();
    const CustomerId again = see({{Phone, "13800138001"}}).customer;
    EXPECT_NE(again, a) << "a new, unlinked customer";
    EXPECT_EQ(everything_of(again), std::vector<CustomerId>{again});
    say(again, true);
    EXPECT_FALSE(reachable(again)) << "no marketing reaches that phone";
    say(other, true);
    EXPECT_TRUE(reachable(other));
    expect_proven();
    const auto twice = kernel_.write([&](Unit& unit) -> Status {
        TRY(tilth::customer::erase(*customers_, unit, a));
        return ok();
    });
    EXPECT_EQ(twice.error().code, ErrorCode::NotFound);
}

TEST_P(PrivacyTest, ARefusedErasureErasesNothing) {
    const CustomerId a = see({{Phone, "13800138001"}}).customer;
    say(a, true);
    const std::string before = hash();
    EXPECT_FALSE(kernel_.write([&](Unit& unit) -> Status {
        TRY(tilth::customer::erase(*customers_, unit, a));
        return Error(ErrorCode::Conflict, "after all");
    }));
    EXPECT_EQ(hash(), before);
    EXPECT_EQ(*holder(Phone, "13800138001"), a);
    EXPECT_TRUE(reachable(a));
    const CustomerId other = see({{Phone, "13800138001"}, {Card, "K"}}).customer;
    EXPECT_EQ(other, a);
    expect_proven();
}

}  // namespace
}  // namespace tilth::customer
