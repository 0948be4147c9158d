#include "kernel/jobs/store.h"

namespace tilth::kernel::job_store {

namespace {

Job job_of(const sql::Row& row) {
    Job job;
    job.tenant = row.id<TenantId>(0);
    job.id = row.id<JobId>(1);
    job.kind = row.txt(2);
    job.title = row.txt(3);
    job.state = static_cast<JobState>(row.i64(4));
    job.phase = row.txt(5);
    job.done = row.i64(6);
    job.total = row.i64(7);
    job.params = row.txt(8);
    job.cursor = row.txt(9);
    job.result = row.txt(10);
    job.error = row.txt(11);
    job.started_by = row.txt(12);
    job.created_at = row.instant(13);
    job.updated_at = row.instant(14);
    return job;
}

std::int64_t number(JobState state) { return static_cast<std::int64_t>(state); }

}  // namespace

Status insert(sql::Connection& sql, const Job& job) {
    return sql.write(
        "INSERT INTO job (tenant_id, id, kind, title, state, phase, done, total, params, cursor, result, "
        "error, started_by, created_at, updated_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        {job.tenant, job.id, job.kind, job.title, number(job.state), job.phase, job.done, job.total, job.params,
         job.cursor, job.result, job.error, job.started_by, job.created_at, job.updated_at});
}

Result<std::optional<Job>> find(sql::Connection& sql, const TenantId& tenant, const JobId& id) {
    return sql.one(
        "SELECT tenant_id, id, kind, title, state, phase, done, total, params, cursor, result, error, "
        "started_by, created_at, updated_at FROM job WHERE tenant_id = ?1 AND id = ?2",
        {tenant, id}, job_of);
}

Result<std::vector<Job>> recent(sql::Connection& sql, const TenantId& tenant, int limit) {
    return sql.all(
        "SELECT tenant_id, id, kind, title, state, phase, done, total, params, cursor, result, error, "
        "started_by, created_at, updated_at FROM job WHERE tenant_id = ?1 "
        "ORDER BY created_at DESC, id DESC LIMIT ?2",
        {tenant, limit}, job_of);
}

Result<std::vector<Job>> unfinished(sql::Connection& sql) {
    return sql.all(
        "SELECT tenant_id, id, kind, title, state, phase, done, total, params, cursor, result, error, "
        "started_by, created_at, updated_at FROM job WHERE state IN (?1, ?2, ?3) ORDER BY created_at, id",
        {number(JobState::Queued), number(JobState::Running), number(JobState::Cancelling)}, job_of);
}

Status save(sql::Connection& sql, const Job& job) {
    return sql.write(
        "UPDATE job SET phase = ?3, done = ?4, total = ?5, cursor = ?6, result = ?7, updated_at = ?8 "
        "WHERE tenant_id = ?1 AND id = ?2",
        {job.tenant, job.id, job.phase, job.done, job.total, job.cursor, job.result, job.updated_at});
}

Result<bool> set_state(sql::Connection& sql, const Job& job, JobState from, JobState or_from) {
    const auto changed = TRY(
        sql.change("UPDATE job SET state = ?3, error = ?4, updated_at = ?5 "
                   "WHERE tenant_id = ?1 AND id = ?2 AND state IN (?6, ?7)",
                   {job.tenant, job.id, number(job.state), job.error, job.updated_at, number(from), number(or_from)}));
    return changed == 1;
}

}  // namespace tilth::kernel::job_store
