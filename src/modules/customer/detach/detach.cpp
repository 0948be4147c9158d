#include "modules/customer/detach/api.h"

#include <algorithm>

#include "modules/customer/privacy.h"
#include "modules/customer/resolver.h"
#include "modules/customer/rules.h"
#include "modules/customer/service.h"
#include "platform/json/value.h"

namespace tilth::customer {

namespace {

struct Words {
    std::string_view source;
    std::string_view reason;
    UndoCause cause = UndoCause::ByHand;
    Instant at;
};

struct Held {
    IdentityNumber number = 0;
    IdentityKind kind = IdentityKind::Anonymous;
    CustomerId customer;
};

// One key's way from one customer to a new one, within a unit.
class Severing {
public:
    Severing(kernel::Unit& unit, kernel::Vault& vault, TenantState& state)
        : unit_(unit), vault_(vault), state_(state) {}

    Result<Detachment> run(const Held& held, const Words& words) {
        const auto blind = TRY(store::blind_of(unit_.sql(), unit_.tenant(), held.number));
        if (!blind) return Error(ErrorCode::NotFound, "identity");
        state_.enlist(unit_);
        const Place from = state_.map.place_of(held.customer, Sight::Writer);
        INVARIANT(from != kNobody, "a key's customer is there");
        source_ = TRY(source_number(unit_, state_, words.source));
        const Place to = TRY(make(held, words.at));
        TRY(move_key(held, *blind, to));
        TRY(settle(from));
        const IdentityNumber evidence[] = {held.number};
        const std::int64_t link =
            TRY(make_link(unit_, state_, {from, to}, {kDetachRule, source_, words.reason, evidence}, moved_));
        const LinkFact* const fact = state_.links.find(link);
        INVARIANT(fact != nullptr, "the link was made just now");
        TRY(undo_link(unit_, state_, LinkFact(*fact), words.cause, words.reason, moved_));
        moved_.push_back(from);
        moved_.push_back(to);
        TRY(log_changes(unit_, state_, std::move(moved_)));
        return Detachment{held.customer, state_.map.state(to).id, link};
    }

private:
    Result<Place> make(const Held& held, Instant at) {
        CustomerState state;
        state.id = unit_.new_id<CustomerId>();
        state.known = is_strong(held.kind);
        state.phone = held.kind == IdentityKind::Phone;
        state.member = held.kind == IdentityKind::Card;
        state.ordinal =
            static_cast<std::uint32_t>(unit_.next_number(state.known ? "person_known" : "person_anonymous"));
        state.first_seen = at;
        TRY(store::insert(unit_, store::NewCustomer{state, std::nullopt, source_}));
        return state_.map.add(state);
    }

    Status move_key(const Held& held, const Bytes16& blind, Place to) {
        const CustomerId customer = state_.map.state(to).id;
        KeyState key = state_.map.key(blind, Sight::Writer);
        INVARIANT(key.number == held.number, "the map and the index name the same identity");
        key.customer = to;
        state_.map.set_key(blind, key);
        TRY(unit_.sql().write("UPDATE identity SET customer_id = ?3 WHERE tenant_id = ?1 AND number = ?2",
                              {unit_.tenant(), static_cast<std::int64_t>(held.number), customer}));
        if (!is_kept(held.kind)) return ok();
        const std::string field = vault_field(held.kind, held.number);
        for (kernel::VaultValue& value : TRY(vault_.open(unit_.sql(), unit_.tenant(), held.customer))) {
            if (value.field != field) continue;
            TRY(vault_.put(unit_, customer, {value}));
            return vault_.remove(unit_, held.customer, field);
        }
        return ok();
    }

    // What the loss makes of the customer. Who was known stays known: orders and their people know who it was.
    Status settle(Place place) {
        const CustomerState before = state_.map.state(place);
        const auto kinds = TRY(store::kinds_of(unit_.sql(), unit_.tenant(), before.id));
        state_.declared.erase(place);
        const auto has = [&](IdentityKind kind) { return std::find(kinds.begin(), kinds.end(), kind) != kinds.end(); };
        CustomerState after = before;
        after.phone = has(IdentityKind::Phone);
        after.member = has(IdentityKind::Card);
        if (after == before) return ok();
        const std::vector<Place> moved = state_.map.change(place, after);
        moved_.insert(moved_.end(), moved.begin(), moved.end());
        return store::update(unit_, after);
    }

    kernel::Unit& unit_;
    kernel::Vault& vault_;
    TenantState& state_;
    std::uint32_t source_ = 0;
    std::vector<Place> moved_;
};

CustomersService& service_of(Customers& customers) {
    auto* const service = dynamic_cast<CustomersService*>(&customers);
    INVARIANT(service != nullptr, "the module's own service severs keys");
    return *service;
}

Result<std::optional<Held>> held(sql::Connection& sql, const TenantId& tenant, IdentityNumber number) {
    return sql.one("SELECT kind, customer_id FROM identity WHERE tenant_id = ?1 AND number = ?2",
                   {tenant, static_cast<std::int64_t>(number)}, [number](const sql::Row& row) {
                       return Held{number, static_cast<IdentityKind>(row.i64(0)), row.id<CustomerId>(1)};
                   });
}

}  // namespace

Result<std::optional<CustomerId>> holder_of(sql::Connection& sql, const TenantId& tenant, IdentityNumber number) {
    const auto found = TRY(held(sql, tenant, number));
    return found ? std::optional(found->customer) : std::nullopt;
}

Result<Detachment> detach(Customers& customers, kernel::Unit& unit, IdentityNumber number, std::string_view reason) {
    const auto found = TRY(held(unit.sql(), unit.tenant(), number));
    if (!found) return Error(ErrorCode::NotFound, "identity");
    CustomersService& service = service_of(customers);
    const Detachment done = TRY(Severing(unit, service.kernel().vault, service.writers_state(unit))
                                    .run(*found, {"manual", reason, UndoCause::ByHand, unit.now()}));
    TRY(unit.audit(
        {.action = "customer.detach",
         .object = done.from.str(),
         .detail = json::Value::object(
                       {{"identity", static_cast<std::int64_t>(number)}, {"to", done.to.str()}, {"link", done.link}})
                       .print(),
         .reason = std::string(reason)}));
    return done;
}

Result<std::int64_t> unbind(Customers& customers, kernel::Unit& unit, const Claim& login, std::span<const Claim> keys,
                            std::string_view source, Instant at) {
    CustomersService& service = service_of(customers);
    TenantState& state = service.writers_state(unit);
    std::int64_t gone = 0;
    Claim by = login;
    TRY(service.renew(unit.tenant(), by));
    for (Claim key : keys) {
        TRY(service.renew(unit.tenant(), key));
        const KeyState own = state.map.holder(by.index, Sight::Writer).state;
        const KeyState other = state.map.holder(key.index, Sight::Writer).state;
        if (own.number == 0 || other.number == 0 || own.number == other.number) continue;
        if (!state.map.same_person(own.customer, other.customer)) continue;
        const CustomerId customer = state.map.state(other.customer).id;
        if (TRY(store::kinds_of(unit.sql(), unit.tenant(), customer)).size() < 2) continue;
        TRY(Severing(unit, service.kernel().vault, state)
                .run({other.number, key.kind, customer}, {source, "unbind", UndoCause::SourceTakenBack, at}));
        ++gone;
    }
    return gone;
}

}  // namespace tilth::customer
