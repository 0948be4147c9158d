#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "platform/sql/testing.h"

namespace tilth::sql {
namespace {

class SqlTest : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override { make("CREATE TABLE t (id i64 NOT NULL PRIMARY KEY, name txt, data bin, yes flag);"); }
    void make(std::string_view dialect) { MUST(writer_->script(expand_dialect(dialect, GetParam()))); }
    Status insert(std::int64_t id) { return writer_->write("INSERT INTO t (id) VALUES (?1)", {id}); }
    std::int64_t count(Connection& connection) {
        return *MUST(connection.one("SELECT count(*) FROM t", {}, [](const Row& row) { return row.i64(0); }));
    }
    std::int64_t count() { return count(*writer_); }

    testing::FreshRecord record_{GetParam()};
    std::unique_ptr<Connection> writer_ = record_.open();
};
INSTANTIATE_TEST_SUITE_P(Engines, SqlTest, ::testing::ValuesIn(testing::engines()), testing::engine_name);

struct Kept {
    std::int64_t number;
    std::string text;
    std::string bytes;
    auto operator<=>(const Kept&) const = default;
};

TEST_P(SqlTest, TypesRoundTrip) {
    const std::string every_byte = [] {
        std::string bytes;
        for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
        return bytes;
    }();
    constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    const std::vector<Kept> all{
        {kMin, "", ""}, {-1, "精耕 𠮷 'quoted' \\ $1 ?1", every_byte}, {kMax, "a\nb\t", "x"}};
    for (const Kept& kept : all) {
        MUST(writer_->write("INSERT INTO t (id, name, data, yes) VALUES (?1, ?2, ?3, ?4)",
                            {kept.number, kept.text, Blob{kept.bytes}, true}));
    }
    const auto read = MUST(writer_->all("SELECT id, name, data, yes FROM t ORDER BY id", {}, [](const Row& row) {
        EXPECT_TRUE(row.flag(3));
        return Kept{row.i64(0), std::string(row.txt(1)), std::string(row.bin(2))};
    }));
    EXPECT_EQ(read, all);
}

TEST_P(SqlTest, NullsAndDefaultViews) {
    MUST(writer_->write("INSERT INTO t (id, name, data, yes) VALUES (?1, ?2, ?3, ?4)", {1, Null{}, Null{}, Null{}}));
    MUST(writer_->write("INSERT INTO t (id, name, data, yes) VALUES (?1, ?2, ?3, ?4)",
                        {2, std::string_view{}, Blob{}, std::optional<std::int64_t>{7}}));
    MUST(writer_->query("SELECT name, data, yes FROM t ORDER BY id", {}, [n = 0](const Row& row) mutable {
        const bool first = n++ == 0;
        for (int column = 0; column < 3; ++column) EXPECT_EQ(row.null(column), first) << column;
        EXPECT_EQ(row.opt_i64(2), first ? std::nullopt : std::optional<std::int64_t>(7));
        EXPECT_EQ(row.txt_or(0, "none"), first ? "none" : "");
        EXPECT_EQ(first ? "" : row.bin(1), "");
        return true;
    }));
    const auto none = MUST(writer_->one("SELECT id FROM t WHERE id = ?1", {9},
                                        [](const Row& row) { return row.i64(0); }));
    EXPECT_FALSE(none.has_value());
}

TEST_P(SqlTest, SumsAreIntegers) {
    for (int i = 1; i <= 3; ++i) {
        MUST(writer_->write("INSERT INTO t (id, yes) VALUES (?1, ?2)", {i, -4'000'000'000 * i}));
    }
    const auto read = [](const Row& row) { return row.i64(0); };
    EXPECT_EQ(MUST(writer_->one("SELECT sum(yes) FROM t", {}, read)), -24'000'000'000);
    EXPECT_EQ(MUST(writer_->one("SELECT sum(yes) * 10000000 FROM t", {}, read)), -240'000'000'000'000'000);
    EXPECT_EQ(MUST(writer_->one("SELECT sum(id) - sum(id) FROM t", {}, read)), 0);
    EXPECT_EQ(MUST(writer_->one("SELECT count(*) FROM t WHERE id > ?1 AND yes < ?2", {1, 0}, read)), 2);
}

TEST_P(SqlTest, TextOrdersByBytes) {
    for (const char* name : {"b", "B", "a", "é", "中", "_"}) {
        MUST(writer_->write("INSERT INTO t (id, name) VALUES ((SELECT count(*) FROM t), ?1)", {name}));
    }
    const auto names = MUST(writer_->all("SELECT name FROM t ORDER BY name", {},
                                         [](const Row& row) { return std::string(row.txt(0)); }));
    EXPECT_EQ(names, (std::vector<std::string>{"B", "_", "a", "b", "é", "中"}));
}

TEST_P(SqlTest, TextsThatAnEngineCannotHoldAreInvalid) {
    for (const std::string_view bad : {std::string_view("a\0b", 3), std::string_view("\xff\xfe")}) {
        const auto refused = writer_->write("INSERT INTO t (id, name) VALUES (1, ?1)", {bad});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::Invalid);
    }
    MUST(insert(1));  // Outside a transaction an error leaves nothing behind.
}

TEST_P(SqlTest, ChangeCountsRows) {
    MUST(writer_->begin());
    for (int i = 0; i < 5; ++i) MUST(insert(i));
    EXPECT_EQ(MUST(writer_->change("UPDATE t SET yes = 1 WHERE id < ?1", {3})), 3);
    EXPECT_EQ(MUST(writer_->change("UPDATE t SET yes = 1 WHERE id < ?1", {-3})), 0);
    EXPECT_EQ(MUST(writer_->change("INSERT INTO t (id) VALUES (?1) ON CONFLICT (id) DO NOTHING", {1})), 0);
    EXPECT_EQ(MUST(writer_->change("INSERT INTO t (id, yes) VALUES (?1, 2) ON CONFLICT (id) DO UPDATE"
                                   " SET yes = excluded.yes", {1})), 1);
    EXPECT_EQ(MUST(writer_->one("INSERT INTO t (id) VALUES (?1) RETURNING id + 1", {77},
                                [](const Row& row) { return row.i64(0); })), 78);
    MUST(writer_->commit());
    EXPECT_EQ(count(), 6);
}

TEST_P(SqlTest, AStatementFirstMetWithNullTakesValuesLater) {
    constexpr std::string_view kInsert = "INSERT INTO t (id, name, data, yes) VALUES (?1, ?2, ?3, coalesce(?4, 5))";
    MUST(writer_->write(kInsert, {1, Null{}, Null{}, Null{}}));
    MUST(writer_->write(kInsert, {2, "two", Null{}, 2}));
    MUST(writer_->write(kInsert, {3, Null{}, Blob{"three"}, Null{}}));
    const auto sum = MUST(writer_->one("SELECT sum(yes) FROM t", {}, [](const Row& row) { return row.i64(0); }));
    EXPECT_EQ(sum, 12);
}

TEST_P(SqlTest, ConstraintsAreConflicts) {
    make("CREATE TABLE c (a i64 NOT NULL CHECK (a > 0), b i64 REFERENCES t (id));");
    MUST(insert(4711));
    for (const auto& refused : {insert(4711), writer_->write("INSERT INTO c (a) VALUES (?1)", {-4711}),
                                writer_->write("INSERT INTO c (a) VALUES (?1)", {Null{}}),
                                writer_->write("INSERT INTO c (a, b) VALUES (1, ?1)", {47110})}) {
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::Conflict) << refused.error().detail;
        EXPECT_EQ(refused.error().detail.find("4711"), std::string::npos) << refused.error().detail;
        EXPECT_FALSE(refused.error().detail.empty());
    }
}

TEST_P(SqlTest, AMisfitIsInternal) {
    const auto unknown = writer_->write("INSERT INTO nowhere (id) VALUES (?1)", {1});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::Internal) << unknown.error().detail;
    const auto count_wrong = writer_->write("INSERT INTO t (id) VALUES (?1)", {1, 2});
    ASSERT_FALSE(count_wrong);
    EXPECT_EQ(count_wrong.error().code, ErrorCode::Internal) << count_wrong.error().detail;
    const auto type_wrong = writer_->write("INSERT INTO t (id) VALUES (?1)", {"one"});
    ASSERT_FALSE(type_wrong);
    EXPECT_EQ(type_wrong.error().code, ErrorCode::Internal) << type_wrong.error().detail;
    MUST(insert(1));
}

TEST_P(SqlTest, AnErrorInThePipelineSurfacesAndIsTheFirst) {
    MUST(insert(1));
    MUST(writer_->begin());
    MUST(insert(2));
    auto first = insert(1);                                          // SQLite says so here …
    const auto second = writer_->write("INSERT INTO nowhere (id) VALUES (?1)", {1});
    const auto late = writer_->flush();                              // … PostgreSQL at the latest here.
    if (first) first = late;
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().code, ErrorCode::Conflict);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::Conflict) << "the first error stays";
    EXPECT_FALSE(insert(3));
    EXPECT_FALSE(writer_->commit());
    writer_->rollback();
    EXPECT_EQ(count(), 1);
    MUST(insert(2));
}

TEST_P(SqlTest, CommitTellsOfAFailedWrite) {
    MUST(insert(1));
    MUST(writer_->begin());
    (void)insert(2);
    (void)insert(1);
    const auto done = writer_->commit();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::Conflict);
    writer_->rollback();
    EXPECT_EQ(count(), 1);
}

