#include "flows/import_orders/rules.h"

#include <gtest/gtest.h>

namespace tilth::flows::import_orders {
namespace {

using commerce::OrderKind;

collect::MappedRow row(std::initializer_list<std::pair<Column, const char*>> values) {
    collect::MappedRow mapped;
    mapped.values.resize(static_cast<std::size_t>(Column::kCount));
    for (const auto& [column, value] : values) mapped.values[static_cast<std::size_t>(column)] = value;
    return mapped;
}

// A whole sale of two pieces to a card, with some cells replaced; a null value empties the cell.
collect::MappedRow sale(std::initializer_list<std::pair<Column, const char*>> changes = {}) {
    auto mapped = row({{Column::OrderNumber, "489434"},
                       {Column::PaidAt, "2009-12-01T07:45:00Z"},
                       {Column::Sku, "85048"},
                       {Column::Quantity, "2"},
                       {Column::Price, "6.95"},
                       {Column::Card, "13085"}});
    for (const auto& [column, value] : changes) {
        auto& cell = mapped.values[static_cast<std::size_t>(column)];
        if (value == nullptr) cell.reset();
        else cell = value;
    }
    return mapped;
}

const Options kPrefixes{.currency = {}, .return_prefix = "C", .adjustment_prefix = "A"};

// What the run makes of a row: read, then checked.
Result<Row> taken(const collect::MappedRow& mapped, const Options& options = kPrefixes) {
    Row row = TRY(read_row(mapped, options));
    TRY(check_row(row, options));
    return row;
}

TEST(ImportOrderRules, WhatEachRowSays) {
    struct Case {
        const char* what;
        collect::MappedRow given;
        const char* rule;  // empty: taken
        OrderKind kind = OrderKind::Sale;
        std::int64_t milli = 2'000;
        std::int64_t price_e4 = 69'500;
    };
    const Case cases[] = {
        {"a plain sale", sale(), ""},
        {"a weighed line", sale({{Column::Quantity, "0.535"}}), "", OrderKind::Sale, 535},
        {"a return", sale({{Column::OrderNumber, "C489449"}, {Column::Quantity, "-12"}}), "", OrderKind::Return,
         -12'000},
        {"an adjustment",
         sale({{Column::OrderNumber, "A506401"}, {Column::Quantity, "1"}, {Column::Price, "-53594.36"}}), "",
         OrderKind::Adjustment, 1'000, -535'943'600},
        {"given away to a member", sale({{Column::Price, "0"}}), "", OrderKind::Sale, 2'000, 0},
        {"four decimals of a price", sale({{Column::Price, "0.0015"}}), "", OrderKind::Sale, 2'000, 15},
        {"without a customer", sale({{Column::Card, nullptr}}), ""},
        {"stock written off", sale({{Column::Quantity, "-2"}}), "negative_in_sale"},
        {"a return that adds", sale({{Column::OrderNumber, "C489449"}}), "positive_in_return"},
        {"no pieces", sale({{Column::Quantity, "0"}}), "zero"},
        {"neither money nor customer", sale({{Column::Price, "0"}, {Column::Card, nullptr}}), "no_value"},
        {"no amount and no customer", sale({{Column::Amount, "0"}, {Column::Card, nullptr}}), "no_value"},
        {"a negative price", sale({{Column::Price, "-1"}}), "negative_price"},
        {"an amount against its quantity", sale({{Column::Amount, "-2"}}), "wrong_sign"},
        {"more than anybody sells", sale({{Column::Quantity, "2000000000"}}), "too_large"},
        {"an amount beyond its bound", sale({{Column::Amount, "10000000000.01"}}), "too_large"},
        {"words for a quantity", sale({{Column::Quantity, "two"}}), "bad_decimal"},
        {"too many decimals", sale({{Column::Price, "1.00001"}}), "bad_decimal"},
        {"an amount with three decimals", sale({{Column::Amount, "1.005"}}), "bad_decimal"},
    };
    for (const Case& one : cases) {
        const auto read = taken(one.given);
        if (*one.rule != '\0') {
            ASSERT_FALSE(read) << one.what;
            EXPECT_EQ(read.error().fields.at(0).rule, one.rule) << one.what;
            EXPECT_FALSE(read.error().fields.at(0).reason_zh.empty()) << one.what;
            continue;
        }
        ASSERT_TRUE(read) << one.what;
        EXPECT_EQ(read->kind, one.kind) << one.what;
        EXPECT_EQ(read->line.quantity.milli, one.milli) << one.what;
        EXPECT_EQ(read->line.price.e4, one.price_e4) << one.what;
    }
}

TEST(ImportOrderRules, IdsThatASpreadsheetMadeNumbersAreIdsAgain) {
    EXPECT_EQ(plain_id("13085.0"), "13085");
    EXPECT_EQ(plain_id("13085"), "13085");
    EXPECT_EQ(plain_id("13085.00"), "13085.00");
    EXPECT_EQ(plain_id("A1.0"), "A1.0");
    EXPECT_EQ(plain_id(".0"), ".0");
    EXPECT_EQ(plain_id(""), "");
    EXPECT_EQ(*read_row(sale({{Column::Card, "13085.0"}}), {})->card, "13085");
    EXPECT_EQ(read_row(sale({{Column::OrderNumber, "489434.0"}}), {})->number, "489434");
}

TEST(ImportOrderRules, DaysShiftAndPrefixesAreTheMappings) {
    const auto options = parse_options(
        R"({"currency":"GBP","shift_days":3,"return_prefix":"R","channel":"till","node_kind":"region"})", {});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->node_kind, org::NodeKind::Region);
    EXPECT_EQ(options->channel, "till");
    EXPECT_EQ(options->currency, MUST(Currency::parse("GBP")));
    const auto moved = taken(sale({{Column::OrderNumber, "R1"}, {Column::Quantity, "-1"}}), *options);
    ASSERT_TRUE(moved);
    EXPECT_EQ(moved->kind, OrderKind::Return);
    EXPECT_EQ(to_iso(moved->paid_at).substr(0, 10), "2009-12-04");
    EXPECT_EQ(taken(sale({{Column::OrderNumber, "C1"}}), *options)->kind, OrderKind::Sale);
    for (const char* bad : {"{", "[]", R"({"currency":"pounds"})"}) EXPECT_FALSE(parse_options(bad, {})) << bad;
    EXPECT_EQ(parse_options("", MUST(Currency::parse("JPY")))->currency, MUST(Currency::parse("JPY")));
}

TEST(ImportOrderRules, WithoutAPrefixANegativeQuantityIsAReturn) {
    EXPECT_EQ(taken(sale({{Column::Quantity, "-2"}}), {})->kind, OrderKind::Return);
    EXPECT_EQ(taken(sale({{Column::OrderNumber, "C1"}}), {})->kind, OrderKind::Sale);
    EXPECT_EQ(taken(sale({{Column::OrderNumber, "A1"}}), {})->kind, OrderKind::Sale);
}

TEST(ImportOrderRules, ValuesThatAreTooLongNameTheirField) {
    const std::string long_number(81, '7');
    const std::string long_name(501, 'x');
    const auto number = taken(sale({{Column::OrderNumber, long_number.c_str()}}));
    const auto name = taken(sale({{Column::ProductName, long_name.c_str()}}));
    EXPECT_EQ(number.error().fields.at(0).rule, "too_long");
    EXPECT_EQ(number.error().fields.at(0).field, "order_number");
    EXPECT_EQ(name.error().fields.at(0).field, "product_name");
}

TEST(ImportOrderRules, ANodeWithoutANameIsCalledByItsCode) {
    EXPECT_EQ(read_row(sale({{Column::NodeCode, "France"}}), {})->node_name, "France");
    EXPECT_EQ(read_row(sale({{Column::NodeCode, "FR"}, {Column::NodeName, "France"}}), {})->node_name, "France");
}

TEST(ImportOrderRules, FieldsStandInTheOrderOfTheColumns) {
    ASSERT_EQ(fields().size(), static_cast<std::size_t>(Column::kCount));
    EXPECT_EQ(fields()[static_cast<std::size_t>(Column::Amount)].name, "amount");
    EXPECT_EQ(fields()[static_cast<std::size_t>(Column::NodeName)].name, "node_name");
    EXPECT_EQ(fields()[static_cast<std::size_t>(Column::Card)].name, "card");
}

TEST(ImportOrderRules, WaysOfPayingWithAmountsOrForTheWholeOrder) {
    using commerce::Tender;
    EXPECT_EQ(read_tenders("", Currency{}).value(), std::vector<Tender>{});
    EXPECT_EQ(read_tenders("微信", Currency{}).value(), (std::vector<Tender>{{"微信", std::nullopt}}));
    EXPECT_EQ(read_tenders("微信=30.00;现金=-12.5", Currency{}).value(),
              (std::vector<Tender>{{"微信", 3'000}, {"现金", -1'250}}));
    for (const char* bad : {"微信=", "=3", "微信=x", "微信=1.005"})
        EXPECT_FALSE(read_tenders(bad, Currency{})) << bad;
    EXPECT_FALSE(read_tenders(std::string(61, 'a'), Currency{}));
}

}  // namespace
}  // namespace tilth::flows::import_orders
