#pragma once
// What an erasure leaves to be done after its unit, as rows with a time by which it must be done: the outside register
// gets its lines, the record's files are forced, old backups run out. A receipt is made of these rows.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/jobs/jobs.h"
#include "kernel/scheduler/dispatch.h"
#include "kernel/vault/register.h"

namespace tilth::kernel {

// In the register outside; forced out of the record's own files; in no backup that is still kept.
inline constexpr std::string_view kRegisterPart = "register";
inline constexpr std::string_view kRecordPart = "record";
inline constexpr std::string_view kBackupsPart = "backups";

struct ErasurePart {
    std::int64_t request = 0;
    std::string part;
    std::vector<CustomerId> customers;  // of the register's part
    Instant due_by;
    std::optional<Instant> done_at;
};

struct ResidueOptions {
    Duration backups_kept{};                  // 0: none are made
    std::vector<std::string_view> tables;     // that held the person's rows; static text (PostgreSQL rewrites them)
};

// One for the process; the kernel's parts outlive it. Make it before jobs and dispatch run.
class Residue {
public:
    Residue(Record& record, Jobs& jobs, Dispatch& dispatch, ErasureRegister& outside, ResidueOptions options);

    // Within the unit that erases: writes the parts and starts the job that carries them out. SQLite: within seconds.
    // PostgreSQL: the register at once, the tables within the hour after; both are promised within 24 hours, and what
    // fails is tried again each hour.
    Status promise(Unit& unit, std::int64_t request, const std::vector<CustomerId>& customers);
    Result<std::vector<ErasurePart>> parts(sql::Connection& sql, const TenantId& tenant, std::int64_t request) const;
    Duration promised() const { return hours(24); }

private:
    Result<StepOutcome> carry_out(JobStep& step);
    Status retry(Unit& unit, const Timer& timer);
    Status wake(Unit& unit) const;

    Record& record_;
    Jobs& jobs_;
    ErasureRegister& outside_;
    const ResidueOptions options_;
};

}  // namespace tilth::kernel
