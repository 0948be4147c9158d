#pragma once
// How long each class of personal data is kept, and a daily look that takes away what is older: rows are deleted, or
// what is personal in them is emptied. Counts, sums and receipts that were made of them stay. One setting per class
// ("retention.<class>", days), between bounds that the class explains; every run of a class that took something away
// leaves a receipt and a line in the audit log.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/jobs/jobs.h"
#include "kernel/scheduler/dispatch.h"
#include "kernel/settings/settings.h"

namespace tilth::kernel {

struct RetentionClass {
    std::string_view name;             // "refused_events"
    std::string_view row;              // requirement that it serves
    bool reduces = false;              // the row stays, what is personal in it goes
    std::int64_t days = 0;             // by default
    std::int64_t days_min = 1;
    std::int64_t days_max = 3'650;
    std::string_view zh;
    std::string_view en;
    std::string_view basis_zh;         // why this long: the law where there is one
    std::string_view basis_en;
    // Statements of the record: ?1 tenant, ?2 before (exclusive); take takes at most ?3 rows.
    std::string_view count;
    std::string_view take;
};

struct RetentionReceipt {
    std::int64_t number = 0;
    std::string name;
    std::int64_t days = 0;
    Instant before;
    std::int64_t rows = 0;
    Instant at;
};

// One for the process; the kernel's parts outlive it. Make it before jobs and dispatch run.
class Retention {
public:
    Retention(Record& record, Settings& settings, Jobs& jobs, Dispatch& dispatch,
              std::vector<RetentionClass> classes);

    // In a unit of the tenant: the daily look is set, unless it is already.
    static Status schedule(Unit& unit);
    // Starts the look now.
    Result<JobId> start(Unit& unit);

    const std::vector<RetentionClass>& classes() const { return classes_; }
    std::int64_t days(const TenantId& tenant, const RetentionClass& one) const;
    // How many rows are older than so many days at the view's now.
    static Result<std::int64_t> due(View& view, const RetentionClass& one, std::int64_t days);
    // Newest first.
    static Result<std::vector<RetentionReceipt>> receipts(sql::Connection& sql, const TenantId& tenant, int limit);
    static Result<std::optional<Instant>> next_look(sql::Connection& sql, const TenantId& tenant);

private:
    Result<bool> something_due(Unit& unit) const;
    Result<StepOutcome> carry_out(JobStep& step);

    Record& record_;
    Settings& settings_;
    Jobs& jobs_;
    const std::vector<RetentionClass> classes_;
};

std::string retention_setting(const RetentionClass& one);   // "retention.refused_events"

}  // namespace tilth::kernel
