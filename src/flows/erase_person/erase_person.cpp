#include "flows/erase_person/erase_person.h"

#include "platform/json/value.h"

namespace tilth::flows {

namespace {

constexpr kernel::Permission kErase{"customer.privacy", "办理个人信息请求", "Handle privacy requests"};
constexpr int kOrdersCountedMax = 10'000;

struct EraseRequest {
    Int<1, INT64_MAX> number;
    Text<2, 200> reason;
};
API_STRUCT(EraseRequest, (number, reason))

struct EraseReceipt {
    std::int64_t number = 0;         // the request's
    Instant erased_at;
    std::int64_t customers = 0;      // in the erasure register
    std::int64_t identities = 0;     // deleted, with their blind indexes
    std::int64_t values = 0;         // sealed values deleted, with their key
    std::int64_t orders_kept = 0;    // under a bare number, for the books
    Instant residue_until;           // sealed remnants in the engine's files are overwritten by then
};
API_STRUCT(EraseReceipt, (number, erased_at, customers, identities, values, orders_kept, residue_until))

Result<EraseReceipt> erase(kernel::Unit& unit, customer::Customers& customers, commerce::Orders& orders,
                           const EraseRequest& request) {
    EraseReceipt receipt;
    receipt.number = request.number.value();
    const auto person = TRY(customer::erasure_request(customers, unit, receipt.number));
    const auto kept = TRY(orders.of_customers(unit.sql(), unit.tenant(), person, kOrdersCountedMax));
    receipt.orders_kept = static_cast<std::int64_t>(kept.size());
    const customer::Erasure done = TRY(customer::erase(customers, unit, person.front()));
    receipt.erased_at = unit.now();
    receipt.residue_until = unit.now() + hours(24);
    receipt.customers = done.customers;
    receipt.identities = done.identities;
    receipt.values = done.values;
    const std::string printed = json::Value::object({{"customers", receipt.customers},
                                                     {"identities", receipt.identities},
                                                     {"values", receipt.values},
                                                     {"orders_kept", receipt.orders_kept},
                                                     {"erased_at", to_iso(receipt.erased_at)},
                                                     {"residue_until", to_iso(receipt.residue_until)}})
                                    .print();
    TRY(customer::close_erasure(unit, receipt.number, printed, request.reason.str()));
    return receipt;
}

}  // namespace

void add_erase_person(kernel::Kernel& kernel, customer::Customers& customers, commerce::Orders& orders) {
    kernel.api.command<EraseRequest, EraseReceipt>(
        kernel::Method::Post, "/api/v1/privacy-requests/{number}/erase", kErase,
        [&customers, &orders](kernel::Unit& unit, const EraseRequest& request) {
            return erase(unit, customers, orders, request);
        },
        {.zh = "删除个人信息并出具回执", .en = "Erase a person, with a receipt", .rows = {"PRV-02"}, .tag = "customer"});
}

}  // namespace tilth::flows
