#pragma once
// Runs SQLite on a files::FileSystem, so that a test can pull the plug in process: "sqlite:/dir/record.db?vfs=name".
// There is no shared memory: SQLite holds the file exclusively and keeps the WAL index in its heap, so a location has
// one connection at a time (a second one is Unavailable).

#include <string>

#include "platform/files/files.h"

namespace tilth::sql {

// Registers `files` under `name`, process-wide and for good; it must outlive every connection opened on it. A name
// that is known already stands for the new file system from the next open on. Any thread. Paths are absolute and the
// directory must exist.
Status register_vfs(const std::string& name, files::FileSystem& files);

}  // namespace tilth::sql
