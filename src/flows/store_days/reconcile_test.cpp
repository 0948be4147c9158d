#include <gtest/gtest.h>

#include <set>

#include "flows/store_days/store_days.h"
#include "kernel/testing/fixture.h"

namespace tilth::flows {
namespace {

constexpr int kStores = 30;
constexpr int kDays = 300;

std::vector<sql::Migration> migrations() {
    std::vector<sql::Migration> all;
    for (const auto& module :
         {org::org_module(), customer::customer_module(), collect::collect_module(), commerce::commerce_module()}) {
        all.insert(all.end(), module.migrations.begin(), module.migrations.end());
    }
    return all;
}

class ReconcileTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    ReconcileTest() {
        tenant_ = MUST(org_->create_tenant({.name = "示例", .zone = "Asia/Shanghai", .currency = {}})).tenant;
        for (int i = 0; i < kStores; ++i) {
            stores_.push_back(write<OrgNodeId>([&](kernel::Unit& unit) {
                return org_->ensure_node(unit, org::NodeKind::Store, "S" + std::to_string(i), "店",
                                         org_->root(tenant_));
            }));
        }
        std::sort(stores_.begin(), stores_.end());
    }
    template <class T>
    T write(const std::function<Result<T>(kernel::Unit&)>& fn) {
        return MUST(kernel_.record().write<T>(kernel::Context::system(tenant_, kernel_.clock().now()), fn));
    }
    // A sale just after the day begins and one just before it ends, and a return of a tenth.
    Status sell(kernel::Unit& unit, std::size_t store, Day day) {
        const auto begin = org_->calendar(tenant_).start_of(day);
        const std::pair<Instant, std::int64_t> orders[] = {{begin, 1'000 + static_cast<std::int64_t>(store)},
                                                           {begin + hours(24) - milliseconds(1), 2'000},
                                                           {begin + hours(9), -100}};
        for (const auto& [at, minor] : orders) {
            commerce::OrderInput input;
            input.number = std::to_string(store) + "-" + to_iso(at);
            input.kind = minor < 0 ? commerce::OrderKind::Return : commerce::OrderKind::Sale;
            input.channel = "till";
            input.paid_at = at;
            input.node = stores_[store];
            input.source = "import:1";
            commerce::OrderLine line;
            line.sku = "TEA";
            line.quantity = Quantity::pieces(minor < 0 ? -1 : 1);
            line.amount_minor = minor;
            input.lines = {line};
            TRY(orders_->apply(unit, input));
        }
        return ok();
    }
    collect::StoreDay close(std::size_t store, Day day) const {
        return {stores_[store], day, 2, 2'900 + static_cast<std::int64_t>(store), 100, "till", "import:2"};
    }
    std::vector<Compared> all(Day from, Day to) {
        auto reader = kernel_.reader();
        return MUST(reconcile(*reader, tenant_, *org_, *orders_, *days_, stores_, from, to));
    }

    kernel::testing::TestKernel kernel_{GetParam(), migrations()};
    std::unique_ptr<org::Org> org_ = org::make_org(*kernel_);
    std::unique_ptr<customer::Customers> customers_ = customer::make_customers(*kernel_);
    std::unique_ptr<commerce::Orders> orders_ = commerce::make_orders(*kernel_, *org_, *customers_);
    std::unique_ptr<collect::StoreDays> days_ = collect::make_store_days();
    TenantId tenant_;
    std::vector<OrgNodeId> stores_;
};

TEST_P(ReconcileTest, SevenPlantedDifferencesInNineThousandStoreDaysAndNoOther) {
    const Day first = day_from_civil({2025, 1, 1});
    // The whole number on the embedded record; a fifth of the days on the other, whose units take longer one by one.
    const int number_of_days = GetParam() == sql::Engine::Sqlite ? kDays : kDays / 5;
    const std::set<std::pair<int, int>> planted = {{3, 0}, {0, 3}, {10, 20}, {11, 21}, {11, 22}, {5, 50}, {29, 59}};
    for (int d = 0; d < number_of_days; ++d) {
        write<bool>([&](kernel::Unit& unit) -> Result<bool> {
            for (int s = 0; s < kStores; ++s) {
                const auto store = static_cast<std::size_t>(s);
                const bool wrong = planted.contains({s, d});
                const int kind = wrong ? (s + d) % 4 : -1;
                if (kind != 0) TRY(sell(unit, store, first + d));  // 0: the till's file is missing
                collect::StoreDay day = close(store, first + d);
                if (kind == 1) day.net_minor += 1;
                if (kind == 2) day.receipts += 1;
                if (kind != 3) TRY(days_->put(unit, day));  // 3: the close is missing
            }
            return true;
        });
    }
    std::set<std::pair<int, int>> found;
    const auto compared = all(first, first + (number_of_days - 1));
    EXPECT_EQ(compared.size(), static_cast<std::size_t>(kStores * number_of_days));
    for (const Compared& one : compared) {
        const auto store = std::lower_bound(stores_.begin(), stores_.end(), one.node) - stores_.begin();
        if (one.red()) found.emplace(static_cast<int>(store), one.day - first);
    }
    EXPECT_EQ(found, planted);
}

TEST_P(ReconcileTest, ADecisionStandsUntilAFigureMoves) {
    const Day day = day_from_civil({2025, 6, 1});
    write<bool>([&](kernel::Unit& unit) -> Result<bool> {
        TRY(sell(unit, 0, day));
        collect::StoreDay wrong = close(0, day);
        wrong.net_minor += 100;
        TRY(days_->put(unit, wrong));
        return true;
    });
    const Compared before = all(day, day).at(0);
    EXPECT_EQ(before.state, "differ");
    EXPECT_TRUE(before.red());
    write<bool>([&](kernel::Unit& unit) -> Result<bool> {
        TRY(days_->decide(
            unit, {stores_[0], day, "accepted", "盘点", figures_text(before.closed, before.ours), "王", unit.now()}));
        return true;
    });
    EXPECT_FALSE(all(day, day).at(0).red());
    write<bool>([&](kernel::Unit& unit) -> Result<bool> {
        collect::StoreDay other = close(0, day);
        other.source = "import:3";
        other.net_minor += 200;
        TRY(days_->put(unit, other));
        return true;
    });
    EXPECT_TRUE(all(day, day).at(0).red());
    // Taken back, the older close stands again, and with it what was said about it.
    EXPECT_EQ(write<std::int64_t>([&](kernel::Unit& unit) { return days_->take_back(unit, "import:3", 10); }), 1);
    EXPECT_FALSE(all(day, day).at(0).red());
}

INSTANTIATE_TEST_SUITE_P(Engines, ReconcileTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

}  // namespace
}  // namespace tilth::flows
