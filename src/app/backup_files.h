#pragma once
// The files of a backup: writing, hashing, reading back.

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernel/journal/journal.h"
#include "platform/crypto/crypto.h"
#include "platform/files/files.h"
#include "platform/json/value.h"

namespace tilth::app {

struct FileFacts {
    std::string name;  // relative, '/' between
    std::int64_t bytes = 0;
    std::string hash;  // hex of BLAKE2b
};
Result<FileFacts> facts_of(files::FileSystem& files, const std::string& folder, const std::string& name);
// Durable on return.
Status copy_file(files::FileSystem& files, const std::string& from, const std::string& to);
Status sync_file(files::FileSystem& files, const std::string& path);

// The tail of the journal: pieces of "length u32, sealed group". Entries after < sequence <= last.
Result<std::int64_t> write_tail(files::FileSystem& files, const std::string& path, kernel::Journal& journal,
                                const crypto::Key& master, std::uint64_t after, std::uint64_t last);
Status read_tail(files::FileSystem& files, const std::string& path, const crypto::Key& master, std::uint64_t after,
                 const std::function<Status(std::string bytes)>& entry);

Status write_manifest(files::FileSystem& files, const std::string& folder, const json::Value& manifest,
                      const crypto::Key& master);
// Corrupt when it was changed, or when the master key is another one.
Result<json::Value> read_manifest(files::FileSystem& files, const std::string& folder, const crypto::Key& master);

}  // namespace tilth::app
