#include "kernel/audit.h"

#include <algorithm>
#include <cstring>

#include "kernel/record/shard_state.h"

namespace tilth::kernel {

namespace {

std::string printed_actor(ActorKind kind, std::string_view id) {
    switch (kind) {
        case ActorKind::Staff:
            return StaffId::from_raw(id).str();
        case ActorKind::ApiKey:
            return Id<tag::ApiKey>::from_raw(id).str();
        default:
            return {};
    }
}

AuditLine line_of(const sql::Row& row) {
    AuditLine line;
    line.sequence = row.i64(0);
    line.at = row.instant(1);
    line.actor_kind = static_cast<ActorKind>(row.i64(2));
    line.actor_id = printed_actor(line.actor_kind, row.bin(3));
    line.actor_name = row.txt(4);
    line.action = row.txt(5);
    line.object = row.txt(6);
    line.detail = row.txt(7);
    line.reason = row.txt(8);
    const auto request = row.id<RequestId>(9);
    if (!request.empty()) line.request = request.str();
    return line;
}

// A prefix "customer." as a range of texts: everything from it up to the same text with its last letter one higher.
struct ActionRange {
    std::string from;
    std::string below;
};
ActionRange range_of(const std::string& action) {
    if (!action.ends_with('.')) return {action, action + '\x01'};
    std::string below = action;
    ++below.back();
    return {action, below};
}

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool holds(std::string_view text, std::string_view part) {
    const auto same = [](char a, char b) { return small(a) == small(b); };
    return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

bool is_by(const AuditLine& line, std::string_view who) {
    return who.empty() || line.actor_id == who || holds(line.actor_name, who);
}

bool says(const AuditLine& line, std::string_view part) {
    if (part.empty()) return true;
    return holds(line.action, part) || holds(line.object, part) || holds(line.detail, part) ||
           holds(line.reason, part) || holds(line.actor_name, part) || holds(line.request, part);
}

}  // namespace

Result<std::vector<AuditLine>> audit_lines(sql::Connection& sql, const TenantId& tenant, const AuditFilter& filter) {
    return std::move(TRY(search_audit(sql, tenant, filter)).lines);
}

// One text per filter that has an index; the conditions that are left are checked on the way, since a filter over
// everything at once would give the engines nothing to start from.
Result<AuditFound> search_audit(sql::Connection& sql, const TenantId& tenant, const AuditFilter& filter) {
    AuditFound found;
    std::vector<AuditLine>& lines = found.lines;
    std::int64_t looked = 0;
    const auto limit = static_cast<std::size_t>(filter.limit < 0 ? 0 : filter.limit);
    const ActionRange action = range_of(filter.action.value_or(""));
    const auto add = [&](const sql::Row& row) {
        if (lines.size() >= limit) return false;
        if (++looked > kAuditLookedMax) return found.go_on_before = row.i64(0) + 1, false;
        const std::string_view actor_id = row.bin(3);
        const std::string_view word = row.txt(5);
        if (filter.action && (word < action.from || word >= action.below)) return true;
        if (filter.object && row.txt(6) != *filter.object) return true;
        if (filter.actor && std::memcmp(actor_id.data(), filter.actor->data(), filter.actor->size()) != 0) return true;
        if (filter.to && row.instant(1) > *filter.to) return true;
        if (filter.from && row.instant(1) < *filter.from) {
            // A unit waits its turn with the time of its request, so neighbours may be a little out of order.
            return row.instant(1) > *filter.from - hours(1);
        }
        AuditLine line = line_of(row);
        if (!is_by(line, filter.who) || !says(line, filter.text)) return true;
        lines.push_back(std::move(line));
        return lines.size() < limit;
    };
    if (filter.object) {
        TRY(sql.query(
            "SELECT sequence, at, actor_kind, actor_id, actor_name, action, object, detail, reason, request_id "
            "FROM audit_line WHERE tenant_id = ?1 AND object = ?2 AND sequence < ?3 ORDER BY sequence DESC",
            {tenant, *filter.object, filter.before_sequence}, add));
    } else if (filter.action && !filter.action->ends_with('.')) {
        TRY(sql.query(
            "SELECT sequence, at, actor_kind, actor_id, actor_name, action, object, detail, reason, request_id "
            "FROM audit_line WHERE tenant_id = ?1 AND action = ?2 AND sequence < ?3 ORDER BY sequence DESC",
            {tenant, *filter.action, filter.before_sequence}, add));
    } else {
        TRY(sql.query(
            "SELECT sequence, at, actor_kind, actor_id, actor_name, action, object, detail, reason, request_id "
            "FROM audit_line WHERE tenant_id = ?1 AND sequence < ?2 ORDER BY sequence DESC",
            {tenant, filter.before_sequence}, add));
    }
    return found;
}

Result<AuditProof> verify_audit(sql::Connection& sql, const TenantId& tenant) {
    AuditProof proof;
    crypto::Hash chain{};
    std::int64_t expected = 1;
    TRY(sql.query(
        "SELECT sequence, at, actor_kind, actor_id, actor_name, action, object, detail, reason, request_id, hash "
        "FROM audit_line WHERE tenant_id = ?1 ORDER BY sequence",
        {tenant}, [&](const sql::Row& row) {
            const AuditLineBytes line{.sequence = row.i64(0),
                                      .at = row.instant(1),
                                      .actor_kind = row.i64(2),
                                      .actor_id = row.bin(3),
                                      .actor_name = row.txt(4),
                                      .action = row.txt(5),
                                      .object = row.txt(6),
                                      .detail = row.txt(7),
                                      .reason = row.txt(8),
                                      .request_id = row.bin(9)};
            chain = audit_hash(chain, line);
            proof.whole = line.sequence == expected && row.bin(10) == crypto::view(chain);
            if (!proof.whole) return proof.broken_at = expected, false;
            ++proof.lines;
            ++expected;
            return true;
        }));
    proof.head = crypto::hex(crypto::view(chain));
    if (!proof.whole) return proof;
    // Lines cut off at the end leave a whole chain that is shorter than its head says.
    const auto head =
        TRY(sql.one("SELECT sequence, hash FROM audit_head WHERE tenant_id = ?1", {tenant}, [&](const sql::Row& row) {
            return row.i64(0) == proof.lines && row.bin(1) == crypto::view(chain);
        }));
    if (head.value_or(proof.lines == 0)) return proof;
    proof.whole = false;
    proof.broken_at = expected;
    return proof;
}

}  // namespace tilth::kernel
