#include "kernel/scheduler/outbox_reader.h"

namespace tilth::kernel {

Result<std::vector<OutboxEvent>> outbox_after(sql::Connection& sql, const TenantId& tenant, std::int64_t after,
                                              int limit) {
    return sql.all(
        "SELECT sequence, type, key, payload, at FROM outbox_event WHERE sequence > ?1 AND tenant_id = ?2 "
        "ORDER BY sequence LIMIT ?3",
        {after, tenant, limit}, [&](const sql::Row& row) {
            return OutboxEvent{row.i64(0),
                               tenant,
                               std::string(row.txt(1)),
                               std::string(row.txt(2)),
                               std::string(row.txt(3)),
                               row.instant(4)};
        });
}

Result<std::int64_t> outbox_newest(sql::Connection& sql) {
    const auto newest = TRY(sql.one("SELECT sequence FROM outbox_event ORDER BY sequence DESC LIMIT 1", {},
                                    [](const sql::Row& row) { return row.i64(0); }));
    return newest.value_or(0);
}

}  // namespace tilth::kernel