TEST_P(SqlTest, RollbackWithWritesUnderWay) {
    writer_->rollback();  // Without a transaction: nothing.
    MUST(writer_->begin());
    MUST(insert(1));
    writer_->rollback();
    MUST(writer_->begin());
    writer_->rollback();
    MUST(writer_->begin());
    (void)insert(1);
    (void)insert(1);
    writer_->rollback();
    EXPECT_EQ(count(), 0);
    EXPECT_TRUE(writer_->alive());
}

TEST_P(SqlTest, SavepointsUndoOneUnitOnly) {
    MUST(writer_->begin());
    for (int unit = 0; unit < 6; ++unit) {
        MUST(writer_->savepoint());
        (void)insert(unit * 10);
        if (unit % 3 == 1) (void)insert(0);                 // A conflict with the first unit.
        (void)insert(unit * 10 + 1);
        const auto kept = writer_->release();
        EXPECT_EQ(kept.has_value(), unit % 3 != 1);
        if (!kept) {
            EXPECT_EQ(kept.error().code, ErrorCode::Conflict);
            MUST(writer_->rollback_to());
        }
    }
    MUST(writer_->savepoint());
    MUST(insert(1000));
    MUST(writer_->rollback_to());                           // By choice, without an error.
    MUST(writer_->commit());
    const auto ids = MUST(writer_->all("SELECT id FROM t ORDER BY id", {}, [](const Row& row) { return row.i64(0); }));
    EXPECT_EQ(ids, (std::vector<std::int64_t>{0, 1, 20, 21, 30, 31, 50, 51}));
}

