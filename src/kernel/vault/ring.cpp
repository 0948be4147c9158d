#include "kernel/vault/ring.h"

#include <cstring>

namespace tilth::kernel {

namespace {

constexpr std::string_view kMagic = "tk\x1f";
constexpr std::size_t kMarkBytes = 7;

std::string row_bound_to(const TenantId& tenant, KeyFamily family, std::int64_t generation) {
    return "key generation|" + std::string(tenant.raw()) + "|" + std::to_string(static_cast<int>(family)) + "|" +
           std::to_string(generation);
}
// Of rows that were made before there were generations.
std::string first_bound_to(const TenantId& tenant) { return "tenant key|16|" + std::string(tenant.raw()); }

Bytes16 under(const crypto::Key& layer, const Bytes16& blind) {
    return crypto::blind_index(layer, "layer", {reinterpret_cast<const char*>(blind.data()), blind.size()});
}

}  // namespace

const crypto::Key& KindKeys::of(const crypto::Key& innermost, std::string_view kind) {
    {
        const std::shared_lock lock(mutex_);
        if (const auto known = keys_.find(kind); known != keys_.end()) return known->second;
    }
    const std::unique_lock lock(mutex_);
    return keys_.try_emplace(std::string(kind), innermost.derive("kind", kind)).first->second;
}

BlindIndex KeyRing::blind(std::string_view kind, std::string_view normalised) const {
    BlindIndex made;
    made.generation = layers();
    made.now = crypto::blind_index(kinds->of(index.front(), kind), kind, normalised);
    made.before = made.now;
    for (std::size_t layer = 1; layer < index.size(); ++layer) {
        made.before = made.now;
        made.now = under(index[layer], made.now);
    }
    if (index_settled) made.before = made.now;
    return made;
}

Bytes16 KeyRing::over(Bytes16 blind, std::int64_t generation) const {
    for (auto layer = static_cast<std::size_t>(generation); layer < index.size(); ++layer)
        blind = under(index[layer], blind);
    return blind;
}

Marked marked(std::string_view bytes) {
    if (bytes.size() < kMarkBytes || !bytes.starts_with(kMagic)) return {0, bytes};
    std::uint32_t generation = 0;
    std::memcpy(&generation, bytes.data() + kMagic.size(), sizeof generation);
    return {generation, bytes.substr(kMarkBytes)};
}

std::string mark(std::int64_t generation, std::string_view sealed) {
    const auto number = static_cast<std::uint32_t>(generation);
    std::string out(kMagic);
    out.append(reinterpret_cast<const char*>(&number), sizeof number);
    return out.append(sealed);
}

Result<KeyRing> KeyRows::read(sql::Connection& sql, const TenantId& tenant) const {
    struct Row {
        std::int64_t family = 0;
        std::int64_t generation = 0;
        std::string wrapped;
        bool settled = false;
    };
    const auto rows =
        TRY(sql.all("SELECT family, generation, wrapped, settled_at FROM key_generation "
                    "WHERE tenant_id = ?1 AND destroyed_at IS NULL ORDER BY family, generation",
                    {tenant}, [](const sql::Row& row) {
                        return Row{row.i64(0), row.i64(1), std::string(row.bin(2)), !row.null(3)};
                    }));
    if (rows.empty()) return Error(ErrorCode::NotFound, "the tenant has no key");
    KeyRing ring;
    std::optional<crypto::Key> first;
    for (const Row& row : rows) {
        const auto family = static_cast<KeyFamily>(row.family);
        auto root = crypto::unseal(wrapping_, row.wrapped, row_bound_to(tenant, family, row.generation));
        if (!root && row.generation == 1) root = crypto::unseal(wrapping_, row.wrapped, first_bound_to(tenant));
        if (!root) return root.error();
        if (root->size() != crypto::kKeyBytes) return Error(ErrorCode::Corrupt, "a key has a wrong length");
        const crypto::Key key = crypto::Key::from_bytes(*root);
        if (family == KeyFamily::Index) {
            ring.index.push_back(key);
            ring.index_settled = row.settled;
        } else {
            if (row.generation == 1) first = key;
            ring.data.emplace(row.generation, DataKeys(key));
        }
    }
    if (ring.data.empty()) return Error(ErrorCode::Corrupt, "the tenant has no key for data");
    if (ring.index.empty()) {
        if (!first) return Error(ErrorCode::Corrupt, "the tenant has no key for its index");
        ring.index.push_back(first->derive("index"));
    }
    return ring;
}

Result<bool> KeyRows::insert(Unit& unit, KeyFamily family, std::int64_t generation, const crypto::Key& key,
                             std::optional<Instant> settled) const {
    const std::string wrapped = crypto::seal(wrapping_, key.bytes(), row_bound_to(unit.tenant(), family, generation));
    const auto made = TRY(unit.sql().change(
        "INSERT INTO key_generation (tenant_id, family, generation, wrapped, created_at, settled_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant_id, family, generation) DO NOTHING",
        {unit.tenant(), static_cast<std::int64_t>(family), generation, sql::Blob{wrapped}, unit.now(), settled}));
    return made == 1;
}

}  // namespace tilth::kernel
