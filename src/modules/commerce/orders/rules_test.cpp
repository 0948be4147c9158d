#include "modules/commerce/orders/rules.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tilth::commerce {
namespace {

OrderLine line(std::int64_t price_e4, std::int64_t quantity_milli) {
    OrderLine out;
    out.price.e4 = price_e4;
    out.quantity.milli = quantity_milli;
    return out;
}

OrderInput order(OrderKind kind, std::vector<OrderLine> lines) {
    OrderInput input;
    input.number = "489434";
    input.kind = kind;
    input.lines = std::move(lines);
    return input;
}

TEST(OrderRules, TheSourcesAmountGoesBeforePriceTimesQuantity) {
    OrderLine given = line(69'500, 12'000);
    EXPECT_EQ(*amount_of(given, *Currency::parse("GBP")), 8'340);
    given.amount_minor = 8'300;
    EXPECT_EQ(*amount_of(given, *Currency::parse("GBP")), 8'300);
}

TEST(OrderRules, AWeighedLineCountsOnePiece) {
    EXPECT_EQ(items_of(line(1, 3'000)), 3'000);
    EXPECT_EQ(items_of(line(1, 1'237)), 1'000);
    EXPECT_EQ(items_of(line(1, -1'237)), -1'000);
}

TEST(OrderRules, SignsFitTheKind) {
    struct Row {
        OrderKind kind;
        std::int64_t price;
        std::int64_t quantity;
        const char* rule;
    };
    const Row rows[] = {
        {OrderKind::Sale, 100, 1'000, ""},           {OrderKind::Sale, 100, -1'000, "negative"},
        {OrderKind::Sale, 100, 0, "zero"},           {OrderKind::Return, 100, -1'000, ""},
        {OrderKind::Return, 100, 1'000, "positive"}, {OrderKind::Sale, -100, 1'000, "negative"},
        {OrderKind::Adjustment, -100, 1'000, ""},
    };
    for (const Row& row : rows) {
        const Status checked = check_order(order(row.kind, {line(row.price, row.quantity)}));
        EXPECT_EQ(checked ? "" : checked.error().fields.at(0).rule, row.rule) << row.price << " x " << row.quantity;
    }
    EXPECT_FALSE(check_order(order(OrderKind::Sale, {})));
}

RC_GTEST_PROP(OrderRules, SumsDoNotDependOnHowLinesAreSplit, ()) {
    std::vector<OrderLine> lines(static_cast<std::size_t>(*rc::gen::inRange(1, 30)));
    for (auto& one : lines) one = line(*rc::gen::inRange(0, 1'000'000), *rc::gen::inRange(1, 90'000));
    const Currency currency;
    const auto cut = static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, lines.size() + 1));
    const Sums whole = *sum_lines(lines, currency);
    const Sums head = *sum_lines({lines.begin(), lines.begin() + cut}, currency);
    const Sums parts = *sum_lines({lines.begin() + cut, lines.end()}, currency, head);
    RC_ASSERT(whole.net_minor == parts.net_minor);
    RC_ASSERT(whole.items_milli == parts.items_milli);
    RC_ASSERT(whole.lines == parts.lines);
}

TEST(OrderRules, ASumThatLeavesInt64IsRefused) {
    OrderLine huge = line(1, 1'000);
    huge.amount_minor = INT64_MAX;
    EXPECT_EQ(sum_lines({huge, huge}, Currency{}).error().code, ErrorCode::LimitExceeded);
}

}  // namespace
}  // namespace tilth::commerce
