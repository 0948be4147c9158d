// The projection follows the record and comes back the same: after a rebuild, a deleted file, another version, a record
// that went back.
#include <gtest/gtest.h>
#include <unistd.h>

#include "modules/performance/projection/projection.h"
#include "modules/performance/testing/shop.h"

namespace tilth::performance {
namespace {

using testing::Sale;
using testing::Shop;

struct Folder {
    std::string path;
    Folder() {
        path = (std::filesystem::temp_directory_path() / "tilth-projection-XXXXXX").string();
        INVARIANT(::mkdtemp(path.data()) != nullptr, "a temporary directory can be made");
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::string file() const { return path + "/projection.duckdb"; }
};

class ProjectionTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    Feeds feeds() { return {shop_.kernel.record(), *shop_.org, *shop_.customers, *shop_.orders}; }
    std::unique_ptr<Projection> open() {
        return std::make_unique<Projection>(feeds(), shop_.kernel->files, folder_.file());
    }
    ProjectionState state(Projection& projection) {
        MUST(projection.catch_up());
        return MUST(projection.state(shop_.tenant));
    }
    std::int64_t count(const Projection& projection, const std::string& text) {
        const Source source = MUST(projection.source(shop_.tenant));
        return std::get<std::int64_t>(MUST(source.columns->query(text)).rows.at(0).at(0));
    }

    Shop shop_{GetParam()};
    Folder folder_;
};

INSTANTIATE_TEST_SUITE_P(Engines, ProjectionTest, ::testing::ValuesIn(sql::testing::engines()),
                         sql::testing::engine_name);

TEST_P(ProjectionTest, FollowsOrdersTakeBackAndJoiningWithoutTouchingOrders) {
    shop_.fill(3, 20, 120);
    auto projection = open();
    const auto before = state(*projection);
    std::int64_t taken = 0;
    for (const Sale& sale : shop_.sales) taken += sale.source == "import:imp_1" ? 1 : 0;
    ASSERT_GT(taken, 0);
    EXPECT_EQ(count(*projection, "SELECT COUNT(*) FROM orders"), static_cast<std::int64_t>(shop_.sales.size()));
    EXPECT_EQ(count(*projection, "SELECT COUNT(*) FROM customers"), 20);
    shop_.take_back("import:imp_1");
    EXPECT_NE(state(*projection).hash, before.hash);
    EXPECT_EQ(count(*projection, "SELECT COUNT(*) FROM orders"), static_cast<std::int64_t>(shop_.sales.size()) - taken);

    const auto orders = state(*projection).orders_change_no;
    const auto persons = count(*projection, "SELECT COUNT(DISTINCT person) FROM customers");
    const auto link = shop_.join(1, 2);
    EXPECT_EQ(state(*projection).orders_change_no, orders);
    EXPECT_EQ(count(*projection, "SELECT COUNT(DISTINCT person) FROM customers"), persons - 1);
    shop_.made<bool>([&](kernel::Unit& unit) -> Result<bool> {
        TRY(shop_.customers->unmerge(unit, link, "two people after all"));
        return true;
    });
    state(*projection);
    EXPECT_EQ(count(*projection, "SELECT COUNT(DISTINCT person) FROM customers"), persons);
}

TEST_P(ProjectionTest, ARebuildADeletedFileAndAnotherVersionComeBackTheSame) {
    shop_.fill(4, 25, 150);
    auto projection = open();
    const auto before = state(*projection);
    // More changes, so that the followed state has seen rows come and go.
    shop_.join(0, 7);
    shop_.take_back("import:imp_1");
    shop_.fill(5, 5, 40);
    const auto followed = state(*projection);
    EXPECT_NE(followed.hash, before.hash);

    ASSERT_TRUE(projection->rebuild());
    const auto rebuilt = state(*projection);
    EXPECT_EQ(rebuilt.hash, followed.hash);
    EXPECT_EQ(rebuilt.orders_change_no, followed.orders_change_no);
    EXPECT_EQ(rebuilt.customers_change_no, followed.customers_change_no);

    projection.reset();
    projection = open();  // Opened where it stood.
    EXPECT_EQ(state(*projection).hash, followed.hash);

    projection.reset();
    std::filesystem::remove(folder_.file());
    projection = open();
    EXPECT_EQ(state(*projection).hash, followed.hash);

    projection.reset();
    {
        columns::Options options;
        options.path = folder_.file();
        auto other = MUST(columns::open(options));
        ASSERT_TRUE(other->run("UPDATE projection SET version = 999; DELETE FROM orders"));
    }
    projection = open();
    EXPECT_EQ(state(*projection).hash, followed.hash);

    projection.reset();
    MUST(shop_.kernel->files.write_whole(folder_.file(), "this is no column store"));
    projection = open();
    EXPECT_EQ(state(*projection).hash, followed.hash);
}

TEST_P(ProjectionTest, APositionBeyondTheRecordBeginsAgain) {
    shop_.fill(6, 10, 30);
    auto projection = open();
    const auto before = state(*projection);
    projection.reset();
    {
        columns::Options options;
        options.path = folder_.file();
        auto other = MUST(columns::open(options));
        ASSERT_TRUE(other->run("UPDATE tenant SET orders_no = orders_no + 100; UPDATE orders SET net = net + 1"));
    }
    projection = open();
    const auto after = state(*projection);
    EXPECT_EQ(after.orders_change_no, before.orders_change_no);
    EXPECT_EQ(after.hash, before.hash);
}

TEST_P(ProjectionTest, TheThreadFollowsByItselfAndQuestionsWaitForTheFirstDerivation) {
    EXPECT_EQ(shop_.service->frame(shop_.context(), std::nullopt).error().code, ErrorCode::Unavailable);
    shop_.performance->run();
    shop_.fill(8, 3, 5);
    for (int i = 0; i < 500; ++i) {
        const auto state = shop_.performance->state(shop_.tenant);
        if (state && state->orders_change_no == static_cast<std::int64_t>(shop_.sales.size())) break;
        ::usleep(10'000);
    }
    shop_.performance->stop();
    EXPECT_EQ(MUST(shop_.performance->state(shop_.tenant)).orders_change_no,
              static_cast<std::int64_t>(shop_.sales.size()));
}

}  // namespace
}  // namespace tilth::performance
