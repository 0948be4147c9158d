#pragma once
// For *_test.cpp files only: a record on a disk in memory that loses power at a chosen call (R-02, in process).
//
// SQLite has one connection there; readers borrow the writer's between its transactions. A COMMIT that fails would end
// the process, as it must: here the unit is refused instead, and the test goes on to the power loss.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "kernel/migrations.h"
#include "kernel/record/doors.h"
#include "platform/crypto/crypto.h"
#include "platform/files/faulty.h"
#include "platform/sql/sqlite/vfs.h"

namespace tilth::kernel::testing {

struct SharedConnection {
    std::recursive_mutex turn;
    sql::Connection* connection = nullptr;
};

// Forwards; what a transaction is to the connection, its turn is here.
class TurnConnection : public sql::Connection {
public:
    explicit TurnConnection(SharedConnection& shared) : shared_(shared) {}
    sql::Engine engine() const override { return sql::Engine::Sqlite; }
    bool alive() const override { return true; }
    Status write(std::string_view statement, std::span<const sql::Param> params) override {
        return inner().write(statement, params);
    }
    Result<std::int64_t> change(std::string_view statement, std::span<const sql::Param> params) override {
        return inner().change(statement, params);
    }
    Status query(std::string_view statement, std::span<const sql::Param> params, const sql::RowFn& row) override {
        return inner().query(statement, params, row);
    }
    Status script(std::string_view statements) override { return inner().script(statements); }
    Status savepoint() override { return inner().savepoint(); }
    Status release() override { return inner().release(); }
    Status rollback_to() override { return inner().rollback_to(); }
    Status flush() override { return inner().flush(); }

protected:
    sql::Connection& inner() { return *shared_.connection; }
    SharedConnection& shared_;
};

class TurnReader final : public TurnConnection {
public:
    using TurnConnection::TurnConnection;
    Status begin() override { return ok(); }
    Status commit() override { return ok(); }
    void rollback() noexcept override {}
};

class TurnWriter final : public TurnConnection {
public:
    TurnWriter(SharedConnection& shared, std::unique_ptr<sql::Connection> real)
        : TurnConnection(shared), real_(std::move(real)) {
        shared_.connection = real_.get();
    }
    ~TurnWriter() override { give_way(); }
    Status begin() override {
        shared_.turn.lock();
        held_ = true;
        return inner().begin();
    }
    Status commit() override {
        const Status done = inner().commit();
        if (!done) return Error(ErrorCode::StorageFull, "the power is off: " + done.error().detail);
        give_way();
        return ok();
    }
    void rollback() noexcept override {
        inner().rollback();
        give_way();
    }

private:
    void give_way() {
        if (std::exchange(held_, false)) shared_.turn.unlock();
    }
    std::unique_ptr<sql::Connection> real_;
    bool held_ = false;
};

class TurnPool final : public sql::ReaderPool {
public:
    explicit TurnPool(SharedConnection& shared) : shared_(shared), reader_(shared) {}
    Result<Loan> borrow(Duration) override {
        shared_.turn.lock();
        return Loan(this, &reader_);
    }

protected:
    void give_back(sql::Connection*) noexcept override { shared_.turn.unlock(); }

private:
    SharedConnection& shared_;
    TurnReader reader_;
};

class PowerRecord {
public:
    // The kernel's migrations come first, then `more`.
    explicit PowerRecord(std::vector<sql::Migration> more) {
        crypto::crypto_init();
        migrations_ = kernel_migrations();
        migrations_.insert(migrations_.end(), more.begin(), more.end());
        directory_ = (std::filesystem::temp_directory_path() / "tilth_power.XXXXXX").string();
        INVARIANT(::mkdtemp(directory_.data()) != nullptr, "a place for the lock file");
        MUST(disk_.make_directories(directory_));
        for (std::filesystem::path at = directory_; at != at.root_path(); at = at.parent_path())
            MUST(disk_.sync_directory(at.parent_path().string()));
        MUST(sql::register_vfs("power", disk_));
        MUST(open());
    }
    PowerRecord(const PowerRecord&) = delete;
    PowerRecord& operator=(const PowerRecord&) = delete;
    ~PowerRecord() {
        close();
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    Status open() {
        const Doors doors{
            [this](const sql::Location&) -> Result<std::unique_ptr<sql::Connection>> {
                const sql::Location place{"sqlite:" + directory_ + "/record.db?vfs=power"};
                auto real = TRY(sql::open(place, sql::Access::Writer));
                return std::unique_ptr<sql::Connection>(std::make_unique<TurnWriter>(shared_, std::move(real)));
            },
            [this](const sql::Location&, int) -> Result<std::unique_ptr<sql::ReaderPool>> {
                return std::unique_ptr<sql::ReaderPool>(std::make_unique<TurnPool>(shared_));
            }};
        const sql::Location copy{"sqlite:" + directory_ + "/record.db"};
        record_ = TRY(open_record_through({copy, 1, "the test"}, clock_, migrations_, doors));
        return ok();
    }
    // Modules that read the whole record at their start open a connection of their own, on record->location(): a copy
    // on a real disk, made here while nobody writes.
    void copy_out() {
        for (const char* name : {"/record.db-shm", "/record.db-wal", "/record.db"}) {
            const std::string path = directory_ + name;
            std::filesystem::remove(path);
            if (!MUST(disk_.exists(path))) continue;
            const std::string bytes = MUST(disk_.read_whole(path, 64u << 20));
            std::ofstream(path, std::ios::binary) << bytes;
        }
    }
    void close() { record_.reset(); }

    // The power goes at the n-th call from now on that changes the disk.
    void cut_after(std::int64_t calls) {
        files::FaultPlan plan;
        plan.fail_at_call = cut_at_ = disk_.calls() + calls;
        plan.power_off = true;
        plan.tear_seed = static_cast<std::uint64_t>(calls) + 1;
        disk_.plan(plan);
    }
    bool dark() const { return disk_.calls() > cut_at_; }
    // Everything on this record is closed. It comes up with what was synced, and what else fate has kept.
    void power_returns(files::Unsynced fate) {
        disk_.power_loss(fate);
        disk_.plan({});
        cut_at_ = INT64_MAX;
    }

    Record& operator*() { return *record_; }
    Record* operator->() { return record_.get(); }
    files::FaultyFiles& disk() { return disk_; }
    ManualClock& clock() { return clock_; }
    const std::string& directory() const { return directory_; }

private:
    files::FaultyFiles disk_;
    std::string directory_;
    std::int64_t cut_at_ = INT64_MAX;
    SharedConnection shared_;
    ManualClock clock_{Instant{1'772'330'400'000}};  // 2026-03-01T02:00:00Z
    std::vector<sql::Migration> migrations_;
    std::unique_ptr<Record> record_;
};

}  // namespace tilth::kernel::testing
