#pragma once
// SQL of conflicts and their decisions. Rows in and out; no decisions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modules/customer/store.h"

namespace tilth::customer::store {

struct ConflictRow {
    std::int64_t number = 0;
    CustomerId a;
    CustomerId b;
    std::string cause;
    std::string rule;
    std::string source;
    Instant at;
    std::string outcome;            // of the newest decision; empty when there is none
    std::int64_t link = 0;
    std::string reason;
    std::string actor;
    Instant decided_at;
    bool decided() const { return !outcome.empty() && outcome != "reopened"; }
};
Result<std::optional<ConflictRow>> conflict(sql::Connection& sql, const TenantId& tenant, std::int64_t number);
// Newest first, numbers below `before`, at most `limit`.
Result<std::vector<ConflictRow>> conflicts(sql::Connection& sql, const TenantId& tenant, bool decided,
                                           std::int64_t before, std::int64_t limit);
Result<std::vector<std::int64_t>> evidence_of_conflict(sql::Connection& sql, const TenantId& tenant,
                                                       std::int64_t number);
Status insert_decision(kernel::Unit& unit, std::int64_t conflict, std::string_view outcome, std::int64_t link,
                       std::string_view reason);

}  // namespace tilth::customer::store
