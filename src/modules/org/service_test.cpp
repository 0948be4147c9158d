#include "modules/org/service.h"

#include <gtest/gtest.h>

#include "kernel/testing/fixture.h"
#include "modules/org/totp.h"

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

TEST_P(OrgTest, ASecondFactorIsAskedForTakenOnceAndReplacedByARecoveryCode) {
    auto in = MUST(sign_in("admin", admin_.one_time_password));
    auto mine = MUST(with_cookie(in.token));
    mine.now = kernel_.clock().now();
    ASSERT_TRUE(org_->change_password(mine, Secret(admin_.one_time_password), Secret("a much better one")));
    const auto write = [&](const std::function<Status(Unit&)>& fn) {
        mine.now = kernel_.clock().now();
        return kernel_.record().write<bool>(mine, [&](Unit& unit) -> Result<bool> {
            TRY(fn(unit));
            return true;
        });
    };
    OrgService::Enrolment made;
    ASSERT_TRUE(write([&](Unit& unit) -> Status { return made = TRY(org_->enrol(unit)), ok(); }));
    // Not yet demanded.
    EXPECT_TRUE(sign_in("admin", "a much better one"));
    const auto code = [&](int off) {
        std::string bytes;
        std::uint32_t held = 0;
        int bits = 0;
        for (const char c : made.secret) {
            held = (held << 5) | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
            for (bits += 5; bits >= 8; bits -= 8) bytes += static_cast<char>((held >> (bits - 8)) & 255);
        }
        return totp_code(bytes, totp_step(kernel_.clock().now()) + off);
    };
    std::vector<std::string> recovery;
    EXPECT_FALSE(write([&](Unit& unit) -> Status {
        return recovery = TRY(org_->confirm_factor(unit, "000000")), ok();
    }));
    ASSERT_TRUE(write([&](Unit& unit) -> Status { return recovery = TRY(org_->confirm_factor(unit, code(0))), ok(); }));
    EXPECT_EQ(recovery.size(), 10u);
    const auto with = [&](std::string_view given) {
        return org_->sign_in(context(), "admin", Secret("a much better one"), given);
    };
    EXPECT_EQ(with("").error().fields.at(0).rule, "second_factor");
    EXPECT_EQ(with(code(0)).error().fields.at(0).rule, "wrong_code");  // the one that confirmed is used up
    kernel_.clock().advance(Duration{30'000});
    EXPECT_TRUE(with(code(0)));
    EXPECT_FALSE(with(code(0)));
    EXPECT_TRUE(with(recovery[0]));
    EXPECT_FALSE(with(recovery[0]));
    // The stored secret is sealed.
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM recovery_code WHERE used_at IS NOT NULL"), 1);
    ASSERT_TRUE(write([&](Unit& unit) { return org_->reset_factor(unit, admin_.staff); }));
    EXPECT_TRUE(with(""));
}

TEST_P(OrgTest, UnknownLoginsLockLikeOthers) {
    for (const char* login : {"admin", "nobody-has-this"}) {
        for (int i = 0; i < kFailuresMax; ++i)
            EXPECT_EQ(sign_in(login, "wrong").error().code, ErrorCode::Unauthenticated) << login << i;
        EXPECT_EQ(sign_in(login, "wrong").error().code, ErrorCode::LockedOut) << login;
    }
    kernel_.clock().advance(kLockFor);
    EXPECT_EQ(sign_in("nobody-has-this", "wrong").error().code, ErrorCode::Unauthenticated);
}

TEST_P(OrgTest, APostHoldsOnItsDaysAndALeaverHandsOver) {
    const auto store = made<OrgNodeId>(
        [&](Unit& unit) { return org_->ensure_node(unit, NodeKind::Store, "S1", "Shop", org_->root(unit.tenant())); });
    const auto second = made<OrgNodeId>(
        [&](Unit& unit) { return org_->ensure_node(unit, NodeKind::Store, "S2", "Two", org_->root(unit.tenant())); });
    const auto role = org_->state().read([&](const State& state) {
        for (const auto& [id, one] : state.tenant(admin_.tenant)->roles)
            if (one.code == "guide") return id;
        return Id<tag::Role>{};
    });
    StaffId one, other;
    const std::string password = MUST(org_->add_member(context(), {"甲", "jia", store, role}, one));
    MUST(org_->add_member(context(), {"乙", "yi", store, role}, other));
    const Day today = org_->today(context());
    const auto run = [&](const std::function<Status(Unit&)>& fn) {
        return made<bool>([&](Unit& unit) -> Result<bool> {
            TRY(fn(unit));
            return true;
        });
    };
    run([&](Unit& unit) { return org_->put_post(unit, one, {second, role, today + 2, today + 3, true, {}}); });
    run([&](Unit& unit) { return org_->add_code(unit, one, store, "07", Day{0}); });
    const auto in = MUST(sign_in("jia", password));
    EXPECT_FALSE(MUST(with_cookie(in.token)).scope->covers(second));
    kernel_.clock().advance(days(2));
    const auto later = MUST(sign_in("jia", password));
    EXPECT_TRUE(MUST(with_cookie(later.token)).scope->covers(second));
    kernel_.clock().advance(days(2));
    EXPECT_FALSE(MUST(with_cookie(MUST(sign_in("jia", password)).token)).scope->covers(second));
    const Day last = org_->today(context());
    run([&](Unit& unit) { return org_->leave(unit, one, last, other); });
    const auto still = MUST(sign_in("jia", password));
    EXPECT_TRUE(with_cookie(still.token));
    EXPECT_EQ(org_->staff_by_code(admin_.tenant, store, "07", last), one);
    EXPECT_EQ(org_->staff_by_code(admin_.tenant, store, "07", last + 1), other);
    EXPECT_FALSE(org_->staff_by_code(admin_.tenant, second, "07", last));
    kernel_.clock().advance(days(1));
    EXPECT_FALSE(with_cookie(still.token));
    EXPECT_FALSE(sign_in("jia", password));
    // Everything stands after a reload.
    OrgService fresh(*kernel_);
    ASSERT_TRUE(fresh.reload());
    EXPECT_EQ(fresh.staff_by_code(admin_.tenant, store, "07", last + 1), other);
    EXPECT_EQ(fresh.member(admin_.tenant, one)->left, last);
    EXPECT_EQ(fresh.member(admin_.tenant, one)->posts.size(), 2u);
}

TEST_P(OrgTest, NobodySeesMoreThroughOthersEyes) {
    auto in = MUST(sign_in("admin", admin_.one_time_password));
    auto mine = MUST(with_cookie(in.token));
    mine.now = kernel_.clock().now();
    ASSERT_TRUE(org_->change_password(mine, Secret(admin_.one_time_password), Secret("a much better one")));
    const auto store = made<OrgNodeId>(
        [&](Unit& unit) { return org_->ensure_node(unit, NodeKind::Store, "S1", "Shop", org_->root(unit.tenant())); });
    const auto role = org_->state().read([&](const State& state) {
        for (const auto& [id, one] : state.tenant(admin_.tenant)->roles)
            if (one.code == "guide") return id;
        return Id<tag::Role>{};
    });
    MUST(kernel_.record().write<bool>(mine, [&](Unit& unit) -> Result<bool> {
        TRY(org_->view_as(unit, {std::nullopt, role, store}));
        return true;
    }));
    const auto seen = MUST(with_cookie(in.token));
    EXPECT_TRUE(seen.may({"customer.read", "", ""}));
    EXPECT_FALSE(seen.may(kOrgRead));
    EXPECT_FALSE(seen.scope->all);
    EXPECT_EQ(seen.scope->nodes, std::vector{store});
    http::Request change;
    change.method = http::Method::Post;
    change.path = "/api/v1/customers";
    change.headers.push_back({"Cookie", std::string(kSessionCookie) + "=" + in.token});
    EXPECT_EQ(org_->authenticate(change).error().code, ErrorCode::Forbidden);
    change.path = "/api/v1/customers/search";
    EXPECT_TRUE(org_->authenticate(change));
    MUST(kernel_.record().write<bool>(mine, [&](Unit& unit) -> Result<bool> {
        TRY(org_->stop_viewing(unit));
        return true;
    }));
    EXPECT_TRUE(MUST(with_cookie(in.token)).scope->all);
}

INSTANTIATE_TEST_SUITE_P(Engines, OrgTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

}  // namespace
}  // namespace tilth::org
