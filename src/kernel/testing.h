#pragma once
// For *_test.cpp files only: a record of one's own on either engine, under a manual clock, that can be closed and
// opened again as after a crash.
//
//   class PointsTest : public ::testing::TestWithParam<sql::Engine> {
//   protected:
//       kernel::testing::TestRecord record_{GetParam(), my_migrations()};
//   };
//   INSTANTIATE_TEST_SUITE_P(Engines, PointsTest, ::testing::ValuesIn(sql::testing::engines()),
//                            sql::testing::engine_name);

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "kernel/migrations.h"
#include "kernel/record/open.h"
#include "kernel/record/record.h"
#include "platform/crypto/crypto.h"
#include "platform/sql/testing.h"

namespace tilth::kernel::testing {

inline TenantId tenant(std::uint8_t number) {
    TenantId id;
    id.bytes.back() = number;
    return id;
}

class TestRecord {
public:
    // The kernel's migrations come first, then `more`.
    explicit TestRecord(sql::Engine engine, std::vector<sql::Migration> more = {}) : fresh_(engine) {
        crypto::crypto_init();
        migrations_ = kernel_migrations();
        migrations_.insert(migrations_.end(), more.begin(), more.end());
        open();
    }
    Record& operator*() { return *record_; }
    Record* operator->() { return record_.get(); }
    ManualClock& clock() { return clock_; }
    const sql::Location& location() const { return fresh_.location(); }
    std::span<const sql::Migration> migrations() const { return migrations_; }
    Context context(std::uint8_t number = 1) const { return Context::system(tenant(number), clock_.now()); }

    void close() { record_.reset(); }
    void open() { record_ = MUST(open_record({fresh_.location(), 3, "the test"}, clock_, migrations_)); }
    void reopen() { close(), open(); }
    // With something between the writer and its connection.
    void reopen_with(const OpenWriter& open_writer) {
        close();
        record_ = MUST(open_record_on({fresh_.location(), 3, "the test"}, clock_, migrations_, open_writer));
    }

    Status write(const std::function<Status(Unit&)>& fn, std::uint8_t number = 1) {
        return record_->write<void>(context(number), [&](Unit& unit) { return fn(unit); });
    }
    // Of one row with one number.
    std::int64_t number(std::string_view statement, sql::Params params = {}) {
        auto loan = MUST(record_->readers().borrow());
        return MUST(loan->one(statement, params, [](const sql::Row& row) { return row.i64(0); })).value_or(-1);
    }

private:
    sql::testing::FreshRecord fresh_;
    ManualClock clock_{Instant{1'772'330'400'000}};  // 2026-03-01T02:00:00Z
    std::vector<sql::Migration> migrations_;
    std::unique_ptr<Record> record_;
};

}  // namespace tilth::kernel::testing
