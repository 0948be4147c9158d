#include "flows/store_days/receipts.h"

#include <gtest/gtest.h>

namespace tilth::flows {
namespace {

commerce::OrderView order(std::string number, std::int64_t net, const char* channel = "till",
                          commerce::OrderKind kind = commerce::OrderKind::Sale) {
    commerce::OrderView view;
    view.number = std::move(number);
    view.net_minor = net;
    view.channel = channel;
    view.kind = kind;
    return view;
}

TEST(ReceiptDifferences, AreWhatIsMissingOnOneSideOrSaysAnotherAmount) {
    using commerce::OrderKind;
    const std::vector ours = {order("S1-0001", 100), order("S1-0002", 200), order("S1-0003", 300),
                              order("S1-0005", 900), order("S1-0005", -400, "till", OrderKind::Return),
                              order("X9", 50, "shop"), order("A1", 7, "till", OrderKind::Adjustment)};
    const std::vector<collect::TillReceipt> till = {
        {{}, {}, "0001", 100}, {{}, {}, "0002", 250}, {{}, {}, "0004", 400}, {{}, {}, "0005", 500}};
    const auto found = differences(ours, till, "S1");
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 3u);
    EXPECT_EQ((*found)[0].number, "0002");
    EXPECT_EQ((*found)[0].ours_minor, 200);
    EXPECT_EQ((*found)[0].till_minor, 250);
    EXPECT_EQ((*found)[1].number, "0003");
    EXPECT_FALSE((*found)[1].till_minor);
    EXPECT_EQ((*found)[2].number, "0004");
    EXPECT_FALSE((*found)[2].order);
    EXPECT_FALSE(differences(ours, {}, "S1")) << "without a list nothing is said of single receipts";
}

}  // namespace
}  // namespace tilth::flows
