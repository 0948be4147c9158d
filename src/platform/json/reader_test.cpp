#include "platform/json/reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "platform/json/interpreter.h"
#include "platform/json/value.h"

namespace tilth::json {

// Random values, at most four levels deep.
static rc::Gen<Value> any_value(int levels) {
    const auto scalars = rc::gen::oneOf(
        rc::gen::just(Value()), rc::gen::map(rc::gen::arbitrary<bool>(), [](bool v) { return Value(v); }),
        rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t v) { return Value(v); }),
        rc::gen::map(rc::gen::arbitrary<std::int32_t>(), [](std::int32_t v) { return Value(v + 0.5); }),
        rc::gen::map(rc::gen::string<std::string>(), [](std::string v) {
            for (char& c : v) c = static_cast<char>(c & 0x7F);
            return Value(v + "精耕");
        }));
    if (levels == 0) return scalars;
    return rc::gen::oneOf(scalars, scalars,
                          rc::gen::map(rc::gen::container<std::vector<Value>>(any_value(levels - 1)),
                                       [](std::vector<Value> items) { return Value(std::move(items)); }),
                          rc::gen::map(rc::gen::container<std::vector<Value>>(any_value(levels - 1)),
                                       [](const std::vector<Value>& items) {
                                           Value object = Value::object();
                                           for (const Value& item : items)
                                               object.set("键\"" + std::to_string(object.members().size()), item);
                                           return object;
                                       }));
}

}  // namespace tilth::json

namespace tilth::toy {

struct Leaf {
    std::int64_t number = 0;
    std::string text;
    std::optional<double> ratio;
    auto operator<=>(const Leaf&) const = default;
};
API_STRUCT(Leaf, (number, text, ratio))
struct Tree {
    std::vector<Leaf> leaves;
    std::map<std::string, Leaf> named;
    std::vector<std::int32_t> numbers;
    bool operator==(const Tree&) const = default;
};
API_STRUCT(Tree, (leaves, named, numbers))

}  // namespace tilth::toy

namespace tilth::json {
namespace {

using toy::Leaf;
using toy::Tree;

rc::Gen<std::string> plain_text() {
    return rc::gen::map(rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab\"\\/\n\t9"))),
                        [](const std::string& s) { return "好" + s + "😀"; });
}
rc::Gen<Leaf> leaf() {
    static const std::vector<std::optional<double>> kRatios = {std::nullopt, 0.1, -1e300};
    return rc::gen::build<Leaf>(rc::gen::set(&Leaf::number), rc::gen::set(&Leaf::text, plain_text()),
                                rc::gen::set(&Leaf::ratio, rc::gen::elementOf(kRatios)));
}

RC_GTEST_PROP(Interpreter, PrintThenParseIsTheSame, ()) {
    Tree tree;
    tree.leaves = *rc::gen::container<std::vector<Leaf>>(leaf());
    for (const Leaf& one : *rc::gen::container<std::vector<Leaf>>(leaf())) tree.named[*plain_text()] = one;
    tree.numbers = {*rc::gen::arbitrary<std::int32_t>(), 0};
    const std::string text = print(tree);
    const auto back = parse<Tree>(text);
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == tree);
    RC_ASSERT(print(*back) == text);
}

RC_GTEST_PROP(Value, PrintThenParseIsTheSame, ()) {
    const Value value = *any_value(3);
    const std::string text = value.print();
    const auto back = Value::parse(text);
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == value);
    const auto doc = read(text);
    RC_ASSERT(doc.has_value());
    RC_ASSERT(doc->root().raw_json() == text);
}

// Whatever bytes come, the answer is a value or a refusal; and what was taken prints as JSON again.
RC_GTEST_PROP(Value, AnyBytesAreTakenOrRefused, ()) {
    std::string text = (*any_value(3)).print();
    const auto cuts = *rc::gen::container<std::vector<std::pair<std::size_t, char>>>(
        rc::gen::pair(rc::gen::inRange<std::size_t>(0, 1'000), rc::gen::arbitrary<char>()));
    for (const auto& [at, byte] : cuts)
        if (!text.empty()) text[at % text.size()] = byte;
    const auto value = Value::parse(text);
    if (value) RC_ASSERT(Value::parse(value->print()).has_value());
    Tree tree;
    (void)parse(text, type_of<Tree>(), &tree).has_value();
}

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
