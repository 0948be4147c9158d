#include "flows/import_orders/import_orders.h"

#include <gtest/gtest.h>

#include "flows/import_orders/rules.h"
#include "kernel/testing/fixture.h"
#include "platform/crypto/crypto.h"

namespace tilth::flows {
namespace {

using import_orders::Column;
using Kind = collect::RowOutcome::Kind;

std::vector<sql::Migration> migrations() {
    std::vector<sql::Migration> all;
    for (const auto& module : {org::org_module(), customer::customer_module(), commerce::commerce_module(),
                               collect::collect_module()}) {
        all.insert(all.end(), module.migrations.begin(), module.migrations.end());
    }
    return all;
}

class ImportOrdersTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    ImportOrdersTest() {
        tenant_ = MUST(org_->create_tenant({.name = "示例", .zone = "Asia/Shanghai", .currency = {}})).tenant;
    }

    // number, quantity, price, card, node; an empty card is nobody's.
    collect::MappedRow row(const std::string& number, const std::string& quantity, const std::string& price,
                           const std::string& card, const std::string& node = "France") {
        collect::MappedRow mapped;
        mapped.values.resize(static_cast<std::size_t>(Column::kCount));
        const auto set = [&](Column column, const std::string& value) {
            if (!value.empty()) mapped.values[static_cast<std::size_t>(column)] = value;
        };
        set(Column::OrderNumber, number);
        set(Column::PaidAt, "2026-02-01T10:00:00+08:00");
        set(Column::Sku, "S-" + price);
        set(Column::Quantity, quantity);
        set(Column::Price, price);
        set(Column::Card, card);
        set(Column::CustomerName, card.empty() ? "" : "王小明");
        set(Column::NodeCode, node);
        mapped.fingerprint = crypto::fingerprint(number + "|" + quantity + "|" + price);
        return mapped;
    }
    std::vector<Kind> apply(const collect::ImportRef& import, const std::vector<collect::MappedRow>& rows) {
        std::vector<Kind> kinds;
        for (const auto& outcome : write<std::vector<collect::RowOutcome>>(
                 [&](kernel::Unit& unit) { return target_->apply(unit, import, rows); })) {
            kinds.push_back(outcome.kind);
        }
        return kinds;
    }
    std::int64_t take_back(const collect::ImportRef& import) {
        std::int64_t all = 0;
        for (std::int64_t gone = 1; gone > 0; all += gone) {
            gone = write<std::int64_t>([&](kernel::Unit& unit) { return target_->take_back(unit, import, 3); });
        }
        return all;
    }
    std::map<std::string, collect::ControlTotal> totals(const collect::ImportRef& import) {
        auto reader = kernel_.reader();
        std::map<std::string, collect::ControlTotal> by_name;
        for (auto& total : MUST(target_->totals(*reader, tenant_, import))) by_name[total.name] = total;
        return by_name;
    }
    collect::ImportRef import(std::uint8_t number) {
        collect::ImportRef ref;
        ref.id.bytes.back() = number;
        ref.options = R"({"channel":"file","node_kind":"region","return_prefix":"C"})";
        return ref;
    }
    template <class T>
    T write(const std::function<Result<T>(kernel::Unit&)>& fn) {
        return MUST(kernel_.record().write<T>(kernel::Context::system(tenant_, kernel_.clock().now()), fn));
    }

    kernel::testing::TestKernel kernel_{GetParam(), migrations()};
    std::unique_ptr<org::Org> org_ = org::make_org(*kernel_);
    std::unique_ptr<customer::Customers> customers_ = customer::make_customers(*kernel_);
    std::unique_ptr<commerce::Orders> orders_ = commerce::make_orders(*kernel_, *org_, *customers_);
    std::unique_ptr<collect::ImportTarget> target_ = make_import_orders(*kernel_, *org_, *customers_, *orders_);
    TenantId tenant_;
};

TEST_P(ImportOrdersTest, RowsBecomeOrdersCustomersAndRegionsOnce) {
    const std::vector rows = {row("1", "2", "6.95", "13085"), row("1", "1", "1.25", "13085"),
                              row("2", "1", "3", "", "Italy"), row("C3", "-1", "6.95", "13085"),
                              row("4", "-5", "1", "13085")};
    EXPECT_EQ(apply(import(1), rows), (std::vector{Kind::New, Kind::New, Kind::New, Kind::New, Kind::Rejected}));
    EXPECT_EQ(customers_->people(tenant_, true), 1);
    EXPECT_TRUE(org_->node_by_code(tenant_, "Italy"));
    EXPECT_EQ(org_->node_by_code(tenant_, "France")->kind, org::NodeKind::Region);
    auto sums = totals(import(1));
    EXPECT_EQ(sums["rows"].value, 4);
    EXPECT_EQ(sums["orders"].value, 3);  // documents, the return among them
    EXPECT_EQ(sums["returns"].value, 1);
    EXPECT_EQ(sums["anonymous"].value, 1);
    EXPECT_EQ(sums["customers"].value, 1);
    EXPECT_EQ(sums["net_sales"].value, 1'390 + 125 + 300 - 695);

    EXPECT_EQ(apply(import(2), rows),
              (std::vector{Kind::Unchanged, Kind::Unchanged, Kind::Unchanged, Kind::Unchanged, Kind::Rejected}));
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM order_line"), 4);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM sales_order"), 3);
}

