#include <map>

#include "platform/sql/internal.h"
#include "platform/sql/sql.h"

namespace tilth::sql {

namespace {

constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS schema_migration ("
    " module txt NOT NULL, number i64 NOT NULL, name txt NOT NULL, checksum i64 NOT NULL,"
    " applied_at instant NOT NULL, PRIMARY KEY (module, number));";

using Key = std::pair<std::string, std::int64_t>;
using Applied = std::map<Key, std::int64_t>;  // to the checksum

// FNV-1a: tells an edited file from an applied one; nobody defends against forgery here.
std::int64_t checksum(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3u;
    }
    return static_cast<std::int64_t>(hash);
}

std::string label(const Migration& migration) {
    return std::string(migration.module) + " " + std::to_string(migration.number) + " " + std::string(migration.name);
}

Result<Applied> read_applied(Connection& record) {
    Applied applied;
    TRY(record.query("SELECT module, number, checksum FROM schema_migration", {}, [&](const Row& row) {
        applied.emplace(Key(row.txt(0), row.i64(1)), row.i64(2));
        return true;
    }));
    return applied;
}

Status check(std::span<const Migration> migrations, const Applied& applied) {
    std::map<std::string, std::int64_t, std::less<>> highest;
    for (const Migration& migration : migrations) {
        auto [last, first_time] = highest.try_emplace(std::string(migration.module), migration.number);
        if (!first_time && migration.number <= last->second) {
            return Error(ErrorCode::Internal, "migrations of a module ascend: " + label(migration));
        }
        last->second = migration.number;
        const auto done = applied.find(Key(migration.module, migration.number));
        if (done != applied.end() && done->second != checksum(migration.statements)) {
            return Error(ErrorCode::Conflict, "a migration was changed after it was applied: " + label(migration));
        }
    }
    for (const auto& [key, sum] : applied) {
        const auto known = highest.find(key.first);
        if (known != highest.end() && key.second > known->second) {
            return Error(ErrorCode::Conflict, "the record is newer than this program: " + key.first + " " +
                                                  std::to_string(key.second));
        }
    }
    return ok();
}

// On SQLite the transaction alone keeps a second process out; PostgreSQL needs a lock that both name.
Status lock_schema(Connection& record) {
    if (record.engine() == Engine::Sqlite) return ok();
    return record.script("SELECT pg_advisory_xact_lock(7310582944)");
}

Status make_table(Connection& record) {
    TRY(record.begin());
    TRY(lock_schema(record));
    TRY(record.script(expand_dialect(kTable, record.engine())));
    return record.commit();
}

// False when another process has been faster.
Result<bool> apply(Connection& record, const Migration& migration, Instant now) {
    TRY(record.begin());
    TRY(lock_schema(record));
    const auto there = TRY(record.one("SELECT number FROM schema_migration WHERE module = ?1 AND number = ?2",
                                      {migration.module, migration.number}, [](const Row& row) { return row.i64(0); }));
    if (there) {
        record.rollback();
        return false;
    }
    TRY(record.script(expand_dialect(migration.statements, record.engine())));
    TRY(record.write("INSERT INTO schema_migration (module, number, name, checksum, applied_at)"
                     " VALUES (?1, ?2, ?3, ?4, ?5)",
                     {migration.module, migration.number, migration.name, checksum(migration.statements), now}));
    TRY(record.commit());
    return true;
}

}  // namespace

Result<int> migrate(Connection& writer, std::span<const Migration> migrations, Instant now) {
    if (auto made = make_table(writer); !made) {
        writer.rollback();
        return made.error();
    }
    const Applied applied = TRY(read_applied(writer));
    TRY(check(migrations, applied));
    int count = 0;
    for (const Migration& migration : migrations) {
        if (applied.contains(Key(migration.module, migration.number))) continue;
        auto done = apply(writer, migration, now);
        if (!done) {
            writer.rollback();
            return Error(done.error().code, label(migration) + ": " + done.error().detail);
        }
        if (*done) ++count;
    }
    if (writer.engine() == Engine::Sqlite) TRY(internal::pin_statistics(writer));
    return count;
}

}  // namespace tilth::sql
