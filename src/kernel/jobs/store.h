#pragma once
// Rows of jobs. Not for code outside kernel/jobs.

#include <optional>
#include <vector>

#include "kernel/jobs/jobs.h"

namespace tilth::kernel::job_store {

Status insert(sql::Connection& sql, const Job& job);
Result<std::optional<Job>> find(sql::Connection& sql, const TenantId& tenant, const JobId& id);
Result<std::vector<Job>> recent(sql::Connection& sql, const TenantId& tenant, int limit);
// Of all tenants, oldest first.
Result<std::vector<Job>> unfinished(sql::Connection& sql);
// Progress, cursor and result; the state belongs to set_state(), so that saving a step cannot overwrite a cancel.
Status save(sql::Connection& sql, const Job& job);
// Sets job.state and job.error when the row's state is one of the two; false when it is not.
Result<bool> set_state(sql::Connection& sql, const Job& job, JobState from, JobState or_from);

}  // namespace tilth::kernel::job_store
