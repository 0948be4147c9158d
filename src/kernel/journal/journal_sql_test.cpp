// The journal on PostgreSQL; left out when TILTH_TEST_POSTGRES is not set.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>

#include "kernel/journal/journal.h"
#include "kernel/migrations.h"
#include "platform/crypto/crypto.h"
#include "platform/sql/testing.h"

namespace tilth::kernel {
namespace {

class JournalSqlTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    JournalSqlTest() : fresh_(GetParam()) {
        crypto::crypto_init();
        master_ = crypto::Key::random();
        auto writer = fresh_.open();
        const auto migrations = kernel_migrations();
        EXPECT_TRUE(sql::migrate(*writer, migrations, Instant{1}));
    }
    std::unique_ptr<Journal> open(std::atomic<bool>* broken = nullptr) {
        JournalOptions options;
        options.segment_bytes_max = 500;
        options.recent_bytes_max = 0;
        options.broken = [broken](std::string_view) {
            if (broken != nullptr) *broken = true;
        };
        auto made = open_journal_sql({fresh_.location().uri + "&application_name=" + name_}, master_, options);
        EXPECT_TRUE(made) << made.error().detail;
        return std::move(*made);
    }
    std::int64_t count(std::string_view statement) {
        auto reader = fresh_.open(sql::Access::Reader);
        return MUST(reader->one(statement, {}, [](const sql::Row& row) { return row.i64(0); })).value_or(-1);
    }
    // Ends the journal's connections, as a restart of the server would.
    void cut_connections() {
        auto writer = fresh_.open();
        EXPECT_TRUE(writer->script("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '" +
                                   name_ + "'"));
    }

    sql::testing::FreshRecord fresh_;
    const std::string name_ = "tilth_journal_test_" + std::to_string(::getpid());
    crypto::Key master_;
};

std::vector<sql::Engine> only_postgres() {
    return sql::testing::postgres_uri().empty() ? std::vector<sql::Engine>{}
                                                : std::vector<sql::Engine>{sql::Engine::Postgres};
}
INSTANTIATE_TEST_SUITE_P(Engines, JournalSqlTest, ::testing::ValuesIn(only_postgres()), sql::testing::engine_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(JournalSqlTest);

TEST_P(JournalSqlTest, GivesBackWhatItTookAcrossLives) {
    std::uint64_t next = 1;
    for (int life = 0; life < 3; ++life) {
        auto journal = open();
        EXPECT_EQ(journal->last(), next - 1);
        for (int i = 0; i < 10; ++i) {
            EXPECT_EQ(journal->append("entry " + std::to_string(next)).value(), next);
            ++next;
        }
        std::uint64_t after = 0;
        while (after + 1 < next) {
            const auto some = journal->read(after, 30, 0);
            ASSERT_TRUE(some) << some.error().detail;
            for (const auto& entry : *some) {
                EXPECT_EQ(entry.sequence, ++after);
                EXPECT_EQ(entry.bytes, "entry " + std::to_string(after));
            }
        }
    }
    EXPECT_GT(count("SELECT count(*) FROM journal_segment"), 2);
}

TEST_P(JournalSqlTest, AppliedGroupsAndTheirKeysGo) {
    auto journal = open();
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(journal->append(std::string(100, 'x')));
    ASSERT_TRUE(journal->drop_up_to(20));
    EXPECT_EQ(journal->read(0, 100, 0).error().code, ErrorCode::NotFound);
    EXPECT_EQ(journal->read(20, 1u << 20, 0)->size(), 20u);
    ASSERT_TRUE(journal->drop_up_to(40));
    EXPECT_EQ(count("SELECT count(*) FROM journal_group"), 0);
    EXPECT_EQ(count("SELECT count(*) FROM journal_segment"), 1);
    journal.reset();
    EXPECT_EQ(open()->append("x").value(), 41u);
}

TEST_P(JournalSqlTest, ALostConnectionIsReplaced) {
    std::atomic<bool> broken{false};
    auto journal = open(&broken);
    ASSERT_TRUE(journal->append("1"));
    std::uint64_t stood = 1;
    for (int round = 0; round < 5; ++round) {
        cut_connections();
        for (int i = 0; i < 3; ++i) stood += journal->append("more") ? 1 : 0;
    }
    EXPECT_FALSE(broken);
    EXPECT_GT(stood, 5u);
    EXPECT_GE(journal->last(), stood);
    const auto last = journal->append("last");
    ASSERT_TRUE(last) << last.error().detail;
    (void)journal->read(*last - 1, 1'000, 0);  // the reader's connection was cut as well
    EXPECT_EQ(journal->read(*last - 1, 1'000, 0)->at(0).bytes, "last");
}

TEST_P(JournalSqlTest, ASecondWriterIsNoticed) {
    std::atomic<bool> first_broken{false};
    auto first = open(&first_broken);
    ASSERT_TRUE(first->append("1"));
    auto second = open();
    ASSERT_TRUE(second->append("2"));
    EXPECT_FALSE(first->append("3"));
    EXPECT_TRUE(first_broken);
    EXPECT_FALSE(first->append("4")) << "never again";
    EXPECT_EQ(second->append("5").value(), 3u);
}

TEST_P(JournalSqlTest, DamageIsNamed) {
    auto journal = open();
    ASSERT_TRUE(journal->append("1"));
    ASSERT_TRUE(fresh_.open()->change("UPDATE journal_group SET bytes = ?1",
                                      {sql::Blob{"not what was sealed, by far not at all"}}));
    const auto read = journal->read(0, 100, 0);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::Corrupt);
    EXPECT_NE(read.error().detail.find("segment"), std::string::npos);
}

TEST(JournalSql, IsForPostgresOnly) {
    EXPECT_EQ(open_journal_sql({"sqlite:/tmp/x.db"}, crypto::Key()).error().code, ErrorCode::Invalid);
}

}  // namespace
}  // namespace tilth::kernel
