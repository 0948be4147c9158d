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
        std::vector<Applied> all;
        for (const LineOutcome& one : outcomes(input)) all.push_back(one.applied);
        return all;
    }
    std::vector<LineOutcome> outcomes(const OrderInput& input) {
        return kernel_.made<std::vector<LineOutcome>>([&](Unit& unit) { return orders_.apply(unit, input); });
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

TEST_P(OrdersTest, WhatNoSaleCanComeToLaterContradicts) {
    const auto later = [&](int no, Instant paid_at, OrderLine line) {
        OrderInput input = order("A1", "import:" + std::to_string(no), {std::move(line)});
        input.paid_at = paid_at;
        input.update = true;
        return outcomes(input).front();
    };
    const OrderInput first = order("A1", "import:1", {line(1, 1, 10'000, 2)});
    apply(first);
    const Instant then = first.paid_at;
    OrderLine refunded = line(1, 1, 10'000, 2);
    refunded.amount_minor = 120;
    EXPECT_EQ(later(2, then + seconds(59), refunded), (LineOutcome{Applied::Updated, ""})) << "money does change";
    OrderLine dearer = refunded;
    dearer.price.e4 = 11'000;
    EXPECT_EQ(later(3, then, dearer), (LineOutcome{Applied::Updated, "price"}));
    OrderLine more = dearer;
    more.quantity.milli = 3'000;
    EXPECT_EQ(later(4, then, more), (LineOutcome{Applied::Updated, "quantity"}));
    more.sku = "ANOTHER";
    EXPECT_EQ(later(5, then, more), (LineOutcome{Applied::Updated, "sku"}));
    EXPECT_EQ(later(6, then, more), (LineOutcome{Applied::Unchanged, ""}));
    EXPECT_EQ(later(7, then + minutes(1), more), (LineOutcome{Applied::Unchanged, "paid_at"}));
    OrderInput plain = order("A1", "import:8", {more});
    plain.paid_at = then + hours(5);
    EXPECT_EQ(outcomes(plain).front(), (LineOutcome{Applied::Unchanged, ""})) << "it does not claim to be newer";
}

TEST_P(OrdersTest, ALaterFileUpdatesALineAndNeverDoublesIt) {
    const auto later = [&](std::string source, std::int64_t amount) {
        OrderInput input = order("A1", std::move(source), {line(1, 1, 10'000, 2)});
        input.lines[0].amount_minor = amount;
        input.update = true;
        return input;
    };
    const auto net = [&] { return kernel_.number("SELECT sum(net_minor) FROM sales_order"); };
    apply(order("A1", "import:1", {line(1, 1, 10'000, 2), line(2, 1, 5'000, 1)}));
    EXPECT_EQ(net(), 250);
    const std::string first = hash();
    EXPECT_EQ(apply(later("import:2", 150)), (std::vector{Applied::Updated}));
    EXPECT_EQ(net(), 200);
    const std::string second = hash();
    EXPECT_EQ(apply(later("import:2", 150)), (std::vector{Applied::Unchanged}));
    EXPECT_EQ(apply(later("import:3", 0)), (std::vector{Applied::Updated}));
    EXPECT_EQ(net(), 50);
    // Taken back in the middle, the newest state stands; taken back last, the oldest comes again.
    take_back("import:2");
    EXPECT_EQ(net(), 50);
    take_back("import:3");
    EXPECT_EQ(hash(), first);
    apply(later("import:4", 150));
    EXPECT_EQ(hash(), second);
    take_back("import:1");
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM order_line_before"), 0);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM sales_order"), 0);
}

TEST_P(OrdersTest, SumsByNodeAreThoseOfTheRange) {
    OrderInput sale = order("A1", "import:1", {line(1, 1, 10'000, 2)});
    sale.node = kernel_.made<OrgNodeId>([](Unit& unit) -> Result<OrgNodeId> { return unit.new_id<OrgNodeId>(); });
    apply(sale);
    OrderInput back = order("A1", "import:1", {line(1, 1, 10'000, -1)});
    back.kind = OrderKind::Return;
    back.node = sale.node;
    apply(back);
    auto reader = kernel_.reader();
    const auto sums = MUST(orders_.sums_by_node(*reader, kernel_.tenant_id(), sale.paid_at, sale.paid_at + days(1)));
    ASSERT_EQ(sums.size(), 2u);
    EXPECT_EQ(sums[0].net_minor, 200);
    EXPECT_EQ(sums[1].net_minor, -100);
    EXPECT_TRUE(MUST(orders_.sums_by_node(*reader, kernel_.tenant_id(), sale.paid_at + days(1), sale.paid_at + days(2)))
                    .empty());
    EXPECT_EQ(MUST(orders_.of_node(*reader, kernel_.tenant_id(), *sale.node, sale.paid_at, sale.paid_at + days(1), 10))
                  .size(),
              2u);
}

TEST_P(OrdersTest, TheNewestSourceSaysHowItWasPaidAndTakingItBackBringsTheOlderOne) {
    OrderInput first = order("A1", "import:1", {line(1, 1, 10'000, 1)});
    first.tenders = {{"微信", 60}, {"现金", 40}};
    apply(first);
    const auto standing = [&] {
        auto reader = kernel_.reader();
        const OrderId id = MUST(reader->one("SELECT id FROM sales_order", {}, [](const sql::Row& row) {
                               return row.id<OrderId>(0);
                           })).value();
        return MUST(orders_.tenders(*reader, kernel_.tenant_id(), id));
    };
    EXPECT_EQ(standing(), first.tenders);
    OrderInput later = order("A1", "import:2", {line(1, 1, 10'000, 1)});
    later.tenders = {{"储值卡", std::nullopt}};
    EXPECT_EQ(apply(later), (std::vector{Applied::Unchanged})) << "without the word that it is newer it says nothing";
    EXPECT_EQ(standing(), first.tenders);
    later.update = true;
    EXPECT_EQ(apply(later), (std::vector{Applied::Updated}));
    EXPECT_EQ(apply(later), (std::vector{Applied::Unchanged}));
    EXPECT_EQ(standing(), later.tenders);
    EXPECT_GT(take_back("import:2"), 0);
    EXPECT_EQ(standing(), first.tenders);
    EXPECT_GT(take_back("import:1"), 0);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM order_tender"), 0);
}

TEST_P(OrdersTest, AGuideWhomALaterFileNamesGoesWithThatFile) {
    apply(order("A1", "import:1", {line(1, 1, 10'000, 1)}));
    OrderInput later = order("A1", "import:2", {line(2, 1, 10'000, 1)});
    later.guide_code = "07";
    later.staff = StaffId{};
    later.staff->bytes.back() = 7;
    apply(later);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM sales_order WHERE guide_code = '07' AND staff_id IS NOT NULL"), 1);
    OrderInput third = order("A1", "import:3", {line(3, 1, 10'000, 1)});
    third.guide_code = "08";
    apply(third);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM sales_order WHERE guide_code = '07'"), 1) << "the first stands";
    take_back("import:2");
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM sales_order WHERE guide_code IS NULL AND staff_id IS NULL"), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, OrdersTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

}  // namespace
}  // namespace tilth::commerce
