#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <atomic>
#include <map>
#include <thread>

#include "base/limits.h"
#include "kernel/record/faulty_connection.h"
#include "kernel/record/unit.h"
#include "kernel/testing.h"

namespace tilth::kernel {
namespace {

constexpr std::string_view kTable =
    "CREATE TABLE thing (tenant_id id16 NOT NULL, name txt NOT NULL, amount i64 NOT NULL, PRIMARY KEY (tenant_id, "
    "name))";
std::vector<sql::Migration> thing_migration() { return {{"test", 1, "thing", kTable}}; }

Status add_thing(Unit& unit, std::string_view name, std::int64_t amount = 1) {
    return unit.sql().write("INSERT INTO thing (tenant_id, name, amount) VALUES (?1, ?2, ?3)",
                            {unit.tenant(), name, amount});
}

// Holds the writer back while units are queued, so that they land in one group.
class Gate {
public:
    explicit Gate(testing::TestRecord& record) : record_(record) {
        std::promise<void> inside;
        auto entered = inside.get_future();
        record->submit(
            record.context(),
            [&inside, wait = open_.get_future().share(), once = std::make_shared<bool>()](Unit&) {
                if (!std::exchange(*once, true)) inside.set_value(), wait.wait();
                return ok();
            },
            [](Status) {});
        entered.wait();
    }
    void open() { open_.set_value(), record_->drain(); }

private:
    testing::TestRecord& record_;
    std::promise<void> open_;
};

class RecordTest : public ::testing::TestWithParam<sql::Engine> {
protected:
    // Queues a unit and keeps its outcome under `name`.
    void queue(const std::string& name, Record::UnitFn fn) {
        record_->submit(record_.context(), std::move(fn), [this, name](Status status) {
            outcomes_[name] = status ? "ok" : std::string(info(status.error().code).name);
            answers_.push_back(name);
        });
    }
    std::int64_t things() { return record_.number("SELECT count(*) FROM thing"); }

