#pragma once
// An import as a row: what was uploaded, how it is mapped, how far it got. Store functions take a unit's or a view's
// connection.

#include <optional>
#include <string>
#include <vector>

#include "modules/collect/api.h"

namespace tilth::collect {

enum class ImportState : std::uint8_t { Uploaded, Checking, Checked, Running, Done, TakingBack, TakenBack, Failed };

// The roles of further files: receipt heads beside their lines, and the payments of receipts.
inline constexpr std::string_view kHeadsPart = "heads";
inline constexpr std::string_view kTendersPart = "tenders";

struct ImportCounts {
    std::int64_t read = 0;
    std::int64_t fresh = 0;
    std::int64_t updated = 0;
    std::int64_t unchanged = 0;
    std::int64_t invalid = 0;
    std::int64_t contradictory = 0;  // of the others: what they say cannot be beside what stands
};

struct ImportRow {
    ImportId id;
    std::string name;
    std::string target = "orders";
    ImportState state = ImportState::Uploaded;
    std::string encoding;
    std::string separator;
    std::int64_t bytes = 0;
    std::int64_t chunks = 0;
    std::string mapping;
    ImportCounts counts;
    std::optional<JobId> job;
    std::string created_by;
    Instant created_at;
    Instant changed_at;
};

namespace store {

Status insert(kernel::Unit& unit, const ImportRow& row);
Result<std::optional<ImportRow>> find(sql::Connection& sql, const TenantId& tenant, const ImportId& id);
Result<std::vector<ImportRow>> recent(sql::Connection& sql, const TenantId& tenant, int limit);
Status set_state(kernel::Unit& unit, const ImportId& id, ImportState state, const std::optional<JobId>& job);
Status set_mapping(kernel::Unit& unit, const ImportId& id, const std::string& mapping, const std::string& target);
Status set_counts(kernel::Unit& unit, const ImportId& id, const ImportCounts& counts);

// A further file of an import.
struct Part {
    std::string role;  // kHeadsPart, kTendersPart
    ImportId file;     // under which it is spooled
    std::string name;
    std::string encoding;
    std::int64_t chunks = 0;
    std::int64_t bytes = 0;
};
Status put_part(kernel::Unit& unit, const ImportId& id, const Part& part);
Result<std::vector<Part>> parts(sql::Connection& sql, const TenantId& tenant, const ImportId& id);

Status put_profile(kernel::Unit& unit, const Profile& profile, std::string_view by);
// NotFound when the tenant keeps none of that name.
Status remove_profile(kernel::Unit& unit, std::string_view name);
Result<std::vector<Profile>> profiles(sql::Connection& sql, const TenantId& tenant);

struct Reject {
    std::int64_t line = 0;
    std::string cause;
    std::string field;
    std::string sealed;
};
Status add_reject(kernel::Unit& unit, const ImportId& id, const Reject& reject);
Status remove_reject(kernel::Unit& unit, const ImportId& id, std::int64_t line);
Status clear_rejects(kernel::Unit& unit, const ImportId& id);
Result<std::vector<Reject>> rejects(sql::Connection& sql, const TenantId& tenant, const ImportId& id,
                                    const std::optional<std::string>& cause, std::int64_t after_line, int limit);
// Of the rows that contradict what stands, the first kContradictionsKept of an import; rejects' clearing clears them.
inline constexpr std::int64_t kContradictionsKept = 1'000;
struct Contradiction {
    std::int64_t line = 0;
    std::string field;
    std::string subject;
};
Status add_contradiction(kernel::Unit& unit, const ImportId& id, const Contradiction& one);
Result<std::vector<Contradiction>> contradictions(sql::Connection& sql, const TenantId& tenant, const ImportId& id,
                                                  int limit);

struct Cause {
    std::string cause;
    std::string field;
    std::int64_t rows = 0;
};
Result<std::vector<Cause>> causes(sql::Connection& sql, const TenantId& tenant, const ImportId& id);

}  // namespace store

}  // namespace tilth::collect
