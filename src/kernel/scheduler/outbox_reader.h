#pragma once
// The outbox for readers that go by a position of their own (outbound webhooks): many events a step, and no unit each.
// Committed events only, in commit order. The newest 100,000 are always there.

#include <vector>

#include "kernel/record/record.h"

namespace tilth::kernel {

// Events of the tenant with sequence > after, oldest first, at most `limit`.
Result<std::vector<OutboxEvent>> outbox_after(sql::Connection& sql, const TenantId& tenant, std::int64_t after,
                                              int limit);
// The newest sequence of the shard; 0 when there is none.
Result<std::int64_t> outbox_newest(sql::Connection& sql);

}  // namespace tilth::kernel
