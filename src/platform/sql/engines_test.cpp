// What only one of the engines has.
#include <gtest/gtest.h>

#include "platform/sql/testing.h"

namespace tilth::sql {
namespace {

std::int64_t number(Connection& connection, std::string_view statement) {
    return *MUST(connection.one(statement, {}, [](const Row& row) { return row.i64(0); }));
}
std::string text(Connection& connection, std::string_view statement) {
    return *MUST(connection.one(statement, {}, [](const Row& row) { return std::string(row.txt(0)); }));
}

TEST(Sqlite, DurabilityAndCheckpointsAreTheWriters) {
    const testing::FreshRecord record(Engine::Sqlite);
    auto writer = record.open();
    auto reader = record.open(Access::Reader);
    EXPECT_EQ(text(*writer, "PRAGMA journal_mode"), "wal");
    EXPECT_EQ(number(*writer, "PRAGMA synchronous"), 2);
    EXPECT_EQ(number(*writer, "PRAGMA foreign_keys"), 1);
    EXPECT_EQ(number(*writer, "PRAGMA secure_delete"), 1);
    EXPECT_GT(number(*writer, "PRAGMA wal_autocheckpoint"), 0);
    EXPECT_EQ(number(*reader, "PRAGMA wal_autocheckpoint"), 0);
    EXPECT_EQ(number(*reader, "PRAGMA query_only"), 1);
    EXPECT_EQ(text(*reader, "PRAGMA journal_mode"), "wal");
}

TEST(Sqlite, AReaderThatClosesLastLeavesTheWalAlone) {
    const testing::FreshRecord record(Engine::Sqlite);
    const std::string wal = record.location().uri.substr(std::string_view("sqlite:").size()) + "-wal";
    auto writer = record.open();
    MUST(writer->script("CREATE TABLE t (a INTEGER) STRICT"));
    auto reader = record.open(Access::Reader);
    EXPECT_EQ(number(*reader, "SELECT count(*) FROM t"), 0);
    writer.reset();
    reader.reset();
    EXPECT_TRUE(std::filesystem::exists(wal));
}

TEST(Sqlite, AReaderMakesNoFile) {
    const testing::FreshRecord record(Engine::Sqlite);
    EXPECT_FALSE(open(record.location(), Access::Reader));
}

TEST(Sqlite, DoubleQuotesAreNames) {
    const testing::FreshRecord record(Engine::Sqlite);
    EXPECT_FALSE(record.open()->query("SELECT \"misspelt\"", {}, [](const Row&) { return true; }));
}

class PostgresTest : public ::testing::TestWithParam<Engine> {
protected:
    testing::FreshRecord record_{GetParam()};
    std::unique_ptr<Connection> writer_ = record_.open();
};

std::vector<Engine> only_postgres() {
    return testing::postgres_uri().empty() ? std::vector<Engine>{} : std::vector<Engine>{Engine::Postgres};
}
INSTANTIATE_TEST_SUITE_P(Engines, PostgresTest, ::testing::ValuesIn(only_postgres()), testing::engine_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PostgresTest);

TEST_P(PostgresTest, Settings) {
    EXPECT_EQ(text(*writer_, "SELECT current_setting('synchronous_commit')"), "on");
    EXPECT_EQ(text(*writer_, "SELECT current_setting('TimeZone')"), "UTC");
    EXPECT_EQ(text(*writer_, "SELECT current_setting('client_encoding')"), "UTF8");
}

TEST_P(PostgresTest, ALostConnectionIsSaidAndThePoolReplacesIt) {
    auto pool = MUST(open_readers(record_.location(), 1));
    auto end = [&](std::int64_t pid) {
        EXPECT_EQ(number(*record_.open(), "SELECT CASE WHEN pg_terminate_backend(" + std::to_string(pid) +
                                              ") THEN 1 ELSE 0 END"), 1);
    };
    {
        auto loan = MUST(pool->borrow());
        end(number(*loan, "SELECT pg_backend_pid()"));
        const auto refused = loan->query("SELECT 1", {}, [](const Row&) { return true; });
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::StorageFailed) << refused.error().detail;
        EXPECT_FALSE(loan->alive());
    }
    EXPECT_EQ(number(*MUST(pool->borrow()), "SELECT 7"), 7);

    MUST(writer_->begin());
    end(number(*writer_, "SELECT pg_backend_pid()"));
    MUST(writer_->savepoint());
    const auto lost = writer_->flush();
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, ErrorCode::StorageFailed);
    EXPECT_FALSE(writer_->rollback_to());
    writer_->rollback();
    EXPECT_FALSE(writer_->alive());
    EXPECT_FALSE(writer_->begin());
}

TEST_P(PostgresTest, FractionsAndForeignTypesAreMisfits) {
    auto any = [](const Row&) { return true; };
    for (const char* statement : {"SELECT 0.5", "SELECT now()", "SELECT 1e30::numeric", "SELECT 1.5::float8"}) {
        const auto refused = writer_->query(statement, {}, any);
        ASSERT_FALSE(refused) << statement;
        EXPECT_EQ(refused.error().code, ErrorCode::Internal);
    }
    EXPECT_EQ(number(*writer_, "SELECT (-9223372036854775808)::numeric"), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(number(*writer_, "SELECT 100000000::numeric"), 100'000'000);
    EXPECT_EQ(number(*writer_, "SELECT 10.00::numeric"), 10);
}

TEST_P(PostgresTest, ACheckAtCommitIsAConflict) {
    MUST(writer_->script("CREATE TABLE p (a BIGINT PRIMARY KEY);"
                         "CREATE TABLE c (a BIGINT REFERENCES p (a) DEFERRABLE INITIALLY DEFERRED)"));
    MUST(writer_->begin());
    MUST(writer_->write("INSERT INTO c (a) VALUES (?1)", {1}));
    const auto refused = writer_->commit();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
    writer_->rollback();
    EXPECT_EQ(number(*writer_, "SELECT count(*) FROM c"), 0);
}

}  // namespace
}  // namespace tilth::sql
