#pragma once
// Reading and proving the audit log. Lines form one hash chain per tenant (BLAKE2b over the previous hash and the
// line); a deleted or altered line breaks it at a place that verify() names.

#include <optional>
#include <string>
#include <vector>

#include "kernel/record/record.h"

namespace tilth::kernel {

struct AuditLine {
    std::int64_t sequence = 0;
    Instant at;
    ActorKind actor_kind = ActorKind::System;
    std::string actor_id;     // printed
    std::string actor_name;
    std::string action;
    std::string object;
    std::string detail;
    std::string reason;
    std::string request;      // printed request id
};
struct AuditFilter {
    std::optional<std::string> action;   // exact, or a prefix that ends in '.'
    std::optional<std::string> object;
    std::optional<Bytes16> actor;
    std::string who;                     // a printed actor id, or part of a name
    std::string text;                    // part of any word of the line; ASCII letters in either case
    std::optional<Instant> from;
    std::optional<Instant> to;
    std::int64_t before_sequence = INT64_MAX;   // newest first, for cursors
    int limit = 50;
};
// A search looks at so many lines at most before it hands back what it found and where to go on.
inline constexpr std::int64_t kAuditLookedMax = 100'000;
struct AuditFound {
    std::vector<AuditLine> lines;
    std::int64_t go_on_before = 0;       // 0: nothing is left
};
Result<AuditFound> search_audit(sql::Connection& sql, const TenantId& tenant, const AuditFilter& filter);
Result<std::vector<AuditLine>> audit_lines(sql::Connection& sql, const TenantId& tenant, const AuditFilter& filter);

struct AuditProof {
    std::int64_t lines = 0;
    bool whole = true;
    std::int64_t broken_at = 0;          // first line that does not fit
    std::string head;                    // hex
};
Result<AuditProof> verify_audit(sql::Connection& sql, const TenantId& tenant);

}  // namespace tilth::kernel
