#pragma once
// For *_test.cpp files only: a fresh record per test, on SQLite always and on PostgreSQL when TILTH_TEST_POSTGRES holds
// the URI of a test database (tools/testing/postgres.sh prints one).
//
//   class StoreTest : public ::testing::TestWithParam<sql::Engine> { sql::testing::FreshRecord record_{GetParam()}; };
//   INSTANTIATE_TEST_SUITE_P(Engines, StoreTest, ::testing::ValuesIn(sql::testing::engines()),
//                            sql::testing::engine_name);

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "platform/sql/sql.h"

namespace tilth::sql::testing {

inline std::string postgres_uri() {
    const char* uri = std::getenv("TILTH_TEST_POSTGRES");
    return uri == nullptr ? std::string() : std::string(uri);
}

// The engines to test on; says once when PostgreSQL is not among them.
inline std::vector<Engine> engines() {
    if (!postgres_uri().empty()) return {Engine::Sqlite, Engine::Postgres};
    static std::atomic<bool> told{false};
    if (!told.exchange(true)) std::fputs("PostgreSQL cases are left out: TILTH_TEST_POSTGRES is not set\n", stderr);
    return {Engine::Sqlite};
}

inline std::string engine_word(Engine engine) { return engine == Engine::Sqlite ? "sqlite" : "postgres"; }

// The name generator of INSTANTIATE_TEST_SUITE_P, without naming GoogleTest here.
inline constexpr auto engine_name = [](const auto& info) { return engine_word(info.param); };

// An empty record: a directory with record.db, or a schema that connections find by their search path. Both go when
// the object does; close every connection first.
class FreshRecord {
public:
    explicit FreshRecord(Engine engine) {
        if (engine == Engine::Sqlite) {
            make_directory();
        } else {
            make_schema();
        }
    }
    FreshRecord(const FreshRecord&) = delete;
    FreshRecord& operator=(const FreshRecord&) = delete;
    ~FreshRecord() {
        if (!schema_.empty()) (void)at_server("DROP SCHEMA IF EXISTS " + schema_ + " CASCADE");
        std::error_code ignored;
        if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
    }

    const Location& location() const { return location_; }
    // A writer or reader of this record; the test ends when it cannot be opened.
    std::unique_ptr<Connection> open(Access access = Access::Writer) const {
        return MUST(sql::open(location_, access));
    }

private:
    void make_directory() {
        std::string path = (std::filesystem::temp_directory_path() / "tilth-record-XXXXXX").string();
        INVARIANT(::mkdtemp(path.data()) != nullptr, "a temporary directory can be made");
        directory_ = path;
        location_.uri = "sqlite:" + directory_ + "/record.db";
    }
    void make_schema() {
        static std::atomic<int> count{0};
        schema_ = "tilth_t" + std::to_string(::getpid()) + "_" + std::to_string(count.fetch_add(1));
        MUST(at_server("DROP SCHEMA IF EXISTS " + schema_ + " CASCADE; CREATE SCHEMA " + schema_));
        const std::string uri = postgres_uri();
        const char* joint = uri.find('?') == std::string::npos ? "?" : "&";
        location_.uri = uri + joint + "options=-csearch_path%3D" + schema_;
    }
    static Status at_server(const std::string& statements) {
        auto connection = TRY(sql::open({postgres_uri()}, Access::Writer));
        return connection->script(statements);
    }

    Location location_;
    std::string directory_;
    std::string schema_;
};

}  // namespace tilth::sql::testing
