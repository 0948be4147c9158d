// R-02 at the record: the power goes at any call that units make on the disk; what was acknowledged stands whole, in
// the order of its commits, with its audit line, its outbox event, its timer, its number and its events.

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <set>

#include "kernel/audit.h"
#include "kernel/behaviour/event_log.h"
#include "kernel/testing.h"
#include "kernel/testing/power.h"

namespace tilth::kernel {
namespace {

using files::Unsynced;

constexpr std::string_view kTable =
    "CREATE TABLE thing (tenant_id id16 NOT NULL, unit i64 NOT NULL, part i64 NOT NULL, number i64 NOT NULL, "
    "data bin NOT NULL, PRIMARY KEY (tenant_id, unit, part))";
constexpr int kBursts = 8;
constexpr int kUnitsPerBurst = 5;  // Queued together: they share a transaction now and then.
constexpr int kUnits = kBursts * kUnitsPerBurst;
constexpr int kParts = 3;

Event event(int number) {
    Event out;
    out.fingerprint[0] = static_cast<std::uint8_t>(number);
    out.time = out.received = Instant{1'772'330'400'000 + number};
    out.type = "page";
    return out;
}

class RecordPowerTest : public ::testing::Test {
protected:
    static Context context() { return Context::system(testing::tenant(1), Instant{1'772'330'400'000}); }

