#include "modules/collect/forget/needles.h"

#include <gtest/gtest.h>

namespace tilth::collect {
namespace {

const Needles kChen({"+8613800138001", "chen@example.com", "VIP-1001", "7", "10086"});

TEST(Needles, FindWhoIsMeantHoweverWritten) {
    for (const char* text : {"a,13800138001,b", "138 0013 8001", "+86-138-0013-8001", "008613800138001",
                             R"({"phone":"+8613800138001"})", "Chen@Example.COM", "卡号vip-1001。"})
        EXPECT_TRUE(kChen.in(text)) << text;
}

TEST(Needles, LeaveOthersAlone) {
    for (const char* text : {"213800138001", "138001380012", "vip-10012", "xvip-1001", "7,7,7", "10086",
                             "chen@example.com1", "13800138002", ""})
        EXPECT_FALSE(kChen.in(text)) << text;
    EXPECT_TRUE(Needles({"7", "10086", ""}).none());
    EXPECT_FALSE(Needles({"7"}).in("7"));
}

// The same text in any pieces: what names somebody goes, every other line stays where it was.
TEST(LineCutter, CutsRecordsAndKeepsTheNumbersOfLines) {
    const std::string text =
        "姓名,手机\n陈,13800138001\n李,13900139002\n\"备注\n138-0013-8001\",x\n\"王\n\"\"b\"\"\",y\n陈,13800138001";
    const std::string wanted = "姓名,手机\n\n李,13900139002\n\n\n\"王\n\"\"b\"\"\",y\n";
    for (std::size_t size = 1; size <= text.size(); ++size) {
        LineCutter cutter(kChen);
        std::string out;
        for (std::size_t at = 0; at < text.size(); at += size)
            out += cutter.feed(std::string_view(text).substr(at, size), at + size >= text.size());
        ASSERT_EQ(out, wanted) << "pieces of " << size;
        EXPECT_EQ(cutter.cut(), 3);
    }
}

TEST(LineCutter, AQuoteThatIsNeverClosedSwallowsNoFile) {
    std::string text = "\"open\n";
    for (int i = 0; i < 200; ++i) text += "row " + std::to_string(i) + "\n";
    text += "陈,13800138001\nlast\n";
    LineCutter cutter(kChen);
    const std::string out = cutter.feed(text, true);
    EXPECT_EQ(cutter.cut(), 1);
    EXPECT_NE(out.find("row 99\n"), std::string::npos);
    EXPECT_EQ(out.find("13800138001"), std::string::npos);
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), std::count(text.begin(), text.end(), '\n'));
}

}  // namespace
}  // namespace tilth::collect
