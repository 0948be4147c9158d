#include "kernel/behaviour/history.h"

#include <algorithm>

#include "base/limits.h"
#include "kernel/behaviour/block.h"
#include "platform/text/encoding.h"

namespace tilth::kernel {

namespace {

constexpr std::size_t kBlockBytesRead = 4 * limits::kEventBlockBytesMax;

// Takes the asked customers' events of one block, newest first; false when no more are wanted.
bool take(const HistoryQuery& query, std::int64_t first, std::vector<Event>& events, History& history) {
    for (std::size_t i = events.size(); i-- > 0;) {
        Event& event = events[i];
        history.from = event.received;
        if (std::find(query.customers.begin(), query.customers.end(), event.customer) == query.customers.end())
            continue;
        history.events.push_back({first + static_cast<std::int64_t>(i), std::move(event)});
        if (history.events.size() >= query.most) return false;
        if (static_cast<std::int64_t>(history.events.size()) >= query.known) return false;
    }
    return true;
}

}  // namespace

Result<History> events_of(sql::Connection& sql, const TenantId& tenant, const HistoryQuery& query) {
    History history;
    if (query.known <= 0 || query.customers.empty()) return history;
    Status outcome;
    std::int64_t oldest = 0;
    TRY(
        sql.query("SELECT first_position, body FROM event_block WHERE tenant_id = ?1 ORDER BY sequence DESC LIMIT ?2",
                  {tenant, query.blocks}, [&](const sql::Row& row) {
                      oldest = row.i64(0);
                      auto bytes = zstd_decompress(row.bin(1), kBlockBytesRead);
                      if (!bytes) return outcome = bytes.error(), false;
                      auto events = decode_block(*bytes);
                      if (!events) return outcome = events.error(), false;
                      return take(query, oldest, *events, history);
                  }));
    TRY(outcome);
    // What retention has dropped is no longer there to be found: the first block read ends the search as well.
    const auto first = TRY(
        sql.one("SELECT first_position FROM event_block WHERE tenant_id = ?1 ORDER BY sequence LIMIT 1", {tenant},
                [](const sql::Row& row) { return row.i64(0); }));
    const bool all = static_cast<std::int64_t>(history.events.size()) >= query.known;
    history.whole = all || (history.events.size() < query.most && first && oldest <= *first);
    return history;
}

}  // namespace tilth::kernel
