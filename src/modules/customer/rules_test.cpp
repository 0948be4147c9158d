#include "modules/customer/rules.h"

#include <gtest/gtest.h>

#include <map>

namespace tilth::customer {
namespace {

const Apart kNever = [](std::uint32_t, std::uint32_t) { return false; };

// What the decision did, in words: "0:new 1:c5 | link new-c5 | two_phones …" (parties by customer, "new", "new2").
std::string words(const Decision& decision) {
    std::map<std::size_t, std::string> names;
    int fresh = 0;
    for (std::size_t i = 0; i < decision.parties.size(); ++i) {
        const auto customer = decision.parties[i].customer;
        names[i] = customer == kNobody ? "new" + std::to_string(++fresh) : "c" + std::to_string(customer);
    }
    std::string text;
    for (const std::size_t party : decision.holder) text += (text.empty() ? "" : " ") + names[party];
    for (const Pair& pair : decision.links) text += ", link " + names[pair.a] + "-" + names[pair.b];
    for (const Clash& clash : decision.conflicts) {
        text += ", " + std::string(name(clash.cause)) + " " + names[clash.pair.a] + "-" + names[clash.pair.b];
    }
    return text;
}

Seen fresh(IdentityKind kind) { return {.kind = kind, .joins = is_strong(kind)}; }
Seen held(IdentityKind kind, std::uint32_t customer, std::uint32_t person, bool known, bool phone = false) {
    return {kind, is_strong(kind), customer, person, known, {static_cast<std::uint8_t>(phone ? 1 : 0)}};
}

struct Case {
    const char* what;
    std::vector<Seen> seen;
    bool joins;
    const char* expected;
};

TEST(CustomerRules, DecideTable) {
    using enum IdentityKind;
    const std::vector<Case> cases = {
        {"first sight of anything", {fresh(Phone), fresh(Email), fresh(Anonymous)}, false, "new1 new1 new1"},
        {"a new key goes to the holder of the strong one",
         {held(Phone, 1, 1, true, true), fresh(Card)},
         false,
         "c1 c1"},
        {"strong keys join their holders",
         {held(Phone, 1, 1, true, true), held(Card, 2, 2, true)},
         false,
         "c1 c2, link c1-c2"},
        {"three holders become one person",
         {held(Phone, 1, 1, true, true), held(Email, 2, 2, true), held(Card, 3, 3, true)},
         false,
         "c1 c2 c3, link c1-c2, link c1-c3"},
        {"customers of one person need no link",
         {held(Phone, 1, 7, true, true), held(Card, 2, 7, true, true)},
         false,
         "c1 c2"},
        {"two phones never join",
         {held(Phone, 1, 1, true, true), held(Card, 2, 2, true, true)},
         false,
         "c1 c2, two_phones c1-c2"},
        {"a second phone gets a customer of its own",
         {fresh(Phone), held(CustomId, 1, 1, true, true)},
         false,
         "new1 c1, two_phones c1-new1"},
        {"two new phones at once",
         {fresh(Phone), fresh(Phone), fresh(Card)},
         false,
         "new1 new2 new1, two_phones new1-new2"},
        {"a phone for one who has none", {fresh(Phone), held(CustomId, 1, 1, true, false)}, false, "c1 c1"},
        {"a visitor who says who he is keeps his customer",
         {fresh(Email), held(Anonymous, 4, 4, false)},
         false,
         "c4 c4"},
        {"a visitor's past joins a known person",
         {held(Email, 1, 1, true), held(Anonymous, 4, 4, false)},
         false,
         "c1 c4, link c1-c4"},
        {"a shared device joins nobody", {held(Email, 1, 1, true), held(Device, 2, 2, true)}, false, "c1 c2"},
        {"a shared device takes no new key", {fresh(Email), held(Device, 2, 2, true)}, false, "new1 c2"},
        {"a new device goes with the person", {held(Email, 1, 1, true), fresh(Device)}, false, "c1 c1"},
        {"weak keys alone attach to each other", {fresh(Device), held(Anonymous, 4, 4, false)}, false, "c4 c4"},
        {"weak keys alone join only when told",
         {held(Device, 3, 3, false), held(Anonymous, 4, 4, false)},
         false,
         "c3 c4"},
        {"alias joins two visitors",
         {held(Device, 3, 3, false), held(Anonymous, 4, 4, false)},
         true,
         "c3 c4, link c3-c4"},
        {"alias joins a visitor to a known one",
         {held(Anonymous, 3, 3, false), held(Anonymous, 4, 4, true)},
         true,
         "c3 c4, link c3-c4"},
        {"alias never joins two known ones", {held(Anonymous, 3, 3, true), held(Anonymous, 4, 4, true)}, true, "c3 c4"},
        {"a joined conflict partner stays out",
         {held(Phone, 1, 1, true, true), held(Email, 2, 2, true, true), held(Card, 3, 3, true)},
         false,
         "c1 c2 c3, link c1-c3, two_phones c1-c2"},
    };
    for (const Case& one : cases) EXPECT_EQ(words(decide(one.seen, one.joins, kNever)), one.expected) << one.what;
}

TEST(CustomerRules, WhatAHandSeparatedStaysApart) {
    const Apart apart = [](std::uint32_t a, std::uint32_t b) { return a + b == 3; };   // persons 1 and 2
    const std::vector<Seen> strong = {held(IdentityKind::Phone, 1, 1, true, true),
                                      held(IdentityKind::Card, 2, 2, true)};
    EXPECT_EQ(words(decide(strong, false, apart)), "c1 c2, kept_apart c1-c2");
    const std::vector<Seen> weak = {held(IdentityKind::Phone, 1, 1, true, true),
                                    held(IdentityKind::Device, 2, 2, false)};
    EXPECT_EQ(words(decide(weak, false, apart)), "c1 c2") << "a cookie is nothing to ask people about";
    // Joined with 1 first, 3 carries the separation along.
    const std::vector<Seen> third = {held(IdentityKind::Phone, 1, 1, true), held(IdentityKind::Email, 3, 3, true),
                                     held(IdentityKind::Card, 2, 2, true)};
    EXPECT_EQ(words(decide(third, false, apart)), "c1 c3 c2, link c1-c3, kept_apart c1-c2");
}

TEST(CustomerRules, IdentityValues) {
    EXPECT_EQ(normalise(IdentityKind::Phone, " 138 0013 8000 ", "CN").value(), "+8613800138000");
    EXPECT_EQ(normalise(IdentityKind::Email, "Zhang@Example.COM", "CN").value(), "zhang@example.com");
    EXPECT_EQ(normalise(IdentityKind::Card, "  A-001 ", "CN").value(), "A-001");
    for (const char* bad : {"", "   ", "null", "Undefined", "0", "-1", "[object Object]", "N/A"}) {
        const auto refused = normalise(IdentityKind::CustomId, bad, "CN");
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().code, ErrorCode::Invalid);
        EXPECT_EQ(refused.error().fields.at(0).field, "custom_id");
    }
    EXPECT_EQ(normalise(IdentityKind::Phone, "138****8000", "CN").error().fields.at(0).field, "phone");
    EXPECT_FALSE(normalise(IdentityKind::Card, std::string(257, '7'), "CN"));
    EXPECT_FALSE(normalise(IdentityKind::Card, std::string(200, 'x') + "客客客客客客客客客客客客客客客客客客客客", "CN"));
}

TEST(CustomerRules, KindsAndVaultFields) {
    for (int code = 0; code < 10; ++code) {
        const auto kind = static_cast<IdentityKind>(code);
        EXPECT_EQ(identity_kind(name(kind)), kind);
        EXPECT_EQ(is_strong(kind), code <= 4);
        const auto back = identity_of_field(vault_field(kind, 77));
        ASSERT_TRUE(back);
        EXPECT_EQ(*back, std::pair(kind, IdentityNumber{77}));
    }
    for (const char* other : {"phone", "phone:", "phone:x", "phone:3x", "shoe:3", ""})
        EXPECT_FALSE(identity_of_field(other)) << other;
}

TEST(CustomerRules, FieldNamesAreOneSpelling) {
    const std::map<std::string, std::string> expected = {{"firstName", "first_name"}, {"First Name", "first_name"},
                                                         {"FIRST_NAME", "first_name"}, {"id-number", "id_number"},
                                                         {"createdAt", "created_at"}, {"phone:3", "phone_3"},
                                                         {"客户等级", "客户等级"}, {"__x__", "x"}};
    for (const auto& [given, canonical] : expected) EXPECT_EQ(canonical_field(given).value_or("-"), canonical) << given;
    EXPECT_FALSE(canonical_field("  --  "));
    EXPECT_FALSE(canonical_field(std::string(65, 'a')));
    EXPECT_FALSE(canonical_field("\xff\xfe"));
}

TEST(CustomerRules, UnknownFieldsAreHidden) {
    EXPECT_EQ(field_spec("favourite_doctor").mask, Mask::Hidden);
    EXPECT_EQ(field_spec("favourite_doctor").block, Block::Behaviour);
    EXPECT_EQ(masked(Mask::Hidden, "x"), "****");
    EXPECT_EQ(masked(Mask::Name, "张三丰"), "张**");
    EXPECT_EQ(masked(Mask::Clear, "上海"), "上海");
    EXPECT_EQ(field_spec("card:9").block, Block::Membership);
    EXPECT_EQ(field_spec("phone:9").block, Block::Channel);
    EXPECT_EQ(blocks().size(), kBlocks);
    for (std::size_t i = 0; i < kBlocks; ++i) EXPECT_EQ(static_cast<std::size_t>(blocks()[i].block), i);
}

TEST(CustomerRules, SurvivorshipTable) {
    const Standing standing{Instant{100}, 50, "src_b", "x"};
    EXPECT_FALSE(outranks(standing, standing)) << "the same again changes nothing";
    EXPECT_TRUE(outranks({Instant{101}, 50, "src_b", "x"}, standing)) << "the same value, later: it still holds";
    EXPECT_TRUE(outranks({Instant{101}, 50, "src_a", "a"}, standing));
    EXPECT_TRUE(outranks({Instant{99}, 80, "src_b", "x"}, standing)) << "more trusted";
    EXPECT_FALSE(outranks({Instant{101}, 49, "src_b", "x"}, standing)) << "less trusted";
    EXPECT_FALSE(outranks({Instant{99}, 50, "src_c", "z"}, standing)) << "older";
    EXPECT_TRUE(outranks({Instant{100}, 50, "src_c", "a"}, standing));
    EXPECT_TRUE(outranks({Instant{100}, 50, "src_b", "y"}, standing));
    EXPECT_TRUE(outranks({Instant{100}, 50, "src_b", ""}, standing)) << "set and taken away at one moment";
}

}  // namespace
}  // namespace tilth::customer
