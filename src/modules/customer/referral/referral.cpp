#include "modules/customer/referral/api.h"

#include <algorithm>

#include "modules/customer/resolver.h"
#include "modules/customer/service.h"

namespace tilth::customer {

namespace {

// A referral's standing row is the first of its customer's in this order.
constexpr std::string_view kStanding = " ORDER BY CASE WHEN source = 'manual' THEN 0 ELSE 1 END, number LIMIT 1";

CustomersService& service_of(Customers& customers) {
    auto* const service = dynamic_cast<CustomersService*>(&customers);
    INVARIANT(service != nullptr, "referrals are asked of the module's own service");
    return *service;
}

Status tell_projections(CustomersService& service, kernel::Unit& unit, const std::vector<CustomerId>& customers) {
    TenantState& state = service.writers_state(unit);
    state.enlist(unit);
    std::vector<Place> places;
    for (const CustomerId& one : customers) {
        const Place place = state.map.place_of(one, Sight::Writer);
        if (place != kNobody) places.push_back(place);
    }
    return places.empty() ? ok() : log_changes(unit, state, places);
}

}  // namespace

Status refer(Customers& customers, kernel::Unit& unit, const CustomerId& customer, const CustomerId& referrer,
             std::string_view source) {
    CustomersService& service = service_of(customers);
    const auto person = service.whole_person(unit.tenant(), customer);
    if (person.empty() || service.whole_person(unit.tenant(), referrer).empty())
        return Error(ErrorCode::NotFound, "customer");
    if (std::find(person.begin(), person.end(), referrer) != person.end()) {
        return Error::invalid("referrer", "oneself", "推荐人不能是本人", "Nobody brings himself", "换一位推荐人",
                              "Choose another person");
    }
    TRY(unit.sql().write("INSERT INTO customer_referral (tenant_id, customer_id, source, referrer_id, number, at) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant_id, customer_id, source) DO UPDATE SET "
                         "referrer_id = excluded.referrer_id, at = excluded.at",
                         {unit.tenant(), customer, source, referrer, unit.next_number("customer_referral"),
                          unit.now()}));
    return tell_projections(service, unit, {customer});
}

Status unrefer(Customers& customers, kernel::Unit& unit, const CustomerId& customer, std::string_view source) {
    const std::int64_t gone = TRY(unit.sql().change(
        "DELETE FROM customer_referral WHERE tenant_id = ?1 AND customer_id = ?2 AND source = ?3",
        {unit.tenant(), customer, source}));
    return gone == 0 ? ok() : tell_projections(service_of(customers), unit, {customer});
}

Result<std::int64_t> take_back_referrals(Customers& customers, kernel::Unit& unit, std::string_view source, int limit) {
    const auto said = TRY(unit.sql().all("SELECT customer_id FROM customer_referral WHERE tenant_id = ?1 AND source = "
                                         "?2 ORDER BY customer_id LIMIT ?3",
                                         {unit.tenant(), source, limit},
                                         [](const sql::Row& row) { return row.id<CustomerId>(0); }));
    for (const CustomerId& one : said) {
        TRY(unit.sql().write("DELETE FROM customer_referral WHERE tenant_id = ?1 AND customer_id = ?2 AND source = ?3",
                             {unit.tenant(), one, source}));
    }
    TRY(tell_projections(service_of(customers), unit, said));
    return static_cast<std::int64_t>(said.size());
}

Result<std::optional<CustomerId>> referrer_of(sql::Connection& sql, const TenantId& tenant,
                                              const CustomerId& customer) {
    static const std::string statement =
        "SELECT referrer_id FROM customer_referral WHERE tenant_id = ?1 AND customer_id = ?2" + std::string(kStanding);
    return sql.one(statement, {tenant, customer}, [](const sql::Row& row) { return row.id<CustomerId>(0); });
}

Result<std::vector<CustomerId>> brought_by(sql::Connection& sql, const TenantId& tenant,
                                           const std::vector<CustomerId>& referrers, int limit) {
    std::vector<CustomerId> found;
    for (const CustomerId& referrer : referrers) {
        const auto said = TRY(sql.all("SELECT DISTINCT customer_id FROM customer_referral WHERE tenant_id = ?1 AND "
                                      "referrer_id = ?2 ORDER BY customer_id LIMIT ?3",
                                      {tenant, referrer, limit},
                                      [](const sql::Row& row) { return row.id<CustomerId>(0); }));
        for (const CustomerId& one : said) {
            const auto stands = TRY(referrer_of(sql, tenant, one));
            if (stands == referrer && found.size() < static_cast<std::size_t>(limit)) found.push_back(one);
        }
    }
    return found;
}

namespace store {

Result<std::vector<CustomerId>> drop_referrals(kernel::Unit& unit, const CustomerId& customer) {
    auto brought = TRY(unit.sql().all("SELECT DISTINCT customer_id FROM customer_referral WHERE tenant_id = ?1 AND "
                                      "referrer_id = ?2 ORDER BY customer_id",
                                      {unit.tenant(), customer},
                                      [](const sql::Row& row) { return row.id<CustomerId>(0); }));
    TRY(unit.sql().write("DELETE FROM customer_referral WHERE tenant_id = ?1 AND customer_id = ?2",
                         {unit.tenant(), customer}));
    TRY(unit.sql().write("DELETE FROM customer_referral WHERE tenant_id = ?1 AND referrer_id = ?2",
                         {unit.tenant(), customer}));
    return brought;
}

}  // namespace store

}  // namespace tilth::customer
