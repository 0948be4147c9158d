#include "platform/sql/copy.h"

#include <sqlite3.h>

#include <cstdio>

#include "platform/sql/sqlite/errors.h"
#include "platform/sql/sqlite/raw.h"

namespace tilth::sql {

namespace {

struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using Database = std::unique_ptr<sqlite3, Close>;

Result<Database> open_file(const std::string& path, int flags) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(raw);
    if (code != SQLITE_OK) return internal::sqlite_error(code, raw == nullptr ? "out of memory" : sqlite3_errmsg(raw));
    sqlite3_extended_result_codes(raw, 1);
    return database;
}

class SqliteCopy final : public LiveCopy {
public:
    SqliteCopy(Database target, sqlite3_backup* backup) : target_(std::move(target)), backup_(backup) {}
    ~SqliteCopy() override { sqlite3_backup_finish(backup_); }

    Result<bool> step(int pages) override {
        const int code = sqlite3_backup_step(backup_, pages);
        if (code == SQLITE_DONE) {
            const int finished = sqlite3_backup_finish(std::exchange(backup_, nullptr));
            if (finished != SQLITE_OK) return internal::sqlite_error(finished, sqlite3_errmsg(target_.get()));
            return true;
        }
        // Locked: somebody else's moment; the next step goes on.
        if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) return false;
        return internal::sqlite_error(code, "the copy of the database");
    }
    std::int64_t pages_left() const override { return backup_ == nullptr ? 0 : sqlite3_backup_remaining(backup_); }

private:
    Database target_;
    sqlite3_backup* backup_;
};

}  // namespace

Result<std::unique_ptr<LiveCopy>> begin_copy(Connection& source, const std::string& path) {
    auto* const raw = dynamic_cast<internal::RawDatabase*>(&source);
    if (raw == nullptr) return Error(ErrorCode::Invalid, "only a SQLite record is copied as a file");
    auto target = TRY(open_file(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE));
    // The caller syncs the file when it is whole; until then a crash leaves a copy that nobody takes for one.
    sqlite3_exec(target.get(), "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", nullptr, nullptr, nullptr);
    sqlite3_backup* const backup = sqlite3_backup_init(target.get(), "main", raw->database(), "main");
    if (backup == nullptr) {
        return internal::sqlite_error(sqlite3_extended_errcode(target.get()), sqlite3_errmsg(target.get()));
    }
    return std::unique_ptr<LiveCopy>(std::make_unique<SqliteCopy>(std::move(target), backup));
}

Status check_database_file(const std::string& path) {
    Status outcome;
    {
        const auto database = TRY(open_file(path, SQLITE_OPEN_READWRITE));
        std::string words;
        const auto keep = [](void* out, int, char** columns, char**) {
            *static_cast<std::string*>(out) += std::string(columns[0]) + "; ";
            return 0;
        };
        // Nothing is changed, so that the file stays byte for byte what was copied.
        sqlite3_db_config(database.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        constexpr const char* kCheck = "PRAGMA query_only=1; PRAGMA integrity_check";
        const int code = sqlite3_exec(database.get(), kCheck, keep, &words, nullptr);
        if (code != SQLITE_OK) outcome = internal::sqlite_error(code, sqlite3_errmsg(database.get()));
        else if (words != "ok; ") outcome = Error(ErrorCode::Corrupt, words.substr(0, 500));
    }
    // What the engine makes beside a file that it opens.
    for (const char* const beside : {"-wal", "-shm"}) std::remove((path + beside).c_str());
    return outcome;
}

}  // namespace tilth::sql
