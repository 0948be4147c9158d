#include "platform/columns/columns.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace tilth::columns {
namespace {

struct TempFolder {
    std::string path;
    TempFolder() {
        char name[] = "/tmp/tilth_columns_XXXXXX";
        path = ::mkdtemp(name);
    }
    ~TempFolder() { std::filesystem::remove_all(path); }
};

std::unique_ptr<Columns> memory() {
    auto made = open({});
    EXPECT_TRUE(made) << made.error().detail;
    return std::move(*made);
}

std::int64_t number(const Cell& cell) { return std::get<std::int64_t>(cell); }
std::string text(const Cell& cell) { return std::get<std::string>(cell); }

TEST(Columns, ValuesComeBackAsTheyWent) {
    auto columns = memory();
    ASSERT_TRUE(columns->run("CREATE TABLE t (a BIGINT, b DOUBLE, c VARCHAR, d BLOB, e BOOLEAN, f INTEGER)"));
    const std::string bytes("\x00\xff\x01", 3);
    const std::string plain_id = "abcdefghijklmnop";  // bytes that happen to be text
    const std::vector<Cell> first = {
        std::int64_t{-9'000'000'000'000'000'000}, 1.5, std::string("精耕"), bytes, std::int64_t{1}, std::int64_t{7}};
    const std::vector<Cell> second = {Cell(), Cell(), Cell(), plain_id, Cell(), Cell()};
    ASSERT_TRUE(columns->run("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", first));
    ASSERT_TRUE(columns->run("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", second));
    const auto table = columns->query("SELECT * FROM t ORDER BY a NULLS LAST");
    ASSERT_TRUE(table) << table.error().detail;
    EXPECT_EQ(table->names, (std::vector<std::string>{"a", "b", "c", "d", "e", "f"}));
    ASSERT_EQ(table->rows.size(), 2u);
    EXPECT_EQ(table->rows[0], first);
    EXPECT_EQ(table->rows[1], second);
    const std::vector<Cell> by_blob = {plain_id};
    EXPECT_EQ(columns->query("SELECT count(*) FROM t WHERE d = ?", by_blob)->rows[0][0], Cell(std::int64_t{1}));
}

TEST(Columns, TypesOfResults) {
    auto columns = memory();
    const auto table = columns->query(
        "SELECT sum(x)::HUGEINT, 12.50::DECIMAL(9,2), -0.07::DECIMAL(4,2), (-1234567890123456.789)::DECIMAL(38,3), "
        "true, "
        "DATE '1970-01-02', 1::UBIGINT, 'b'::ENUM('a','b'), NULL, 3::TINYINT, 0::DECIMAL(4,2) FROM range(5) t(x)");
    ASSERT_TRUE(table) << table.error().detail;
    const auto& row = table->rows[0];
    EXPECT_EQ(number(row[0]), 10);
    EXPECT_EQ(text(row[1]), "12.50");
    EXPECT_EQ(text(row[2]), "-0.07");
    EXPECT_EQ(text(row[3]), "-1234567890123456.789");
    EXPECT_EQ(number(row[4]), 1);
    EXPECT_EQ(number(row[5]), 1);
    EXPECT_EQ(number(row[6]), 1);
    EXPECT_EQ(text(row[7]), "b");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(row[8]));
    EXPECT_EQ(number(row[9]), 3);
    EXPECT_EQ(text(row[10]), "0.00");
    EXPECT_EQ(columns->query("SELECT 9223372036854775808::HUGEINT").error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(columns->query("SELECT [1, 2]").error().code, ErrorCode::Internal);
}

TEST(Columns, AppendsInBulk) {
    auto columns = memory();
    ASSERT_TRUE(columns->run("CREATE TABLE t (id BIGINT, day INTEGER, name VARCHAR, raw BLOB, ok BOOLEAN)"));
    auto appender = columns->append_to("t");
    ASSERT_TRUE(appender) << appender.error().detail;
    constexpr std::int64_t kRows = 300'000;
    const auto start = std::chrono::steady_clock::now();
    for (std::int64_t i = 0; i < kRows; ++i) {
        (*appender)->i64(i);
        (*appender)->i32(static_cast<std::int32_t>(i % 365));
        (*appender)->text("name");
        i % 2 == 0 ? (*appender)->blob("\x01\xff") : (*appender)->null();
        (*appender)->flag(i % 3 == 0);
        ASSERT_TRUE((*appender)->end_row());
    }
    ASSERT_TRUE((*appender)->flush());
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    RecordProperty("rows_per_second", static_cast<int>(static_cast<double>(kRows) / seconds));
    const auto row = columns->query("SELECT count(*), sum(id), count(raw), sum(ok::INT) FROM t")->rows[0];
    EXPECT_EQ(number(row[0]), kRows);
    EXPECT_EQ(number(row[1]), kRows * (kRows - 1) / 2);
    EXPECT_EQ(number(row[2]), kRows / 2);
    EXPECT_EQ(number(row[3]), kRows / 3);
}

TEST(Columns, AppendedRowsFollowTheTransaction) {
    auto columns = memory();
    ASSERT_TRUE(columns->run("CREATE TABLE t (id BIGINT)"));
    const auto add = [&](bool flush) {
        auto appender = *columns->append_to("t");
        appender->i64(1);
        EXPECT_TRUE(appender->end_row());
        if (flush) { EXPECT_TRUE(appender->flush()); }
    };
    const auto count = [&] { return number(columns->query("SELECT count(*) FROM t")->rows[0][0]); };
    add(false);
    EXPECT_EQ(count(), 0) << "what was never flushed is dropped";
    ASSERT_TRUE(columns->begin());
    add(true);
    EXPECT_EQ(count(), 0) << "readers see what is committed";
    columns->rollback();
    EXPECT_EQ(count(), 0);
    ASSERT_TRUE(columns->begin());
    add(true);
    ASSERT_TRUE(columns->run("INSERT INTO t VALUES (2)"));
    ASSERT_TRUE(columns->commit());
    EXPECT_EQ(count(), 2);
    {
        auto open_appender = *columns->append_to("t");
        ASSERT_TRUE(columns->begin());
        open_appender->i64(3);
        EXPECT_TRUE(open_appender->end_row());
        columns->rollback();
    }
    EXPECT_EQ(count(), 2);
    columns->rollback();  // without a transaction: nothing
}

TEST(Columns, AppendingWhatDoesNotFitIsAnError) {
    auto columns = memory();
    ASSERT_TRUE(columns->run("CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR NOT NULL)"));
    EXPECT_FALSE(columns->append_to("none"));
    {
        auto appender = *columns->append_to("t");
        appender->text("not a number");
        EXPECT_FALSE(appender->end_row());
        EXPECT_FALSE(appender->flush());
    }
    {
        auto appender = *columns->append_to("t");
        appender->i64(1);
        EXPECT_FALSE(appender->end_row()) << "a column is missing";
    }
    auto appender = *columns->append_to("t");
    for (int i = 0; i < 2; ++i) {
        appender->i64(7);
        appender->text("x");
        EXPECT_TRUE(appender->end_row());
    }
    EXPECT_EQ(appender->flush().error().code, ErrorCode::Conflict);
}

TEST(Columns, ErrorsHaveTheirCodes) {
    auto columns = memory();
    ASSERT_TRUE(columns->run("CREATE TABLE t (id BIGINT PRIMARY KEY); CREATE TABLE u (id BIGINT)"));
    ASSERT_TRUE(columns->run("INSERT INTO t VALUES (1)"));
    EXPECT_EQ(columns->run("INSERT INTO t VALUES (1)").error().code, ErrorCode::Conflict);
    EXPECT_EQ(columns->run("SELEC").error().code, ErrorCode::Internal);
    EXPECT_EQ(columns->query("SELECT * FROM none").error().code, ErrorCode::Internal);
    EXPECT_EQ(columns->query("SELECT ?").error().code, ErrorCode::Internal);
    EXPECT_EQ(columns->query("SELECT * FROM range(100001)", {}, 100'000).error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(columns->query("SELECT * FROM range(100000)", {}, 100'000)->rows.size(), 100'000u);
    EXPECT_EQ(columns->query("SELECT 1")->rows.size(), 1u);
}

TEST(Columns, ALongQueryIsInterrupted) {
    auto columns = memory();
    const auto start = std::chrono::steady_clock::now();
    const auto slow = columns->query(
        "SELECT count(*) FROM range(10000000000) a(x), range(1000) b(y) WHERE x * y % 7 = 3", {}, 10, 100);
    const auto took = std::chrono::steady_clock::now() - start;
    ASSERT_FALSE(slow);
    EXPECT_EQ(slow.error().code, ErrorCode::Timeout) << slow.error().detail;
    EXPECT_LT(took, std::chrono::seconds(3));
    EXPECT_EQ(columns->query("SELECT 42")->rows[0][0], Cell(std::int64_t{42}));
}

TEST(Columns, ManyThreadsAskWhileOneWrites) {
    auto columns = memory();
    ASSERT_TRUE(columns->run("CREATE TABLE t (id BIGINT)"));
    std::atomic<bool> stop{false};
    std::atomic<int> torn{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < 4; ++i) {
        readers.emplace_back([&] {
            while (!stop) {
                const auto seen = columns->query("SELECT count(*) % 10 FROM t");
                if (!seen || number(seen->rows[0][0]) != 0) ++torn;
            }
        });
    }
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(columns->begin());
        for (int j = 0; j < 2; ++j) ASSERT_TRUE(columns->run("INSERT INTO t SELECT * FROM range(5)"));
        ASSERT_TRUE(columns->commit());
    }
    stop = true;
    for (auto& reader : readers) reader.join();
    EXPECT_EQ(torn, 0);
}

TEST(Columns, NothingOutsideIsReached) {
    const TempFolder folder;
    std::ofstream(folder.path + "/secret.csv") << "a\n1\n";
    Options options;
    options.path = folder.path + "/columns.duckdb";
    options.temp_directory = folder.path + "/spill";
    auto columns = open(options);
    ASSERT_TRUE(columns) << columns.error().detail;
    const std::string file = "'" + folder.path + "/secret.csv'";
    EXPECT_FALSE((*columns)->query("SELECT * FROM read_csv(" + file + ")"));
    EXPECT_FALSE((*columns)->query("SELECT * FROM " + file));
    EXPECT_FALSE((*columns)->run("COPY (SELECT 1) TO '" + folder.path + "/out.csv'"));
    EXPECT_FALSE((*columns)->run("ATTACH '" + folder.path + "/other.duckdb'"));
    EXPECT_FALSE((*columns)->run("INSTALL httpfs"));
    EXPECT_FALSE((*columns)->run("LOAD httpfs"));
    for (const auto* setting :
         {"SET enable_external_access = true", "SET memory_limit = '8GB'", "SET lock_configuration = false"}) {
        EXPECT_FALSE((*columns)->run(setting)) << setting;
    }
    const auto settings = (*columns)->query(
        "SELECT name, value FROM duckdb_settings() WHERE name IN ('memory_limit', 'threads', 'temp_directory') ORDER "
        "BY name");
    EXPECT_EQ(text(settings->rows[0][1]), "488.2 MiB");
    EXPECT_EQ(text(settings->rows[1][1]), options.temp_directory);
    EXPECT_EQ(text(settings->rows[2][1]), "2");
}

TEST(Columns, SpillsBeyondItsMemoryAndRefusesBeyondThat) {
    const TempFolder folder;
    Options options;
    options.path = folder.path + "/columns.duckdb";
    options.temp_directory = folder.path + "/spill";
    options.memory_limit = "64MB";
    auto columns = open(options);
    ASSERT_TRUE(columns) << columns.error().detail;
    const auto sorted = (*columns)->query(
        "SELECT x FROM (SELECT hash(range) AS x, repeat('y', 40) AS s FROM range(2000000) ORDER BY s, x) LIMIT 1 "
        "OFFSET 1999999",
        {}, 10, 60'000);
    EXPECT_TRUE(sorted || sorted.error().code == ErrorCode::LimitExceeded) << sorted.error().detail;
    options.path.clear();
    options.temp_directory.clear();
    auto tight = open(options);
    const auto refused = (*tight)->query("SELECT list(range) FROM range(100000000)", {}, 10, 60'000);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::LimitExceeded) << refused.error().detail;
    EXPECT_TRUE((*tight)->query("SELECT 1"));
}

TEST(Columns, AFileIsKeptLockedAndChecked) {
    const TempFolder folder;
    Options options;
    options.path = folder.path + "/columns.duckdb";
    {
        auto columns = open(options);
        ASSERT_TRUE(columns);
        ASSERT_TRUE((*columns)->run("CREATE TABLE t AS SELECT * FROM range(10)"));
        EXPECT_FALSE((*columns)->version().empty());
    }
    {
        auto columns = open(options);
        ASSERT_TRUE(columns) << columns.error().detail;
        EXPECT_EQ(number((*columns)->query("SELECT count(*) FROM t")->rows[0][0]), 10);
    }
    std::ofstream(options.path, std::ios::trunc) << std::string(20'000, 'x');
    const auto broken = open(options);
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, ErrorCode::Corrupt) << broken.error().detail;
    options.memory_limit = "a lot";
    options.path.clear();
    EXPECT_FALSE(open(options));
}

}  // namespace
}  // namespace tilth::columns
