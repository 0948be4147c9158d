#pragma once
// collect behind api.h.

#include <map>
#include <set>

#include "modules/collect/catalogue/desk.h"
#include "modules/collect/catalogue/tally.h"
#include "modules/collect/debugger/witness.h"
#include "modules/collect/dedup/dedup.h"
#include "modules/collect/imports/jobs.h"
#include "modules/collect/imports/profiles.h"
#include "modules/collect/quality/api.h"

namespace tilth::collect {

inline constexpr kernel::Permission kSourceRead{"source.read", "查看数据源", "See sources"};
inline constexpr kernel::Permission kSourceWrite{"source.write", "维护数据源", "Change sources"};
inline constexpr kernel::Permission kImportRead{"import.read", "查看导入", "See imports"};
inline constexpr kernel::Permission kImportRun{"import.run", "导入文件", "Import files"};

inline constexpr std::string_view kNodeField = "node_code";
inline constexpr std::string_view kGuideField = "guide_code";

struct Refused {
    std::int64_t number = 0;
    Instant at;
    std::string code;
};
struct NewSource {
    SourceId id;
    std::string write_key;  // shown once
};
struct Sniffed {
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> samples;  // rows
};

class CollectService final : public Collect {
public:
    CollectService(kernel::Kernel& kernel, org::Org& org);

    void add_target(ImportTarget& target) override { jobs_.add_target(target); }
    Result<SourceId> create_source(kernel::Unit& unit, std::string_view name, std::string_view kind) override;
    Status refuse(kernel::Unit& unit, const SourceId& source, const std::vector<Verdict>& refused, Instant at) override;
    Dedup& dedup() override { return *dedup_; }
    Result<std::vector<Ruling>> rule(kernel::Unit& unit, const std::vector<Incoming>& events) override;
    Result<bool> hold(kernel::Unit& unit, const SourceId& source, const Incoming& event,
                      std::string_view code) override {
        return desk_.hold(unit, source, event, code);
    }
    void release_into(Inlet::Accept accept) override { desk_.release_into(std::move(accept)); }
    void show(const TenantId& tenant, std::vector<Seen> seen) override { witness_.show(tenant, std::move(seen)); }
    Status tally(kernel::Unit& unit, const std::vector<kernel::Event>& events) override;
    Status captured(kernel::Unit& unit, const Incoming& event, const CustomerId& customer) override;
    void capture_into(CaptureSink sink) override { capture_ = std::move(sink); }
    catalogue::Desk& desk() { return desk_; }
    const catalogue::Tally& tallied() const { return tally_; }
    const Witness& witness() const { return witness_; }
    Result<ImportId> import_file(const kernel::Context& context, const std::string& path,
                                 const Mapping& mapping) override;
    bool contradicts(const SourceId& source, const Incoming& event) override {
        return saying_.contradicts(source, event);
    }
    Status judge(kernel::Unit& unit, const std::vector<Judged>& judged) override {
        return add_quality(unit, org_, judged);
    }
    Status judge_older(kernel::Unit& unit, const std::vector<Judged>& sums) override;

    Result<NewSource> add_source(const kernel::Context& context, std::string_view name, std::string_view kind);
    Result<std::vector<Source>> sources(sql::Connection& sql, const TenantId& tenant) const;
    Result<std::vector<Refused>> refused(sql::Connection& sql, const TenantId& tenant, const SourceId& source,
                                         int limit) const;

    // Spools, sniffs, suggests a mapping, writes the row.
    Result<ImportRow> upload(const kernel::Context& context, std::string_view name, std::string_view bytes);
    Result<Sniffed> sniff(const TenantId& tenant, const ImportRow& import, std::size_t rows);
    org::Org& org() const { return org_; }
    // A further file of an import that has not run; the mapping is suggested anew with its columns.
    Result<ImportRow> attach(const kernel::Context& context, const ImportId& id, std::string_view role,
                             std::string_view name, std::string_view bytes);
    // Lays a layout over the file. NotFound: no such layout.
    Status choose_profile(const kernel::Context& context, const ImportId& id, std::string_view profile);
    // Keeps the import's mapping as a layout of the tenant's own, known again by the file's headers.
    Status save_profile(const kernel::Context& context, const ImportId& id, std::string_view name,
                        std::string_view title);
    // Distinct values of a field in the file with how many rows have them; at most `limit`.
    struct CodeCount {
        std::string code;
        std::int64_t rows = 0;
        std::set<std::string> stores;  // of a guide's code: where the file has it
    };
    Result<std::vector<CodeCount>> codes(const kernel::Context& context, const ImportId& id, std::string_view field,
                                         std::size_t limit);
    // Refused rows, mended and sent again: each that is taken leaves the list.
    struct Mended {
        std::int64_t line = 0;
        std::vector<std::string> cells;
    };
    struct Retried {
        std::int64_t taken = 0;
        std::int64_t refused = 0;
    };
    Result<Retried> retry(const kernel::Context& context, const ImportId& id, const std::vector<Mended>& rows);
    // Invalid names the column, the zone or the option that does not fit the file.
    Status choose_mapping(const kernel::Context& context, const ImportId& id, const Mapping& mapping);
    Result<JobId> begin(const kernel::Context& context, std::string_view job, const ImportId& id);
    // For files that come by themselves: whether the mapping fits the file, and the run in the caller's unit.
    Status ready(const kernel::Context& context, const ImportId& id);
    Result<JobId> run_in(kernel::Unit& unit, const ImportId& id) { return start(unit, kRunJob, id); }
    const ImportJobs& import_jobs() const { return jobs_; }

private:
    Result<std::unique_ptr<JoinedRows>> open(const TenantId& tenant, const ImportRow& import,
                                             const Mapping& mapping) const;
    Result<Mapping> suggest(const TenantId& tenant, const std::vector<std::string>& header) const;
    Result<ImportRow> row_of(const kernel::Context& context, const ImportId& id) const;
    Status check_mapping(const TenantId& tenant, const ImportRow& row, const Mapping& mapping);
    Status set_mapping(kernel::Unit& unit, const ImportId& id, const Mapping& mapping);
    Result<JobId> start(kernel::Unit& unit, std::string_view job, const ImportId& id);
    Result<bool> busy(kernel::Unit& unit, const ImportRow& row);
    kernel::Kernel& kernel_;
    org::Org& org_;
    std::unique_ptr<Dedup> dedup_;
    catalogue::Desk desk_;
    catalogue::Tally tally_;
    CaptureSink capture_;
    Witness witness_;
    ImportJobs jobs_;
    Saying saying_;
};

void add_source_routes(kernel::Kernel& kernel, CollectService& collect);
void add_quality_routes(kernel::Kernel& kernel, CollectService& collect);
void add_debugger_routes(kernel::Kernel& kernel, CollectService& collect);
void add_catalogue_routes(kernel::Kernel& kernel, CollectService& collect);
void add_import_routes(kernel::Kernel& kernel, CollectService& collect);
void add_wizard_routes(kernel::Kernel& kernel, CollectService& collect);

}  // namespace tilth::collect
