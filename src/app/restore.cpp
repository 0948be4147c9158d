// From a backup to a data directory that serves: files, journal, register, proof.

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "app/backup.h"
#include "app/backup_files.h"
#include "app/control.h"
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

}  // namespace tilth::app
