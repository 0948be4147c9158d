#pragma once
// The three long works on an import: check (a dry run over the whole file), run, take back. Each resumes at its cursor.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "modules/collect/imports/import.h"
#include "modules/collect/imports/mapping.h"
#include "modules/collect/imports/joined.h"

namespace tilth::collect {

inline constexpr std::string_view kCheckJob = "import.check";
inline constexpr std::string_view kRunJob = "import.run";
inline constexpr std::string_view kTakeBackJob = "import.take_back";

class ImportJobs {
public:
    ImportJobs(kernel::Kernel& kernel, org::Org& org) : kernel_(kernel), org_(org) {}
    void add_target(ImportTarget& target);
    ImportTarget* target(std::string_view name) const;
    const std::map<std::string, ImportTarget*, std::less<>>& targets() const { return targets_; }
    void define();

    Result<JobId> start(kernel::Unit& unit, std::string_view kind, const ImportRow& import);

private:
    // A file that is being read, kept between the steps of one job; made anew after a restart.
    struct Reading {
        ImportRow import;
        ImportTarget* target = nullptr;
        std::unique_ptr<JoinedRows> stream;
        std::optional<RowReader> reader;
        std::unordered_map<std::string, std::uint32_t> occurrences;  // by the row's fingerprint, raw bytes
        std::uint64_t rows_read = 0;
    };
    struct Batch {
        std::vector<MappedRow> rows;
        std::vector<RawRow> raws;  // of rows, in the same order
        std::vector<std::pair<RawRow, Refusal>> refused;
        std::uint64_t read = 0;
        bool last = false;
    };

    Result<std::shared_ptr<Reading>> reading(kernel::JobStep& step);
    Result<Batch> next_batch(Reading& reading, std::size_t rows_max);
    struct Tally {
        ImportCounts counts;  // of the whole file so far
        std::vector<store::Reject> rejects;
        std::vector<store::Contradiction> contradictions;
    };
    Result<Tally> tally(const TenantId& tenant, const Reading& reading, const Batch& batch,
                        const std::vector<RowOutcome>& outcomes) const;
    static Status save(kernel::Unit& unit, const ImportId& id, const Tally& tally, std::optional<ImportState> end);
    // The dry run and the run are one: they differ in what the target is asked.
    Result<kernel::StepOutcome> work_step(kernel::JobStep& step, bool writing);
    Result<kernel::StepOutcome> take_back_step(kernel::JobStep& step);
    Result<std::string> seal_row(const TenantId& tenant, const RawRow& row) const;
    static std::int64_t rows_expected(const Reading& reading);
    void forget(const JobId& job);
    std::string result_json(const kernel::Context& context, const ImportRow& import) const;

    kernel::Kernel& kernel_;
    org::Org& org_;
    std::map<std::string, ImportTarget*, std::less<>> targets_;
    std::mutex mutex_;
    std::map<JobId, std::shared_ptr<Reading>> readings_;
};

}  // namespace tilth::collect
