#include "modules/collect/inlets/strip.h"

#include <gtest/gtest.h>

namespace tilth::collect {
namespace {

TEST(Strip, TextLosesAddressesAndMobileNumbersOnly) {
    struct Row {
        const char* given;
        const char* left;
    };
    const Row rows[] = {
        {"call 13800138000 now", "call [phone] now"},
        {"+8613800138000", "+86[phone]"},
        {"order 138001380001", "order 138001380001"},  // twelve digits are no mobile number
        {"1795375311172", "1795375311172"},            // a time in milliseconds
        {"write to zhang.san@example.com!", "write to [email]!"},
        {"https://a.cn/?m=li@b.cn&x=1", "https://a.cn/?m=[email]&x=1"},
        {"@everyone", "@everyone"},
        {"名字 王小明", "名字 王小明"},
    };
    for (const Row& row : rows) EXPECT_EQ(strip_text(row.given), row.left) << row.given;
}

TEST(Strip, PropertiesLosePersonalMembersAtEveryDepth) {
    const auto doc = json::read(R"({"sku":"R1","Email":"a@b.cn","user":{"first_name":"Li","level":3,"tel":13800138000},
        "list":[{"phone_number":"1"},"13900139000",13900139000]})");
    ASSERT_TRUE(doc);
    EXPECT_EQ(strip_properties(doc->root()), R"({"sku":"R1","user":{"level":3},"list":[{},"[phone]",null]})");
    EXPECT_EQ(strip_properties(json::Node{}), "{}");
}

TEST(Strip, TheStoreIsTheTextOfThePropertyNode) {
    const auto store = [](std::string_view json) { return store_of(json::read(json)->root()); };
    EXPECT_EQ(store(R"({"node":"S1"})"), "S1");
    EXPECT_EQ(store(R"({"note":"\"node\"", "node": 7})"), "");
    EXPECT_EQ(store(R"({"amount":1,"of":{"node":"S1"}})"), "");
}

TEST(Strip, NamesAreComparedWithoutCaseAndSeparators) {
    for (const char* name : {"phone", "Phone-Number", "ID_CARD", "firstName", "$ip", "openId", "name_full"})
        EXPECT_TRUE(is_personal_name(name)) << name;
    for (const char* name : {"sku", "name", "price", "shipping", "phonecase"})
        EXPECT_FALSE(is_personal_name(name)) << name;
}

}  // namespace
}  // namespace tilth::collect
