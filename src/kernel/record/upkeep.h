#pragma once
// Work on the record's files that no unit can do, because it must stand between two transactions: forcing deleted bytes
// out of the engine's files, copying the database while it is in use. For kernel/, flows and app's own upkeep.

#include <functional>

#include "kernel/record/record.h"

namespace tilth::kernel {

class Upkeep {
public:
    virtual ~Upkeep() = default;
    // Runs fn on the writer's thread between two groups, outside any transaction, and waits for it. Nothing is
    // committed meanwhile: fn takes milliseconds, or says why not. Unavailable once the record is stopping. Not to be
    // called from the writer's thread (INVARIANT).
    virtual Status between_groups(std::function<Status(sql::Connection&)> fn) = 0;
};
// Of a record made by open_record() and its kin.
Upkeep& upkeep_of(Record& record);

// What has been deleted before the call is in none of the record's own files when this returns ok. SQLite overwrites
// deleted rows at once (secure_delete); what the write-ahead log still holds goes with the log: readers are waited for
// (their snapshots last a second at most), then it is truncated, and the gaps of pages are overwritten (scrub.h).
// Unavailable when a reader did not end in time: try again. PostgreSQL: the tables named are rewritten by VACUUM FULL,
// each under its lock and given up after a second; the server's own log is recycled by the server. Any thread but the
// writer's.
Status force_residue(Record& record, std::span<const std::string_view> tables);

}  // namespace tilth::kernel
