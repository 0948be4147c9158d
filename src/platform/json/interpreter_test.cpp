#include "platform/json/interpreter.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "platform/json/value.h"
#include "platform/text/phone.h"

namespace tilth::toy {

enum class Channel : std::uint8_t { Store, Web = 200 };

struct Everything {
    bool flag = false;
    std::int32_t small = 0;
    std::int64_t large = 0;
    double ratio = 0;
    std::string plain;
    Int<-5, 10> bounded;
    Percent share;
    Text<1, 4> text;
    Secret secret;
    Phone phone;
    Email email;
    Money money;
    UnitPrice price;
    Quantity quantity;
    Instant at;
    Day day;
    CustomerId customer;
    Channel channel = Channel::Store;
    json::Raw raw;
};
API_STRUCT(Everything, (flag, small, large, ratio, plain, bounded, share, text, secret, phone, email, money, price,
                        quantity, at, day, customer, channel, raw))

struct Line {
    Text<1, 20> product;
    Quantity quantity;
};
API_STRUCT(Line, (product, quantity))

struct Order {
    Text<1, 20> number;
    List<Line, 3> lines;
    std::optional<Text<1, 10>> note;
    std::optional<Day> from;
    std::optional<Day> to;
    std::map<std::string, Int<0, 9>> marks;
    std::vector<Order> parts;
};
API_STRUCT(Order, (number, lines, note, from, to, marks, parts))
Status check(const Order& order) {
    if (order.from && order.to && *order.to < *order.from)
        return Error::invalid("to", "before_from", "结束早于开始", "It ends before it begins");
    if (order.number.str() == "taken") return Error(ErrorCode::Conflict, "the number is taken");
    return ok();
}

struct Search {
    std::optional<Text<1, 20>> q;
    std::vector<Channel> channel;
    std::optional<Int<1, 200>> limit;
    CustomerId customer;
    std::optional<bool> active;
};
API_STRUCT(Search, (q, channel, limit, customer, active))

struct Patch {
    std::optional<std::optional<Text<1, 10>>> note;
};
API_STRUCT(Patch, (note))

struct SignIn {
    Text<1, 40> login;
    Secret password;
    std::optional<Text<1, 80>> name;
};
API_STRUCT(SignIn, (login, password, name))

}  // namespace tilth::toy

