// The rule language: text and JSON keep a rule as it is, errors point at the word, bounds hold.

#include <gtest/gtest.h>

#include "kernel/rules/check.h"
#include "kernel/rules/json.h"
#include "kernel/rules/testing.h"
#include "kernel/rules/text.h"

namespace tilth::kernel::rules {
namespace {

const Registry& registry() {
    static const Registry one = testing::sample_registry();
    return one;
}

std::string refusal(std::string_view text) {
    const auto parsed = parse(text, registry());
    if (!parsed) return parsed.error().fields.at(0).field + " " + parsed.error().fields.at(0).rule;
    const auto checked = check(*parsed, registry());
    if (!checked) return checked.error().fields.at(0).field + " " + checked.error().fields.at(0).rule;
    return "taken";
}

TEST(Rules, RandomRulesSurviveEveryForm) {
    SeededRng rng(20261123);
    testing::RandomRules random(rng);
    for (int i = 0; i < 5'000; ++i) {
        const Node rule = random.rule();
        ASSERT_TRUE(check(rule, registry())) << print(rule, registry(), Language::En)
                                             << check(rule, registry()).error().fields.at(0).reason_en;
        for (const Language language : {Language::Zh, Language::En}) {
            const std::string text = print(rule, registry(), language);
            const auto back = parse(text, registry());
            ASSERT_TRUE(back) << text << "\n" << back.error().fields.at(0).field << back.error().fields.at(0).reason_en;
            ASSERT_EQ(*back, rule) << text;
        }
        const auto value = json::Value::parse(to_json(rule).print());
        ASSERT_TRUE(value);
        const auto back = from_json(*value);
        ASSERT_TRUE(back) << value->print();
        ASSERT_EQ(*back, rule) << value->print();
    }
}

TEST(Rules, ReadLikeSentences) {
    const Node rule = MUST(parse(R"(等级≥3 且 有标签“VIP” 且 最近30天 事件"A" 其中（金额>=10.50）的 次数>=3
        且（城市="sh" 或 最近 2 周 没有事件 "B"）且 依次 事件"A" 然后7天内 事件"B" 期间没有 任意事件
        且 距上次 事件"A" 超过自身 90 分位)", registry()));
    EXPECT_EQ(print(rule, registry(), Language::Zh), R"(等级 >= 3
且 有标签 "VIP"
且 最近 30 天 事件 "A" 其中 ( 金额 >= 10.5 ) 的 次数 >= 3
且 (
  城市 = "sh"
  或 最近 2 周 没有事件 "B"
)
且 依次 事件 "A" 然后 7 天 内 事件 "B" 期间没有 任意事件
且 距上次 事件 "A" 超过自身 90 分位)");
    EXPECT_EQ(print(rule, registry(), Language::En), R"(level >= 3
and has tag "VIP"
and count of event "A" where ( amount >= 10.5 ) in the last 30 days >= 3
and (
  city = "sh"
  or no event "B" in the last 2 weeks
)
and sequence event "A" then within 7 days comes event "B" without any event
and gap since event "A" longer than own 90 percentile)");
}

TEST(Rules, ErrorsPointAtTheWord) {
    EXPECT_EQ(refusal("level >= 3"), "taken");
    EXPECT_EQ(refusal("levl >= 3"), "text/0 syntax");
    EXPECT_EQ(refusal("等级 大于 3"), "text/3 syntax");
    EXPECT_EQ(refusal("level >= 3 and city = \"sh\" or city = \"bj\""), "text/27 syntax");
    EXPECT_EQ(refusal("level >= 3 and (city = \"sh\""), "text/27 syntax");
    EXPECT_EQ(refusal("level >= 3 and has tag VIP"), "text/23 syntax");
    EXPECT_EQ(refusal("level >= 3 and city > \"sh\""), "text/15 wrong_operator");
    EXPECT_EQ(refusal("level >= 3 and city = \"nowhere\""), "text/15 unknown_value");
    EXPECT_EQ(refusal("level = 2.5"), "text/0 too_precise");
    EXPECT_EQ(refusal("level = \"3\""), "text/0 wrong_type");
    EXPECT_EQ(refusal("no event \"A\" in the last 4000 days"), "text/0 out_of_range");
    EXPECT_EQ(refusal("no event \"A\" in the last 3 months"), "text/0 wrong_unit");
    EXPECT_EQ(refusal("sum channel of event \"A\" >= 3"), "text/0 wrong_type");
    EXPECT_EQ(refusal("gap since event \"A\" longer than own 100 percentile"), "text/0 out_of_range");
    EXPECT_EQ(refusal("has tag \"VIP"), "text/8 syntax");
    EXPECT_EQ(refusal(""), "text/0 syntax");
}

TEST(Rules, SizeDepthAndCostAreBounded) {
    std::string deep = "level = 1";
    for (int i = 0; i < 10; ++i) deep = "not (" + deep + ")";
    EXPECT_TRUE(refusal(deep).ends_with(" syntax"));
    EXPECT_TRUE(refusal(std::string(30'000, ' ')).ends_with(" too_long"));
    EXPECT_TRUE(refusal(std::string(15'000, '(')).ends_with(" syntax"));
    std::string many = "level = 1";
    for (int i = 0; i < 199; ++i) many += " and level = 1";
    EXPECT_TRUE(refusal(many).ends_with(" too_large"));
    std::string dear = "any event of count = 1";
    for (int i = 0; i < 120; ++i) dear += " and any event of count = 1";
    EXPECT_TRUE(refusal(dear).ends_with(" too_dear"));
}

TEST(Rules, JsonRefusalsNameThePart) {
    const auto field = [](std::string_view text) {
        const auto rule = from_json(MUST(json::Value::parse(text)));
        return rule ? std::string("taken") : rule.error().fields.at(0).field;
    };
    EXPECT_EQ(field(R"({"tag":"VIP"})"), "taken");
    EXPECT_EQ(field(R"({"all":[{"tag":"VIP"},{"attribute":"x","op":"more","value":1}]})"), "rule/all/1/op");
    EXPECT_EQ(field(R"({"tag":"VIP","op":"eq"})"), "rule/op");
    EXPECT_EQ(field(R"({"count":{"type":"A"},"window":{"last":30,"unit":"moon"},"op":"ge","value":1})"),
              "rule/window/unit");
    EXPECT_EQ(field(R"({"sequence":[{"event":{"type":"A"}}]})"), "rule/sequence");
    EXPECT_EQ(field("[]"), "rule");
}

TEST(Rules, NamesThatCannotBeReadBackAreRefused) {
    Registry one = testing::sample_registry();
    EXPECT_FALSE(one.add_attribute({"x", "且", "x", ValueType::Number, 0, {}}));
    EXPECT_FALSE(one.add_attribute({"x", "x", "level", ValueType::Number, 0, {}}));
    EXPECT_FALSE(one.add_attribute({"x", "某", "3 days", ValueType::Number, 0, {}}));
    EXPECT_FALSE(one.add_attribute({"customer.level", "某", "some", ValueType::Number, 0, {}}));
    EXPECT_TRUE(one.add_attribute({"x", "且慢", "and so on", ValueType::Number, 0, {}}));
    EXPECT_EQ(MUST(parse("且慢 = 1 且 and so on = 2", one)).children.size(), 2u);
}

}  // namespace
}  // namespace tilth::kernel::rules
