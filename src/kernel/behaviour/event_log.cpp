#include "kernel/behaviour/event_log.h"

#include "base/limits.h"
#include "kernel/behaviour/block.h"
#include "platform/crypto/crypto.h"
#include "platform/text/encoding.h"

namespace tilth::kernel {

namespace {

constexpr std::size_t kBlockBytesRead = 4 * limits::kEventBlockBytesMax;
constexpr int kZstdLevel = 1;  // Blocks are written on the record's one writer: speed before the last per cent of size.

// Where the chain stands: the last block's sequence and hash, and the position of its last event.
struct Head {
    std::int64_t sequence = 0;
    std::int64_t position = 0;
    std::string hash = std::string(32, '\0');
};

Result<Head> base_of(sql::Connection& sql, const TenantId& tenant) {
    const auto base =
        TRY(sql.one("SELECT sequence, position, hash FROM event_log_base WHERE tenant_id = ?1", {tenant},
                    [](const sql::Row& row) { return Head{row.i64(0), row.i64(1), std::string(row.bin(2))}; }));
    return base.value_or(Head{});
}

Result<Head> head_of(sql::Connection& sql, const TenantId& tenant) {
    const auto last = TRY(
        sql.one("SELECT sequence, first_position + events - 1, hash FROM event_block WHERE tenant_id = ?1 "
                "ORDER BY sequence DESC LIMIT 1",
                {tenant}, [](const sql::Row& row) { return Head{row.i64(0), row.i64(1), std::string(row.bin(2))}; }));
    if (last) return *last;
    return base_of(sql, tenant);
}

std::string chain(const Head& before, const TenantId& tenant, std::int64_t events, std::string_view body) {
    crypto::Hasher hasher;
    hasher.add(before.hash);
    hasher.add(tenant.raw());
    hasher.add(before.sequence + 1);
    hasher.add(before.position + 1);
    hasher.add(events);
    hasher.add(body);
    const crypto::Hash hash = hasher.finish();
    return std::string(crypto::view(hash));
}

std::int64_t month_of(Instant t) {
    const CivilDate date = civil_from_day({static_cast<std::int32_t>(t.ms / 86'400'000)});
    return date.year * 100 + date.month;
}

}  // namespace

Status append_events(Unit& unit, const std::vector<Event>& events) {
    if (events.empty()) return ok();
    Head head = TRY(head_of(unit.sql(), unit.tenant()));
    std::string block;
    for (std::size_t begin = 0; begin < events.size();) {
        const std::size_t end = encode_block(events, begin, block);
        const std::string body = zstd_compress(block, kZstdLevel);
        const auto count = static_cast<std::int64_t>(end - begin);
        std::string hash = chain(head, unit.tenant(), count, body);
        TRY(
            unit.sql().write("INSERT INTO event_block (tenant_id, sequence, first_position, events, month, hash, body) "
                             "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                             {unit.tenant(), head.sequence + 1, head.position + 1, count,
                              month_of(events[begin].received), sql::Blob{hash}, sql::Blob{body}}));
        head = {head.sequence + 1, head.position + count, std::move(hash)};
        begin = end;
    }
    return ok();
}

Status scan_events(sql::Connection& sql, const TenantId& tenant, std::int64_t after, const EventFn& fn) {
    Status outcome;
    // Backwards from the newest block, where followers stand, to the one that holds the position.
    std::int64_t from = 0;
    if (after > 0) {
        from = TRY(sql.one("SELECT sequence FROM event_block WHERE tenant_id = ?1 AND first_position <= ?2 "
                           "ORDER BY sequence DESC LIMIT 1",
                           {tenant, after + 1}, [](const sql::Row& row) { return row.i64(0); }))
                   .value_or(0);
    }
    TRY(
        sql.query("SELECT first_position, body FROM event_block WHERE tenant_id = ?1 AND sequence >= ?2 "
                  "ORDER BY sequence",
                  {tenant, from}, [&](const sql::Row& row) {
                      const std::int64_t first = row.i64(0);
                      auto bytes = zstd_decompress(row.bin(1), kBlockBytesRead);
                      if (!bytes) return outcome = bytes.error(), false;
                      auto events = decode_block(*bytes);
                      if (!events) return outcome = events.error(), false;
                      for (std::size_t i = 0; i < events->size(); ++i) {
                          const std::int64_t position = first + static_cast<std::int64_t>(i);
                          if (position > after && !fn(position, (*events)[i])) return false;
                      }
                      return true;
                  }));
    return outcome;
}

Result<std::int64_t> position_before(sql::Connection& sql, const TenantId& tenant, Instant since) {
    const auto first = TRY(
        sql.one("SELECT first_position FROM event_block WHERE tenant_id = ?1 AND month >= ?2 ORDER BY sequence LIMIT 1",
                {tenant, month_of(since)}, [](const sql::Row& row) { return row.i64(0); }));
    if (first) return *first - 1;
    return event_count(sql, tenant);
}

Result<std::int64_t> event_count(sql::Connection& sql, const TenantId& tenant) {
    const Head head = TRY(head_of(sql, tenant));
    return head.position;
}

Result<EventLogProof> verify_events(sql::Connection& sql, const TenantId& tenant) {
    EventLogProof proof;
    Head head = TRY(base_of(sql, tenant));
    TRY(sql.query(
        "SELECT sequence, first_position, events, hash, body FROM event_block WHERE tenant_id = ?1 ORDER BY sequence",
        {tenant}, [&](const sql::Row& row) {
            const std::string hash = chain(head, tenant, row.i64(2), row.bin(4));
            const bool fits = row.i64(0) == head.sequence + 1 && row.i64(1) == head.position + 1 && row.bin(3) == hash;
            if (!fits) {
                proof.whole = false;
                proof.broken_at = row.i64(0);
                return false;
            }
            head = {row.i64(0), head.position + row.i64(2), hash};
            ++proof.blocks;
            proof.events += row.i64(2);
            return true;
        }));
    proof.head = crypto::hex(head.hash);
    return proof;
}

}  // namespace tilth::kernel
