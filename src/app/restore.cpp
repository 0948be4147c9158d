// From a backup to a data directory that serves: files, journal, register, proof. And from a damaged directory and a
// backup to one that serves.

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <thread>

#include "app/backup.h"
#include "app/backup_files.h"
#include "app/control.h"
#include "kernel/journal/salvage.h"
#include "kernel/journal/upkeep.h"
#include "platform/log/log.h"

namespace tilth::app {

namespace {

namespace fs = std::filesystem;

Result<crypto::Key> key_of(files::FileSystem& files, const std::string& key_file, std::string& text) {
    const char* const given = std::getenv("TILTH_MASTER_KEY");
    if (!key_file.empty()) text = TRY(files.read_whole(key_file, 256));
    else if (given != nullptr) text = given;
    else return Error(ErrorCode::Invalid, "a backup opens under its master key alone: --key FILE or TILTH_MASTER_KEY");
    const std::string bytes = TRY(crypto::from_hex(std::string_view(text).substr(0, 2 * crypto::kKeyBytes)));
    if (bytes.size() != crypto::kKeyBytes) return Error(ErrorCode::Invalid, "the master key has 64 hexadecimal digits");
    return crypto::Key::from_bytes(bytes);
}

Status must_be_empty(files::FileSystem& files, const std::string& directory) {
    if (!TRY(files.exists(directory))) return ok();
    for (const auto& name : TRY(files.list(directory))) {
        if (name != "tilth.toml")
            return Error(ErrorCode::Conflict, directory + " is not empty (" + name + "); restore into a new directory");
    }
    return ok();
}

Status check_files(files::FileSystem& files, const std::string& from, const json::Value& manifest) {
    for (const json::Value& file : manifest["files"].items()) {
        const std::string name(file["name"].str());
        const auto facts = facts_of(files, from, name);
        if (!facts) return Error(ErrorCode::Corrupt, "the backup's " + name + ": " + facts.error().detail);
        if (facts->hash != file["blake2b"].str() || facts->bytes != file["bytes"].i64_or(-1))
            return Error(ErrorCode::Corrupt, "the backup's " + name + " is not what its manifest says; take another");
    }
    return ok();
}

Status check_register(const WorldOptions& options, std::int64_t lines) {
    kernel::ErasureRegister outside(files::real_files(), erasures_directory(options));
    const auto found = static_cast<std::int64_t>(TRY(outside.read()).size());
    if (found >= lines) return ok();
    return Error(ErrorCode::Conflict, "the erasure register " + outside.path() + " has " + std::to_string(found) +
                                          " lines and the backup knows of " + std::to_string(lines) +
                                          ": bring the current one (--erasures DIR), or erased persons would be back");
}

// Into a folder beside, which takes its place only when it is whole.
Status lay_out(files::FileSystem& files, const std::string& from, const std::string& to, const json::Value& manifest,
               const crypto::Key& master) {
    TRY(files.make_directories(to));
    for (const json::Value& file : manifest["files"].items()) {
        const std::string name(file["name"].str());
        if (name == "journal.tail") continue;
        if (name.starts_with("imports/")) TRY(files.make_directories(to + "/imports"));
        TRY(copy_file(files, from + "/" + name, to + "/" + name));
    }
    const auto applied = static_cast<std::uint64_t>(manifest["applied"].i64_or(0));
    const crypto::Key key = master.derive("journal");
    TRY(kernel::begin_journal_at(files, to + "/journal", key, applied + 1));
    const auto journal = TRY(kernel::open_journal(files, to + "/journal", key));
    TRY(read_tail(files, from + "/journal.tail", master, applied, [&](std::string bytes) -> Status {
        TRY(journal->append(std::move(bytes)));
        return ok();
    }));
    if (static_cast<std::int64_t>(journal->last()) != manifest["acknowledged"].i64_or(-1))
        return Error(ErrorCode::Corrupt, "the journal's tail does not reach the backup's mark");
    return files.sync_directory(to);
}

// ---- Repair

// The record's own word on how far it has applied the journal; nothing when the file is not sound.
std::optional<std::uint64_t> applied_by(const std::string& record_path) {
    const auto opened = sql::open({"sqlite:" + record_path}, sql::Access::Writer);
    if (!opened) return std::nullopt;
    sql::Connection& record = **opened;
    const auto sound = record.one("PRAGMA quick_check(1)", {}, [](const sql::Row& row) { return row.txt(0) == "ok"; });
    if (!sound || !*sound || !**sound) return std::nullopt;
    const auto applied =
        record.one("SELECT sequence FROM journal_position WHERE tenant_id = ?1", {TenantId{}},
                   [](const sql::Row& row) { return static_cast<std::uint64_t>(row.i64(0)); });
    if (!applied) return std::nullopt;
    return applied->value_or(0);
}

struct Gathered {
    std::int64_t from_journal = 0;
    std::int64_t from_backup = 0;
    json::Value lost = json::Value::array();  // ranges of numbers: acknowledged, applied nowhere, readable nowhere
    std::vector<std::string> damage;
};

// A new journal behind `applied`: what the damaged one still has, and the backup's tail where it has nothing.
Result<Gathered> gather(files::FileSystem& files, const std::string& damaged, const std::string& backup,
                        const json::Value& manifest, const std::string& to, const crypto::Key& master,
                        std::uint64_t applied) {
    const crypto::Key key = master.derive("journal");
    TRY(kernel::begin_journal_at(files, to, key, applied + 1));
    const auto journal = TRY(kernel::open_journal(files, to, key));
    std::map<std::uint64_t, std::string> tail;
    auto number = static_cast<std::uint64_t>(manifest["applied"].i64_or(0));
    TRY(read_tail(files, backup + "/journal.tail", master, number, [&](std::string bytes) -> Status {
        if (++number > applied) tail.emplace(number, std::move(bytes));
        return ok();
    }));
    Gathered gathered;
    std::uint64_t reached = applied;
    const auto put = [&](std::uint64_t sequence, std::string bytes) -> Status {
        if (sequence > reached + 1) {
            gathered.lost.push(json::Value::object({{"from", static_cast<std::int64_t>(reached + 1)},
                                                    {"to", static_cast<std::int64_t>(sequence - 1)}}));
        }
        reached = sequence;
        TRY(journal->append(std::move(bytes)));
        return ok();
    };
    const auto put_tail_before = [&](std::uint64_t sequence) -> Status {
        while (!tail.empty() && tail.begin()->first < sequence) {
            auto one = tail.extract(tail.begin());
            ++gathered.from_backup;
            TRY(put(one.key(), std::move(one.mapped())));
        }
        return ok();
    };
    auto found = TRY(kernel::salvage_journal(files, damaged, key, applied, [&](kernel::JournalEntry entry) -> Status {
        TRY(put_tail_before(entry.sequence));
        tail.erase(entry.sequence);
        ++gathered.from_journal;
        return put(entry.sequence, std::move(entry.bytes));
    }));
    TRY(put_tail_before(UINT64_MAX));
    if (found.acknowledged > reached) {
        gathered.lost.push(json::Value::object({{"from", static_cast<std::int64_t>(reached + 1)},
                                                {"to", static_cast<std::int64_t>(found.acknowledged)}}));
    }
    gathered.damage = std::move(found.damage);
    return gathered;
}

// What of the data directory goes over as it is: not the journal, and nothing that is derived.
Status copy_kept(files::FileSystem& files, const std::string& from, const std::string& to) {
    for (const std::string_view name : {"record.db", "record.db-wal", "master.key", "tilth.toml"}) {
        const std::string path = from + "/" + std::string(name);
        if (TRY(files.exists(path))) TRY(copy_file(files, path, to + "/" + std::string(name)));
    }
    if (!TRY(files.exists(from + "/imports"))) return ok();
    TRY(files.make_directories(to + "/imports"));
    for (const auto& name : TRY(files.list(from + "/imports")))
        TRY(copy_file(files, from + "/imports/" + name, to + "/imports/" + name));
    return ok();
}

// The damaged directory stands aside, the new one takes its place.
Result<std::string> swap_in(files::FileSystem& files, const std::string& partial, const std::string& data) {
    std::string aside = data + ".damaged";
    for (int n = 2; TRY(files.exists(aside)); ++n) aside = data + ".damaged-" + std::to_string(n);
    TRY(files.rename(data, aside));
    TRY(files.rename(partial, data));
    return aside;
}

// The chains may only have grown: by the journal's tail and by erasures that came after the backup.
Status check_chains(const json::Value& manifest, const json::Value& proof) {
    for (const json::Value& tenant : manifest["tenants"].items()) {
        bool found = false;
        for (const json::Value& now : proof["tenants"].items()) {
            if (now["tenant"].str() != tenant["tenant"].str()) continue;
            found = now["audit_lines"].i64_or(0) >= tenant["audit_lines"].i64_or(0) &&
                    now["events"].i64_or(0) >= tenant["events"].i64_or(0);
        }
        if (!found) return Error(ErrorCode::Corrupt, "a tenant has less than its backup says");
    }
    return ok();
}

// Imports that the backup caught half-way go on; deriving everything again compares only where nothing is written.
void wait_for_jobs(World& world) {
    constexpr auto kStep = std::chrono::milliseconds(50);
    constexpr int kStepsMax = 36'000;   // half an hour
    for (int step = 0; step < kStepsMax && !world.kernel().jobs.idle(); ++step) std::this_thread::sleep_for(kStep);
}

}  // namespace

Result<json::Value> restore(const std::string& from, const WorldOptions& options, const std::string& key_file) {
    crypto::crypto_init();
    auto& files = files::real_files();
    if (!options.record_uri.empty())
        return Error(ErrorCode::Invalid, "a backup is restored to SQLite; PostgreSQL has its own means");
    std::string key_text;
    const crypto::Key master = TRY(key_of(files, key_file, key_text));
    TRY(must_be_empty(files, options.data_directory));
    const json::Value manifest = TRY(read_manifest(files, from, master));
    TRY(check_files(files, from, manifest));
    TRY(check_register(options, manifest["register_lines"].i64_or(0)));
    const std::string partial = options.data_directory + ".restoring";
    std::error_code failure;
    fs::remove_all(partial, failure);
    TRY(lay_out(files, from, partial, manifest, master));
    if (!key_file.empty()) TRY(files.write_whole(partial + "/master.key", key_text));
    if (TRY(files.exists(options.data_directory + "/tilth.toml")))
        TRY(copy_file(files, options.data_directory + "/tilth.toml", partial + "/tilth.toml"));
    fs::remove_all(options.data_directory, failure);
    TRY(files.rename(partial, options.data_directory));

    auto world = TRY(World::open(options));
    const std::int64_t erased = world->erased_again();
    world->run();
    const json::Value proof = TRY(control(*world, "verify", json::Value::object()));
    wait_for_jobs(*world);
    const json::Value again = TRY(control(*world, "rebuild", json::Value::object()));
    world->stop();
    TRY(check_chains(manifest, proof));
    return json::Value::object({{"restored", options.data_directory},
                                {"made_at", manifest["made_at"].str()},
                                {"acknowledged", manifest["acknowledged"].i64_or(0)},
                                {"tail_batches", manifest["tail_batches"].i64_or(0)},
                                {"erased_again", erased},
                                {"whole", proof["whole"].bool_or(false) && again["same"].bool_or(false)},
                                {"tenants", proof["tenants"]}});
}

Result<json::Value> repair(const std::string& from, const WorldOptions& options, const std::string& key_file) {
    crypto::crypto_init();
    auto& files = files::real_files();
    const std::string& data = options.data_directory;
    if (!options.record_uri.empty())
        return Error(ErrorCode::Invalid, "a record on PostgreSQL is repaired by its own means");
    if (!TRY(files.exists(data))) return Error(ErrorCode::NotFound, data + " is not there; use tilth restore");
    auto lock = TRY(files::lock_file(data + "/tilth.lock"));
    std::string key_text;
    const bool own_key = key_file.empty() && std::getenv("TILTH_MASTER_KEY") == nullptr;
    const crypto::Key master = TRY(key_of(files, own_key ? data + "/master.key" : key_file, key_text));
    const json::Value manifest = TRY(read_manifest(files, from, master));
    TRY(check_files(files, from, manifest));
    TRY(check_register(options, manifest["register_lines"].i64_or(0)));
    const std::string partial = data + ".repairing";
    std::error_code failure;
    fs::remove_all(partial, failure);
    TRY(files.make_directories(partial));
    TRY(copy_kept(files, data, partial));
    auto applied = applied_by(partial + "/record.db");
    const bool kept = applied.has_value();
    if (!kept) {
        for (const char* const name : {"record.db", "record.db-wal", "record.db-shm"})
            fs::remove(partial + "/" + name, failure);
        TRY(copy_file(files, from + "/record.db", partial + "/record.db"));
        applied = static_cast<std::uint64_t>(manifest["applied"].i64_or(0));
    }
    const Gathered gathered =
        TRY(gather(files, data + "/journal", from, manifest, partial + "/journal", master, *applied));
    TRY(files.sync_directory(partial));
    const std::string aside = TRY(swap_in(files, partial, data));
    lock.reset();

    auto world = TRY(World::open(options));
    const std::int64_t erased = world->erased_again();
    world->run();
    const json::Value proof = TRY(control(*world, "verify", json::Value::object()));
    wait_for_jobs(*world);
    const json::Value again = TRY(control(*world, "rebuild", json::Value::object()));
    world->stop();
    json::Value damage = json::Value::array();
    for (const std::string& one : gathered.damage) damage.push(one);
    if (!kept) damage.push("record.db");
    return json::Value::object({{"repaired", data},
                                {"record", kept ? "kept" : "backup"},
                                {"damage", damage},
                                {"batches_from_journal", gathered.from_journal},
                                {"batches_from_backup", gathered.from_backup},
                                {"batches_lost", gathered.lost},
                                {"erased_again", erased},
                                {"damaged_kept", aside},
                                {"whole", proof["whole"].bool_or(false) && again["same"].bool_or(false)},
                                {"tenants", proof["tenants"]}});
}

}  // namespace tilth::app
