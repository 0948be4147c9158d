#include "kernel/record/upkeep.h"

#include <string>

#include "base/hooks.h"
#include "platform/log/log.h"
#include "platform/sql/scrub.h"

namespace tilth::kernel {

namespace {

// One second for readers to end, as their snapshots promise; then the writer goes on and the caller tries again.
Status truncate_log(sql::Connection& connection) {
    const auto nothing = [](const sql::Row&) { return true; };
    TRY(connection.query("PRAGMA busy_timeout=1000", {}, nothing));
    std::int64_t busy = 1;
    const Status done = connection.query("PRAGMA wal_checkpoint(TRUNCATE)", {}, [&](const sql::Row& row) {
        busy = row.i64(0);
        return true;
    });
    TRY(connection.query("PRAGMA busy_timeout=5000", {}, nothing));
    TRY(done);
    if (busy != 0) return Error(ErrorCode::Unavailable, "a reader held the write-ahead log for more than a second");
    return ok();
}

// 64 MiB at a time: each piece first empties the log and the cache, so that nothing is left from which its gaps could
// come back.
constexpr std::int64_t kPagesInOnePiece = 16'384;

Status scrub(Record& record) {
    for (std::int64_t from = 1; from != 0;) {
        TRY(upkeep_of(record).between_groups([&](sql::Connection& connection) -> Status {
            TRY(truncate_log(connection));
            TRY(connection.query("PRAGMA shrink_memory", {}, [](const sql::Row&) { return true; }));
            from = TRY(sql::scrub_pages(connection, from, kPagesInOnePiece));
            return ok();
        }));
    }
    return ok();
}

// On a connection of its own: VACUUM stands in no transaction and in no pipeline. Names of tables are our own text.
Status rewrite_tables(const sql::Location& location, std::span<const std::string_view> tables) {
    const auto connection = TRY(sql::open(location, sql::Access::Writer));
    TRY(connection->script("SET lock_timeout = '1s'"));
    for (const std::string_view table : tables) TRY(connection->script("VACUUM (FULL) " + std::string(table)));
    // Where the role may: pages of the old files leave the server's buffers, and its log moves on.
    if (const auto done = connection->script("CHECKPOINT"); !done)
        log::info("record.no_checkpoint", {{"detail", done.error().detail}});
    return ok();
}

}  // namespace

Upkeep& upkeep_of(Record& record) {
    auto* const upkeep = dynamic_cast<Upkeep*>(&record);
    INVARIANT(upkeep != nullptr, "every record that was opened can be kept up");
    return *upkeep;
}

Status force_residue(Record& record, std::span<const std::string_view> tables) {
    // Armed by the canary's own proof: a forcing that does nothing must be seen.
    if (FAILPOINT("record.force_residue")) return ok();
    if (record.location().engine() == sql::Engine::Postgres) return rewrite_tables(record.location(), tables);
    return scrub(record);
}

}  // namespace tilth::kernel
