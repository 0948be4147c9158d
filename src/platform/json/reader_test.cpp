#include "platform/json/reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "platform/json/value.h"

namespace tilth::json {
namespace {

TEST(Reader, NodesAnswerWithoutChecks) {
    const auto doc = read(R"( {"batch":[{"type":"track","n":-5,"big":18446744073709551615,"d":2.5,"whole":3.0,
                              "yes":true,"nil":null,"o":{"键":"值"}}, []], "after":"x"} )");
    ASSERT_TRUE(doc);
    const Node event = (*doc->root().get("batch").elements().begin()).value;
    EXPECT_EQ(event.get("type").str(), "track");
    EXPECT_EQ(event.get("n").i64(), -5);
    EXPECT_EQ(event.get("big").kind(), NodeKind::Uint);
    EXPECT_EQ(event.get("big").i64(), std::nullopt);
    EXPECT_EQ(event.get("d").i64(), std::nullopt);
    EXPECT_EQ(event.get("d").number(), 2.5);
    EXPECT_EQ(event.get("whole").i64(), 3);
    EXPECT_EQ(event.get("yes").boolean(), true);
    EXPECT_FALSE(event.get("nil").missing());
    EXPECT_FALSE(event.get("nil").present());
    EXPECT_EQ(event.get("o").get("键").str(), "值");
    EXPECT_EQ(event.get("o").raw_json(), R"({"键":"值"})");
    EXPECT_TRUE(event.get("absent").get("deeper").missing());
    EXPECT_EQ(event.get("absent").str(), "");
    EXPECT_EQ(event.get("type").get("x").raw_json(), "null");
    EXPECT_EQ(doc->root().get("after").str(), "x");
    EXPECT_EQ(doc->root().get("batch").count(), 2u);
    EXPECT_EQ(doc->root().count(), 2u);
}

TEST(Reader, LargeTextsAndManyDocsStandSideBySide) {
    std::vector<Doc> docs;
    for (int i = 0; i < 40; ++i) {
        const std::string filling(static_cast<std::size_t>(i) * 50'000, 'x');
        const std::string text = "[\"" + filling + "\"," + std::to_string(i) + "]";
        docs.push_back(MUST(read(text)));
    }
    for (int i = 0; i < 40; ++i) {
        std::vector<Node> items;
        for (const auto item : docs[static_cast<std::size_t>(i)].root().elements()) items.push_back(item.value);
        ASSERT_EQ(items.size(), 2u);
        EXPECT_EQ(items[0].str().size(), static_cast<std::size_t>(i) * 50'000);
        EXPECT_EQ(items[1].i64(), i);
    }
}

TEST(Reader, MalformedTextIsRepairedWhenPrinted) {
    std::string out;
    append_quoted(out, "a\xFF\xE9\x97\xA8\xE9\x97" "z\x01");
    EXPECT_EQ(out, "\"a\xEF\xBF\xBD门\xEF\xBF\xBD\xEF\xBF\xBDz\\u0001\"");
}

TEST(Reader, NumbersPrintShortestAndNeverAsNonsense) {
    const auto shown = [](double v) {
        std::string out;
        append_number(out, v);
        return out;
    };
    EXPECT_EQ(shown(0.1), "0.1");
    EXPECT_EQ(shown(18.99), "18.99");
    EXPECT_EQ(shown(-0.0), "-0");
    EXPECT_EQ(shown(std::numeric_limits<double>::infinity()), "null");
    EXPECT_EQ(shown(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(Value, BuildsAndAsks) {
    Value value;
    value.set("name", "精耕").set("count", 3).set("list", Value::Array{1, "two", nullptr});
    value.set("count", 4);
    EXPECT_EQ(value.print(), R"({"name":"精耕","count":4,"list":[1,"two",null]})");
    EXPECT_EQ(value["count"].i64_or(0), 4);
    EXPECT_EQ(value["list"].items().size(), 3u);
    EXPECT_TRUE(value["list"].items()[2].is_null());
    EXPECT_EQ(value["nothing"]["below"].str_or("none"), "none");
    EXPECT_FALSE(Value::parse(R"({"a":1,"a":2})"));
    EXPECT_FALSE(Value::parse("18446744073709551615"));
    EXPECT_EQ(Value::object().print(), "{}");
    EXPECT_EQ(Value::array().print(), "[]");
}

}  // namespace
}  // namespace tilth::json
