#pragma once
// Backups of the data directory while it is in use, and their restoration.
//
// A backup is one folder "tilth-20260301T020000Z", made beside as "….partial" and renamed when whole:
//   record.db      the record at one moment between two transactions
//   journal.tail   what was acknowledged and not applied at that moment, sealed (file_of_tail in backup_files.h)
//   imports/       the sealed files of imports
//   manifest.json  position, counts, audit heads, length and hash of each file; manifest.mac: keyed by the master key
// It holds neither the master key nor the erasure register: without the first it opens for nobody, and the second must
// be newer than the backup. Projections and snapshots are derived and are not in it. SQLite alone.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "app/world.h"
#include "platform/json/value.h"

namespace tilth::app {

struct BackupMade {
    std::string name;
    Instant at;
    std::int64_t bytes = 0;
    std::int64_t applied = 0;       // journal position of the record
    std::int64_t acknowledged = 0;  // last batch in it
};

struct BackupState {
    bool enabled = false;
    bool running = false;
    std::optional<BackupMade> last;
    std::int64_t kept = 0;
    std::string error;              // of the last try that failed, until one succeeds
    bool overdue = false;
};

// Any thread.
class Backups {
public:
    Backups(World& world, BackupOptions options) : world_(world), options_(std::move(options)) {}
    ~Backups() { stop(); }
    Backups(const Backups&) = delete;
    Backups& operator=(const Backups&) = delete;

    // Conflict while another is being made. The copy is read again as a whole before it counts.
    Result<BackupMade> make(const std::string& directory);
    // Into the configured folder, then the oldest beyond the number kept go.
    Result<BackupMade> make_scheduled();
    BackupState state();
    const BackupOptions& options() const { return options_; }

    void run();
    void stop();

private:
    void watch();
    void look();
    Status prune();
    Result<std::optional<BackupMade>> newest();

    World& world_;
    const BackupOptions options_;
    std::mutex making_;
    std::mutex mutex_;
    std::condition_variable woken_;
    bool stopping_ = false;
    bool running_ = false;
    std::string error_;
    Instant not_before_{};
    std::thread thread_;
};

// As the server, whose folder is another one, has to be told: absolute. Empty stays empty.
std::string backup_folder(const std::string& given);

// GET and POST /api/v1/system/backups.
void add_backup_routes(World& world);

// Puts a backup into an empty or absent data directory, replays the erasure register and proves the result. `options`
// are those of a server there. The master key comes from `key_file`, else from TILTH_MASTER_KEY.
Result<json::Value> restore(const std::string& from, const WorldOptions& options, const std::string& key_file);

// Puts a data directory that does not open right: its record when that is sound, else the backup's, and a new journal
// of all batches that can be read in the damaged one or in the backup. Replays the erasure register and proves the
// result. The damaged directory stands beside as DATA.damaged until somebody removes it. Names the numbers of the
// batches that are in neither. Conflict while a server runs there.
Result<json::Value> repair(const std::string& from, const WorldOptions& options, const std::string& key_file);

}  // namespace tilth::app
