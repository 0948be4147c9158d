#include "kernel/record/shard_state.h"

#include <algorithm>
#include <cstring>

namespace tilth::kernel {

namespace {

constexpr TenantId kShard{};  // Rows of the shard as a whole carry a tenant of zeros.

crypto::Hash hash_from(std::string_view bytes) {
    crypto::Hash hash{};
    INVARIANT(bytes.size() == hash.size(), "a chain's hash has 32 bytes");
    std::memcpy(hash.data(), bytes.data(), hash.size());
    return hash;
}

}  // namespace

Status ShardState::load(sql::Connection& sql) {
    TRY(sql.query("SELECT handler, position FROM outbox_position WHERE tenant_id = ?1", {kShard},
                  [&](const sql::Row& row) {
                      positions_[std::string(row.txt(0))] = row.i64(1);
                      last_event_ = std::max(last_event_, row.i64(1));
                      return true;
                  }));
    // Trimming keeps the newest events, so the table knows the last number unless no event was ever emitted.
    const auto newest = TRY(sql.one("SELECT sequence FROM outbox_event ORDER BY sequence DESC LIMIT 1", {},
                                    [](const sql::Row& row) { return row.i64(0); }));
    last_event_ = std::max(last_event_, newest.value_or(0));
    return ok();
}

Status ShardState::flush(sql::Connection& sql) {
    for (const auto& [name, last] : dirty_numbers_) {
        TRY(
            sql.write("INSERT INTO number_sequence (tenant_id, name, last) VALUES (?1, ?2, ?3) "
                      "ON CONFLICT (tenant_id, name) DO UPDATE SET last = excluded.last",
                      {name->first, name->second, *last}));
    }
    for (const auto& [tenant, head] : dirty_heads_) {
        TRY(
            sql.write("INSERT INTO audit_head (tenant_id, sequence, hash) VALUES (?1, ?2, ?3) "
                      "ON CONFLICT (tenant_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
                      {*tenant, head->sequence, sql::Blob{crypto::view(head->hash)}}));
    }
    for (const auto& [handler, position] : dirty_positions_) {
        TRY(
            sql.write("INSERT INTO outbox_position (tenant_id, handler, position) VALUES (?1, ?2, ?3) "
                      "ON CONFLICT (tenant_id, handler) DO UPDATE SET position = excluded.position",
                      {kShard, *handler, *position}));
    }
    return ok();
}

Result<std::int64_t> ShardState::next_number(sql::Connection& sql, const TenantId& tenant, std::string_view name,
                                             TakeBack& undo) {
    auto found = numbers_.find(Name{tenant, name});
    if (found == numbers_.end()) {
        const auto last = TRY(sql.one("SELECT last FROM number_sequence WHERE tenant_id = ?1 AND name = ?2",
                                      {tenant, name}, [](const sql::Row& row) { return row.i64(0); }));
        found = numbers_.emplace(Name{tenant, name}, last.value_or(0)).first;
    }
    std::int64_t* number = &found->second;
    undo.emplace_back([number, before = *number] { *number = before; });
    dirty_numbers_.emplace(&found->first, number);
    return ++*number;
}

std::int64_t ShardState::next_event(TakeBack& undo) {
    undo.emplace_back([this, before = last_event_] { last_event_ = before; });
    return ++last_event_;
}

std::int64_t ShardState::position(std::string_view handler) const {
    const auto found = positions_.find(handler);
    return found == positions_.end() ? 0 : found->second;
}

void ShardState::advance(std::string_view handler, std::int64_t sequence, TakeBack& undo) {
    auto found = positions_.find(handler);
    if (found == positions_.end()) found = positions_.emplace(std::string(handler), 0).first;
    std::int64_t* position = &found->second;
    undo.emplace_back([position, before = *position] { *position = before; });
    dirty_positions_.emplace(&found->first, position);
    *position = sequence;
}

Result<ShardState::Head*> ShardState::head(sql::Connection& sql, const TenantId& tenant) {
    const auto found = heads_.find(tenant);
    if (found != heads_.end()) return &found->second;
    const auto stored = TRY(sql.one("SELECT sequence, hash FROM audit_head WHERE tenant_id = ?1", {tenant},
                                    [](const sql::Row& row) { return Head{row.i64(0), hash_from(row.bin(1))}; }));
    return &heads_.emplace(tenant, stored.value_or(Head{})).first->second;
}

Status ShardState::audit(sql::Connection& sql, const Context& context, const AuditEntry& entry, TakeBack& undo) {
    Head* chain = TRY(head(sql, context.tenant));
    const std::string_view actor_id(reinterpret_cast<const char*>(context.actor.id.data()), context.actor.id.size());
    const AuditLineBytes line{.sequence = chain->sequence + 1,
                              .at = context.now,
                              .actor_kind = static_cast<std::int64_t>(context.actor.kind),
                              .actor_id = actor_id,
                              .actor_name = context.actor.name,
                              .action = entry.action,
                              .object = entry.object,
                              .detail = entry.detail,
                              .reason = entry.reason,
                              .request_id = context.request.raw()};
    const crypto::Hash hash = audit_hash(chain->hash, line);
    TRY(
        sql.write("INSERT INTO audit_line (tenant_id, sequence, at, actor_kind, actor_id, actor_name, action, object, "
                  "detail, reason, request_id, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                  {context.tenant, line.sequence, line.at, line.actor_kind, sql::Blob{line.actor_id}, line.actor_name,
                   line.action, line.object, line.detail, line.reason, sql::Blob{line.request_id},
                   sql::Blob{crypto::view(hash)}}));
    undo.emplace_back([chain, before = *chain] { *chain = before; });
    dirty_heads_.emplace(&heads_.find(context.tenant)->first, chain);
    *chain = {line.sequence, hash};
    return ok();
}

crypto::Hash audit_hash(const crypto::Hash& previous, const AuditLineBytes& line) {
    crypto::Hasher hasher;
    hasher.add(crypto::view(previous));
    hasher.add(line.sequence);
    hasher.add(line.at.ms);
    hasher.add(line.actor_kind);
    // Each text goes in with its length, so that moving a letter from one field to the next changes the hash.
    for (const std::string_view text :
         {line.actor_id, line.actor_name, line.action, line.object, line.detail, line.reason, line.request_id}) {
        hasher.add(static_cast<std::int64_t>(text.size()));
        hasher.add(text);
    }
    return hasher.finish();
}

}  // namespace tilth::kernel
