#pragma once
// The one door to files. RealFiles talks to the kernel; FaultyFiles (faulty.h) forgets what was not synced, tears
// writes and runs out of space, for tests that pull the plug in process. Any thread may use a FileSystem; a File
// belongs to one thread at a time unless said otherwise. Errors: NotFound, StorageFull, StorageFailed.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tilth::files {

class File {
public:
    virtual ~File() = default;
    virtual Result<std::uint64_t> size() = 0;
    // When these two fail the file is as long as before; write_at may have replaced a part.
    virtual Status append(std::string_view bytes) = 0;
    virtual Status write_at(std::uint64_t offset, std::string_view bytes) = 0;
    // Up to `length` bytes from `offset`; shorter at the end of the file.
    virtual Result<std::string> read_at(std::uint64_t offset, std::size_t length) = 0;
    // Data and length are on the disk when this returns. A failure is final: the process must not go on as if
    // nothing had been lost (the kernel may have dropped the pages); callers that promise durability stop.
    virtual Status sync() = 0;
    virtual Status truncate(std::uint64_t length) = 0;
};

// Create makes the file (mode 0600) when absent and keeps its content otherwise. A new name outlives a power loss only
// after sync_directory.
enum class Open : std::uint8_t { Read, ReadWrite, Create };

class FileSystem {
public:
    virtual ~FileSystem() = default;
    virtual Result<std::unique_ptr<File>> open(const std::string& path, Open mode) = 0;
    virtual Result<bool> exists(const std::string& path) = 0;
    virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;  // names, sorted
    virtual Status make_directories(const std::string& path) = 0;                     // mode 0700; durable on return
    virtual Status rename(const std::string& from, const std::string& to) = 0;        // atomic; syncs the directory
    virtual Status remove(const std::string& path) = 0;                               // absent is fine
    virtual Status sync_directory(const std::string& directory) = 0;
    virtual Result<std::uint64_t> free_bytes(const std::string& path) = 0;
    // Writes beside, syncs, renames over: either the old content or the new stands after a crash.
    Status write_whole(const std::string& path, std::string_view bytes);
    // LimitExceeded when the file is longer than the limit.
    Result<std::string> read_whole(const std::string& path, std::uint64_t limit_bytes);
};

FileSystem& real_files();

// An exclusive lock on a file, held for the life of the object and freed by the kernel when the process ends.
// Conflict when another process holds it; the detail then names its pid.
class LockFile {
public:
    virtual ~LockFile() = default;
};
Result<std::unique_ptr<LockFile>> lock_file(const std::string& path);

}  // namespace tilth::files
