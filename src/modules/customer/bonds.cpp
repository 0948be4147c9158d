#include "modules/customer/bonds.h"

#include <algorithm>

#include "modules/customer/resolver.h"
#include "modules/customer/store.h"

namespace tilth::customer {

namespace store {

namespace {

BondRow bond_row(const sql::Row& row) {
    BondRow found{{static_cast<IdentityNumber>(row.i64(0)), static_cast<IdentityNumber>(row.i64(1))}, {}};
    if (!row.null(2)) found.bond.bound = row.instant(2);
    if (!row.null(3)) found.bond.unbound = row.instant(3);
    return found;
}

std::int64_t wide(IdentityNumber number) { return static_cast<std::int64_t>(number); }

Status put_bound(kernel::Unit& unit, const KeyPair& pair, Instant at) {
    return unit.sql().write("INSERT INTO identity_bond (tenant_id, a, b, bound_at) VALUES (?1, ?2, ?3, ?4)"
                            " ON CONFLICT (tenant_id, a, b) DO UPDATE SET bound_at = excluded.bound_at"
                            " WHERE identity_bond.bound_at IS NULL OR identity_bond.bound_at < excluded.bound_at",
                            {unit.tenant(), wide(pair.first), wide(pair.second), at});
}

Status put_unbound(kernel::Unit& unit, const KeyPair& pair, Instant at) {
    return unit.sql().write("INSERT INTO identity_bond (tenant_id, a, b, unbound_at) VALUES (?1, ?2, ?3, ?4)"
                            " ON CONFLICT (tenant_id, a, b) DO UPDATE SET unbound_at = excluded.unbound_at"
                            " WHERE identity_bond.unbound_at IS NULL OR identity_bond.unbound_at < excluded.unbound_at",
                            {unit.tenant(), wide(pair.first), wide(pair.second), at});
}

}  // namespace

Result<std::vector<BondRow>> bonds_of(sql::Connection& sql, const TenantId& tenant, IdentityNumber number) {
    return sql.all("SELECT a, b, bound_at, unbound_at FROM identity_bond WHERE tenant_id = ?1 AND a = ?2"
                   " UNION SELECT a, b, bound_at, unbound_at FROM identity_bond WHERE tenant_id = ?1 AND b = ?2"
                   " ORDER BY a, b",
                   {tenant, wide(number)}, bond_row);
}

Result<Unbound> unbound(sql::Connection& sql, const TenantId& tenant) {
    Unbound found;
    TRY(sql.query("SELECT a, b, bound_at, unbound_at FROM identity_bond"
                  " WHERE tenant_id = ?1 AND unbound_at IS NOT NULL ORDER BY a, b",
                  {tenant}, [&](const sql::Row& row) {
                      const BondRow one = bond_row(row);
                      found.emplace(one.pair, one.bond);
                      return true;
                  }));
    return found;
}

}  // namespace store

namespace {

void remember(TenantState& state, const KeyPair& pair, const Bond& bond) {
    const auto [entry, made] = state.unbound.try_emplace(pair, bond);
    if (made) {
        state.map.on_undo([&state, pair] { state.unbound.erase(pair); });
        return;
    }
    state.map.on_undo([&state, pair, before = entry->second] { state.unbound.at(pair) = before; });
    entry->second = bond;
}

// The login that the others are bound to: of several the first by value, whatever their order.
const Claim* login_of(const Sighting& sighting) {
    const Claim* login = nullptr;
    for (const Claim& claim : sighting.claims) {
        if (claim.kind == IdentityKind::CustomId && (login == nullptr || claim.value < login->value)) login = &claim;
    }
    return login;
}

// One sighting of a login and other keys.
class Binding {
public:
    Binding(kernel::Unit& unit, kernel::Vault& vault, TenantState& state, const Sighting& sighting, const Claim& login)
        : unit_(unit), vault_(vault), state_(state), sighting_(sighting), login_(login) {}

    Result<Resolution> run() {
        const Resolution found = TRY(state_.unbound.empty() ? resolve(sighting_) : resolve_apart());
        if (!rule_joins(sighting_.rule)) return found;
        for (const Claim& claim : sighting_.claims) {
            if (const auto pair = pair_of(claim)) TRY(store::put_bound(unit_, *pair, sighting_.at));
        }
        return found;
    }

private:
    Result<Resolution> resolve(const Sighting& sighting) { return Resolver(unit_, vault_, state_, sighting).run(); }

    std::optional<KeyPair> pair_of(const Claim& claim) const {
        const IdentityNumber own = state_.map.holder(login_.index, Sight::Writer).state.number;
        const IdentityNumber other = state_.map.holder(claim.index, Sight::Writer).state.number;
        return own == 0 || other == 0 || own == other ? std::nullopt : std::optional(key_pair(own, other));
    }

    Result<Resolution> resolve_apart() {
        Sighting together = sighting_;
        std::vector<Claim> apart;
        std::erase_if(together.claims, [&](const Claim& claim) {
            if (stands(claim)) return false;
            apart.push_back(claim);
            return true;
        });
        const Resolution found = TRY(resolve(together));
        for (Claim& claim : apart) {
            Sighting alone = sighting_;
            alone.claims = {std::move(claim)};
            TRY(resolve(alone));
        }
        return found;
    }

    // With what this sighting says.
    bool stands(const Claim& claim) {
        const auto pair = pair_of(claim);
        const auto found = pair ? state_.unbound.find(*pair) : state_.unbound.end();
        if (found == state_.unbound.end()) return true;
        Bond bond = found->second;
        if (rule_joins(sighting_.rule) && (!bond.bound || *bond.bound < sighting_.at)) {
            bond.bound = sighting_.at;
            state_.enlist(unit_);
            remember(state_, *pair, bond);
        }
        return bond.stands();
    }

    kernel::Unit& unit_;
    kernel::Vault& vault_;
    TenantState& state_;
    const Sighting& sighting_;
    const Claim& login_;
};

}  // namespace

Result<Resolution> resolve_bound(kernel::Unit& unit, kernel::Vault& vault, TenantState& state,
                                 const Sighting& sighting) {
    const Claim* const login = sighting.claims.size() > 1 ? login_of(sighting) : nullptr;
    if (login == nullptr) return Resolver(unit, vault, state, sighting).run();
    return Binding(unit, vault, state, sighting, *login).run();
}

Result<bool> note_unbound(kernel::Unit& unit, TenantState& state, const KeyPair& pair, Instant at) {
    Bond bond;
    for (const store::BondRow& row : TRY(store::bonds_of(unit.sql(), unit.tenant(), pair.first))) {
        if (row.pair == pair) bond = row.bond;
    }
    const bool stood = bond.stands();
    if (bond.unbound && !(*bond.unbound < at)) return false;
    bond.unbound = at;
    state.enlist(unit);
    remember(state, pair, bond);
    TRY(store::put_unbound(unit, pair, at));
    return stood && !bond.stands();
}

}  // namespace tilth::customer
