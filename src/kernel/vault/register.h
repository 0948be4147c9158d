#pragma once
// The erasure register: who was erased, as bare numbers, in a file outside the data directory and outside every backup.
// A restored record replays what it does not know yet, so that who was erased after the backup stays erased.
//
//   line: "<number> <ISO time> <tenant> <customer> <hash>\n"; hash: 32 hexadecimal digits of BLAKE2b over the hash of
//   the line before and this line's words.
//
// A line that a crash tore off at the end is cut; a line changed or missing before it is Corrupt, naming the line.

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/record/record.h"
#include "platform/files/files.h"

namespace tilth::kernel {

struct ErasedCustomer {
    TenantId tenant;
    CustomerId customer;
    Instant at;
};

// Any thread.
class ErasureRegister {
public:
    // The directory is made with the first line.
    ErasureRegister(files::FileSystem& files, std::string directory)
        : files_(files), directory_(std::move(directory)), path_(directory_ + "/register") {}

    // All lines, in order; cuts a torn end.
    Result<std::vector<ErasedCustomer>> read();
    // Durable on return; what stands there already is not written again. Yields how many lines there are now.
    Result<std::int64_t> append(const std::vector<ErasedCustomer>& erased);
    const std::string& path() const { return path_; }

private:
    struct Lines {
        std::vector<ErasedCustomer> erased;
        std::string head;             // hash of the last line
        std::uint64_t whole_bytes = 0;
    };
    Result<Lines> load();

    files::FileSystem& files_;
    const std::string directory_;
    const std::string path_;
    std::mutex mutex_;
};

// How many of the register's lines the record is known to have carried out; moves with the unit.
Result<std::int64_t> register_position(sql::Connection& sql);
Status set_register_position(Unit& unit, std::int64_t lines);

}  // namespace tilth::kernel