    testing::TestRecord record_{GetParam(), thing_migration()};
    std::map<std::string, std::string> outcomes_;  // written by the writer's thread, read after drain()
    std::vector<std::string> answers_;
};

TEST_P(RecordTest, AUnitIsWholeOrNotAtAll) {
    EXPECT_TRUE(record_.write([](Unit& unit) { return add_thing(unit, "a"); }));
    const auto refused = record_.write([](Unit& unit) -> Status {
        TRY(add_thing(unit, "b"));
        return Error(ErrorCode::Conflict, "after all");
    });
    EXPECT_EQ(refused.error().detail, "after all");
    EXPECT_EQ(things(), 1);
    const auto value = record_->write<std::int64_t>(record_.context(), [](Unit& unit) -> Result<std::int64_t> {
        return unit.sql().change("UPDATE thing SET amount = 7 WHERE tenant_id = ?1", {unit.tenant()});
    });
    EXPECT_EQ(*value, 1);
}

TEST_P(RecordTest, ARefusalInTheMiddleLeavesTheNeighboursOfItsGroup) {
    Gate gate(record_);
    queue("one", [](Unit& unit) { return add_thing(unit, "one"); });
    queue("twice", [](Unit& unit) -> Status {
        TRY(add_thing(unit, "extra"));
        return add_thing(unit, "one");  // On PostgreSQL this surfaces when the unit is released.
    });
    queue("reader", [](Unit& unit) -> Status {
        const auto seen =
            TRY(unit.sql().one("SELECT count(*) FROM thing", {}, [](const sql::Row& row) { return row.i64(0); }));
        return *seen == 1 ? ok() : Status(ErrorCode::Internal, "sees what was undone");
    });
    queue("refused", [](Unit& unit) -> Status {
        TRY(add_thing(unit, "two"));
        return Error(ErrorCode::Stale);
    });
    queue("swallows", [](Unit& unit) -> Status {
        (void)unit.sql().change("INSERT INTO thing (tenant_id, name, amount) VALUES (?1, ?2, 1)",
                                {unit.tenant(), "one"});
        return ok();
    });
    queue("last", [](Unit& unit) { return add_thing(unit, "last"); });
    gate.open();
    const std::map<std::string, std::string> expected{{"one", "ok"},        {"twice", "conflict"},    {"reader", "ok"},
                                                      {"refused", "stale"}, {"swallows", "conflict"}, {"last", "ok"}};
    EXPECT_EQ(outcomes_, expected);
    EXPECT_EQ(answers_, (std::vector<std::string>{"one", "twice", "reader", "refused", "swallows", "last"}));
    EXPECT_EQ(things(), 2);
}

TEST_P(RecordTest, AnExceptionUndoesItsUnitOnly) {
    Gate gate(record_);
    queue("a", [](Unit& unit) { return add_thing(unit, "a"); });
    queue("throws", [](Unit& unit) -> Status {
        TRY(add_thing(unit, "b"));
        throw std::runtime_error("out of nowhere");
    });
    gate.open();
    EXPECT_EQ(outcomes_["a"], "ok");
    EXPECT_EQ(outcomes_["throws"], "internal");
    EXPECT_EQ(things(), 1);
}

TEST_P(RecordTest, OnCommitRunsInOrderAndIsDroppedWithItsUnit) {
    std::vector<std::string> published;
    std::vector<std::string> overlay;
    const auto unit_of = [&](const std::string& name, bool good) {
        return [&published, &overlay, name, good](Unit& unit) -> Status {
            for (const char* part : {"1", "2"}) {
                unit.on_commit([&published, name, part] { published.push_back(name + part); });
                overlay.push_back(name + part);
                unit.on_undo([&overlay, text = name + part] {
                    EXPECT_EQ(overlay.back(), text);  // The reverse of the order in which they were made.
                    overlay.pop_back();
                });
            }
            return good ? ok() : Status(ErrorCode::Conflict);
        };
    };
    Gate gate(record_);
    queue("a", unit_of("a", true));
    queue("b", unit_of("b", false));
    queue("c", unit_of("c", true));
    gate.open();
    EXPECT_EQ(published, (std::vector<std::string>{"a1", "a2", "c1", "c2"}));
    EXPECT_EQ(overlay, (std::vector<std::string>{"a1", "a2", "c1", "c2"}));
}

TEST_P(RecordTest, NumbersHaveNoGapsAndTenantsTheirOwn) {
    const auto take = [&](bool good, std::uint8_t tenant = 1) {
        std::int64_t number = 0;
        (void)record_.write(
            [&](Unit& unit) {
                number = unit.next_number("invoice");
                return good ? ok() : Status(ErrorCode::Conflict);
            },
            tenant);
        return number;
    };
    EXPECT_EQ(take(true), 1);
    EXPECT_EQ(take(false), 2);
    EXPECT_EQ(take(true), 2);
    EXPECT_EQ(take(true, 2), 1);
    record_.reopen();
    EXPECT_EQ(take(true), 3);
}

TEST_P(RecordTest, TheOutboxCountsInCommitOrder) {
    std::vector<std::int64_t> seen;
    record_->on_committed([&](const Committed& committed) {
        for (const auto& event : committed.events) seen.push_back(event.sequence);
    });
    const auto emit = [&](bool good) {
        (void)record_.write([&](Unit& unit) -> Status {
            TRY(unit.emit("thing.done", "k", "{}"));
            return good ? ok() : Status(ErrorCode::Conflict);
        });
    };
    emit(true), emit(false), emit(true);
    record_->drain();
    EXPECT_EQ(seen, (std::vector<std::int64_t>{1, 2}));
    record_.reopen();
    emit(true);
    EXPECT_EQ(record_.number("SELECT max(sequence) FROM outbox_event"), 3);
}

// A disk that is full for one statement: its unit is refused, the others are run again with the same ids.
TEST_P(RecordTest, AFullDiskUndoesTheGroupAndRefusesTheCulpritOnly) {
    Faults faults;
    record_.reopen_with(faulty_writer(faults));
    std::map<std::string, std::vector<std::string>> ids;
    std::vector<std::int64_t> numbers;
    Gate gate(record_);
    for (const std::string name : {"a", "full", "c"}) {
        queue(name, [&ids, &numbers, name](Unit& unit) -> Status {
            ids[name].push_back(unit.new_id<CustomerId>().str());
            numbers.push_back(unit.next_number("n"));
            TRY(unit.audit({.action = "thing.add", .object = name, .detail = "{}", .reason = {}}));
            return add_thing(unit, name);
        });
    }
    faults.fail_param = "full";
    faults.error = ErrorCode::StorageFull;
    gate.open();
    const std::map<std::string, std::string> expected{{"a", "ok"}, {"full", "storage_full"}, {"c", "ok"}};
    EXPECT_EQ(outcomes_, expected);
    EXPECT_EQ(things(), 2);
    EXPECT_EQ(ids["a"].size(), 2u);
    EXPECT_EQ(ids["a"].front(), ids["a"].back());
    EXPECT_EQ(numbers, (std::vector<std::int64_t>{1, 2, 1, 2}));
    EXPECT_EQ(record_.number("SELECT last FROM number_sequence"), 2);
    EXPECT_EQ(record_.number("SELECT sequence FROM audit_head"), 2);
}

TEST_P(RecordTest, AFullDiskAtCommitIsTriedOneByOne) {
    Faults faults;
    record_.reopen_with(faulty_writer(faults));
    Gate gate(record_);
    for (const std::string name : {"a", "b", "c"}) queue(name, [name](Unit& unit) { return add_thing(unit, name); });
    faults.commits_to_fail = 3;  // the gate's own group, then the group of three, then "a" alone
    faults.error = ErrorCode::StorageFull;
    gate.open();
    const std::map<std::string, std::string> expected{{"a", "storage_full"}, {"b", "ok"}, {"c", "ok"}};
    EXPECT_EQ(outcomes_, expected);
    EXPECT_EQ(things(), 2);
}

TEST_P(RecordTest, ACommitThatCannotSyncEndsTheProcess) {
    record_.close();  // The test forks: no thread, no session of the parent's may be in the child.
    EXPECT_EXIT(
        {
            Faults faults;
            record_.reopen_with(faulty_writer(faults));
            faults.commits_to_fail = 1;
            faults.error = ErrorCode::StorageFailed;
            (void)record_.write([](Unit& unit) { return add_thing(unit, "a"); });
        },
        ::testing::ExitedWithCode(70), "COMMIT failed");
}

TEST_P(RecordTest, ASecondRecordIsRefusedAndTheFirstIsNamed) {
    const auto second = open_record({record_.location(), 1, "the second"}, record_.clock(), record_.migrations());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Conflict);
    const bool sqlite = GetParam() == sql::Engine::Sqlite;
    EXPECT_NE(second.error().detail.find(sqlite ? std::to_string(::getpid()) : "the test"), std::string::npos)
        << second.error().detail;
    record_.close();
    EXPECT_TRUE(open_record({record_.location(), 1, "the second"}, record_.clock(), record_.migrations()));
    record_.open();
}

TEST_P(RecordTest, ALostLeaseEndsTheProcess) {
    record_.close();  // The test forks: no thread, no session of the parent's may be in the child.
    EXPECT_EXIT(
        {
            record_.open();
            (void)record_.write(
                [](Unit& unit) { return unit.sql().write("UPDATE shard_lease SET epoch = epoch + 1", {}); });
            (void)record_.write([](Unit& unit) { return add_thing(unit, "a"); });
        },
        ::testing::ExitedWithCode(70), "lease is lost");
}

TEST_P(RecordTest, AFullQueueRefusesAtOnce) {
    Gate gate(record_);
    std::atomic<int> good{0};
    std::atomic<int> refused{0};
    for (std::size_t i = 0; i < limits::kRecordQueueUnitsMax + 10; ++i) {
        record_->submit(
            record_.context(), [](Unit&) { return ok(); },
            [&](Status status) {
                if (status) ++good;
                else if (status.error().code == ErrorCode::Unavailable) ++refused;
            });
    }
    EXPECT_GE(refused.load(), 10);
    gate.open();
    EXPECT_EQ(good + refused, static_cast<int>(limits::kRecordQueueUnitsMax) + 10);
    record_->stop();
    EXPECT_EQ(record_.write([](Unit&) { return ok(); }).error().code, ErrorCode::Unavailable);
}

TEST_P(RecordTest, ManyThreadsGetTheirOwnAnswers) {
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; ++i) {
                const auto name = std::to_string(t) + ":" + std::to_string(i);
                const auto got =
                    record_->write<std::string>(record_.context(), [name](Unit& unit) -> Result<std::string> {
                        TRY(add_thing(unit, name));
                        return name;
                    });
                if (!got || *got != name) ++wrong;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong.load(), 0);
    EXPECT_EQ(things(), 400);
}

