#include "kernel/record/upkeep.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <unordered_set>

#include "kernel/testing.h"
#include "platform/sql/copy.h"

namespace tilth::kernel {
namespace {

constexpr std::string_view kTable =
    "CREATE TABLE secret (tenant_id id16 NOT NULL, name txt NOT NULL, bytes bin NOT NULL, PRIMARY KEY (tenant_id, "
    "name))";
constexpr std::string_view kTree =
    "CREATE TABLE tree (tenant_id id16 NOT NULL, name txt NOT NULL, bytes bin NOT NULL, PRIMARY KEY (tenant_id, name)) "
    "WITHOUT ROWID";

const std::string kFilling(5'000, 'x');

std::string path_of(const sql::Location& location) { return location.uri.substr(std::string_view("sqlite:").size()); }

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream all;
    all << file.rdbuf();
    return all.str();
}

class UpkeepTest : public ::testing::Test {
protected:
    Status put(const std::string& name, const std::string& bytes) {
        return record_.write([&](Unit& unit) {
            return unit.sql().write("INSERT INTO secret (tenant_id, name, bytes) VALUES (?1, ?2, ?3)",
                                    {unit.tenant(), name, sql::Blob{bytes}});
        });
    }
    Status put_many(int count) {
        return record_.write([&](Unit& unit) -> Status {
            for (int i = 0; i < count; ++i) {
                TRY(unit.sql().write("INSERT INTO secret (tenant_id, name, bytes) VALUES (?1, ?2, ?3)",
                                     {unit.tenant(), "s" + std::to_string(i), sql::Blob{std::string_view(kFilling)}}));
            }
            return ok();
        });
    }
    bool on_disk(const std::string& bytes) const {
        const std::string path = path_of(record_.location());
        return (bytes_of(path) + bytes_of(path + "-wal")).find(bytes) != std::string::npos;
    }

