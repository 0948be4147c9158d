#pragma once
// Who may write a shard. SQLite: a lock file beside the database, freed by the operating system with the process.
// PostgreSQL: a session's advisory lock, freed with the connection. On both an epoch in shard_lease, checked by every
// group of units: a process whose epoch is no longer the newest must not write. Not for code outside kernel/.

#include <memory>
#include <string>

#include "base/time.h"
#include "platform/files/files.h"
#include "platform/sql/sql.h"

namespace tilth::kernel {

class Lease {
public:
    // Before anything else touches the record. Conflict with a sentence that names the holder.
    static Result<Lease> lock(const sql::Location& location);
    // On PostgreSQL also takes the advisory lock, on the connection that will write.
    Status lock_session(sql::Connection& writer);
    // After the migrations: names the owner and begins a new epoch.
    Status begin_epoch(sql::Connection& writer, const std::string& owner, Instant now);
    // Inside a group's transaction: NotLeader when another process has begun a newer epoch.
    Status check(sql::Connection& writer) const;

private:
    std::unique_ptr<files::LockFile> file_;
    std::int64_t epoch_ = 0;
};

}  // namespace tilth::kernel
