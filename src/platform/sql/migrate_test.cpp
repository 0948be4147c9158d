#include <gtest/gtest.h>

#include <thread>

#include "platform/sql/testing.h"

namespace tilth::sql {
namespace {

constexpr Instant kNow{1'700'000'000'000};

class MigrateTest : public ::testing::TestWithParam<Engine> {
protected:
    Result<int> run(std::vector<Migration> migrations) { return migrate(*writer_, migrations, kNow); }
    std::vector<std::string> applied() {
        return MUST(writer_->all("SELECT module, number FROM schema_migration ORDER BY module, number", {},
                                 [](const Row& row) { return std::string(row.txt(0)) + std::to_string(row.i64(1)); }));
    }

    testing::FreshRecord record_{GetParam()};
    std::unique_ptr<Connection> writer_ = record_.open();
    const Migration org1_{"org", 1, "org", "CREATE TABLE org (tenant_id id16 NOT NULL, name txt); -- the tree\n"};
    const Migration org2_{"org", 2, "more", "ALTER TABLE org ADD COLUMN open flag NOT NULL DEFAULT 1;"};
    const Migration orders1_{"orders", 1, "orders",
                             "CREATE TABLE orders (n i64 PRIMARY KEY, made_at instant) WITHOUT ROWID;"};
};
INSTANTIATE_TEST_SUITE_P(Engines, MigrateTest, ::testing::ValuesIn(testing::engines()), testing::engine_name);

TEST_P(MigrateTest, AppliesWhatIsMissingInOrder) {
    EXPECT_EQ(MUST(run({org1_, orders1_})), 2);
    EXPECT_EQ(MUST(run({org1_, orders1_})), 0);
    EXPECT_EQ(MUST(run({org1_, org2_, orders1_})), 1);
    EXPECT_EQ(applied(), (std::vector<std::string>{"orders1", "org1", "org2"}));
    MUST(writer_->write("INSERT INTO org (tenant_id, name) VALUES (?1, ?2)", {Blob{"0123456789abcdef"}, "总部"}));
    const auto open = MUST(writer_->one("SELECT open FROM org", {}, [](const Row& row) { return row.flag(0); }));
    EXPECT_EQ(open, true);
    const auto at = MUST(writer_->one("SELECT applied_at FROM schema_migration WHERE module = ?1 AND number = 2",
                                      {"org"}, [](const Row& row) { return row.instant(0); }));
    EXPECT_EQ(at, kNow);
}

TEST_P(MigrateTest, AFailedFileLeavesNothingAndIsResumed) {
    const Migration broken{"org", 2, "broken", "CREATE TABLE half (a i64); CREATE TABLE org (a i64);"};
    const auto refused = run({org1_, broken, orders1_});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.find("org 2 broken"), std::string::npos) << refused.error().detail;
    EXPECT_EQ(applied(), std::vector<std::string>{"org1"});
    EXPECT_FALSE(writer_->query("SELECT a FROM half", {}, [](const Row&) { return true; }));
    EXPECT_EQ(MUST(run({org1_, org2_, orders1_})), 2);
}

TEST_P(MigrateTest, ResumesOnANewConnectionAfterAKill) {
    // What a killed process leaves: the first file applied, the second begun and never committed.
    MUST(run({org1_}));
    MUST(writer_->begin());
    MUST(writer_->script(expand_dialect(org2_.statements, GetParam())));
    writer_.reset();
    writer_ = record_.open();
    EXPECT_EQ(MUST(run({org1_, org2_, orders1_})), 2);
}

TEST_P(MigrateTest, TwoProcessesAtOnceApplyEachFileOnce) {
    std::vector<Migration> many;
    std::vector<std::string> texts;
    for (int i = 0; i < 20; ++i) texts.push_back("CREATE TABLE t" + std::to_string(i) + " (a i64);");
    for (int i = 0; i < 20; ++i) many.push_back({"many", i + 1, "t", texts[static_cast<std::size_t>(i)]});
    auto second = record_.open();
    int theirs = 0;
    std::thread other([&] { theirs = MUST(migrate(*second, many, kNow)); });
    const int ours = MUST(migrate(*writer_, many, kNow));
    other.join();
    EXPECT_EQ(ours + theirs, 20);
}

TEST_P(MigrateTest, AChangedFileIsRefused) {
    MUST(run({org1_}));
    Migration edited = org1_;
    edited.statements = "CREATE TABLE org (tenant_id id16 NOT NULL, name txt, extra i64);";
    const auto refused = run({edited, orders1_});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
    EXPECT_EQ(applied(), std::vector<std::string>{"org1"}) << "nothing is applied beside a refusal";
}

TEST_P(MigrateTest, ANewerRecordIsRefused) {
    MUST(run({org1_, org2_}));
    const auto refused = run({org1_});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
    EXPECT_FALSE(run({org2_, org1_})) << "numbers ascend";
}

}  // namespace
}  // namespace tilth::sql
