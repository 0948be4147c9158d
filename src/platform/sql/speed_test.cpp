// Prints what the record takes; the only demand is that it works. Figures of a debug or sanitized build mean nothing.
#include <gtest/gtest.h>

#include <chrono>

#include "platform/sql/testing.h"

namespace tilth::sql {
namespace {

constexpr std::string_view kInsert = "INSERT INTO t (id, tenant_id, name, at) VALUES (?1, ?2, ?3, ?4)";

class SpeedTest : public ::testing::TestWithParam<Engine> {
protected:
    void SetUp() override {
        MUST(writer_->script(expand_dialect(
            "CREATE TABLE t (id i64 NOT NULL PRIMARY KEY, tenant_id id16 NOT NULL, name txt NOT NULL, at instant);",
            GetParam())));
    }
    Status insert() {
        return writer_->write(kInsert, {next_++, Blob{"0123456789abcdef"}, "a name of some length", Instant{next_}});
    }
    Status unit() {
        TRY(writer_->savepoint());
        TRY(insert());
        return writer_->release();
    }
    template <class Work>
    void measure(const char* what, std::int64_t count, Work work) {
        const auto start = std::chrono::steady_clock::now();
        MUST(work());
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        std::printf("%s, %s: %lld in %.3f s, %.0f/s\n", testing::engine_word(GetParam()).c_str(), what,
                    static_cast<long long>(count), took.count(), static_cast<double>(count) / took.count());
    }

    testing::FreshRecord record_{GetParam()};
    std::unique_ptr<Connection> writer_ = record_.open();
    std::int64_t next_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Engines, SpeedTest, ::testing::ValuesIn(testing::engines()), testing::engine_name);

TEST_P(SpeedTest, OneRowUnitsAloneAndGrouped) {
    auto groups = [this](int count, int size) -> Status {
        for (int i = 0; i < count; ++i) {
            TRY(writer_->begin());
            for (int n = 0; n < size; ++n) TRY(unit());
            TRY(writer_->commit());
        }
        return ok();
    };
    auto alone = [this]() -> Status {
        for (int i = 0; i < 500; ++i) {
            TRY(writer_->begin());
            TRY(insert());
            TRY(writer_->commit());
        }
        return ok();
    };
    measure("one-row transactions", 500, alone);
    measure("one-row units, 16 a commit", 100 * 16, [&] { return groups(100, 16); });
    measure("one-row units, 256 a commit", 100 * 256, [&] { return groups(100, 256); });
}

TEST_P(SpeedTest, ManyInserts) {
    measure("inserts in one transaction", 100'000, [this]() -> Status {
        TRY(writer_->begin());
        for (int i = 0; i < 100'000; ++i) TRY(insert());
        return writer_->commit();
    });
    measure("point reads", 20'000, [this]() -> Status {
        for (int i = 0; i < 20'000; ++i) {
            TRY(writer_->query("SELECT name FROM t WHERE id = ?1", {i * 5}, [](const Row&) { return true; }));
        }
        return ok();
    });
    measure("rows of a scan", 100'000, [this] {
        return writer_->query("SELECT id, tenant_id, name, at FROM t", {}, [](const Row&) { return true; });
    });
}

}  // namespace
}  // namespace tilth::sql
