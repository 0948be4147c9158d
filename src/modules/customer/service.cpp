#include "modules/customer/service.h"

#include <algorithm>
#include <mutex>

#include "base/text.h"
#include "modules/customer/faces.h"
#include "modules/customer/privacy.h"
#include "modules/customer/resolver.h"
#include "modules/customer/rules.h"
#include "platform/crypto/crypto.h"
#include "platform/json/value.h"

namespace tilth::customer {

namespace {

constexpr std::string_view kManual = "manual";

Error not_found() { return Error(ErrorCode::NotFound, "customer"); }

Result<std::string> checked_reason(std::string_view reason) {
    auto text = check_text(reason, 2, 500);
    if (text) return text;
    return Error::invalid("reason", text.error().detail, "需要写明原因", "a reason is required", "写一句为什么",
                          "say in a sentence why");
}

}  // namespace

Result<Claim> make_claim(kernel::Vault& vault, const TenantId& tenant, IdentityKind kind, std::string_view value,
                         std::string_view region) {
    Claim claim{kind, TRY(normalise(kind, value, region)), {}};
    claim.index = TRY(vault.index_of(tenant, name(kind), claim.value));
    return claim;
}

Status CustomersService::renew(const TenantId& tenant, Claim& claim) const {
    if (claim.index.generation == TRY(kernel_.vault.index_generation(tenant))) return ok();
    claim.index = TRY(kernel_.vault.index_of(tenant, name(claim.kind), claim.value));
    return ok();
}

// ---- Tenants ----

Status CustomersService::load() {
    // A connection of its own: reading a large record takes longer than a loan from the pool may.
    auto reader = TRY(sql::open(kernel_.record.location(), sql::Access::Reader));
    TRY(reader->begin());
    for (const TenantId& tenant : TRY(store::tenants(*reader))) {
        states_[tenant] = TRY(store::load(*reader, tenant));
        states_[tenant]->rules = TRY(rules_of(*reader, tenant));
        states_[tenant]->suppressed = TRY(store::suppressions(*reader, tenant));
    }
    reader->rollback();
    return ok();
}

TenantState& CustomersService::state_of(const TenantId& tenant) {
    const auto found = states_.find(tenant);   // The writer's thread alone changes the list.
    if (found != states_.end()) return *found->second;
    const std::unique_lock lock(mutex_);
    return *states_.emplace(tenant, std::make_unique<TenantState>()).first->second;
}

const TenantState* CustomersService::find_state(const TenantId& tenant) const {
    const std::shared_lock lock(mutex_);
    const auto found = states_.find(tenant);
    return found == states_.end() ? nullptr : found->second.get();
}

// ---- Commands ----

Result<Resolution> CustomersService::resolve(kernel::Unit& unit, const Sighting& sighting) {
    if (sighting.claims.empty()) {
        return Error::invalid("identities", "required", "至少要有一个身份标识", "at least one identity is needed",
                              "给出手机号、卡号或其他标识", "give a phone, a card number or another identity");
    }
    TenantState& state = state_of(unit.tenant());
    const std::int64_t generation = TRY(kernel_.vault.index_generation(unit.tenant()));
    const auto of_another = [&](const Claim& claim) { return claim.index.generation != generation; };
    if (std::any_of(sighting.claims.begin(), sighting.claims.end(), of_another)) {
        Sighting anew = sighting;
        for (Claim& claim : anew.claims) TRY(renew(unit.tenant(), claim));
        return resolve(unit, anew);
    }
    const auto blocked = [&](const Claim& claim) {
        return is_blocked(state.rules[static_cast<std::size_t>(claim.kind)], claim.value);
    };
    if (std::none_of(sighting.claims.begin(), sighting.claims.end(), blocked))
        return resolve_bound(unit, kernel_.vault, state, sighting);
    Sighting rest = sighting;
    std::erase_if(rest.claims, blocked);
    if (rest.claims.empty()) {
        return Error::invalid(std::string(name(sighting.claims.front().kind)), "blocked", "这个标识已被屏蔽",
                              "this identity is blocked", "使用其他标识", "use another identity");
    }
    return resolve_bound(unit, kernel_.vault, state, rest);
}

Result<std::int64_t> CustomersService::merge(kernel::Unit& unit, const CustomerId& a, const CustomerId& b,
                                             std::string_view reason) {
    const std::string why = TRY(checked_reason(reason));
    TenantState& state = state_of(unit.tenant());
    const Place first = state.map.place_of(a, Sight::Writer);
    const Place second = state.map.place_of(b, Sight::Writer);
    if (first == kNobody || second == kNobody) return not_found();
    if (state.map.same_person(first, second)) {
        Error error = Error::invalid("b", "same_person", "两者已经是同一个客户", "the two are one person already");
        error.code = ErrorCode::Conflict;
        return error;
    }
    state.enlist(unit);
    const std::uint32_t source = TRY(source_number(unit, state, kManual));
    std::vector<Place> moved;
    const std::int64_t number = TRY(make_link(unit, state, {first, second}, {kManual, source, why}, moved));
    TRY(log_changes(unit, state, std::move(moved)));
    TRY(unit.audit({.action = "customer.merge",
                    .object = a.str(),
                    .detail = json::Value::object({{"link", number}, {"a", a.str()}, {"b", b.str()}}).print(),
                    .reason = why}));
    return number;
}

Status CustomersService::unmerge(kernel::Unit& unit, std::int64_t link_number, std::string_view reason) {
    const std::string why = TRY(checked_reason(reason));
    TenantState& state = state_of(unit.tenant());
    const LinkFact* const found = state.links.find(link_number);
    if (found == nullptr) return Error(ErrorCode::NotFound, "link");
    const LinkFact link = *found;
    if (link.state != LinkState::Active) return Error(ErrorCode::Conflict, "the link is undone already");
    state.enlist(unit);
    std::vector<Place> moved;
    TRY(undo_link(unit, state, link, UndoCause::ByHand, why, moved));
    TRY(log_changes(unit, state, std::move(moved)));
    const CustomerId a = state.map.state(link.a).id;
    const CustomerId b = state.map.state(link.b).id;
    return unit.audit({.action = "customer.unmerge",
                       .object = a.str(),
                       .detail = json::Value::object({{"link", link_number}, {"a", a.str()}, {"b", b.str()}}).print(),
                       .reason = why});
}

Result<std::int64_t> CustomersService::take_back(kernel::Unit& unit, std::string_view source, int limit) {
    TenantState& state = state_of(unit.tenant());
    const std::uint32_t number = state.sources.source(source);
    if (number == 0) return 0;
    state.enlist(unit);
    return TakeBack(unit, kernel_.vault, state, number).step(limit);
}

std::optional<std::pair<CustomerId, CustomerId>> CustomersService::ends_of(kernel::Unit& unit,
                                                                           std::int64_t link_number) {
    TenantState& state = state_of(unit.tenant());
    const LinkFact* const link = state.links.find(link_number);
    if (link == nullptr) return std::nullopt;
    return std::pair(state.map.state(link->a).id, state.map.state(link->b).id);
}

}  // namespace tilth::customer
