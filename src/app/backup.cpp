#include "app/backup.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "app/backup_files.h"
#include "kernel/audit.h"
#include "kernel/behaviour/event_log.h"
#include "kernel/journal/upkeep.h"
#include "kernel/record/upkeep.h"
#include "platform/log/log.h"
#include "platform/metrics/metrics.h"
#include "platform/sql/copy.h"

namespace tilth::app {

namespace {

namespace fs = std::filesystem;

// 1 MiB a step: about 2 ms in which nothing is committed.
constexpr int kPagesInOneStep = 256;
constexpr auto kLookEvery = std::chrono::milliseconds(500);
constexpr Duration kAfterFailure = minutes(10);
constexpr std::string_view kPrefix = "tilth-";
constexpr std::string_view kPartial = ".partial";

struct Meters {
    metrics::Counter& made = metrics::counter("tilth_backup_made_total", "Backups made and read again as a whole.");
    metrics::Counter& failed = metrics::counter("tilth_backup_failed_total", "Backups that failed.");
    metrics::Gauge& overdue = metrics::gauge("tilth_backup_overdue", "1 while no backup is as young as it should be.");
    metrics::Gauge& bytes = metrics::gauge("tilth_backup_bytes", "Bytes of the newest backup.");

    static Meters& get() {
        static Meters meters;
        return meters;
    }
};

// "tilth-20260301T020000123Z": sorts by time.
std::string name_at(Instant at) {
    std::string digits;
    for (const char c : to_iso(at)) {
        if (c != '-' && c != ':' && c != '.') digits += c;
    }
    return std::string(kPrefix) + digits;
}

// What the last step leaves: the moment that the copy shows.
struct Moment {
    std::uint64_t applied = 0;
    std::uint64_t acknowledged = 0;
};

// Names of the folder's own files, so that none of them can vanish before it is copied.
Status link_imports(const std::string& data, const std::string& staging) {
    std::error_code failure;
    fs::remove_all(staging, failure);
    if (!fs::exists(data + "/imports", failure)) return ok();
    if (!fs::create_directories(staging, failure)) return Error(ErrorCode::StorageFailed, failure.message());
    for (const auto& one : fs::directory_iterator(data + "/imports", failure)) {
        fs::create_hard_link(one.path(), fs::path(staging) / one.path().filename(), failure);
        if (failure) return Error(ErrorCode::StorageFailed, "a link beside the imports: " + failure.message());
    }
    return ok();
}

Result<Moment> copy_record(World& world, const std::string& folder, const std::string& staging) {
    auto& upkeep = kernel::upkeep_of(world.kernel().record);
    std::unique_ptr<sql::LiveCopy> copy;
    Moment moment;
    Status outcome;
    for (bool whole = false; !whole && outcome;) {
        outcome = upkeep.between_groups([&](sql::Connection& connection) -> Status {
            if (!copy) copy = TRY(sql::begin_copy(connection, folder + "/record.db"));
            whole = TRY(copy->step(kPagesInOneStep));
            if (!whole) return ok();
            const auto applied =
                TRY(connection.one("SELECT sequence FROM journal_position WHERE tenant_id = ?1", {TenantId{}},
                                   [](const sql::Row& row) { return static_cast<std::uint64_t>(row.i64(0)); }));
            moment.applied = applied.value_or(0);
            kernel::upkeep_of(world.journal()).pin(moment.applied);
            moment.acknowledged = world.journal().last();
            return link_imports(world.options().data_directory, staging);
        });
    }
    // The copy ends on the thread of its source, whatever became of it; only a stopping record refuses that.
    const Status ended = upkeep.between_groups([&](sql::Connection&) -> Status { return copy.reset(), ok(); });
    TRY(outcome);
    TRY(ended);
    TRY(sync_file(world.kernel().files, folder + "/record.db"));
    return moment;
}

Result<std::vector<std::string>> copy_imports(files::FileSystem& files, const std::string& staging,
                                              const std::string& folder) {
    std::vector<std::string> names;
    if (!TRY(files.exists(staging))) return names;
    TRY(files.make_directories(folder + "/imports"));
    for (const auto& name : TRY(files.list(staging))) {
        TRY(copy_file(files, staging + "/" + name, folder + "/imports/" + name));
        names.push_back("imports/" + name);
    }
    TRY(files.sync_directory(folder + "/imports"));
    return names;
}

// Reads the copy as a whole: the engine's own check, the audit chains, the event chains.
Result<json::Value> prove_copy(World& world, const std::string& folder) {
    const std::string path = folder + "/record.db";
    TRY(sql::check_database_file(path));
    json::Value tenants = json::Value::array();
    {
        const auto reader = TRY(sql::open({"sqlite:" + path}, sql::Access::Reader));
        for (const TenantId& tenant : world.tenant_ids()) {
            const auto audit = TRY(kernel::verify_audit(*reader, tenant));
            const auto events = TRY(kernel::verify_events(*reader, tenant));
            if (!audit.whole || !events.whole) return Error(ErrorCode::Corrupt, "a chain of the copy is broken");
            tenants.push(json::Value::object({{"tenant", tenant.str()},
                                              {"audit_lines", audit.lines},
                                              {"audit_head", audit.head},
                                              {"events", events.events},
                                              {"events_head", events.head}}));
        }
    }
    for (const char* const beside : {"-wal", "-shm"}) TRY(world.kernel().files.remove(path + beside));
    return tenants;
}

Result<BackupMade> made_from(const std::string& name, const json::Value& manifest) {
    BackupMade made;
    made.name = name;
    made.at = TRY(parse_instant(manifest["made_at"].str()));
    made.applied = manifest["applied"].i64_or(0);
    made.acknowledged = manifest["acknowledged"].i64_or(0);
    for (const json::Value& file : manifest["files"].items()) made.bytes += file["bytes"].i64_or(0);
    return made;
}

Result<BackupMade> fill(World& world, const std::string& name, const std::string& folder, const std::string& staging) {
    auto& files = world.kernel().files;
    const Instant now = world.clock().now();
    TRY(files.make_directories(folder));
    const std::int64_t lines = static_cast<std::int64_t>(TRY(world.erasures().read()).size());
    const Moment moment = TRY(copy_record(world, folder, staging));
    const std::int64_t tail = TRY(write_tail(files, folder + "/journal.tail", world.journal(), world.kernel().master,
                                             moment.applied, moment.acknowledged));
    std::vector<std::string> names = TRY(copy_imports(files, staging, folder));
    names.insert(names.begin(), {"record.db", "journal.tail"});
    json::Value list = json::Value::array();
    for (const std::string& one : names) {
        const FileFacts facts = TRY(facts_of(files, folder, one));
        list.push(json::Value::object({{"name", one}, {"bytes", facts.bytes}, {"blake2b", facts.hash}}));
    }
    const json::Value manifest = json::Value::object({{"format", 1},
                                                      {"made_at", to_iso(now)},
                                                      {"applied", static_cast<std::int64_t>(moment.applied)},
                                                      {"acknowledged", static_cast<std::int64_t>(moment.acknowledged)},
                                                      {"tail_batches", tail},
                                                      {"register_lines", lines},
                                                      {"tenants", TRY(prove_copy(world, folder))},
                                                      {"files", std::move(list)}});
    TRY(write_manifest(files, folder, manifest, world.kernel().master));
    TRY(files.sync_directory(folder));
    return made_from(name, manifest);
}

}  // namespace

std::string backup_folder(const std::string& given) {
    std::error_code failure;
    return given.empty() ? given : fs::absolute(given, failure).lexically_normal().string();
}

Result<BackupMade> Backups::make(const std::string& directory) {
    if (world_.kernel().record.location().engine() != sql::Engine::Sqlite) {
        return Error(ErrorCode::Conflict, "the record is a PostgreSQL database: it is backed up with its own means");
    }
    if (directory.empty()) return Error(ErrorCode::Conflict, "no folder for backups is set (backup.directory)");
    const std::unique_lock making(making_, std::try_to_lock);
    if (!making.owns_lock()) return Error(ErrorCode::Conflict, "a backup is being made");
    auto& files = world_.kernel().files;
    const std::string name = name_at(world_.clock().now());
    const std::string folder = directory + "/" + name;
    const std::string staging = world_.options().data_directory + "/backup.staging";
    std::error_code failure;
    fs::remove_all(folder + std::string(kPartial), failure);
    if (TRY(files.exists(folder))) return Error(ErrorCode::Conflict, "a backup of this moment stands there: " + folder);
    auto made = fill(world_, name, folder + std::string(kPartial), staging);
    kernel::upkeep_of(world_.journal()).unpin();
    fs::remove_all(staging, failure);
    if (made) {
        if (const auto moved = files.rename(folder + std::string(kPartial), folder); !moved) made = moved.error();
    }
    if (!made) {
        Meters::get().failed.add();
        fs::remove_all(folder + std::string(kPartial), failure);
        return made;
    }
    Meters::get().made.add();
    Meters::get().bytes.set(static_cast<double>(made->bytes));
    log::info("backup made", {{"name", name}, {"bytes", made->bytes}, {"acknowledged", made->acknowledged}});
    return made;
}

Result<BackupMade> Backups::make_scheduled() {
    {
        const std::lock_guard lock(mutex_);
        running_ = true;
    }
    auto made = make(options_.directory);
    if (made) {
        if (const auto pruned = prune(); !pruned) log::warn("old backups stay", {{"error", pruned.error().detail}});
    }
    const std::lock_guard lock(mutex_);
    running_ = false;
    error_ = made ? std::string() : made.error().detail;
    if (!made) {
        not_before_ = world_.clock().now() + kAfterFailure;
        log::error("no backup was made", {{"error", made.error().detail}});
    }
    return made;
}

// The newest so many stay; a folder that is not a whole backup is left alone but for partial ones.
Status Backups::prune() {
    std::vector<std::string> names;
    for (const auto& name : TRY(world_.kernel().files.list(options_.directory))) {
        if (!name.starts_with(kPrefix)) continue;
        if (name.ends_with(kPartial) ||
            TRY(world_.kernel().files.exists(options_.directory + "/" + name + "/manifest.mac")))
            names.push_back(name);
    }
    std::error_code failure;
    std::erase_if(names, [&](const std::string& name) {
        if (!name.ends_with(kPartial)) return false;
        fs::remove_all(options_.directory + "/" + name, failure);
        return true;
    });
    const auto keep = static_cast<std::size_t>(std::max(options_.keep, 1));
    for (std::size_t i = 0; i + keep < names.size(); ++i) fs::remove_all(options_.directory + "/" + names[i], failure);
    if (failure) return Error(ErrorCode::StorageFailed, failure.message());
    return ok();
}

Result<std::optional<BackupMade>> Backups::newest() {
    auto& files = world_.kernel().files;
    if (!TRY(files.exists(options_.directory))) return std::optional<BackupMade>();
    auto names = TRY(files.list(options_.directory));
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
        if (!name->starts_with(kPrefix) || name->ends_with(kPartial)) continue;
        const auto manifest = read_manifest(files, options_.directory + "/" + *name, world_.kernel().master);
        if (!manifest) continue;
        return std::optional(TRY(made_from(*name, *manifest)));
    }
    return std::optional<BackupMade>();
}