TEST_P(SqlTest, AFailedQueryIsUndoneWithItsUnit) {
    MUST(writer_->begin());
    MUST(insert(1));
    MUST(writer_->savepoint());
    MUST(insert(2));
    EXPECT_FALSE(writer_->query("SELECT nothing FROM t", {}, [](const Row&) { return true; }));
    MUST(writer_->rollback_to());
    EXPECT_EQ(count(), 1);
    MUST(writer_->commit());
}

TEST_P(SqlTest, AStatementFirstMetBehindAFailureWorksLater) {
    constexpr std::string_view kLate = "INSERT INTO t (id, name) VALUES (?1, 'late')";
    MUST(insert(1));
    MUST(writer_->begin());
    MUST(writer_->savepoint());
    (void)insert(1);
    (void)writer_->write(kLate, {2});  // PostgreSQL skips this one, and with it its preparation.
    EXPECT_FALSE(writer_->release());
    MUST(writer_->rollback_to());
    MUST(writer_->write(kLate, {2}));
    MUST(writer_->commit());
    EXPECT_EQ(count(), 2);
}

TEST_P(SqlTest, QueriesMayStopEarly) {
    MUST(writer_->begin());
    for (int i = 0; i < 1000; ++i) MUST(insert(i));
    int seen = 0;
    MUST(writer_->query("SELECT id FROM t ORDER BY id", {}, [&](const Row& row) {
        EXPECT_EQ(row.i64(0), seen);
        return ++seen < 3;
    }));
    EXPECT_EQ(seen, 3);
    EXPECT_EQ(count(), 1000);
    MUST(writer_->commit());
}

