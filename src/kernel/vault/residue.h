#pragma once
// What an erasure leaves to be done after its unit, as rows with a time by which it must be done: the outside register
// gets its lines, the record's files are forced, old backups run out. A receipt is made of these rows.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/jobs/jobs.h"
#include "kernel/scheduler/dispatch.h"
#include "kernel/vault/register.h"

namespace tilth::kernel {

// In the register outside; forced out of the record's own files; in no backup that is still kept.
// "sealed": what lies sealed under the tenant's key has been looked through.
inline constexpr std::string_view kRegisterPart = "register";
inline constexpr std::string_view kSealedPart = "sealed";
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

    // What else looks for the person and strikes it out, in steps, before the files are forced. At start.
    struct Look {
        std::optional<std::string> next;          // the position of the next step; nothing: done
        std::function<Status(Unit&)> strike;      // may be empty
    };
    using Sweep = std::function<Result<Look>(const Context& context, const std::string& position)>;
    void before_forcing(Sweep sweep) { sweeps_.push_back(std::move(sweep)); }

    // Within the unit that erases: writes the parts and starts the job that carries them out. SQLite: within seconds.
    // PostgreSQL: the register at once, the tables within the hour after; both are promised within 24 hours, and what
    // fails is tried again each hour.
    Status promise(Unit& unit, std::int64_t request, const std::vector<CustomerId>& customers);
    // Within a unit that erases what no request asked for (a restored record): sweeps and forcing, without parts.
    Status start(Unit& unit);
    Result<std::vector<ErasurePart>> parts(sql::Connection& sql, const TenantId& tenant, std::int64_t request) const;
    Duration promised() const { return hours(24); }

private:
    Result<StepOutcome> carry_out(JobStep& step);
    Result<StepOutcome> write_outside(JobStep& step);
    Result<StepOutcome> sweep(JobStep& step, std::size_t which, const std::string& position,
                              const std::string& requests);
    Result<StepOutcome> force(JobStep& step, std::string_view requests);
    Status retry(Unit& unit, const Timer& timer);
    Status wake(Unit& unit) const;

    Record& record_;
    Jobs& jobs_;
    ErasureRegister& outside_;
    const ResidueOptions options_;
    std::vector<Sweep> sweeps_;
};

}  // namespace tilth::kernel
