// What customers consent to, and their erasure.
#include <algorithm>

#include "modules/customer/household/api.h"
#include "modules/customer/portrait.h"
#include "modules/customer/privacy.h"
#include "modules/customer/resolver.h"
#include "modules/customer/rules.h"
#include "modules/customer/service.h"
#include "platform/json/value.h"

namespace tilth::customer {

namespace {

Error not_found() { return Error(ErrorCode::NotFound, "customer"); }

}  // namespace

Result<std::int64_t> CustomersService::say(kernel::Unit& unit, const Said& said) {
    if (!person_of(unit.tenant(), said.customer) || TRY(store::is_erased(unit.sql(), unit.tenant(), said.customer)))
        return not_found();
    if (said.at > unit.now()) {
        return Error::invalid("at", "in_future", "时间在将来", "the time lies in the future", "填写表态的时间",
                              "give the time at which it was said");
    }
    const std::int64_t number = unit.next_number("consent_line");
    TRY(store::insert(unit, ConsentLine{number, said.customer, said.purpose, said.channel, said.granted,
                                        said.text_version, said.source, unit.context().actor.name, said.at,
                                        unit.now()}));
    if (!said.proof.empty()) {
        TRY(kernel_.vault.put(unit, said.customer,
                              {{"consent:" + std::to_string(number), said.proof, said.source, said.at, 100}}));
    }
    TRY(unit.emit(said.granted ? "consent.granted" : "consent.withdrawn", said.customer.str(),
                  json::Value::object({{"purpose", static_cast<std::int64_t>(said.purpose)},
                                       {"channel", static_cast<std::int64_t>(said.channel)}})
                      .print()));
    return number;
}

Result<bool> CustomersService::reachable(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer,
                                         Purpose purpose, ConsentChannel channel) {
    if (TRY(store::is_erased(sql, tenant, customer))) return false;
    std::vector<ConsentLine> lines;
    for (const CustomerId& member : whole_person(tenant, customer)) {
        if (purpose == Purpose::Marketing && TRY(store::is_suppressed(sql, tenant, member))) return false;
        for (ConsentLine& line : TRY(store::consents(sql, tenant, member))) {
            if (line.purpose == purpose && line.channel == channel) lines.push_back(std::move(line));
        }
    }
    return consent_stands(lines, customer);
}

// Yields how many identities went.
Result<std::int64_t> CustomersService::erase_one(kernel::Unit& unit, TenantState& state, Place place) {
    const CustomerId customer = state.map.state(place).id;
    std::map<std::string, std::string> clear;
    for (auto& value : TRY(kernel_.vault.open(unit.sql(), unit.tenant(), customer)))
        clear[value.field] = std::move(value.value);
    const auto identities = TRY(store::identities(unit.sql(), unit.tenant(), customer));
    for (const store::IdentityRow& row : identities) {
        const auto value = clear.find(vault_field(row.kind, row.number));
        if (value != clear.end()) {
            const auto fingerprint = TRY(suppression_of(kernel_.vault, unit.tenant(), row.kind, value->second));
            if (fingerprint && !is_suppressed(state.suppressed, *fingerprint)) {
                state.suppressed.insert(fingerprint->now);
                unit.on_undo([&state, one = fingerprint->now] { state.suppressed.erase(one); });
                TRY(store::insert_suppression(unit, *fingerprint));
            }
        }
        const auto blind = TRY(store::blind_of(unit.sql(), unit.tenant(), row.number));
        TRY(store::erase_identity(unit, row.number));
        if (blind) state.map.set_key(*blind, {});
    }
    CustomerState bare = state.map.state(place);
    bare.phone = false;
    state.map.change(place, bare);
    state.declared.erase(place);
    TRY(unit.sql().write("DELETE FROM customer_touch WHERE tenant_id = ?1 AND customer_id = ?2",
                         {unit.tenant(), customer}));
    TRY(store::drop_households(unit, customer));
    std::vector<Place> brought;
    for (const CustomerId& one : TRY(store::drop_referrals(unit, customer)))
        brought.push_back(state.map.place_of(one, Sight::Writer));
    if (!brought.empty()) TRY(log_changes(unit, state, std::move(brought)));
    TRY(store::insert_erasure(unit, customer));
    TRY(unit.emit("customer.erased", customer.str(), "{}"));
    return static_cast<std::int64_t>(identities.size());
}

Result<Erasure> CustomersService::erase(kernel::Unit& unit, const CustomerId& customer) {
    TenantState& state = state_of(unit.tenant());
    const Place first = state.map.place_of(customer, Sight::Writer);
    if (first == kNobody || TRY(store::is_erased(unit.sql(), unit.tenant(), customer))) return not_found();
    state.enlist(unit);
    Erasure done;
    const std::vector<Place> members = state.map.members(first);
    for (const Place place : members) {
        done.identities += TRY(erase_one(unit, state, place));
        done.values += TRY(kernel_.vault.shred(unit, state.map.state(place).id));
        ++done.customers;
    }
    TRY(log_changes(unit, state, members));
    return done;
}

Result<bool> may_reach(Customers& customers, sql::Connection& sql, const TenantId& tenant, const CustomerId& customer,
                       Purpose purpose, ConsentChannel channel) {
    auto* const service = dynamic_cast<CustomersService*>(&customers);
    INVARIANT(service != nullptr, "consent is asked of the module's own service");
    return service->reachable(sql, tenant, customer, purpose, channel);
}

Result<Erasure> erase(Customers& customers, kernel::Unit& unit, const CustomerId& customer) {
    auto* const service = dynamic_cast<CustomersService*>(&customers);
    INVARIANT(service != nullptr, "the module's own service erases");
    return service->erase(unit, customer);
}

Result<std::vector<CustomerId>> erasure_request(Customers& customers, kernel::Unit& unit, std::int64_t number) {
    auto* const service = dynamic_cast<CustomersService*>(&customers);
    INVARIANT(service != nullptr, "the module's own service erases");
    const auto row = TRY(store::request(unit.sql(), unit.tenant(), number));
    if (!row) return Error(ErrorCode::NotFound, "request");
    auto person = service->whole_person(unit.tenant(), row->customer);
    TRY(check_scope(unit.sql(), unit.context(), person));
    if (row->kind != RequestKind::Erase) return Error(ErrorCode::Conflict, "the request is for something else");
    if (row->state != RequestState::Open) return Error(ErrorCode::Conflict, "the request is closed");
    return person;
}

Status close_erasure(kernel::Unit& unit, std::int64_t number, std::string_view receipt, std::string_view reason) {
    const auto row = TRY(store::request(unit.sql(), unit.tenant(), number));
    INVARIANT(row.has_value(), "the request was open in this unit");
    TRY(store::close(unit, number, RequestState::Done, receipt));
    TRY(unit.clear_timer(kDueTimer, std::to_string(number)));
    return unit.audit({.action = "customer.erase",
                       .object = row->customer.str(),
                       .detail = std::string(receipt),
                       .reason = std::string(reason)});
}

}  // namespace tilth::customer
