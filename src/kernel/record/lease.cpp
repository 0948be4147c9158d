#include "kernel/record/lease.h"

#include "base/id.h"

namespace tilth::kernel {

namespace {

constexpr TenantId kAllTenants{};
constexpr std::int64_t kShard = 0;  // A shard is one database.

std::string sqlite_path(const sql::Location& location) {
    std::string path = location.uri.substr(std::string_view("sqlite:").size());
    return path.substr(0, path.find('?'));
}

}  // namespace

Result<Lease> Lease::lock(const sql::Location& location) {
    Lease lease;
    if (location.engine() == sql::Engine::Postgres) return lease;
    const std::string path = sqlite_path(location) + ".lock";
    auto locked = files::lock_file(path);
    if (!locked && locked.error().code == ErrorCode::Conflict)
        return Error(ErrorCode::Conflict, "another process writes this record: " + locked.error().detail);
    if (!locked) return locked.error();
    lease.file_ = std::move(*locked);
    return lease;
}

Status Lease::lock_session(sql::Connection& writer) {
    if (writer.engine() != sql::Engine::Postgres) return ok();
    // A short wait lets the session of a process that has just ended go away first.
    // The schema's name is part of the key, so that several records may stand in one database.
    const Status locked = writer.script(
        "SET lock_timeout = '2s'; "
        "SELECT pg_advisory_lock(7290144, hashtext(current_schema())); "
        "SET lock_timeout = 0");
    if (locked) return ok();
    if (!writer.alive()) return locked.error();
    const auto owner = writer.one("SELECT owner FROM shard_lease WHERE tenant_id = ?1 AND shard = ?2",
                                  {kAllTenants, kShard}, [](const sql::Row& row) { return std::string(row.txt(0)); });
    const std::string holder = owner && *owner ? **owner : std::string("a process that is still starting");
    return Error(ErrorCode::Conflict, "another process writes this record: " + holder);
}

Status Lease::begin_epoch(sql::Connection& writer, const std::string& owner, Instant now) {
    TRY(writer.begin());
    const auto taken = writer.change(
        "INSERT INTO shard_lease (tenant_id, shard, owner, epoch, taken_at) "
        "VALUES (?1, ?2, ?3, 1, ?4) ON CONFLICT (tenant_id, shard) DO UPDATE SET "
        "owner = excluded.owner, epoch = shard_lease.epoch + 1, taken_at = excluded.taken_at",
        {kAllTenants, kShard, owner, now});
    const auto epoch = writer.one("SELECT epoch FROM shard_lease WHERE tenant_id = ?1 AND shard = ?2",
                                  {kAllTenants, kShard}, [](const sql::Row& row) { return row.i64(0); });
    if (!taken || !epoch || !*epoch) {
        writer.rollback();
        return !taken ? taken.error() : !epoch ? epoch.error() : Error(ErrorCode::Internal, "the lease has no row");
    }
    epoch_ = **epoch;
    return writer.commit();
}

Status Lease::check(sql::Connection& writer) const {
    const auto epoch = TRY(writer.one("SELECT epoch FROM shard_lease WHERE tenant_id = ?1 AND shard = ?2",
                                      {kAllTenants, kShard}, [](const sql::Row& row) { return row.i64(0); }));
    if (epoch.value_or(0) != epoch_)
        return Error(ErrorCode::NotLeader, "a newer epoch of this shard's lease has begun");
    return ok();
}

}  // namespace tilth::kernel
