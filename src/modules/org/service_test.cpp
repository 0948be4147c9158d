#include "modules/org/service.h"

#include <gtest/gtest.h>

#include "kernel/testing/fixture.h"

namespace tilth::org {
namespace {

using kernel::Unit;

class OrgTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    OrgTest() {
        org_->declare({kOrgRead, kOrgWrite, {"customer.read", "", ""}});
        admin_ = MUST(org_->create_tenant({.name = "示例", .zone = "Asia/Shanghai", .currency = {}}));
    }
    kernel::Context context() { return kernel::Context::system(admin_.tenant, kernel_.clock().now()); }
    Result<SignedIn> sign_in(std::string_view login, std::string password) {
        return org_->sign_in(context(), login, Secret(std::move(password)));
    }
    Result<kernel::Context> with_cookie(const std::string& token) {
        http::Request request;
        request.headers.push_back({"Cookie", std::string(kSessionCookie) + "=" + token});
        return org_->authenticate(request);
    }
    template <class T>
    T made(const std::function<Result<T>(Unit&)>& fn) {
        return MUST(kernel_.record().write<T>(context(), fn));
    }

    kernel::testing::TestKernel kernel_{GetParam(), org_module().migrations};
    std::unique_ptr<OrgService> org_ = std::make_unique<OrgService>(*kernel_);
    FirstAdmin admin_;
};

TEST_P(OrgTest, AOneTimePasswordAllowsNothingButChangingIt) {
    const auto in = MUST(sign_in("admin", admin_.one_time_password));
    auto before = MUST(with_cookie(in.token));
    EXPECT_FALSE(before.may(kOrgRead));
    before.now = kernel_.clock().now();
    ASSERT_TRUE(org_->change_password(before, Secret(admin_.one_time_password), Secret("a much better one")));
    EXPECT_TRUE(MUST(with_cookie(in.token)).may(kOrgRead));
    EXPECT_FALSE(sign_in("admin", admin_.one_time_password));
    EXPECT_TRUE(sign_in("admin", "a much better one"));
}

TEST_P(OrgTest, WrongPasswordsLockAndTheLockEnds) {
    for (int i = 0; i < kFailuresMax; ++i)
        EXPECT_EQ(sign_in("admin", "wrong").error().code, ErrorCode::Unauthenticated);
    EXPECT_EQ(sign_in("admin", admin_.one_time_password).error().code, ErrorCode::LockedOut);
    kernel_.clock().advance(kLockFor);
    EXPECT_TRUE(sign_in("admin", admin_.one_time_password));
    EXPECT_EQ(sign_in("nobody", "x").error().code, ErrorCode::Unauthenticated);
}

TEST_P(OrgTest, SessionsEndByIdlenessBySignOutAndByDisabling) {
    const auto in = MUST(sign_in("admin", admin_.one_time_password));
    kernel_.clock().advance(kSessionIdle);
    EXPECT_FALSE(with_cookie(in.token));
    const auto again = MUST(sign_in("admin", admin_.one_time_password));
    auto session = MUST(with_cookie(again.token));
    session.now = kernel_.clock().now();
    ASSERT_TRUE(org_->sign_out(session));
    EXPECT_FALSE(with_cookie(again.token));
    const auto third = MUST(sign_in("admin", admin_.one_time_password));
    made<bool>([&](Unit& unit) -> Result<bool> {
        TRY(org_->set_staff_active(unit, admin_.staff, false));
        return true;
    });
    EXPECT_FALSE(with_cookie(third.token));
    EXPECT_FALSE(sign_in("admin", admin_.one_time_password));
}

TEST_P(OrgTest, ScopeIsTheSubtreeOfThePost) {
    const auto region = made<OrgNodeId>(
        [&](Unit& unit) { return org_->ensure_node(unit, NodeKind::Region, "R1", "East", org_->root(unit.tenant())); });
    const auto store =
        made<OrgNodeId>([&](Unit& unit) { return org_->ensure_node(unit, NodeKind::Store, "S1", "Shop", region); });
    const auto other = made<OrgNodeId>(
        [&](Unit& unit) { return org_->ensure_node(unit, NodeKind::Store, "S2", "Other", org_->root(unit.tenant())); });
    EXPECT_EQ(
        made<OrgNodeId>([&](Unit& unit) { return org_->ensure_node(unit, NodeKind::Store, "S1", "Again", region); }),
        store);
    const auto role = org_->state().read([&](const State& state) {
        for (const auto& [id, one] : state.tenant(admin_.tenant)->roles)
            if (one.code == "region_manager") return id;
        return Id<tag::Role>{};
    });
    StaffId staff;
    const std::string password = MUST(org_->add_member(context(), {"王经理", "wang", region, role}, staff));
    const auto in = MUST(sign_in("wang", password));
    const auto seen = MUST(with_cookie(in.token));
    EXPECT_TRUE(seen.scope->covers(store));
    EXPECT_FALSE(seen.scope->covers(other));
    EXPECT_FALSE(seen.scope->all);
    EXPECT_FALSE(org_->add_member(context(), {"Twin", "wang", region, role}, staff));
}

TEST_P(OrgTest, KeysAreKnownByTheirHashAndCanBeRevoked) {
    SourceId source;
    source.bytes[0] = 5;
    const auto write_key = made<std::string>([&](Unit& unit) { return org_->create_key(unit, "web", {}, source); });
    ASSERT_TRUE(org_->key(write_key));
    EXPECT_TRUE(org_->key(write_key)->write_only);
    EXPECT_EQ(org_->key(write_key)->source, source);
    http::Request request;
    request.headers.push_back({"Authorization", "Bearer " + write_key});
    EXPECT_FALSE(org_->authenticate(request));  // a write key opens no API
    made<bool>([&](Unit& unit) -> Result<bool> {
        TRY(org_->revoke_key(unit, org_->key(write_key)->key));
        return true;
    });
    EXPECT_FALSE(org_->key(write_key));
}

TEST_P(OrgTest, EverythingComesBackAfterAReload) {
    const auto in = MUST(sign_in("admin", admin_.one_time_password));
    made<OrgNodeId>(
        [&](Unit& unit) { return org_->ensure_node(unit, NodeKind::Region, "R1", "East", org_->root(unit.tenant())); });
    OrgService fresh(*kernel_);
    ASSERT_TRUE(fresh.reload());
    EXPECT_EQ(fresh.nodes(admin_.tenant).size(), 2u);
    http::Request request;
    request.headers.push_back({"Cookie", std::string(kSessionCookie) + "=" + in.token});
    EXPECT_TRUE(fresh.authenticate(request));
}

TEST_P(OrgTest, AnUndoneUnitLeavesNoNode) {
    const Status refused = kernel_.write([&](Unit& unit) -> Status {
        TRY(org_->ensure_node(unit, NodeKind::Region, "R9", "Ghost", org_->root(admin_.tenant)));
        return ErrorCode::Conflict;
    });
    EXPECT_FALSE(refused);
    EXPECT_FALSE(org_->node_by_code(kernel_.tenant_id(), "R9"));
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM org_node WHERE code = 'R9'"), 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, OrgTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

}  // namespace
}  // namespace tilth::org