TEST_P(SqlTest, ReadersSeeOnlyWhatIsCommitted) {
    auto pool = MUST(open_readers(record_.location(), 2));
    MUST(writer_->begin());
    MUST(insert(1));
    MUST(writer_->flush());
    auto early = MUST(pool->borrow());
    EXPECT_EQ(count(*early), 0);
    MUST(writer_->commit());
    EXPECT_EQ(count(*early), 0) << "a loan is one snapshot";
    EXPECT_EQ(count(*MUST(pool->borrow())), 1);
}

TEST_P(SqlTest, ReadersRefuseToWrite) {
    auto reader = record_.open(Access::Reader);
    EXPECT_FALSE(reader->write("INSERT INTO t (id) VALUES (?1)", {1}));
    MUST(reader->begin());
    const auto refused = reader->change("INSERT INTO t (id) VALUES (?1)", {1});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Internal) << refused.error().detail;
    reader->rollback();
    EXPECT_EQ(count(), 0);
}

TEST_P(SqlTest, ThePoolLendsEachReaderOnce) {
    auto pool = MUST(open_readers(record_.location(), 1));
    {
        auto loan = MUST(pool->borrow());
        const auto none = pool->borrow(milliseconds(20));
        ASSERT_FALSE(none);
        EXPECT_EQ(none.error().code, ErrorCode::Unavailable);
        EXPECT_FALSE(loan->query("SELECT nothing FROM t", {}, [](const Row&) { return true; }));
    }
    EXPECT_EQ(count(*MUST(pool->borrow())), 0) << "a failed query does not spoil the next loan";
    std::atomic<int> rounds{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 25; ++n) rounds += count(*MUST(pool->borrow())) == 0 ? 1 : 0;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(rounds, 100);
}

TEST_P(SqlTest, BigBlobs) {
    std::string bytes(256 << 10, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 + (i >> 8));
    MUST(writer_->begin());
    for (int i = 0; i < 40; ++i) MUST(writer_->write("INSERT INTO t (id, data) VALUES (?1, ?2)", {i, Blob{bytes}}));
    MUST(writer_->commit());
    int equal = 0;
    MUST(writer_->query("SELECT data FROM t", {},
                        [&](const Row& row) { return equal += row.bin(0) == bytes ? 1 : 0, true; }));
    EXPECT_EQ(equal, 40);
}

TEST_P(SqlTest, MoreWritesThanThePipelineHolds) {
    MUST(writer_->begin());
    for (int i = 0; i < 10'000; ++i) MUST(insert(i));
    MUST(writer_->commit());
    EXPECT_EQ(count(), 10'000);
}

TEST_P(SqlTest, StatementsAreRemembered) {
    const std::string_view text = GetParam() == Engine::Sqlite ? "SELECT id FROM t WHERE id = ?1 AND 'a' = 'a'"
                                                                : "SELECT id FROM t WHERE id = ?1 AND 'b' = 'b'";
    const auto before = seen_statements();
    EXPECT_EQ(std::count(before.begin(), before.end(), text), 0);
    MUST(writer_->query(text, {1}, [](const Row&) { return true; }));
    MUST(writer_->query(text, {2}, [](const Row&) { return true; }));
    const auto after = seen_statements();
    EXPECT_EQ(std::count(after.begin(), after.end(), text), 1);
    for (const auto& seen : after) EXPECT_FALSE(seen.starts_with("BEGIN") || seen.starts_with("PRAGMA")) << seen;
}

TEST_P(SqlTest, ACallbackMustNotUseItsConnection) {
    MUST(insert(1));
    EXPECT_DEATH((void)writer_->query("SELECT id FROM t", {}, [&](const Row&) { return insert(2).has_value(); }),
                 "callback");
}

TEST(SqlOpen, WhatCannotBeReached) {
    const auto no_file = open({"sqlite:/nowhere/at/all/record.db"}, Access::Writer);
    ASSERT_FALSE(no_file);
    EXPECT_EQ(no_file.error().code, ErrorCode::StorageFailed);
    const auto no_server = open({"postgres://user:geheim@%2Fnowhere/db"}, Access::Writer);
    ASSERT_FALSE(no_server);
    EXPECT_EQ(no_server.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(no_server.error().detail.find("geheim"), std::string::npos);
}

}  // namespace
}  // namespace tilth::sql