TEST_P(ImportOrdersTest, ARejectedRowNamesItsCauseAndField) {
    const auto outcomes = write<std::vector<collect::RowOutcome>>([&](kernel::Unit& unit) {
        return target_->apply(unit, import(1), {row("4", "-5", "1", "13085"), row("5", "x", "1", "1")});
    });
    EXPECT_EQ(outcomes[0].cause, "negative_in_sale");
    EXPECT_EQ(outcomes[0].field, "quantity");
    EXPECT_EQ(outcomes[1].cause, "bad_decimal");
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM sales_order"), 0);
}

TEST_P(ImportOrdersTest, TheDryRunSaysWhatTheRunWillDoAndWritesNothing) {
    apply(import(1), {row("1", "2", "6.95", "13085")});
    const std::vector rows = {row("1", "2", "6.95", "13085"), row("1", "1", "9", "13085"), row("2", "1", "3", "99999"),
                              row("4", "-5", "1", "13085"), row("C5", "-1", "3", "77777")};
    const std::int64_t before = kernel_.number("SELECT count(*) FROM order_line");
    std::vector<Kind> dry;
    {
        auto reader = kernel_.reader();
        const kernel::Context context = kernel::Context::system(tenant_, kernel_.clock().now());
        kernel::View view(context, *reader);
        for (const auto& outcome : MUST(target_->check(view, import(2), rows))) dry.push_back(outcome.kind);
    }
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM order_line"), before);
    EXPECT_EQ(customers_->people(tenant_, true), 1);
    EXPECT_EQ(dry, apply(import(2), rows));
}

TEST_P(ImportOrdersTest, APlaceholderForACardIsNobodysKey) {
    EXPECT_EQ(apply(import(1), {row("1", "1", "5", "null"), row("2", "1", "5", "0")}),
              (std::vector{Kind::New, Kind::New}));
    EXPECT_EQ(customers_->people(tenant_, true), 0);
    EXPECT_EQ(totals(import(1))["anonymous"].value, 2);
}

TEST_P(ImportOrdersTest, TakenBackWholeItLeavesWhatOthersBrought) {
    const std::vector first = {row("1", "2", "6.95", "13085")};
    const std::vector second = {row("1", "2", "6.95", "13085"), row("1", "1", "9", "13085"),
                                row("2", "1", "3", "99999")};
    apply(import(1), first);
    auto reader = kernel_.reader();
    const std::string orders = MUST(orders_->state_hash(*reader, tenant_));
    apply(import(2), second);
    EXPECT_EQ(customers_->people(tenant_, true), 2);
    EXPECT_GT(take_back(import(2)), 0);
    auto after = kernel_.reader();
    EXPECT_EQ(MUST(orders_->state_hash(*after, tenant_)), orders);
    EXPECT_EQ(customers_->people(tenant_, true), 1);
    EXPECT_TRUE(org_->node_by_code(tenant_, "France")) << "the first import names it too";
    EXPECT_EQ(take_back(import(2)), 0);
    EXPECT_GT(take_back(import(1)), 0);
    EXPECT_EQ(customers_->people(tenant_, true), 0);
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM sales_order"), 0);
    EXPECT_EQ(org_->nodes(tenant_).size(), 1u) << "the root: nothing names the countries any more";
    EXPECT_EQ(kernel_.number("SELECT count(*) FROM org_node_source"), 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, ImportOrdersTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

}  // namespace
}  // namespace tilth::flows
