#pragma once
// A copy of a SQLite database while it is in use: page by page through the connection that writes, so that what is
// committed between two steps reaches the copy too. The last step leaves the state of that moment.

#include <memory>
#include <string>

#include "platform/sql/sql.h"

namespace tilth::sql {

class LiveCopy {
public:
    virtual ~LiveCopy() = default;
    // Copies up to so many pages of 4 KiB; true when the copy is whole, as of this moment. On the thread of the source
    // and outside its transactions, as is the destruction.
    virtual Result<bool> step(int pages) = 0;
    virtual std::int64_t pages_left() const = 0;
};
// The file must not exist; it is not synced. Invalid on PostgreSQL.
Result<std::unique_ptr<LiveCopy>> begin_copy(Connection& source, const std::string& path);

// Reads the whole of a SQLite file that nobody uses; Corrupt, with the engine's words, when it is damaged.
Status check_database_file(const std::string& path);

}  // namespace tilth::sql
