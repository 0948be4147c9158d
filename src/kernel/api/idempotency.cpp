#include "kernel/api/idempotency.h"

#include <algorithm>

#include "base/limits.h"

namespace tilth::kernel {

namespace {

constexpr std::size_t kKeyBytesMax = 200;
constexpr std::string_view kHeader = "Idempotency-Key";

struct Kept {
    std::string content;
    std::optional<std::string> reply;
    Instant at;
};

Result<std::optional<Kept>> find(Unit& unit, const IdempotencyClaim& claim) {
    return unit.sql().one("SELECT content_hash, reply, at FROM idempotency_reply "
                          "WHERE tenant_id = ?1 AND key_hash = ?2",
                          {unit.tenant(), sql::Blob{crypto::view(claim.key)}}, [](const sql::Row& row) {
                              Kept kept{std::string(row.bin(0)), std::nullopt, row.instant(2)};
                              if (!row.null(1)) kept.reply = row.txt(1);
                              return kept;
                          });
}

Status keep(Unit& unit, const IdempotencyClaim& claim, const std::string& reply) {
    const std::optional<std::string> kept = claim.keep_reply ? std::optional(reply) : std::nullopt;
    TRY(unit.sql().write("INSERT INTO idempotency_reply (tenant_id, key_hash, content_hash, reply, at) "
                         "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (tenant_id, key_hash) DO UPDATE SET "
                         "content_hash = excluded.content_hash, reply = excluded.reply, at = excluded.at",
                         {unit.tenant(), sql::Blob{crypto::view(claim.key)}, sql::Blob{crypto::view(claim.content)},
                          kept, unit.now()}));
    // Each new row takes up to 16 outlived ones with it: the table stays as small as a day's traffic, and no unit waits
    // for a long clean-up.
    const Instant outlived{unit.now().ms - limits::kIdempotencyKeepMs};
    return unit.sql().write("DELETE FROM idempotency_reply WHERE tenant_id = ?1 AND key_hash IN "
                            "(SELECT key_hash FROM idempotency_reply WHERE tenant_id = ?1 AND at < ?2 "
                            "ORDER BY at, key_hash LIMIT 16)",
                            {unit.tenant(), outlived});
}

}  // namespace

Result<std::optional<IdempotencyClaim>> claim_of(const http::Request& request, const Actor& actor) {
    const auto is_header = [](const http::Header& header) {
        return std::equal(header.name.begin(), header.name.end(), kHeader.begin(), kHeader.end(),
                          [](char a, char b) { return (a | 0x20) == (b | 0x20); });
    };
    const auto& headers = request.headers;
    if (std::none_of(headers.begin(), headers.end(), is_header)) return std::optional<IdempotencyClaim>();
    const std::string_view key = request.header(kHeader);
    const bool visible = std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (key.empty() || key.size() > kKeyBytesMax || !visible)
        return Error::invalid(std::string(kHeader), "bad_key", "幂等键须为 1 到 200 个可见的 ASCII 字符",
                              "The key has 1 to 200 visible ASCII characters", "使用 UUID", "Use a UUID");
    IdempotencyClaim claim;
    crypto::Hasher owner;
    owner.add("tilth idempotency key");
    owner.add(static_cast<std::int64_t>(actor.kind));
    owner.add(std::string_view(reinterpret_cast<const char*>(actor.id.data()), actor.id.size()));
    owner.add(key);
    claim.key = owner.finish();
    const crypto::Hash secret = crypto::blake2b("tilth idempotency content " + std::string(key));
    std::string content(http::name(request.method));
    content.append(" ").append(request.target).append("\n").append(request.body);
    claim.content = crypto::blake2b(crypto::Key::from_bytes(crypto::view(secret)), content);
    return std::optional(claim);
}

Result<std::string> once(Unit& unit, const IdempotencyClaim& claim,
                         const std::function<Result<std::string>()>& command) {
    const auto kept = TRY(find(unit, claim));
    if (kept && unit.now() - kept->at < Duration{limits::kIdempotencyKeepMs}) {
        if (kept->content != crypto::view(claim.content)) return ErrorCode::IdempotencyReused;
        if (!kept->reply) return Error(ErrorCode::Conflict, "done before under this key; its reply was not kept");
        return *kept->reply;
    }
    std::string reply = TRY(command());
    TRY(keep(unit, claim, reply));
    return reply;
}

}  // namespace tilth::kernel
