#include "flows/customer_timeline/reader.h"

#include "modules/customer/rights/api.h"

namespace tilth::flows {

namespace {

constexpr int kOrdersMax = 5'000;

}  // namespace

std::string scalar_text(const json::Value& value) {
    if (value.is_null() || value.is_array() || value.is_object()) return {};
    return value.is_string() ? std::string(value.str()) : value.print();
}

std::string position_key(std::int64_t position) {
    std::string place = std::to_string(position);
    return std::string(place.size() < 12 ? 12 - place.size() : 0, '0') + place;
}

Result<std::vector<CustomerId>> Reader::whole_person(kernel::View& view, const CustomerId& customer) const {
    const auto person = parts_.customers.person_of(view.tenant(), customer);
    if (!person) return Error(ErrorCode::NotFound, "customer");
    auto customers = parts_.customers.customers_of(view.tenant(), person->ordinal, person->known);
    if (customers.empty()) return Error(ErrorCode::NotFound, "customer");
    const kernel::Scope& scope = *view.context().scope;
    if (scope.all) return customers;
    for (const CustomerId& one : customers) {
        const auto home = TRY(customer::home_of(view.sql(), view.tenant(), one));
        if (home && scope.covers(*home)) return customers;
    }
    return Error(ErrorCode::NotFound, "customer");
}

Result<Reader::OrderList> Reader::orders_of(kernel::View& view, const std::vector<CustomerId>& customers) const {
    OrderList list;
    if (!view.context().may(kOrderRead)) return list;
    list.orders = TRY(parts_.orders.of_customers(view.sql(), view.tenant(), customers, kOrdersMax));
    list.cut = list.orders.size() >= static_cast<std::size_t>(kOrdersMax);
    const kernel::Scope& scope = *view.context().scope;
    if (scope.all) return list;
    std::erase_if(list.orders, [&](const commerce::OrderView& order) {
        return !order.node || !scope.covers(*order.node);
    });
    return list;
}

Result<kernel::History> Reader::events_of(kernel::View& view, const std::vector<CustomerId>& customers) const {
    kernel::HistoryQuery query{.customers = customers};
    for (const CustomerId& customer : customers) {
        if (const auto activity = parts_.activity.of(view.tenant(), customer)) query.known += activity->events;
    }
    return kernel::events_of(view.sql(), view.tenant(), query);
}

}  // namespace tilth::flows