template <>
inline constexpr auto tilth::json::enum_values<tilth::toy::Channel> =
    std::to_array<tilth::json::EnumValue<tilth::toy::Channel>>({
        {tilth::toy::Channel::Store, "store", "门店", "Store"},
        {tilth::toy::Channel::Web, "web", "网店", "Web shop"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::toy::SignIn> = std::to_array<tilth::json::FieldDoc>({
    {"login", "登录名", "Login name", "admin"},
    {"name", "姓名", "Name", "王小明", tilth::json::Privacy::Personal},
});

namespace tilth::json {
namespace {

using toy::Everything;
using toy::Order;

constexpr std::string_view kWhole =
    R"({"flag":true,"small":-7,"large":9007199254740993,"ratio":0.25,"plain":"早 \"你好\"\n","bounded":10,"share":1250,)"
    R"("text":"甲乙丙丁","secret":"hunter2","phone":"138 0013 8000","email":"A@Example.com","money":{"minor":19900,)"
    R"("currency":"CNY"},"price":"6.95","quantity":"-1.5","at":"2026-03-01T10:05:00+08:00","day":"2026-02-28",)"
    R"("customer":"cus_01J8ZQ4R5T6V7W8X9Y0Z1A2B3C","channel":"web","raw":{"b":[1, 2.50,null],"a":"x"}})";

// "field:rule" of every refused field, with spaces between; empty when nothing is refused.
std::string broken(const Status& status) {
    std::string out;
    if (status) return out;
    EXPECT_EQ(status.error().code, ErrorCode::Invalid);
    for (const FieldError& one : status.error().fields) out += (out.empty() ? "" : " ") + one.field + ":" + one.rule;
    return out;
}
template <class T>
std::string refusals(std::string_view json) {
    T value{};
    return broken(parse(json, type_of<T>(), &value));
}
std::string replaced(std::string_view member, std::string_view value) {
    std::string text(kWhole);
    const std::string key = "\"" + std::string(member) + "\":";
    const auto from = text.find(key) + key.size();
    std::size_t to = from;
    for (int depth = 0; depth > 0 || (text[to] != ',' && text[to] != '}'); ++to) {
        if (text[to] == '{' || text[to] == '[') ++depth;
        if (text[to] == '}' || text[to] == ']') --depth;
        if (text[to] == '"') to = text.find('"', to + 1);
    }
    return text.replace(from, to - from, value);
}

TEST(Interpreter, EveryTypeReadsAndPrints) {
    const auto value = parse<Everything>(kWhole);
    ASSERT_TRUE(value) << value.error().detail;
    EXPECT_EQ(value->large, 9007199254740993);
    EXPECT_EQ(value->phone.e164(), "+8613800138000");
    EXPECT_EQ(value->price.e4, 69'500);
    EXPECT_EQ(value->quantity.milli, -1'500);
    EXPECT_EQ(value->secret.reveal(), "hunter2");
    EXPECT_EQ(value->channel, toy::Channel::Web);
    EXPECT_EQ(print(*value),
              R"({"flag":true,"small":-7,"large":9007199254740993,"ratio":0.25,"plain":"早 \"你好\"\n","bounded":10,)"
              R"("share":1250,"text":"甲乙丙丁","secret":"******","phone":"+8613800138000","email":"a@example.com",)"
              R"("money":{"minor":19900,"currency":"CNY"},"price":"6.95","quantity":"-1.5",)"
              R"("at":"2026-03-01T02:05:00.000Z","day":"2026-02-28",)"
              R"("customer":"cus_01J8ZQ4R5T6V7W8X9Y0Z1A2B3C","channel":"web",)"
              R"("raw":{"b":[1,2.5,null],"a":"x"}})");
    EXPECT_EQ(print(*parse<Everything>(print(*value))), print(*value));
}

struct BoundCase {
    std::string_view member;
    std::string_view json;
    std::string_view rule;  // empty: taken
};
class Bounds : public testing::TestWithParam<BoundCase> {};
TEST_P(Bounds, HoldPerType) {
    const auto& [member, json, rule] = GetParam();
    const std::string expected = rule.empty() ? "" : std::string(member) + ":" + std::string(rule);
    EXPECT_EQ(refusals<Everything>(replaced(member, json)), expected) << json;
}
INSTANTIATE_TEST_SUITE_P(Table, Bounds, testing::ValuesIn(std::to_array<BoundCase>({
    {"flag", "1", "wrong_kind"}, {"flag", "\"true\"", "wrong_kind"}, {"flag", "null", "wrong_kind"},
    {"small", "2147483647", ""}, {"small", "2147483648", "too_large"}, {"small", "-2147483649", "too_small"},
    {"small", "1.5", "wrong_kind"}, {"small", "2.0", ""}, {"small", "\"1\"", "wrong_kind"},
    {"large", "9223372036854775807", ""}, {"large", "9223372036854775808", "too_large"},
    {"large", "1e30", "wrong_kind"},
    {"ratio", "1e-3", ""}, {"ratio", "\"1\"", "wrong_kind"},
    {"plain", "\"\"", ""}, {"plain", "\"a\\u0000b\"", "control_character"}, {"plain", "7", "wrong_kind"},
    {"bounded", "-5", ""}, {"bounded", "-6", "too_small"}, {"bounded", "11", "too_large"},
    {"share", "10000", ""}, {"share", "10001", "too_large"}, {"share", "-1", "too_small"},
    {"text", "\"\"", "required"}, {"text", "\"  \"", "required"}, {"text", "\"甲乙丙丁戊\"", "too_long"},
    {"secret", "\"\"", "required"}, {"secret", "1", "wrong_kind"},
    {"phone", "\"138****8000\"", "masked"}, {"phone", "\"12\"", "not_a_phone"}, {"phone", "13800138000", "wrong_kind"},
    {"email", "\"a.example.com\"", "not_an_email"}, {"email", "\"a@b@example.com\"", "not_an_email"},
    {"price", "\"6.9512\"", ""}, {"price", "\"6.95123\"", "not_a_decimal"}, {"price", "6.95", "wrong_kind"},
    {"price", "\"1,000\"", "not_a_decimal"}, {"price", "\"\"", "not_a_decimal"}, {"price", "\".5\"", "not_a_decimal"},
    {"quantity", "\"0.001\"", ""}, {"quantity", "\"0.0001\"", "not_a_decimal"},
    {"quantity", "\"9223372036854775.808\"", "not_a_decimal"},
    {"at", "\"2026-03-01T10:05:00\"", "not_an_instant"}, {"at", "\"yesterday\"", "not_an_instant"},
    {"day", "\"2026-02-30\"", "not_a_day"}, {"day", "\"2024-02-29\"", ""},
    {"customer", "\"ord_01J8ZQ4R5T6V7W8X9Y0Z1A2B3C\"", "not_an_id"}, {"customer", "\"cus_1\"", "not_an_id"},
    {"channel", "\"store\"", ""}, {"channel", "\"Store\"", "not_in_list"}, {"channel", "0", "wrong_kind"},
    {"raw", "\"x\"", ""}, {"raw", "{\"a\":1,\"a\":2}", "duplicate_key"},
    {"raw", "{\"o\":{\"a\":1,\"a\":2}}", "duplicate_key"},
})));

TEST(Interpreter, MoneyIsAnObjectWithItsOwnFields) {
    EXPECT_EQ(refusals<Everything>(replaced("money", R"({"minor":1.5,"currency":"cny"})")),
                "money/minor:wrong_kind money/currency:not_a_currency");
    EXPECT_EQ(refusals<Everything>(replaced("money", "{}")),
                "money/minor:required money/currency:required");
    EXPECT_EQ(refusals<Everything>(replaced("money", "199")), "money:wrong_kind");
}

TEST(Interpreter, CollectsEveryErrorWithItsPlace) {
    EXPECT_EQ(refusals<Order>(R"({"number":"","lines":[{"product":"a","quantity":"x"},{"quantity":"1"}],
                                    "marks":{"a/b~c":10},"parts":[{"number":1}]})"),
              "number:required lines/0/quantity:not_a_decimal lines/1/product:required marks/a~1b~0c:too_large "
              "parts/0/number:wrong_kind parts/0/lines:required parts/0/marks:required parts/0/parts:required");
}

TEST(Interpreter, UnknownFieldsNameTheNearestKnownOne) {
    toy::SignIn value;
    const Status near = parse(R"({"login":"a","password":"b","pasword":"c"})", type_of<toy::SignIn>(), &value);
    ASSERT_EQ(broken(near), "pasword:unknown_field");
    EXPECT_EQ(near.error().fields[0].remedy_en, "Did you mean password?");
    EXPECT_EQ(near.error().fields[0].remedy_zh, "是否应为 password？");
    const Status swapped = parse(R"({"lgoin":"a","password":"b"})", type_of<toy::SignIn>(), &value);
    ASSERT_EQ(broken(swapped), "lgoin:unknown_field login:required");
    EXPECT_EQ(swapped.error().fields[0].remedy_en, "Did you mean login?");
    const Status far = parse(R"({"login":"a","password":"b","zzzzzzzzzz":"c"})", type_of<toy::SignIn>(), &value);
    ASSERT_EQ(broken(far), "zzzzzzzzzz:unknown_field");
    EXPECT_EQ(far.error().fields[0].remedy_en, "Known fields: login, password, name");
}

TEST(Interpreter, WordsNameBoundsAndChoices) {
    Everything value;
    const Status status = parse(replaced("channel", "\"shop\""), type_of<Everything>(), &value);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().fields[0].remedy_zh, "可选：store（门店）、web（网店）");
    EXPECT_EQ(status.error().fields[0].remedy_en, "One of: store, web");
    const Status bound = parse(replaced("bounded", "99"), type_of<Everything>(), &value);
    ASSERT_FALSE(bound);
    EXPECT_EQ(bound.error().fields[0].reason_zh, "大于 10");
    EXPECT_EQ(bound.error().fields[0].remedy_en, "Between -5 and 10");
}

TEST(Interpreter, DuplicateKeysAreRefused) {
    EXPECT_EQ(refusals<toy::SignIn>(R"({"login":"a","password":"b","login":"c"})"), "login:duplicate_key");
    EXPECT_EQ(refusals<Order>(R"({"number":"1","lines":[],"parts":[],"marks":{"a":1,"a":2}})"),
                "marks/a:duplicate_key");
}

TEST(Interpreter, ListsAreBounded) {
    const std::string line = R"({"product":"a","quantity":"1"})";
    const std::string four = line + "," + line + "," + line + "," + line;
    EXPECT_EQ(refusals<Order>(R"({"number":"1","marks":{},"parts":[],"lines":[)" + four + "]}"), "lines:too_many");
}

TEST(Interpreter, WhatIsNotJsonIsRefusedWhole) {
    for (const std::string_view text : {"", "{", "[1,]", "{\"login\":}", "{} {}", "nul", "\xFF", "{\"a\":\"\\ud800\"}"})
        EXPECT_EQ(refusals<toy::SignIn>(text), ":not_json") << text;
    EXPECT_EQ(refusals<toy::SignIn>("[]"), ":wrong_kind");
}

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(Interpreter, DepthIsBounded) {
    EXPECT_TRUE(Value::parse(nested(limits::kJsonDepthMax)));
    EXPECT_EQ(refusals<toy::SignIn>(nested(limits::kJsonDepthMax + 1)), ":too_deep");
    EXPECT_EQ(refusals<toy::SignIn>(nested(100'000)), ":too_deep");
}

TEST(Interpreter, ErrorsAreBounded) {
    std::string json = "{";
    for (int i = 0; i < 1'000; ++i) json += "\"zzz" + std::to_string(i) + "\":1,";
    json.back() = '}';
    const std::string found = refusals<toy::SignIn>(json);
    EXPECT_EQ(std::count(found.begin(), found.end(), ' '), 100);
    EXPECT_TRUE(found.ends_with(" :too_many_errors"));
}

TEST(Interpreter, TheRuleOverSeveralFieldsRunsWhenTheyHold) {
    EXPECT_EQ(refusals<Order>(R"({"number":"1","lines":[],"marks":{},"parts":[],
                                        "from":"2026-02-02","to":"2026-02-01"})"),
                "to:before_from");
    EXPECT_EQ(refusals<Order>(R"({"number":"1","lines":[],"marks":{},"parts":[
                    {"number":"2","lines":[],"marks":{},"parts":[],"from":"2026-02-02","to":"2026-02-01"}]})"),
                "parts/0/to:before_from");
    EXPECT_EQ(refusals<Order>(R"({"number":"","lines":[],"marks":{},"parts":[],
                                        "from":"2026-02-02","to":"2026-02-01"})"),
                "number:required");
    const auto taken = parse<Order>(R"({"number":"taken","lines":[],"marks":{},"parts":[]})");
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, ErrorCode::Conflict);
}

TEST(Interpreter, OptionalsAreAbsentOrNull) {
    const auto absent = parse<Order>(R"({"number":"1","lines":[],"marks":{},"parts":[],"note":null})");
    ASSERT_TRUE(absent);
    EXPECT_FALSE(absent->note);
    EXPECT_EQ(print(*absent), R"({"number":"1","lines":[],"marks":{},"parts":[]})");

    EXPECT_FALSE(parse<toy::Patch>("{}")->note.has_value());
    const auto cleared = parse<toy::Patch>(R"({"note":null})");
    ASSERT_TRUE(cleared && cleared->note);
    EXPECT_FALSE(cleared->note->has_value());
    EXPECT_EQ(print(*cleared), R"({"note":null})");
    EXPECT_EQ(print(*parse<toy::Patch>(R"({"note":"x"})")), R"({"note":"x"})");
}

TEST(Interpreter, FlatFieldsFillScalarsAndRepeatedLists) {
    const std::vector<FlatField> fields = {{"q", "雨衣"}, {"channel", "web"}, {"channel", "store"}, {"limit", "20"},
                                           {"customer", "cus_01J8ZQ4R5T6V7W8X9Y0Z1A2B3C"}, {"active", ""}};
    const auto search = parse_flat<toy::Search>(fields);
    ASSERT_TRUE(search) << search.error().detail;
    EXPECT_EQ(search->q->str(), "雨衣");
    EXPECT_EQ(search->channel, (std::vector{toy::Channel::Web, toy::Channel::Store}));
    EXPECT_EQ(search->limit->value(), 20);
    EXPECT_FALSE(search->active);

    toy::Search out;
    const std::vector<FlatField> bad = {{"limit", "201"}, {"limit", "1"}, {"chanel", "web"}, {"active", "yes"}};
    EXPECT_EQ(broken(parse_flat(bad, type_of<toy::Search>(), &out)),
                "limit:too_large limit:duplicate_key chanel:unknown_field active:wrong_kind customer:required");
}

TEST(Interpreter, BodyFillsWhatThePathLeaves) {
    const std::vector<FlatField> path = {{"login", "admin"}};
    toy::SignIn value;
    EXPECT_TRUE(parse_request(path, R"({"password":"x"})", type_of<toy::SignIn>(), &value));
    EXPECT_EQ(value.login.str(), "admin");
    EXPECT_EQ(broken(parse_request(path, R"({"password":"x","login":"root"})", type_of<toy::SignIn>(), &value)),
                "login:given_by_path");
    EXPECT_EQ(broken(parse_request(path, "", type_of<toy::SignIn>(), &value)), "password:required");
    EXPECT_EQ(broken(parse_request(path, "[]", type_of<toy::SignIn>(), &value)), ":wrong_kind");
}

TEST(Schema, SaysBoundsLabelsExamplesAndPrivacy) {
    std::vector<std::string> met;
    const auto note = [&](const Type& type) { met.push_back(component_name(type)); };
    EXPECT_EQ(schema(type_of<toy::SignIn>(), note),
              R"({"type":"object","properties":{"login":{"type":"string","minLength":1,"maxLength":40,)"
              R"("description":"登录名 / Login name","x-label":{"zh":"登录名","en":"Login name"},"examples":["admin"]},)"
              R"("password":{"type":"string","format":"password","writeOnly":true,"x-personal-data":"sensitive"},)"
              R"("name":{"type":"string","minLength":1,"maxLength":80,"description":"姓名 / Name",)"
              R"("x-label":{"zh":"姓名","en":"Name"},"x-personal-data":"personal","examples":["王小明"]}},)"
              R"("required":["login","password"],"additionalProperties":false})");
    EXPECT_EQ(schema(type_of<toy::Channel>(), note),
              R"({"type":"string","enum":["store","web"],"x-enum-labels":{"store":{"zh":"门店","en":"Store"},)"
              R"("web":{"zh":"网店","en":"Web shop"}}})");
    EXPECT_EQ(schema(type_of<toy::Patch>(), note),
              R"({"type":"object","properties":{"note":{"anyOf":[{"type":"string","minLength":1,"maxLength":10},)"
              R"({"type":"null"}]}},"additionalProperties":false})");
    EXPECT_TRUE(met.empty());
    const std::string order = schema(type_of<Order>(), note);
    EXPECT_NE(order.find(R"("lines":{"type":"array","items":{"$ref":"#/components/schemas/toy.Line"},"maxItems":3})"),
              std::string::npos);
    EXPECT_EQ(met, (std::vector<std::string>{"toy.Line", "toy.Order"}));
    const auto everything = Value::parse(schema(type_of<Everything>(), {}));
    ASSERT_TRUE(everything);
    const Value& members = everything->get("properties");
    EXPECT_EQ(members["bounded"]["maximum"].i64_or(0), 10);
    EXPECT_EQ(members["phone"]["x-personal-data"].str(), "personal");
    EXPECT_EQ(members["customer"]["pattern"].str(), "^cus_[0-7][0-9A-HJKMNP-TV-Z]{25}$");
    EXPECT_EQ(members["money"]["$ref"].str(), "#/components/schemas/Money");
}

TEST(Schema, PrivacyIsTheHighestBelow) {
    EXPECT_EQ(privacy_of(type_of<Order>()), Privacy::None);
    EXPECT_EQ(privacy_of(type_of<std::vector<Phone>>()), Privacy::Personal);
    EXPECT_EQ(privacy_of(type_of<toy::SignIn>()), Privacy::Sensitive);
}

}  // namespace
}  // namespace tilth::json