BackupState Backups::state() {
    BackupState state;
    state.enabled = !options_.directory.empty();
    {
        const std::lock_guard lock(mutex_);
        state.running = running_;
        state.error = error_;
    }
    if (!state.enabled) return state;
    if (auto last = newest()) state.last = std::move(*last);
    else state.error = last.error().detail;
    const auto names = world_.kernel().files.list(options_.directory);
    for (const auto& name : names.value_or(std::vector<std::string>()))
        state.kept += name.starts_with(kPrefix) && !name.ends_with(kPartial) ? 1 : 0;
    const Instant now = world_.clock().now();
    state.overdue = !state.last || now - state.last->at > hours(options_.alarm_hours);
    return state;
}

void Backups::look() {
    const BackupState now = state();
    Meters::get().overdue.set(now.overdue ? 1 : 0);
    if (now.running) return;
    {
        const std::lock_guard lock(mutex_);
        if (world_.clock().now() < not_before_) return;
    }
    if (now.last && world_.clock().now() - now.last->at < hours(options_.every_hours)) return;
    (void)make_scheduled();
}

void Backups::watch() {
    std::unique_lock lock(mutex_);
    while (!woken_.wait_for(lock, kLookEvery, [this] { return stopping_; })) {
        lock.unlock();
        look();
        lock.lock();
    }
}

void Backups::run() {
    if (options_.directory.empty() || thread_.joinable()) return;
    thread_ = std::thread([this] { watch(); });
}

void Backups::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    woken_.notify_all();
    if (thread_.joinable()) thread_.join();
}

}  // namespace tilth::app
