#pragma once
// The journal: acknowledged raw batches before they are applied. A request is answered after its batch stands here; one
// sync serves all that wait. Sealed under a key per segment that is destroyed with the segment. Nothing acknowledged is
// lost; entries come back in order, without gaps in their numbers. Any thread may append, read and drop.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "platform/crypto/crypto.h"
#include "platform/files/files.h"
#include "platform/sql/sql.h"

namespace tilth::kernel {

struct JournalEntry {
    std::uint64_t sequence = 0;  // from 1
    std::string bytes;           // one raw batch with its header, opaque here
};

struct JournalOptions {
    std::uint64_t segment_bytes_max = 64u << 20;
    // The segment in use is ended and destroyed by drop_up_to() as well when it is at least this big or this old.
    std::uint64_t drop_bytes_min = 4u << 20;
    std::int64_t drop_age_ms = 60'000;
    std::int64_t mark_every_ms = 1'000;        // how often the high-water mark is written
    std::size_t recent_bytes_max = 16u << 20;  // of the newest entries kept in memory for the reader
    // How many bytes may stand acknowledged that nobody has read yet: beyond, append() refuses and senders try again.
    // What stood there at opening is not counted.
    std::uint64_t ahead_bytes_max = 1u << 30;
    // Durability is broken (a failed sync, another writer). Empty: log::fatal, which ends the process.
    std::function<void(std::string_view)> broken;
};

class Journal {
public:
    virtual ~Journal() = default;
    // Durable when `done` is called (from the journal's own thread; it must be quick and must not call the journal but
    // append). Unavailable when limits::kJournalQueueBytesMax are waiting for their sync or ahead_bytes_max for a
    // reader (the sender tries again); StorageFull when the disk is; PayloadTooLarge beyond kJournalEntryBytesMax.
    // After an error the entry is not in the journal, unless the process ends meanwhile.
    virtual void append(std::string bytes, std::function<void(Result<std::uint64_t>)> done) = 0;
    Result<std::uint64_t> append(std::string bytes);
    // Entries with sequence > after, in order, at least one and then up to max_bytes; waits up to wait_ms for the
    // first. Empty when there is none. NotFound when the next one has been dropped; Corrupt, naming the place, when
    // stored bytes fail their checks.
    virtual Result<std::vector<JournalEntry>> read(std::uint64_t after, std::size_t max_bytes,
                                                   std::int64_t wait_ms) = 0;
    // Applied: segments wholly at or below it are destroyed with their key.
    virtual Status drop_up_to(std::uint64_t sequence) = 0;
    virtual std::uint64_t last() const = 0;
};

inline constexpr std::size_t kJournalEntryBytesMax = 32u << 20;

// As files in `directory`, which belongs to the journal. What a crash tore off behind the last acknowledged entry is
// cut. Corrupt, naming segment and offset, when acknowledged data is damaged or missing.
Result<std::unique_ptr<Journal>> open_journal(files::FileSystem& files, const std::string& directory,
                                              const crypto::Key& master, JournalOptions options = {});
// As rows of the record (PostgreSQL), one per group, over connections of its own. The record must be migrated. Another
// process that appends to the same shard's journal is noticed at the next append and counts as broken.
Result<std::unique_ptr<Journal>> open_journal_sql(const sql::Location& location, const crypto::Key& master,
                                                  JournalOptions options = {});

}  // namespace tilth::kernel
