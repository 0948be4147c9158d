#include "modules/collect/imports/clean.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "base/money.h"
#include "modules/collect/imports/mapping.h"
#include "modules/collect/imports/profiles.h"

namespace tilth::collect {
namespace {

TEST(Clean, CellsLoseWhatSpreadsheetsPutAroundThem) {
    for (const char* cell : {"6920001", "=\"6920001\"", "\t6920001", "'6920001", " 6920001\xE3\x80\x80",
                             "\xEF\xBB\xBF"
                             "6920001"})
        EXPECT_EQ(plain_cell(cell), "6920001") << cell;
    EXPECT_EQ(plain_cell("it's"), "it's");
    EXPECT_EQ(plain_cell("'"), "'");
    EXPECT_EQ(plain_cell(""), "");
    EXPECT_EQ(plain_cell("=\"\""), "");
}

TEST(Clean, NumbersOfEveryKind) {
    const std::pair<const char*, const char*> table[] = {
        {"1,234.50", "1,234.50"},
        {"１２３．５", "123.5"},
        {"¥1,299.00", "1,299.00"},
        {"￥100", "100"},
        {"12元", "12"},
        {"499.00（系统计算中，该值仅供参考）", "499.00"},
        {"(12.00)", "-12.00"},
        {"-3", "-3"},
        {"1.2.3", "1.2.3"},
        {"many", "many"},
        {"", ""},
        {"（）", "（）"},
    };
    for (const auto& [given, plain] : table) EXPECT_EQ(plain_number(given), plain) << given;
}

TEST(Clean, HiddenKeysNameNobody) {
    for (const char* text : {"138****1234", "1******6198", "##a1b2c3##", "$$MTIz$$", "~AbC~", "张＊"})
        EXPECT_TRUE(is_masked(text)) << text;
    for (const char* text : {"13800138000", "a~b", "#1", "##", "K-1"}) EXPECT_FALSE(is_masked(text)) << text;
}

RC_GTEST_PROP(Clean, CleaningTwiceIsCleaningOnce, (const std::string& text)) {
    RC_ASSERT(plain_cell(plain_cell(text)).size() <= plain_cell(text).size());
    RC_ASSERT(half_width(half_width(text)) == half_width(text));
}

RC_GTEST_PROP(Clean, AmountsSurviveTheirDress, ()) {
    const auto minor = *rc::gen::inRange<std::int64_t>(-1'000'000'000, 1'000'000'000);
    const std::int64_t absolute = minor < 0 ? -minor : minor;
    std::string digits = std::to_string(absolute / 100);
    for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    const std::string cents = std::to_string(100 + absolute % 100).substr(1);
    const std::string dress = *rc::gen::element<std::string>("", "¥", "￥", "CNY");
    const std::string tail = *rc::gen::element<std::string>("", "元", " ", "（仅供参考）");
    const std::string text = minor < 0 ? "-" + digits + "." + cents + tail : dress + digits + "." + cents + tail;
    RC_ASSERT(MUST(parse_decimal(plain_number(text), 2)) == minor);
}

TEST(Profiles, EachIsFoundByItsOwnHeaderAndByNoOther) {
    for (const Profile& profile : ready_profiles()) {
        std::vector<std::string> header;
        for (const auto& column : profile.mapping.columns) {
            if (!column.header.empty()) header.push_back(column.header.substr(0, column.header.find('|')));
        }
        for (const std::string& word : profile.signature) {
            if (column_of(header, word) < 0) header.push_back(word);
        }
        const Profile* found = profile_for({}, header);
        ASSERT_NE(found, nullptr) << profile.name;
        EXPECT_EQ(found->name, profile.name);
        const Mapping laid = lay(profile, header);
        EXPECT_EQ(laid.profile, profile.name);
        EXPECT_EQ(MUST(parse_mapping(print_mapping(laid))).columns.size(), laid.columns.size());
    }
    EXPECT_EQ(profile_for({}, {"Invoice", "StockCode"}), nullptr);
    EXPECT_GE(ready_profiles().size(), 13u);
}

TEST(Profiles, OfTwoEditionsTheFirstColumnThatTheFileHasCounts) {
    const std::vector<std::string> header = {"订单号", "下单时间", "备注"};
    EXPECT_EQ(columns_of(header, "付款时间|下单时间"), std::vector{1});
    EXPECT_EQ(columns_of(header, "下单时间|订单号"), (std::vector{1, 0}));
    EXPECT_TRUE(columns_of(header, "付款时间").empty());
}

}  // namespace
}  // namespace tilth::collect