    static Status one(Unit& unit, int n) {
        const std::string data(2'000, static_cast<char>('a' + n % 26));
        const std::int64_t number = unit.next_number("thing");
        for (int part = 0; part < kParts; ++part) {
            TRY(unit.sql().write("INSERT INTO thing (tenant_id, unit, part, number, data) VALUES (?1, ?2, ?3, ?4, ?5)",
                                 {unit.tenant(), n, part, number, sql::Blob{data}}));
        }
        TRY(append_events(unit, {event(2 * n), event(2 * n + 1)}));
        TRY(unit.set_timer("thing", std::to_string(n), unit.now() + seconds(60)));
        TRY(unit.audit({.action = "thing.made", .object = std::to_string(n)}));
        return unit.emit("thing.made", std::to_string(n), "{}");
    }

    // Units from `first` on, burst by burst; yields those that were acknowledged.
    std::set<int> work(int first = 0) {
        std::set<int> acknowledged;  // Filled by the writer's thread, read after drain().
        for (int n = first; n < kUnits; n += kUnitsPerBurst) {
            for (int i = n; i < std::min(n + kUnitsPerBurst, kUnits); ++i) {
                (**room_).submit(
                    context(), [i](Unit& unit) { return one(unit, i); },
                    [&acknowledged, i](const Status& status) {
                        if (status) acknowledged.insert(i);
                    });
            }
            (**room_).drain();
        }
        return acknowledged;
    }

    std::set<int> numbers(std::string_view statement) {
        std::set<int> all;
        auto reader = MUST((**room_).readers().borrow());
        MUST(reader->query(statement, {testing::tenant(1)}, [&](const sql::Row& row) {
            EXPECT_TRUE(all.insert(static_cast<int>(row.i64(0))).second) << "twice: " << row.i64(0);
            return true;
        }));
        return all;
    }
    std::set<int> words(std::string_view statement) {
        std::set<int> all;
        auto reader = MUST((**room_).readers().borrow());
        MUST(reader->query(statement, {testing::tenant(1)}, [&](const sql::Row& row) {
            EXPECT_TRUE(all.insert(std::stoi(std::string(row.txt(0)))).second) << "twice: " << row.txt(0);
            return true;
        }));
        return all;
    }

    // The units that stand; the test fails where one stands in part or a chain is broken.
    std::set<int> standing() {
        const auto units = numbers("SELECT DISTINCT unit FROM thing WHERE tenant_id = ?1");
        const auto whole = numbers("SELECT unit FROM thing WHERE tenant_id = ?1 GROUP BY unit HAVING count(*) = 3");
        EXPECT_EQ(units, whole) << "a unit stands in part";
        EXPECT_EQ(units, words("SELECT object FROM audit_line WHERE tenant_id = ?1"));
        EXPECT_EQ(units, words("SELECT key FROM outbox_event WHERE tenant_id = ?1"));
        EXPECT_EQ(units, words("SELECT key FROM timer WHERE tenant_id = ?1"));
        const auto given = numbers("SELECT DISTINCT number FROM thing WHERE tenant_id = ?1");
        EXPECT_EQ(given.size(), units.size());
        EXPECT_EQ(given.empty() ? 0 : *given.rbegin(), static_cast<int>(units.size())) << "a gap in the numbers";
        auto reader = MUST((**room_).readers().borrow());
        EXPECT_TRUE(MUST(verify_audit(*reader, testing::tenant(1))).whole);
        const auto log = MUST(verify_events(*reader, testing::tenant(1)));
        EXPECT_TRUE(log.whole) << "block " << log.broken_at;
        EXPECT_EQ(log.events, 2 * static_cast<std::int64_t>(units.size()));
        const auto word = [](const sql::Row& row) { return std::string(row.txt(0)); };
        EXPECT_EQ(MUST(reader->one("PRAGMA integrity_check", {}, word)), "ok");
        return units;
    }

    void fresh() {
        room_.reset();
        room_ = std::make_unique<testing::PowerRecord>(
            std::vector<sql::Migration>{{"test", 1, "thing", kTable}});
    }

    // The power goes at that call of the work and comes back.
    void trial(std::int64_t call, Unsynced fate) {
        fresh();
        room_->cut_after(call);
        const std::set<int> acknowledged = work();
        if (!room_->dark()) return;  // Groups differ from run to run: this one was done in fewer calls.
        ++trials_;
        room_->close();
        room_->power_returns(fate);
        MUST(room_->open());
        const std::set<int> found = standing();
        for (const int n : acknowledged) ASSERT_TRUE(found.contains(n)) << "unit " << n << " was acknowledged";
        // What was on its way is at most one group, and its units stand or fall together with those before them.
        ASSERT_LE(found.size(), acknowledged.size() + kUnitsPerBurst);
        for (int n = 0; n < static_cast<int>(found.size()); ++n) ASSERT_TRUE(found.contains(n)) << "a gap at " << n;
        // And it works on from there.
        const std::set<int> more = work(static_cast<int>(found.size()));
        ASSERT_EQ(found.size() + more.size(), static_cast<std::size_t>(kUnits));
        ASSERT_EQ(standing().size(), static_cast<std::size_t>(kUnits));
    }

    std::unique_ptr<testing::PowerRecord> room_;
    int trials_ = 0;
};

TEST_F(RecordPowerTest, WhatWasAcknowledgedStandsWholeAfterPowerLossAtAnyCall) {
    fresh();
    const std::int64_t before = room_->disk().calls();
    ASSERT_EQ(work().size(), static_cast<std::size_t>(kUnits));
    ASSERT_EQ(standing().size(), static_cast<std::size_t>(kUnits));
    const std::int64_t calls = room_->disk().calls() - before;
    ASSERT_GT(calls, 60);
    constexpr std::array kFates = {Unsynced::Lose, Unsynced::Keep, Unsynced::Tear};
    // Each call with one fate, the fates in turn.
    for (std::int64_t call = 0; call < calls; ++call) {
        const Unsynced fate = kFates[static_cast<std::size_t>(call) % kFates.size()];
        SCOPED_TRACE("call " + std::to_string(call) + ", fate " + std::to_string(static_cast<int>(fate)));
        trial(call, fate);
        if (HasFailure()) return;
    }
    std::printf("power loss: %d trials over %lld calls\n", trials_, static_cast<long long>(calls));
    EXPECT_GT(trials_, 40);
}

}  // namespace
}  // namespace tilth::kernel
