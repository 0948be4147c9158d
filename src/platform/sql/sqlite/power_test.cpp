#include <gtest/gtest.h>

#include "platform/files/faulty.h"
#include "platform/sql/sql.h"
#include "platform/sql/sqlite/vfs.h"

namespace tilth::sql {
namespace {

using files::FaultPlan;
using files::FaultyFiles;
using files::Unsynced;

const Location kPlace{"sqlite:/disk/record.db?vfs=faulty"};
constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS t (unit INTEGER, row_number INTEGER, data BLOB) STRICT";
constexpr int kUnits = 30;
constexpr int kRowsPerUnit = 3;

class PowerTest : public ::testing::Test {
protected:
    void fresh_disk() {
        disk_ = std::make_unique<FaultyFiles>();
        MUST(disk_->make_directories("/disk"));
        MUST(disk_->sync_directory("/"));
        MUST(register_vfs("faulty", *disk_));
    }

    // Writes units of three rows until one fails. Yields how many were acknowledged; counts from `first`.
    static int work(int first) {
        auto opened = open(kPlace, Access::Writer);
        if (!opened) return 0;
        Connection& record = **opened;
        const std::string bytes(3'000, 'x');
        auto unit = [&](int n) -> Status {
            TRY(record.begin());
            for (int row = 0; row < kRowsPerUnit; ++row) {
                TRY(record.write("INSERT INTO t (unit, row_number, data) VALUES (?1, ?2, ?3)", {n, row, Blob{bytes}}));
            }
            return record.commit();
        };
        if (!record.script(kTable)) return 0;
        int acknowledged = 0;
        for (int n = first; n < kUnits; ++n) {
            if (unit(n)) {
                ++acknowledged;
                continue;
            }
            record.rollback();
            break;
        }
        return acknowledged;
    }

    // The number of whole units that stand; fails the test on a gap, half a unit or a damaged file.
    static int whole_units() {
        auto record = MUST(open(kPlace, Access::Writer));
        const auto text = [](const Row& row) { return std::string(row.txt(0)); };
        EXPECT_EQ(MUST(record->one("PRAGMA integrity_check", {}, text)), "ok");
        const auto number = [](const Row& row) { return row.i64(0); };
        const auto tables = MUST(record->one("SELECT count(*) FROM sqlite_schema", {}, number));
        if (*tables == 0) return 0;
        int next = 0;
        MUST(record->query("SELECT unit, count(*) FROM t GROUP BY unit ORDER BY unit", {}, [&](const Row& row) {
            EXPECT_EQ(row.i64(0), next++);
            EXPECT_EQ(row.i64(1), kRowsPerUnit);
            return true;
        }));
        return next;
    }

    std::unique_ptr<FaultyFiles> disk_;
};

TEST_F(PowerTest, WorksWithoutFaultsAndIsHeldByOneConnection) {
    fresh_disk();
    EXPECT_EQ(work(0), kUnits);
    EXPECT_EQ(whole_units(), kUnits);
    auto first = MUST(open(kPlace, Access::Writer));
    EXPECT_FALSE(open(kPlace, Access::Reader));
}

TEST_F(PowerTest, NothingAcknowledgedIsLostAtAnyCall) {
    fresh_disk();
    ASSERT_EQ(work(0), kUnits);
    const std::int64_t calls = disk_->calls();
    ASSERT_GT(calls, 100);
    int trials = 0;
    for (const Unsynced fate : {Unsynced::Lose, Unsynced::Keep, Unsynced::Tear}) {
        for (std::int64_t n = 0; n < calls; n += 3) {
            fresh_disk();
            FaultPlan plan;
            plan.fail_at_call = n;
            plan.power_off = true;
            plan.tear_seed = static_cast<std::uint64_t>(n) + 1;
            disk_->plan(plan);
            const int acknowledged = work(0);
            disk_->power_loss(fate);
            disk_->plan({});
            const int standing = whole_units();
            ASSERT_GE(standing, acknowledged) << "call " << n << " fate " << static_cast<int>(fate);
            ASSERT_LE(standing, acknowledged + 1) << "call " << n << " fate " << static_cast<int>(fate);
            // And it works on from there.
            ASSERT_EQ(work(standing), kUnits - standing);
            ++trials;
        }
    }
    std::printf("power loss: %d trials over %lld calls\n", trials, static_cast<long long>(calls));
}

TEST_F(PowerTest, AFullDiskIsSaidAndUndoesTheUnit) {
    fresh_disk();
    FaultPlan plan;
    plan.capacity_bytes = 150'000;
    disk_->plan(plan);
    auto record = MUST(open(kPlace, Access::Writer));
    MUST(record->script(kTable));
    const std::string bytes(20'000, 'x');
    Status outcome;
    int kept = 0;
    while (outcome && kept < 100) {
        MUST(record->begin());
        outcome = record->write("INSERT INTO t (unit, data) VALUES (?1, ?2)", {kept, Blob{bytes}});
        if (outcome) outcome = record->commit();
        if (outcome) ++kept;
    }
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::StorageFull) << outcome.error().detail;
    record->rollback();
    disk_->plan({});
    const auto rows = MUST(record->one("SELECT count(*) FROM t", {}, [](const Row& row) { return row.i64(0); }));
    EXPECT_EQ(rows, kept);
    MUST(record->write("INSERT INTO t (unit, data) VALUES (?1, ?2)", {kept, Blob{bytes}}));
}

TEST_F(PowerTest, AFailingCallIsAnErrorAndNotACrash) {
    fresh_disk();
    ASSERT_EQ(work(0), kUnits);
    const std::int64_t calls = disk_->calls();
    for (std::int64_t n = 0; n < calls; n += 7) {
        fresh_disk();
        FaultPlan plan;
        plan.fail_at_call = n;
        disk_->plan(plan);
        const int acknowledged = work(0);
        disk_->plan({});
        ASSERT_GE(whole_units(), acknowledged) << "call " << n;
    }
}

}  // namespace
}  // namespace tilth::sql
