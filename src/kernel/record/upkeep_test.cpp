#include "kernel/record/upkeep.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "kernel/testing.h"
#include "platform/sql/copy.h"

namespace tilth::kernel {
namespace {

constexpr std::string_view kTable =
    "CREATE TABLE secret (tenant_id id16 NOT NULL, name txt NOT NULL, bytes bin NOT NULL, PRIMARY KEY (tenant_id, "
    "name))";

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

    testing::TestRecord record_{sql::Engine::Sqlite, {{"test", 1, "secret", kTable}}};
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

}  // namespace
}  // namespace tilth::kernel