// Random groups of units, some refused by themselves, some by the table, against a map.
TEST_P(RecordTest, RandomUnitsLeaveWhatANaiveModelSays) {
    int round = 0;
    EXPECT_TRUE(rc::check("units against a model", [&] {
        struct Step {
            int key;
            bool refuse;
        };
        const auto keys = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12));
        std::vector<Step> steps;
        for (const int key : keys) steps.push_back({key, *rc::gen::inRange(0, 4) == 0});
        const std::string prefix = std::to_string(round++) + ":";
        std::map<std::string, std::int64_t> model;
        std::vector<std::string> expected;
        std::vector<std::string> got(steps.size());
        std::vector<std::int64_t> numbers(steps.size(), -1);
        std::int64_t next = std::max<std::int64_t>(record_.number("SELECT last FROM number_sequence"), 0);
        Gate gate(record_);
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const auto step = steps[i];
            const std::string name = prefix + std::to_string(step.key);
            record_->submit(
                record_.context(),
                [&, i, step, name](Unit& unit) -> Status {
                    numbers[i] = unit.next_number("n");
                    TRY(add_thing(unit, name, numbers[i]));
                    return step.refuse ? Status(ErrorCode::Stale) : ok();
                },
                [&got, i](Status status) { got[i] = status ? "ok" : std::string(info(status.error().code).name); });
            const bool taken = model.contains(name);
            // SQLite tells at once that the name is taken, PostgreSQL at the end: a unit that is refused anyway may
            // name either.
            expected.push_back(step.refuse ? "refused" : taken ? "conflict" : "ok");
            if (!step.refuse && !taken) model[name] = ++next;
        }
        gate.open();
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (expected[i] == "refused") RC_ASSERT(got[i] == "stale" || got[i] == "conflict");
            else RC_ASSERT(got[i] == expected[i]);
        }
        auto loan = MUST(record_->readers().borrow());
        std::map<std::string, std::int64_t> rows;
        MUST(loan->query("SELECT name, amount FROM thing WHERE tenant_id = ?1 AND name >= ?2 AND name < ?3",
                         {testing::tenant(1), prefix, prefix + "~"}, [&](const sql::Row& row) {
                             rows[std::string(row.txt(0))] = row.i64(1);
                             return true;
                         }));
        RC_ASSERT(rows == model);
    }));
}

INSTANTIATE_TEST_SUITE_P(Engines, RecordTest, ::testing::ValuesIn(sql::testing::engines()), sql::testing::engine_name);

}  // namespace
}  // namespace tilth::kernel