    testing::TestRecord record_{sql::Engine::Sqlite, {{"test", 1, "secret", kTable}, {"test", 2, "tree", kTree}}};
};

TEST_F(UpkeepTest, WhatWasDeletedIsForcedOutOfTheFiles) {
    std::vector<std::string> secrets;
    for (int i = 0; i < 100; ++i) {
        secrets.push_back(crypto::random_bytes(32));
        ASSERT_TRUE(put("s" + std::to_string(i), secrets.back()));
    }
    ASSERT_TRUE(record_.write(
        [](Unit& unit) { return unit.sql().write("DELETE FROM secret WHERE name <> ?1", {"s7"}); }));
    EXPECT_TRUE(on_disk(secrets[8])) << "the write-ahead log still holds it; else this test proves nothing";
    ASSERT_TRUE(force_residue(*record_, {}));
    for (std::size_t i = 0; i < secrets.size(); ++i) EXPECT_EQ(on_disk(secrets[i]), i == 7) << i;
    ASSERT_TRUE(put("after", "x"));
}

// Rows of many lengths in no order: pages are split and balanced, and keep copies of rows that went elsewhere.
TEST_F(UpkeepTest, CopiesThatPagesKeptAreOverwritten) {
    SeededRng rng(7);
    std::vector<std::string> bytes(9'000);
    std::vector<std::string> gone;
    const auto name_of = [](std::size_t i) { return "s" + std::to_string(i * 7'919 % 100'003); };
    const auto letters = [&rng](std::size_t length) {
        std::string text;
        while (text.size() < length) text += static_cast<char>('!' + rng.next() % 90);
        return text;
    };
    for (std::size_t from = 0; from < bytes.size(); from += 1'000) {
        ASSERT_TRUE(record_.write([&](Unit& unit) -> Status {
            for (std::size_t i = from; i < from + 1'000; ++i) {
                bytes[i] = letters(40 + rng.next() % 260);
                TRY(unit.sql().write("INSERT INTO tree (tenant_id, name, bytes) VALUES (?1, ?2, ?3)",
                                     {unit.tenant(), name_of(i), sql::Blob{bytes[i]}}));
                const std::size_t other = rng.next() % (i + 1);
                gone.push_back(bytes[other]);
                bytes[other] = letters(40 + rng.next() % 260);
                TRY(unit.sql().write("UPDATE tree SET bytes = ?3 WHERE tenant_id = ?1 AND name = ?2",
                                     {unit.tenant(), name_of(other), sql::Blob{bytes[other]}}));
            }
            return ok();
        }));
    }
    ASSERT_TRUE(record_.write(
        [](Unit& unit) { return unit.sql().write("DELETE FROM tree WHERE name < ?1", {"s5"}); }));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (name_of(i) < "s5") gone.push_back(bytes[i]);
    }
    const auto left = [&] {
        const std::string file = bytes_of(path_of(record_.location()));
        std::unordered_set<std::string_view> wanted;
        for (const std::string& one : gone) wanted.insert(std::string_view(one).substr(0, 32));
        std::size_t found = 0;
        for (std::size_t at = 0; at + 32 <= file.size(); ++at)
            found += wanted.contains(std::string_view(file).substr(at, 32)) ? 1 : 0;
        return found;
    };
    ASSERT_TRUE(upkeep_of(*record_).between_groups([](sql::Connection& connection) {
        return connection.query("PRAGMA wal_checkpoint(TRUNCATE)", {}, [](const sql::Row&) { return true; });
    }));
    const auto kept = left();
    ASSERT_TRUE(force_residue(*record_, {}));
    EXPECT_GT(kept, 0u) << "else this test proves nothing";
    EXPECT_EQ(left(), 0u);
    ASSERT_TRUE(sql::check_database_file(path_of(record_.location())));
}

TEST_F(UpkeepTest, AReaderThatDoesNotEndIsSaid) {
    ASSERT_TRUE(put("a", "a"));
    {
        const auto loan = MUST(record_->readers().borrow());
        (void)MUST(loan->one("SELECT count(*) FROM secret", {}, [](const sql::Row& row) { return row.i64(0); }));
        ASSERT_TRUE(put("b", "b"));
        const Status busy = force_residue(*record_, {});
        ASSERT_FALSE(busy);
        EXPECT_EQ(busy.error().code, ErrorCode::Unavailable);
        ASSERT_TRUE(put("c", "c"));
    }
    EXPECT_TRUE(force_residue(*record_, {}));
}

TEST_F(UpkeepTest, ACopyHoldsWhatWasCommittedBetweenItsSteps) {
    ASSERT_TRUE(put_many(300));
    const std::string target = path_of(record_.location()) + ".copy";
    std::unique_ptr<sql::LiveCopy> copy;
    int steps = 0;
    for (bool whole = false; !whole; ++steps) {
        ASSERT_TRUE(upkeep_of(*record_).between_groups([&](sql::Connection& connection) -> Status {
            if (!copy) copy = TRY(sql::begin_copy(connection, target));
            whole = TRY(copy->step(32));
            if (whole) copy.reset();
            return ok();
        }));
        ASSERT_TRUE(put("between" + std::to_string(steps), std::string(5'000, 'y')));
    }
    EXPECT_GT(steps, 10);
    ASSERT_TRUE(sql::check_database_file(target));
    const auto copied = MUST(sql::open({"sqlite:" + target}, sql::Access::Writer));
    EXPECT_EQ(MUST(copied->one("SELECT count(*) FROM secret", {}, [](const sql::Row& r) { return r.i64(0); })),
              300 + steps - 1);
}

TEST_F(UpkeepTest, ADamagedFileIsSaid) {
    ASSERT_TRUE(put_many(300));
    ASSERT_TRUE(force_residue(*record_, {}));
    const std::string target = path_of(record_.location()) + ".damaged";
    std::string bytes = bytes_of(path_of(record_.location()));
    for (std::size_t at = bytes.size() / 2; at < bytes.size() / 2 + 4'096; ++at) bytes[at] = '\x5a';
    std::ofstream(target, std::ios::binary) << bytes;
    EXPECT_FALSE(sql::check_database_file(target));
}

// On PostgreSQL a deleted row's bytes stay in the table's file until the table is written anew.
TEST(UpkeepPostgres, TheTablesOfPersonsAreRewritten) {
    if (sql::testing::postgres_uri().empty()) GTEST_SKIP() << "TILTH_TEST_POSTGRES is not set";
    testing::TestRecord record(sql::Engine::Postgres, {{"test", 1, "secret", kTable}});
    const auto text = [&](std::string_view statement) {
        const auto loan = MUST(record->readers().borrow());
        return MUST(loan->one(statement, {}, [](const sql::Row& row) { return std::string(row.txt(0)); })).value();
    };
    const auto file = [&] {
        return bytes_of(text("SELECT current_setting('data_directory')") + "/" +
                        text("SELECT pg_relation_filepath('secret')"));
    };
    std::string letters;
    for (const char c : crypto::random_bytes(64)) letters += static_cast<char>('a' + (c & 15));
    ASSERT_TRUE(record.write([&](Unit& unit) -> Status {
        for (const std::string& name : {std::string("gone"), std::string("kept")}) {
            TRY(unit.sql().write("INSERT INTO secret (tenant_id, name, bytes) VALUES (?1, ?2, ?3)",
                                 {unit.tenant(), name, sql::Blob{name == "gone" ? letters : kFilling.substr(0, 50)}}));
        }
        return ok();
    }));
    ASSERT_TRUE(record.write(
        [](Unit& unit) { return unit.sql().write("DELETE FROM secret WHERE name = ?1", {"gone"}); }));
    // Pages reach the file at a checkpoint; without one there would be nothing to see.
    MUST(MUST(sql::open(record.location(), sql::Access::Writer))->script("CHECKPOINT"));
    ASSERT_NE(file().find(letters), std::string::npos) << "else this test proves nothing";
    const std::string_view tables[] = {"secret"};
    ASSERT_TRUE(force_residue(*record, tables));
    EXPECT_EQ(file().find(letters), std::string::npos);
    EXPECT_NE(file().find(kFilling.substr(0, 50)), std::string::npos);
}

}  // namespace
}  // namespace tilth::kernel
