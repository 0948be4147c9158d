#include "modules/customer/referral/api.h"

#include "modules/customer/testing.h"

namespace tilth::customer {
namespace {

using enum IdentityKind;
using kernel::Unit;

class ReferralTest : public testing::CustomersTest {
protected:
    Status say(const CustomerId& customer, const CustomerId& referrer, const std::string& source) {
        return kernel_.write([&](Unit& unit) { return refer(*customers_, unit, customer, referrer, source); });
    }
    std::optional<CustomerId> stands(const CustomerId& customer) {
        auto reader = kernel_.reader();
        return MUST(referrer_of(*reader, kernel_.tenant_id(), customer));
    }
    std::size_t brought(const CustomerId& referrer) {
        auto reader = kernel_.reader();
        return MUST(brought_by(*reader, kernel_.tenant_id(), {referrer}, 10)).size();
    }
    std::int64_t told() { return kernel_.number("SELECT count(*) FROM customer_change"); }
};
INSTANTIATE_TEST_SUITE_P(Engines, ReferralTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

TEST_P(ReferralTest, ByHandBeforeFilesAndTheFirstOfThem) {
    const CustomerId fresh = see({{Card, "K1"}}).customer;
    const CustomerId a = see({{Card, "K2"}}).customer;
    const CustomerId b = see({{Card, "K3"}}).customer;
    ASSERT_TRUE(say(fresh, a, "import:1"));
    ASSERT_TRUE(say(fresh, b, "import:2"));
    EXPECT_EQ(stands(fresh), a);
    EXPECT_EQ(brought(b), 0u) << "it does not stand";
    const std::int64_t before = told();
    ASSERT_TRUE(say(fresh, b, std::string(kByHand)));
    EXPECT_EQ(told(), before + 1) << "projections follow";
    EXPECT_EQ(stands(fresh), b);
    ASSERT_TRUE(kernel_.write([&](Unit& unit) { return unrefer(*customers_, unit, fresh, kByHand); }));
    EXPECT_EQ(stands(fresh), a);
    const auto gone = kernel_.made<std::int64_t>(
        [&](Unit& unit) { return take_back_referrals(*customers_, unit, "import:1", 10); });
    EXPECT_EQ(gone, 1);
    EXPECT_EQ(stands(fresh), b) << "what the other file said";
}

TEST_P(ReferralTest, NobodyBringsHimselfNorAfterAMerge) {
    const CustomerId fresh = see({{Card, "K1"}}).customer;
    const CustomerId a = see({{Card, "K2"}}).customer;
    EXPECT_EQ(say(fresh, fresh, std::string(kByHand)).error().fields.front().rule, "oneself");
    merge(fresh, a);
    EXPECT_FALSE(say(fresh, a, std::string(kByHand)));
}

TEST_P(ReferralTest, GoesWithWhoIsErased) {
    const CustomerId fresh = see({{Card, "K1"}}).customer;
    const CustomerId a = see({{Card, "K2"}}).customer;
    ASSERT_TRUE(say(fresh, a, "import:1"));
    const std::int64_t before = told();
    ASSERT_TRUE(kernel_.write([&](Unit& unit) -> Status {
        TRY(erase(*customers_, unit, a));
        return ok();
    }));
    EXPECT_EQ(stands(fresh), std::nullopt);
    EXPECT_EQ(told(), before + 2) << "the erased one, and whom it brought";
}

}  // namespace
}  // namespace tilth::customer
