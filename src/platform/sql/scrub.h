#pragma once
// What secure_delete leaves: when SQLite spreads the cells of a b-tree page over its neighbours, the page keeps old
// bytes between its cell pointers and its cells. A row deleted later is overwritten where it stands, not in such a gap.

#include <cstdint>

#include "platform/sql/sql.h"

namespace tilth::sql {

// Overwrites the gaps of up to `count` pages from page number `from` (1 is the first) with zeros, and syncs. The gap
// belongs to nobody, so the database is the same before, after and in between. Call it on the writing connection's
// thread, outside a transaction, right after the write-ahead log was truncated and the cache released: then no other
// copy of those gaps is left to be written back. Yields the next page to begin with, 0 at the end. Unavailable on
// PostgreSQL and beyond 128 GiB, where the kind of a page no longer shows in its first byte.
Result<std::int64_t> scrub_pages(Connection& writer, std::int64_t from, std::int64_t count);

}  // namespace tilth::sql
