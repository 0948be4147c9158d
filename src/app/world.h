#pragma once
// One running Tilth: the kernel, every module and flow, wired once in the order of the arrows. Made by the commands,
// with or without serving; destroyed in reverse order.

#include <memory>
#include <string>
#include <vector>

#include "flows/collect_batch/pipeline.h"
#include "flows/erase_person/erase_person.h"
#include "flows/import_members/import_members.h"
#include "flows/import_staff/import_staff.h"
#include "flows/import_orders/import_orders.h"
#include "flows/store_days/store_days.h"
#include "kernel/behaviour/activity.h"
#include "kernel/kernel.h"
#include "kernel/retention/retention.h"
#include "kernel/vault/rotation.h"
#include "modules/audience/api.h"
#include "modules/collect/api.h"
#include "modules/collect/forget/api.h"
#include "modules/collect/module.h"
#include "modules/commerce/api.h"
#include "modules/customer/api.h"
#include "modules/org/api.h"
#include "modules/performance/api.h"

namespace tilth::app {

struct BackupOptions {
    std::string directory;  // empty: none are made by themselves
    int every_hours = 24;
    int keep = 7;
    int alarm_hours = 36;  // none as young as this: overdue
};

struct WorldOptions {
    std::string data_directory = "data";
    std::string record_uri;         // empty: SQLite in the data directory
    std::string public_url;         // "https://…": cookies are Secure, the origin is checked against it
    bool manual_clock = false;      // the clock moves only over the control socket
    std::string console_directory;  // built web console; empty: no pages
    std::string erasures_directory;  // of the erasure register, outside the data directory; empty: DATA.erasures
    std::uint64_t journal_ahead_bytes_max = 1u << 30;
    BackupOptions backup;
    collect::OpenOptions open;
};
std::string erasures_directory(const WorldOptions& options);

class Backups;

class World {
public:
    // Makes or opens the data directory. Conflict when another process has it (the detail names it).
    static Result<std::unique_ptr<World>> open(const WorldOptions& options);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    void run();   // dispatch, jobs, projections, pipeline
    void stop();  // in reverse; saves snapshots
    // Everything acknowledged, due or queued is done and projected when this returns.
    Status settle();
    // Everything that was acknowledged before the call is applied; what comes meanwhile is not waited for.
    Status apply_acknowledged();

    // Every route of the server: the API, the trackers' doors, the console, metrics and health.
    std::vector<http::Route> routes();

    const WorldOptions& options() const { return options_; }
    Clock& clock() { return *clock_; }
    ManualClock* manual_clock() { return manual_clock_; }
    kernel::Kernel& kernel() { return *kernel_; }
    org::Org& org() { return *org_; }
    customer::Customers& customers() { return *customers_; }
    customer::Leads& leads() { return *leads_; }
    collect::Collect& collect() { return *collect_; }
    commerce::Orders& orders() { return *orders_; }
    audience::Audience& audience() { return *audience_; }
    performance::Performance& performance() { return *performance_; }
    kernel::Activity& activity() { return *activity_; }
    kernel::Journal& journal() { return *journal_; }
    flows::Pipeline& pipeline() { return *pipeline_; }
    kernel::ErasureRegister& erasures() { return *erasures_; }
    Backups& backups() { return *backups_; }
    kernel::Rotation& rotation() { return *rotation_; }
    kernel::Retention& retention() { return *retention_; }
    // Customers that the register outside named and this record had not erased yet, at this start.
    std::int64_t erased_again() const { return erased_again_; }
    Status count_older_events();
    std::vector<TenantId> tenant_ids() const;

private:
    explicit World(WorldOptions options);
    Status open_kernel();
    Status open_modules();
    Status load();
    std::string snapshot_path() const { return options_.data_directory + "/activity.snapshot"; }

    WorldOptions options_;
    std::unique_ptr<files::LockFile> lock_;
    std::unique_ptr<Clock> clock_;
    ManualClock* manual_clock_ = nullptr;
    crypto::SystemRng rng_;
    crypto::Key master_;
    std::unique_ptr<kernel::Record> record_;
    std::unique_ptr<kernel::Vault> vault_;
    std::unique_ptr<kernel::Settings> settings_;
    std::unique_ptr<kernel::Jobs> jobs_;
    std::unique_ptr<kernel::Dispatch> dispatch_;
    std::unique_ptr<kernel::Api> api_;
    std::unique_ptr<kernel::Kernel> kernel_;
    std::unique_ptr<kernel::Activity> activity_;
    std::unique_ptr<kernel::Journal> journal_;
    std::unique_ptr<org::Org> org_;
    std::unique_ptr<customer::Customers> customers_;
    std::unique_ptr<customer::Leads> leads_;
    std::unique_ptr<collect::Collect> collect_;
    std::unique_ptr<collect::OpenInterface> open_;
    std::unique_ptr<collect::CapturePoints> capture_;
    std::unique_ptr<commerce::Orders> orders_;
    std::unique_ptr<kernel::rules::AttributeFeed> consent_feed_;
    std::unique_ptr<audience::Audience> audience_;
    std::unique_ptr<performance::Performance> performance_;
    std::unique_ptr<collect::StoreDays> store_days_;
    std::unique_ptr<collect::MemberOpenings> openings_;
    std::unique_ptr<collect::ImportTarget> import_orders_;
    std::unique_ptr<collect::ImportTarget> import_members_;
    std::unique_ptr<collect::ImportTarget> import_stores_;
    std::unique_ptr<collect::ImportTarget> import_staff_;
    std::unique_ptr<collect::ImportTarget> import_store_days_;
    std::unique_ptr<collect::ImportTarget> import_receipt_list_;
    std::unique_ptr<flows::Pipeline> pipeline_;
    std::unique_ptr<kernel::ErasureRegister> erasures_;
    std::unique_ptr<kernel::Residue> residue_;
    std::unique_ptr<collect::Forgetting> forgetting_;
    std::unique_ptr<kernel::Rotation> rotation_;
    std::unique_ptr<kernel::Retention> retention_;
    std::unique_ptr<Backups> backups_;
    std::int64_t erased_again_ = 0;
    bool running_ = false;
};

}  // namespace tilth::app
