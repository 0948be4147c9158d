#include <map>

#include "modules/customer/portrait.h"
#include "modules/customer/privacy.h"
#include "modules/customer/rights/api.h"
#include "modules/customer/rules.h"
#include "modules/customer/store.h"

namespace tilth::customer {

Result<std::vector<std::string>> keys_of_person(Customers& customers, kernel::Vault& vault, sql::Connection& sql,
                                                const TenantId& tenant, const CustomerId& customer) {
    std::vector<std::string> keys;
    const auto person = customers.person_of(tenant, customer);
    if (!person) return keys;
    for (const CustomerId& member : customers.customers_of(tenant, person->ordinal, person->known)) {
        std::map<std::string, std::string> clear;
        for (auto& value : TRY(vault.open(sql, tenant, member))) clear[value.field] = std::move(value.value);
        for (const store::IdentityRow& row : TRY(store::identities(sql, tenant, member))) {
            const auto value = clear.find(vault_field(row.kind, row.number));
            if (value != clear.end() && !value->second.empty()) keys.push_back(std::move(value->second));
        }
    }
    return keys;
}

Result<std::vector<CustomerId>> copy_request(Customers& customers, kernel::Unit& unit, std::int64_t number) {
    const auto row = TRY(store::request(unit.sql(), unit.tenant(), number));
    if (!row) return Error(ErrorCode::NotFound, "request");
    std::vector<CustomerId> members;
    if (const auto person = customers.person_of(unit.tenant(), row->customer))
        members = customers.customers_of(unit.tenant(), person->ordinal, person->known);
    TRY(check_scope(unit.sql(), unit.context(), members));
    if (row->state != RequestState::Open) return Error(ErrorCode::Conflict, "the request is closed");
    if (row->kind == RequestKind::Erase || row->kind == RequestKind::Correct)
        return Error(ErrorCode::Conflict, "the request is for something else than a copy");
    return members;
}

Status close_copy(kernel::Unit& unit, std::int64_t number, std::string_view receipt) {
    const auto row = TRY(store::request(unit.sql(), unit.tenant(), number));
    INVARIANT(row.has_value(), "the request was open in this unit");
    TRY(store::close(unit, number, RequestState::Done, receipt));
    TRY(unit.clear_timer(kDueTimer, std::to_string(number)));
    return unit.audit({.action = "customer.privacy.copy",
                       .object = row->customer.str(),
                       .detail = std::string(receipt),
                       .reason = row->note});
}

Result<std::optional<OrgNodeId>> home_of(sql::Connection& sql, const TenantId& tenant, const CustomerId& customer) {
    const auto row = TRY(store::customer(sql, tenant, customer));
    return row ? row->home_node : std::nullopt;
}

}  // namespace tilth::customer
