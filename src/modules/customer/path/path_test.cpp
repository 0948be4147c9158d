#include <gtest/gtest.h>

#include "modules/customer/path/api.h"

namespace tilth::customer {
namespace {

CustomerId numbered(char digit) {
    return CustomerId::parse(std::string("cus_0000000000000000000000000") + digit).value();
}

LinkLine link(std::int64_t number, char a, char b) {
    LinkLine line;
    line.number = number;
    line.a = numbered(a);
    line.b = numbered(b);
    return line;
}

TEST(WayBetween, NamesTheLinksInTheOrderOfTheWay) {
    const std::vector<LinkLine> links{link(7, '2', '3'), link(5, '1', '2'), link(9, '3', '4'), link(11, '2', '5')};
    EXPECT_EQ(way_between(links, numbered('1'), numbered('4')), (std::vector<std::int64_t>{5, 7, 9}));
    EXPECT_EQ(way_between(links, numbered('4'), numbered('1')), (std::vector<std::int64_t>{9, 7, 5}));
    EXPECT_EQ(way_between(links, numbered('5'), numbered('3')), (std::vector<std::int64_t>{11, 7}));
}

TEST(WayBetween, IsEmptyForOneCustomerAndForStrangers) {
    const std::vector<LinkLine> links{link(5, '1', '2')};
    EXPECT_TRUE(way_between(links, numbered('1'), numbered('1')).empty());
    EXPECT_TRUE(way_between(links, numbered('1'), numbered('3')).empty());
    EXPECT_TRUE(way_between({}, numbered('1'), numbered('2')).empty());
}

}  // namespace
}  // namespace tilth::customer
