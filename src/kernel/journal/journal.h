#pragma once
// The journal: acknowledged raw batches before they are applied. A request is answered after its batch stands here; one
// sync serves all that wait. Sealed under a key per segment that is destroyed with the segment. Nothing acknowledged is
// lost; entries come back in order, without gaps in their numbers. Any thread may append; one thread reads.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "platform/crypto/crypto.h"
#include "platform/files/files.h"

namespace tilth::kernel {

struct JournalEntry {
    std::uint64_t sequence = 0;        // from 1
    std::string bytes;                 // one raw batch with its header, opaque here
};

struct JournalOptions {
    std::uint64_t segment_bytes_max = 64u << 20;
};

class Journal {
public:
    virtual ~Journal() = default;
    // Durable when `done` is called (from the journal's own thread; it must be quick). Unavailable when
    // limits::kJournalQueueBytesMax are waiting; StorageFull when the disk is.
    virtual void append(std::string bytes, std::function<void(Result<std::uint64_t>)> done) = 0;
    Result<std::uint64_t> append(std::string bytes);
    // Entries with sequence > after, in order, at least one and then up to max_bytes; waits up to wait_ms for the first.
    virtual Result<std::vector<JournalEntry>> read(std::uint64_t after, std::size_t max_bytes, std::int64_t wait_ms) = 0;
    // Applied: segments wholly at or below it are destroyed with their key.
    virtual Status drop_up_to(std::uint64_t sequence) = 0;
    virtual std::uint64_t last() const = 0;
};

Result<std::unique_ptr<Journal>> open_journal(files::FileSystem& files, const std::string& directory,
                                              const crypto::Key& master, JournalOptions options = {});

}  // namespace tilth::kernel
