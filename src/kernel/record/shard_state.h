#pragma once
// What units change in memory on the writer's thread: heads of the audit chains, number sequences, the outbox's last
// sequence, the handlers' positions. Each change also says how it is taken back, so that an undone unit or group leaves
// no trace. Rows that would change once per unit (heads, numbers, positions) are written once per group by flush().
// Not for code outside kernel/.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/id.h"
#include "kernel/record/record.h"
#include "platform/crypto/crypto.h"
#include "platform/sql/sql.h"

namespace tilth::kernel {

using TakeBack = std::vector<std::function<void()>>;

class ShardState {
public:
    // Reads what must be known before the first unit; the rest is read when first asked for.
    Status load(sql::Connection& sql);
    void begin_group() { dirty_numbers_.clear(), dirty_heads_.clear(), dirty_positions_.clear(); }
    // Writes what changed since begin_group().
    Status flush(sql::Connection& sql);

    Result<std::int64_t> next_number(sql::Connection& sql, const TenantId& tenant, std::string_view name,
                                     TakeBack& undo);
    std::int64_t next_event(TakeBack& undo);
    // Adds a line to the tenant's chain.
    Status audit(sql::Connection& sql, const Context& context, const AuditEntry& entry, TakeBack& undo);

    std::int64_t position(std::string_view handler) const;
    void advance(std::string_view handler, std::int64_t sequence, TakeBack& undo);

private:
    struct Head {
        std::int64_t sequence = 0;
        crypto::Hash hash{};
    };
    using Name = std::pair<TenantId, std::string>;

    Result<Head*> head(sql::Connection& sql, const TenantId& tenant);

    // std::map: its nodes stay where they are, so the dirty lists may point into it.
    std::map<Name, std::int64_t, std::less<>> numbers_;
    std::map<TenantId, Head> heads_;
    std::map<std::string, std::int64_t, std::less<>> positions_;
    std::int64_t last_event_ = 0;
    std::map<const Name*, std::int64_t*> dirty_numbers_;
    std::map<const TenantId*, Head*> dirty_heads_;
    std::map<const std::string*, std::int64_t*> dirty_positions_;
};

// The hash of a line after `previous`; verify_audit() computes the same.
struct AuditLineBytes {
    std::int64_t sequence = 0;
    Instant at;
    std::int64_t actor_kind = 0;
    std::string_view actor_id;  // 16 bytes
    std::string_view actor_name;
    std::string_view action;
    std::string_view object;
    std::string_view detail;
    std::string_view reason;
    std::string_view request_id;  // 16 bytes
};
crypto::Hash audit_hash(const crypto::Hash& previous, const AuditLineBytes& line);

}  // namespace tilth::kernel
