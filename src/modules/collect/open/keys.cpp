#include "modules/collect/open/keys.h"

#include <algorithm>
#include <array>
#include <map>

#include "platform/json/value.h"

namespace tilth::collect::open {

namespace {

constexpr std::string_view kSecretPurpose = "partner_secret";
constexpr Duration kNonceKept = minutes(11);  // longer than both sides of kClockMax
constexpr int kSecretsMax = 4;                // that hold at once

constexpr std::array kNames = {std::pair{Operation::EventsWrite, std::string_view("events.write")},
                               std::pair{Operation::LeadsWrite, std::string_view("leads.write")},
                               std::pair{Operation::LeadsRead, std::string_view("leads.read")},
                               std::pair{Operation::CustomersWrite, std::string_view("customers.write")},
                               std::pair{Operation::CustomersRead, std::string_view("customers.read")}};

std::string joined(const std::vector<Operation>& operations) {
    std::string text;
    for (const Operation one : operations) text.append(text.empty() ? "" : " ").append(name(one));
    return text;
}

std::vector<Operation> parted(std::string_view text) {
    std::vector<Operation> operations;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (const auto one = operation(text.substr(0, end))) operations.push_back(*one);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return operations;
}

constexpr const char* kColumns =
    "SELECT tenant_id, id, label, node_id, source_id, operations, per_minute, per_day, revoked, created_by, "
    "created_at, "
    "last_used_at, day_from, day_used FROM partner_key ";

PartnerKey key_of(const sql::Row& row) {
    PartnerKey key;
    key.tenant = row.id<TenantId>(0);
    key.id = row.id<PartnerKeyId>(1);
    key.label = row.txt(2);
    key.node = row.id<OrgNodeId>(3);
    key.source = row.id<SourceId>(4);
    key.operations = parted(row.txt(5));
    key.per_minute = row.i64(6);
    key.per_day = row.i64(7);
    key.revoked = row.flag(8);
    key.created_by = row.txt(9);
    key.created_at = row.instant(10);
    key.last_used_at = row.opt_instant(11);
    key.used_today = row.i64(13);
    return key;
}

}  // namespace

std::string_view name(Operation operation) {
    return std::find_if(kNames.begin(), kNames.end(), [&](const auto& one) { return one.first == operation; })->second;
}

std::optional<Operation> operation(std::string_view text) {
    const auto found = std::find_if(kNames.begin(), kNames.end(), [&](const auto& one) { return one.second == text; });
    return found == kNames.end() ? std::nullopt : std::optional(found->first);
}

const std::vector<Refusal>& refusals() {
    static const std::vector<Refusal> all = {
        {401, "key_unknown", "密钥不存在或已停用", "The key does not exist or was revoked"},
        {401, "signature_wrong", "签名不正确", "The signature does not hold"},
        {401, "timestamp_off", "时间戳与服务器相差超过 5 分钟", "The timestamp is more than 5 minutes off"},
        {401, "nonce_bad", "随机串须为 16 到 64 位字母、数字、- 或 _", "A nonce is 16 to 64 letters, digits, - or _"},
        {409, "replayed", "此请求已经处理过", "This request was seen before"},
        {429, "minute_quota", "超过每分钟次数", "More requests than a minute allows", 60},
        {429, "day_quota", "超过每日次数", "More requests than a day allows", 3600},
        {403, "operation_denied", "此密钥没有这项操作", "The key does not have this operation"},
        {403, "out_of_scope", "不在此密钥的组织范围内", "Outside the key's part of the organisation"},
    };
    return all;
}

const Refusal& refusal(std::string_view code) {
    const auto found =
        std::find_if(refusals().begin(), refusals().end(), [&](const Refusal& one) { return one.code == code; });
    INVARIANT(found != refusals().end(), "a refusal is one of the list");
    return *found;
}

Result<std::pair<PartnerKeyId, std::string>> KeyDesk::add(kernel::Unit& unit, const NewPartnerKey& key) {
    if (!org_.node(unit.tenant(), key.node) || !unit.context().scope->covers(key.node))
        return Error(ErrorCode::NotFound, "node");
    const auto id = unit.new_id<PartnerKeyId>();
    const SourceId source = TRY(collect_.create_source(unit, key.label, "partner"));
    TRY(unit.sql().write(
        "INSERT INTO partner_key (tenant_id, id, label, node_id, source_id, operations, per_minute, per_day, revoked, "
        "created_by, created_at, last_used_at, minute_from, minute_used, day_from, day_used) VALUES (?1, ?2, ?3, ?4, "
        "?5, ?6, ?7, ?8, 0, ?9, ?10, NULL, 0, 0, 0, 0)",
        {unit.tenant(), id, key.label, key.node, source, joined(key.operations), key.per_minute, key.per_day,
         unit.context().actor.name, unit.now()}));
    TRY(unit.audit(
        {.action = "partner_key.add",
         .object = id.str(),
         .detail = json::Value::object({{"node", key.node.str()}, {"operations", joined(key.operations)}}).print()}));
    return std::pair { id, TRY(rotate(unit, id, Duration{})) };
}

Result<std::string> KeyDesk::rotate(kernel::Unit& unit, const PartnerKeyId& id, Duration overlap) {
    const auto found = TRY(find(unit.sql(), id, unit.now()));
    if (!found || found->key.tenant != unit.tenant()) return Error(ErrorCode::NotFound, "key");
    if (found->key.revoked) return Error(ErrorCode::Conflict, "the key is revoked");
    if (found->secrets.size() >= kSecretsMax) return Error(ErrorCode::LimitExceeded, "secrets at once");
    // Drawn from the unit's own chance, so that a unit that runs again makes the same secret.
    std::string bytes;
    for (int i = 0; i < 4; ++i) {
        const std::uint64_t part = unit.rng().next();
        bytes.append(reinterpret_cast<const char*>(&part), sizeof part);
    }
    const std::string secret =
        "ps_" + crypto::base64url(crypto::view(crypto::blake2b(kernel_.master.derive("partner_secret"), bytes)));
    TRY(unit.sql().write(
        "UPDATE partner_secret SET ends_at = ?3 WHERE tenant_id = ?1 AND key_id = ?2 AND (ends_at IS NULL OR ends_at > "
        "?3)",
        {unit.tenant(), id, unit.now() + overlap}));
    const std::string sealed = TRY(kernel_.vault.seal_for_tenant(unit.tenant(), kSecretPurpose, secret));
    TRY(unit.sql().write(
        "INSERT INTO partner_secret (tenant_id, key_id, number, sealed, made_at, ends_at) VALUES (?1, ?2, ?3, ?4, ?5, "
        "NULL)",
        {unit.tenant(), id, unit.next_number("partner_secret"), sql::Blob{sealed}, unit.now()}));
    TRY(unit.audit({.action = "partner_key.secret", .object = id.str()}));
    return secret;
}

Status KeyDesk::revoke(kernel::Unit& unit, const PartnerKeyId& id) {
    const auto changed = TRY(
        unit.sql().change("UPDATE partner_key SET revoked = 1 WHERE tenant_id = ?1 AND id = ?2", {unit.tenant(), id}));
    if (changed == 0) return Error(ErrorCode::NotFound, "key");
    return unit.audit({.action = "partner_key.revoke", .object = id.str()});
}

Result<std::vector<PartnerKey>> KeyDesk::list(sql::Connection& sql, const TenantId& tenant, Instant now) const {
    auto keys =
        TRY(sql.all(std::string(kColumns) + "WHERE tenant_id = ?1 ORDER BY id", {tenant}, [&](const sql::Row& row) {
            PartnerKey key = key_of(row);
            if (now - row.instant(12) >= days(1)) key.used_today = 0;
            return key;
        }));
    TRY(sql.query(
        "SELECT key_id, ends_at FROM partner_secret WHERE tenant_id = ?1 AND (ends_at IS NULL OR ends_at > ?2)",
        {tenant, now}, [&](const sql::Row& row) {
            for (PartnerKey& key : keys) {
                if (key.id != row.id<PartnerKeyId>(0)) continue;
                ++key.secrets;
                if (!row.null(1)) key.overlap_until = row.instant(1);
            }
            return true;
        }));
    return keys;
}

Result<std::optional<KeyDesk::Found>> KeyDesk::find(sql::Connection& sql, const PartnerKeyId& id, Instant now) const {
    const auto key = TRY(sql.one(std::string(kColumns) + "WHERE id = ?1", {id}, key_of));
    if (!key) return std::optional<Found>();
    Found found{*key, {}};
    const auto sealed =
        TRY(sql.all("SELECT sealed FROM partner_secret WHERE tenant_id = ?1 AND key_id = ?2 AND "
                    "(ends_at IS NULL OR ends_at > ?3) ORDER BY number DESC",
                    {key->tenant, id, now}, [](const sql::Row& row) { return std::string(row.bin(0)); }));
    for (const std::string& one : sealed)
        found.secrets.push_back(TRY(kernel_.vault.open_for_tenant(key->tenant, kSecretPurpose, one)));
    return std::optional(std::move(found));
}

// Counts and remembers; a refusal writes nothing.
Result<const Refusal*> KeyDesk::count(kernel::Unit& unit, const PartnerKey& key, std::string_view nonce) const {
    struct Use {
        Instant minute;
        std::int64_t minute_used;
        Instant day;
        std::int64_t day_used;
    };
    const auto known =
        TRY(unit.sql().one("SELECT at FROM partner_nonce WHERE tenant_id = ?1 AND key_id = ?2 AND nonce = ?3",
                           {key.tenant, key.id, nonce}, [](const sql::Row&) { return true; }));
    if (known) return &refusal("replayed");
    const auto use = TRY(unit.sql().one(
        "SELECT minute_from, minute_used, day_from, day_used FROM partner_key WHERE tenant_id = ?1 AND id = ?2",
        {key.tenant, key.id}, [](const sql::Row& row) {
            return Use{row.instant(0), row.i64(1), row.instant(2), row.i64(3)};
        }));
    INVARIANT(use.has_value(), "keys are never deleted");
    Use now = *use;
    if (unit.now() - now.minute >= minutes(1)) now = {unit.now(), 0, now.day, now.day_used};
    if (unit.now() - now.day >= days(1)) now = {now.minute, now.minute_used, unit.now(), 0};
    if (now.minute_used >= key.per_minute) return &refusal("minute_quota");
    if (now.day_used >= key.per_day) return &refusal("day_quota");
    TRY(unit.sql().write(
        "UPDATE partner_key SET minute_from = ?3, minute_used = ?4, day_from = ?5, day_used = ?6, last_used_at = ?7 "
        "WHERE tenant_id = ?1 AND id = ?2",
        {key.tenant, key.id, now.minute, now.minute_used + 1, now.day, now.day_used + 1, unit.now()}));
    TRY(unit.sql().write("DELETE FROM partner_nonce WHERE tenant_id = ?1 AND key_id = ?2 AND at < ?3",
                         {key.tenant, key.id, unit.now() - kNonceKept}));
    TRY(unit.sql().write("INSERT INTO partner_nonce (tenant_id, key_id, nonce, at) VALUES (?1, ?2, ?3, ?4)",
                         {key.tenant, key.id, nonce, unit.now()}));
    return nullptr;
}

Result<Admitted> KeyDesk::admit(const Presented& presented, Operation wanted) {
    const auto refuse = [](std::string_view code) { return Admitted{std::nullopt, &refusal(code)}; };
    const auto id = PartnerKeyId::parse(presented.key);
    if (!id) return refuse("key_unknown");
    const Instant now = kernel_.clock.now();
    const auto found = TRY(kernel_.record.read<std::optional<Found>>(
        kernel::Context::system({}, now), [&](kernel::View& view) { return find(view.sql(), *id, now); }));
    if (!found || found->key.revoked || found->secrets.empty()) return refuse("key_unknown");
    // Whoever cannot sign learns nothing but that.
    const bool right = std::any_of(found->secrets.begin(), found->secrets.end(), [&](const std::string& secret) {
        return holds(secret, presented.what, presented.signature);
    });
    if (!right) return refuse("signature_wrong");
    if (!is_current(presented.what.timestamp, now)) return refuse("timestamp_off");
    if (!is_nonce(presented.what.nonce)) return refuse("nonce_bad");
    const Refusal* refused = TRY(kernel_.record.write<const Refusal*>(
        kernel::Context::system(found->key.tenant, now),
        [&](kernel::Unit& unit) { return count(unit, found->key, presented.what.nonce); }));
    if (refused != nullptr) return Admitted{std::nullopt, refused};
    const auto& operations = found->key.operations;
    if (std::find(operations.begin(), operations.end(), wanted) == operations.end()) return refuse("operation_denied");
    return Admitted{found->key, nullptr};
}

}  // namespace tilth::collect::open
