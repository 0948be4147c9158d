// The catalogue's decisions: what is held and why, what is taken out, where events leave their declaration, and that a
// held event comes back as it was.

#include "modules/collect/catalogue/rules.h"

#include <gtest/gtest.h>

#include "kernel/testing/fixture.h"

namespace tilth::collect::catalogue {
namespace {

Catalogue with_paid(bool hold_unknown) {
    Catalogue catalogue;
    catalogue.hold_unknown = hold_unknown;
    catalogue.types["paid"] = {"paid",
                               "支付",
                               {{"total", ValueKind::Number, true, false},
                                {"at", ValueKind::Time, false, false},
                                {"note", ValueKind::Text, false, true}}};
    return catalogue;
}
Incoming event(std::string type, std::string properties) {
    Incoming one;
    one.type = std::move(type);
    one.properties = std::move(properties);
    return one;
}

TEST(CatalogueTest, WhatIsHeldSaysWhy) {
    const Catalogue catalogue = with_paid(false);
    EXPECT_EQ(rule(catalogue, event("paid", R"({"total":3})")).held, "");
    EXPECT_EQ(rule(catalogue, event("paid", R"({"total":null})")).held, "missing:total");
    EXPECT_EQ(rule(catalogue, event("paid", R"({"total":"3"})")).held, "kind:total");
    EXPECT_EQ(rule(catalogue, event("paid", R"({"total":3,"at":"noon"})")).held, "kind:at");
    EXPECT_EQ(rule(catalogue, event("waved", "{}")).held, "");
    EXPECT_EQ(rule(with_paid(true), event("waved", "{}")).held, "unknown_type");
}

TEST(CatalogueTest, PersonalMembersAreTakenOut) {
    const auto ruling = rule(with_paid(false), event("paid", R"({"note":"张三","total":3,"shop":{"id":1}})"));
    EXPECT_EQ(ruling.held, "");
    EXPECT_EQ(ruling.properties.value_or(""), R"({"total":3,"shop":{"id":1}})");
    EXPECT_FALSE(rule(with_paid(false), event("paid", R"({"total":3})")).properties.has_value());
}

TEST(CatalogueTest, DriftNamesWhatLeavesTheDeclaration) {
    EXPECT_EQ(drift(with_paid(false).types["paid"], {R"({"total":1,"x":2})", "{}", R"({"total":"1"})", R"({"x":1})"}),
              (std::vector<std::string>{"kind:total", "missing:total", "undeclared:x"}));
}

TEST(CatalogueTest, FieldsComeBackAsTheyWerePrinted) {
    const auto fields = with_paid(false).types["paid"].fields;
    const auto back = parse_fields(print_fields(fields));
    ASSERT_EQ(back.size(), fields.size());
    EXPECT_EQ(back[0].kind, ValueKind::Number);
    EXPECT_TRUE(back[0].required);
    EXPECT_TRUE(back[2].personal);
}

TEST(CatalogueTest, AHeldEventComesBackAsItWas) {
    kernel::testing::TestKernel kernel{sql::Engine::Sqlite};
    Incoming one = event("paid", R"({"total":3,"say":"\"x\""})");
    one.fingerprint.fill(static_cast<Bytes16::value_type>(7));
    one.time = Instant{1'772'359'210'123};
    one.rule = "identify";
    one.joins = true;
    one.corrected = 5;
    one.claims.push_back(
        MUST(customer::make_claim(kernel->vault, kernel.tenant_id(), customer::IdentityKind::Phone, "13800138000")));
    one.traits.push_back({"city", "杭\"州", Instant{12}});
    const auto doc = json::read(print_event(one));
    ASSERT_TRUE(doc);
    const Incoming back = MUST(parse_event(doc->root(), kernel.tenant_id(), kernel->vault));
    EXPECT_EQ(back.fingerprint, one.fingerprint);
    EXPECT_EQ(back.time, one.time);
    EXPECT_EQ(back.properties, one.properties);
    EXPECT_EQ(back.rule, one.rule);
    EXPECT_TRUE(back.joins && back.released);
    EXPECT_EQ(back.corrected, 5);
    ASSERT_EQ(back.claims.size(), 1u);
    EXPECT_EQ(back.claims[0].index, one.claims[0].index);
    ASSERT_EQ(back.traits.size(), 1u);
    EXPECT_EQ(back.traits[0].value, "杭\"州");
    EXPECT_EQ(back.traits[0].at.ms, 12);
}

}  // namespace
}  // namespace tilth::collect::catalogue
