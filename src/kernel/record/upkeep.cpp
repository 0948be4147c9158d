#include "kernel/record/upkeep.h"

#include <string>

#include "base/hooks.h"
#include "platform/log/log.h"

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
    return upkeep_of(record).between_groups(truncate_log);
}

}  // namespace tilth::kernel
