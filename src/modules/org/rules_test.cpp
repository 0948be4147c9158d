#include "modules/org/rules.h"

#include <gtest/gtest.h>

namespace tilth::org {
namespace {

OrgNode node(std::uint8_t id, std::optional<std::uint8_t> parent) {
    OrgNode out;
    out.id.bytes[15] = id;
    if (parent) {
        out.parent = OrgNodeId{};
        out.parent->bytes[15] = *parent;
    }
    return out;
}
OrgNodeId id(std::uint8_t number) { return node(number, std::nullopt).id; }

const std::vector<OrgNode> kTree = {node(1, std::nullopt), node(2, 1), node(3, 1), node(4, 2), node(5, 4)};

TEST(OrgRules, ASubtreeIsTheNodeAndAllBelow) {
    EXPECT_EQ(subtree_of(kTree, id(2)), (std::vector{id(2), id(4), id(5)}));
    EXPECT_EQ(subtree_of(kTree, id(1)).size(), 5u);
    EXPECT_TRUE(subtree_of(kTree, id(9)).empty());
}

TEST(OrgRules, FiveFailuresLockForAWhile) {
    LoginState state;
    const Instant now{1'000'000};
    for (int i = 0; i < 4; ++i) state = after_failure(state, now);
    EXPECT_TRUE(may_try(state, now));
    state = after_failure(state, now);
    EXPECT_EQ(may_try(state, now).error().code, ErrorCode::LockedOut);
    EXPECT_TRUE(may_try(state, now + kLockFor));
}

TEST(OrgRules, PasswordsAreLongAndUncommon) {
    for (const char* bad : {"short", "Password", "12345678", "Administrator"})
        EXPECT_FALSE(check_password(bad, "administrator")) << bad;
    EXPECT_TRUE(check_password("精耕细作二零二六年", "administrator"));
}

TEST(OrgRules, PatternsExpandOverWhatIsDeclared) {
    const std::vector<kernel::Permission> declared = {
        {"customer.read", "", ""}, {"customer.merge", "", ""}, {"order.read", "", ""}};
    const auto some = expand({"customer.*"}, declared);
    EXPECT_TRUE(some.has("customer.merge"));
    EXPECT_FALSE(some.has("order.read"));
    EXPECT_TRUE(some.has("signed_in"));
    EXPECT_TRUE(expand({"*"}, declared).has("anything"));
}

}  // namespace
}  // namespace tilth::org
