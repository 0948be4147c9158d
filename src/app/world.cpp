#include "app/world.h"

#include <unistd.h>

#include <cstdlib>

#include "app/backup.h"
#include "app/registry.h"
#include "app/routes.h"
#include "flows/customer_timeline/customer_timeline.h"
#include "flows/erase_person/person_file.h"
#include "flows/store_days/freshness.h"
#include "flows/store_days/receipts.h"
#include "kernel/registry/serves.h"
#include "modules/collect/quality/api.h"
#include "modules/customer/module.h"
#include "platform/log/log.h"

namespace tilth::app {

namespace {

// The key under which all others are wrapped: from the environment, else a file of mode 0600 made at the first start.
Result<crypto::Key> master_key(files::FileSystem& files, const std::string& directory) {
    std::string hex;
    if (const char* given = std::getenv("TILTH_MASTER_KEY")) {
        hex = given;
    } else {
        const std::string path = directory + "/master.key";
        if (!TRY(files.exists(path))) TRY(files.write_whole(path, crypto::hex(crypto::Key::random().bytes())));
        hex = TRY(files.read_whole(path, 256));
    }
    const std::string bytes = TRY(crypto::from_hex(std::string_view(hex).substr(0, 2 * crypto::kKeyBytes)));
    if (bytes.size() != crypto::kKeyBytes) return Error(ErrorCode::Invalid, "the master key has 64 hexadecimal digits");
    return crypto::Key::from_bytes(bytes);
}

}  // namespace

std::string erasures_directory(const WorldOptions& options) {
    if (!options.erasures_directory.empty()) return options.erasures_directory;
    std::string data = options.data_directory;
    while (data.size() > 1 && data.ends_with('/')) data.pop_back();
    return data + ".erasures";
}

Result<std::unique_ptr<World>> World::open(const WorldOptions& options) {
    crypto::crypto_init();
    std::unique_ptr<World> world(new World(options));
    TRY(files::real_files().make_directories(options.data_directory));
    world->lock_ = TRY(files::lock_file(options.data_directory + "/tilth.lock"));
    if (options.manual_clock) {
        // Early enough that a story may set any time of its own: the clock never goes back. A restart within a story
        // goes on where it was.
        const char* at = std::getenv("TILTH_CLOCK_AT");
        const Instant start = at == nullptr ? Instant{0} + days(365 * 30) : TRY(parse_instant(at));
        auto manual = std::make_unique<ManualClock>(start);
        world->manual_clock_ = manual.get();
        world->clock_ = std::move(manual);
    } else {
        world->clock_ = std::make_unique<SystemClock>();
    }
    TRY(world->open_kernel());
    TRY(world->open_modules());
    TRY(world->load());
    return world;
}

Status World::open_kernel() {
    auto& files = files::real_files();
    master_ = TRY(master_key(files, options_.data_directory));
    kernel::RecordOptions record;
    record.location.uri =
        options_.record_uri.empty() ? "sqlite:" + options_.data_directory + "/record.db" : options_.record_uri;
    record.owner = "process " + std::to_string(::getpid());
    const auto migrations = all_migrations();
    record_ = TRY(kernel::open_record(record, *clock_, migrations));
    vault_ = kernel::make_vault(master_, *record_);
    settings_ = kernel::make_settings();
    jobs_ = kernel::make_jobs(*record_);
    dispatch_ = kernel::make_dispatch(*record_);
    api_ = std::make_unique<kernel::Api>(record_.get(), *clock_, rng_,
                                         kernel::ApiOptions{.public_origin = options_.public_url, .version = "0.1.0"});
    kernel_ = std::make_unique<kernel::Kernel>(kernel::Kernel{*clock_, rng_, files, options_.data_directory, *record_,
                                                              *vault_, *settings_, *jobs_, *dispatch_, *api_, master_});
    const crypto::Key journal_key = master_.derive("journal");
    kernel::JournalOptions journal;
    journal.ahead_bytes_max = options_.journal_ahead_bytes_max;
    journal_ = record.location.engine() == sql::Engine::Postgres
                   ? TRY(kernel::open_journal_sql(record.location, journal_key, journal))
                   : TRY(kernel::open_journal(files, options_.data_directory + "/journal", journal_key, journal));
    activity_ = kernel::make_activity();
    return ok();
}

Status World::open_modules() {
    org_ = org::make_org(*kernel_);
    org_->declare(all_permissions());
    org_->secure_cookies(options_.public_url.starts_with("https:"));
    TRY(org_->reload());
    customers_ = customer::make_customers(*kernel_);
    leads_ = customer::make_leads(*kernel_, *org_, *customers_);
    collect_ = collect::make_collect(*kernel_, *org_);
    open_ = TRY(collect::make_open_interface({*kernel_, *org_, *customers_, *leads_, *collect_}, options_.open));
    capture_ = collect::make_capture_points(
        {*kernel_, *org_, *customers_, *leads_, *collect_, options_.public_url});
    orders_ = commerce::make_orders(*kernel_, *org_, *customers_);
    erasures_ = std::make_unique<kernel::ErasureRegister>(kernel_->files, erasures_directory(options_));
    const BackupOptions& backup = options_.backup;
    const bool backups_run_out = !backup.directory.empty();
    residue_ = std::make_unique<kernel::Residue>(
        *record_, *jobs_, *dispatch_, *erasures_,
        kernel::ResidueOptions{backups_run_out ? hours(backup.every_hours * backup.keep) : Duration{},
                               flows::tables_of_persons()});
    rotation_ = std::make_unique<kernel::Rotation>(*record_, *vault_, *jobs_, *dispatch_);
    retention_ = std::make_unique<kernel::Retention>(*record_, *settings_, *jobs_, *dispatch_, all_retention_classes());
    backups_ = std::make_unique<Backups>(*this, backup);
    forgetting_ = collect::make_forgetting(*kernel_);
    flows::add_erase_person({*kernel_, *customers_, *orders_, *forgetting_, *residue_});
    flows::add_person_file({*kernel_, *customers_, *orders_, *activity_});
    flows::add_customer_timeline({*kernel_, *org_, *customers_, *orders_, *activity_});
    audience_ = audience::make_audience(*kernel_, *activity_, *org_, *customers_, *orders_);
    consent_feed_ = customer::make_consent_feed();
    audience_->add_feed(*consent_feed_);
    activity_->on_applied([this] { audience_->poke(); });
    performance_ = performance::make_performance(*kernel_, *org_, *customers_, *orders_);
    store_days_ = collect::make_store_days();
    openings_ = collect::make_member_openings();
    import_orders_ = flows::make_import_orders(*kernel_, *org_, *customers_, *orders_);
    import_members_ = flows::make_import_members(*kernel_, *org_, *customers_, *openings_);
    import_stores_ = flows::make_import_stores(*org_);
    import_staff_ = flows::make_import_staff(*org_);
    import_store_days_ = flows::make_import_store_days(*org_, *store_days_);
    import_receipt_list_ = flows::make_import_receipt_list(*org_);
    for (collect::ImportTarget* target :
         kernel::standing<collect::ImportTarget*>({{"CDP-10", import_orders_.get()},
                                                   {"MEM-28", import_members_.get()},
                                                   {"CDP-10", import_stores_.get()},
                                                   {"GOV-18", import_staff_.get()},
                                                   {"CDP-20", import_store_days_.get()},
                                                   {"CDP-20", import_receipt_list_.get()}}))
        collect_->add_target(*target);
    flows::add_reconcile_routes(*kernel_, *org_, *orders_, *store_days_);
    flows::add_freshness_routes(*kernel_, *org_, *collect_, *orders_, *store_days_);
    pipeline_ = TRY(flows::make_pipeline({*kernel_, *journal_, *customers_, *collect_, *activity_}));
    add_system_routes(*this);
    add_backup_routes(*this);
    add_key_routes(*this);
    add_retention_routes(*this);
    api_->set_authenticator(org_->authenticator());
    return ok();
}

Status World::load() {
    const auto context = kernel::Context::system(TenantId{}, clock_->now());
    auto loaded = record_->read<bool>(context, [this](kernel::View& view) -> Result<bool> {
        TRY(settings_->load(view.sql()));
        TRY(collect_->dedup().load(view.sql(), tenant_ids(), clock_->now()));
        TRY(activity_->load(kernel_->files, snapshot_path(), view.sql(), tenant_ids()));
        for (const TenantId& tenant : tenant_ids()) TRY(collect::recall(*collect_, view.sql(), tenant));
        return true;
    });
    TRY(loaded);
    TRY(count_older_events());
    for (const TenantId& tenant : tenant_ids())
        TRY(record_->write<void>(kernel::Context::system(tenant, clock_->now()), kernel::Retention::schedule));
    erased_again_ = TRY(flows::replay_erasures({*kernel_, *customers_, *orders_, *forgetting_, *residue_}, *erasures_));
    return ok();
}

// Events that came in before they were counted per day stand as one day, the last.
Status World::count_older_events() {
    for (const TenantId& tenant : tenant_ids()) {
        std::vector<collect::Judged> older;
        for (const auto& one : activity_->sources(tenant)) {
            collect::Quality quality;
            quality.events = one.events;
            older.push_back({one.source, {}, one.last_received, quality});
        }
        if (older.empty()) continue;
        const auto context = kernel::Context::system(tenant, clock_->now());
        TRY(record_->write<void>(context, [&](kernel::Unit& unit) { return collect_->judge_older(unit, older); }));
    }
    return ok();
}

std::vector<TenantId> World::tenant_ids() const {
    std::vector<TenantId> ids;
    for (const auto& tenant : org_->tenants()) ids.push_back(tenant.id);
    return ids;
}

void World::run() {
    running_ = true;
    dispatch_->run();
    jobs_->run();
    performance_->run();
    audience_->run();
    pipeline_->run();
    open_->run();
    backups_->run();
}

void World::stop() {
    if (!std::exchange(running_, false)) return;
    backups_->stop();
    open_->stop();
    pipeline_->stop();
    audience_->stop();
    performance_->stop();
    jobs_->stop();
    dispatch_->stop();
    record_->drain();
    const auto saved = activity_->save(kernel_->files, snapshot_path());
    if (!saved)
        log::warn("the activity snapshot was not saved; the next start reads the log",
                  {{"error", saved.error().detail}});
}

World::World(WorldOptions options) : options_(std::move(options)) {}

World::~World() {
    stop();
    if (record_) record_->stop();
}

Status World::apply_acknowledged() { return pipeline_->settle(); }

Status World::settle() {
    TRY(pipeline_->settle());
    dispatch_->poke();
    TRY(dispatch_->settle());
    TRY(audience_->catch_up());
    // Who entered or left may have been told to somebody.
    dispatch_->poke();
    TRY(dispatch_->settle());
    return performance_->catch_up();
}

}  // namespace tilth::app
