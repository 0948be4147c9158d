#include "modules/commerce/orders/service.h"

#include <gtest/gtest.h>

#include "kernel/testing/fixture.h"

namespace tilth::commerce {
namespace {

using kernel::Unit;

class OrdersTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    static OrderLine line(std::uint8_t key, std::uint32_t occurrence, std::int64_t price_e4, std::int64_t pieces) {
        OrderLine out;
        out.fingerprint[0] = key;
        out.occurrence = occurrence;
        out.sku = "SKU" + std::to_string(key);
        out.price.e4 = price_e4;
        out.quantity = Quantity::pieces(pieces);
        return out;
    }
    static OrderInput order(std::string number, std::string source, std::vector<OrderLine> lines) {
        OrderInput input;
        input.number = std::move(number);
        input.channel = "till";
        input.paid_at = {1'700'000'000'000};
        input.source = std::move(source);
        input.lines = std::move(lines);
        return input;
    }
    std::vector<Applied> apply(const OrderInput& input) {
        return kernel_.made<std::vector<Applied>>([&](Unit& unit) { return orders_.apply(unit, input); });
    }
    std::string hash() {
        auto reader = kernel_.reader();
        return MUST(orders_.state_hash(*reader, kernel_.tenant_id()));
    }
    std::int64_t take_back(const std::string& source) {
        std::int64_t all = 0;
        for (std::int64_t gone = 1; gone > 0; all += gone) {
            gone = kernel_.made<std::int64_t>([&](Unit& unit) { return orders_.take_back(unit, source, 50); });
        }
        return all;
    }
    std::vector<Orders::Change> changes(std::int64_t after) {
        auto reader = kernel_.reader();
        return MUST(orders_.changed_since(*reader, kernel_.tenant_id(), after, 100));
    }

    kernel::testing::TestKernel kernel_{GetParam(), commerce_module().migrations};
    OrdersService orders_;
};

TEST_P(OrdersTest, TheSameFileTwiceChangesNothingAndEqualLinesCountOneByOne) {
    const OrderInput input =
        order("A1", "import:1", {line(1, 1, 10'000, 2), line(1, 2, 10'000, 2), line(2, 1, 5'000, 1)});
    EXPECT_EQ(apply(input), (std::vector{Applied::New, Applied::New, Applied::New}));
    const std::string before = hash();
    EXPECT_EQ(apply(input), (std::vector{Applied::Unchanged, Applied::Unchanged, Applied::Unchanged}));
    EXPECT_EQ(hash(), before);
    auto reader = kernel_.reader();
    const auto totals = MUST(orders_.totals(*reader, kernel_.tenant_id(), "import:1"));
    EXPECT_EQ(totals.rows, 3);
    EXPECT_EQ(totals.orders, 1);
    EXPECT_EQ(totals.anonymous, 1);
    EXPECT_EQ(totals.net_minor, 450);
    EXPECT_EQ(totals.exact_net, "4.5000000");
}

TEST_P(OrdersTest, LinesThatComeLaterAreAddedToTheirOrder) {
    apply(order("A1", "import:1", {line(1, 1, 10'000, 1)}));
    EXPECT_EQ(apply(order("A1", "import:2", {line(1, 1, 10'000, 1), line(3, 1, 10'000, 1)})),
              (std::vector{Applied::Unchanged, Applied::New}));
    EXPECT_EQ(kernel_.number("SELECT net_minor FROM sales_order"), 200);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM outbox_event WHERE type = 'order.placed'"), 1);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM outbox_event WHERE type = 'order.changed'"), 1);
}

TEST_P(OrdersTest, TakingBackLeavesWhatOthersBrought) {
    apply(order("A1", "import:1", {line(1, 1, 10'000, 1)}));
    const std::string before = hash();
    apply(order("A1", "import:2", {line(3, 1, 10'000, 1)}));
    apply(order("B9", "import:2", {line(4, 1, 10'000, 5)}));
    EXPECT_EQ(take_back("import:2"), 2);
    EXPECT_EQ(hash(), before);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM order_line"), 1);
}

TEST_P(OrdersTest, ChangesComeInOrderAndSayWhatIsGone) {
    apply(order("A1", "import:1", {line(1, 1, 10'000, 1)}));
    apply(order("B1", "import:2", {line(1, 1, 10'000, 1)}));
    const auto first = changes(0);
    ASSERT_EQ(first.size(), 2u);
    EXPECT_LT(first[0].change_no, first[1].change_no);
    EXPECT_EQ(first[0].items.milli, 1'000);
    take_back("import:1");
    const auto after = changes(first[1].change_no);
    ASSERT_EQ(after.size(), 1u);
    EXPECT_TRUE(after[0].removed);
    EXPECT_EQ(after[0].order.id, first[0].order.id);
}

TEST_P(OrdersTest, ARefusedOrderLeavesNothing) {
    const Status refused = kernel_.write([&](Unit& unit) -> Status {
        TRY(orders_.apply(unit, order("A1", "import:1", {line(1, 1, 10'000, 1)})));
        TRY(orders_.apply(unit, order("A2", "import:1", {line(1, 1, 10'000, 0)})));
        return ok();
    });
    EXPECT_EQ(refused.error().fields.at(0).field, "lines/0/quantity");
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM sales_order"), 0);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM outbox_event"), 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, OrdersTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

}  // namespace
}  // namespace tilth::commerce
