#include "flows/erase_person/person_file.h"

#include "kernel/behaviour/history.h"
#include "modules/customer/rights/api.h"
#include "platform/json/value.h"

namespace tilth::flows {

struct FileKey {
    Int<1, INT64_MAX> number;
};
API_STRUCT(FileKey, (number))
struct FiledField {
    std::string field;  // "name", "phone:3", "consent:7" (its proof)
    std::string value;  // clear
    std::string source;
    Instant at;
    CustomerId customer;
};
API_STRUCT(FiledField, (field, value, source, at, customer))
struct FiledOrder {
    std::string number;
    std::string kind;  // sale, return, adjustment
    std::string channel;
    Instant paid_at;
    std::int64_t lines = 0;
    Money net;
};
API_STRUCT(FiledOrder, (number, kind, channel, paid_at, lines, net))
struct FiledEvent {
    std::string type;
    Instant at;
    json::Raw properties;
};
API_STRUCT(FiledEvent, (type, at, properties))
struct PersonFile {
    std::string format = "tilth-person/1";
    Instant made_at;
    std::vector<CustomerId> customers;
    std::vector<FiledField> fields;
    std::vector<FiledOrder> orders;
    std::vector<FiledEvent> events;
    std::optional<Instant> events_from;  // events received before are not in the file
};
API_STRUCT(PersonFile, (format, made_at, customers, fields, orders, events, events_from))

}  // namespace tilth::flows

template <>
inline constexpr auto tilth::json::field_docs<tilth::flows::FiledField> =
    std::to_array<tilth::json::FieldDoc>({{"value", "明文", "Clear value", "", tilth::json::Privacy::Sensitive}});

namespace tilth::flows {

namespace {

constexpr kernel::Permission kPrivacy{"customer.privacy", "办理个人信息请求", "Handle privacy requests"};
constexpr int kOrdersMax = 10'000;
constexpr std::size_t kEventsMax = 10'000;

std::string_view word(commerce::OrderKind kind) {
    switch (kind) {
        case commerce::OrderKind::Sale: return "sale";
        case commerce::OrderKind::Return: return "return";
        case commerce::OrderKind::Adjustment: return "adjustment";
    }
    return "adjustment";
}

// The audit line, the request's end and the answer are one unit. Below-standing values (below_field) are not shown.
Result<PersonFile> person_file(const PersonFileParts& parts, kernel::Unit& unit, std::int64_t number) {
    PersonFile file;
    file.made_at = unit.now();
    file.customers = TRY(customer::copy_request(parts.customers, unit, number));
    for (const CustomerId& customer : file.customers) {
        for (auto& value : TRY(parts.kernel.vault.open(unit.sql(), unit.tenant(), customer))) {
            if (!value.value.empty())
                file.fields.push_back({value.field, std::move(value.value), value.source, value.at, customer});
        }
    }
    for (const auto& order : TRY(parts.orders.of_customers(unit.sql(), unit.tenant(), file.customers, kOrdersMax))) {
        file.orders.push_back({order.number, std::string(word(order.kind)), order.channel, order.paid_at, order.lines,
                               Money{order.net_minor, order.currency}});
    }
    kernel::HistoryQuery query{.customers = file.customers, .most = kEventsMax};
    for (const CustomerId& customer : file.customers) {
        if (const auto activity = parts.activity.of(unit.tenant(), customer)) query.known += activity->events;
    }
    kernel::History history = TRY(kernel::events_of(unit.sql(), unit.tenant(), query));
    for (kernel::LoggedEvent& one : history.events)
        file.events.push_back({std::move(one.event.type), one.event.time, json::Raw{std::move(one.event.properties)}});
    if (!history.whole) file.events_from = history.from;
    const auto size = [](const auto& list) { return static_cast<std::int64_t>(list.size()); };
    TRY(customer::close_copy(unit, number,
                             json::Value::object({{"format", file.format},
                                                  {"fields", size(file.fields)},
                                                  {"orders", size(file.orders)},
                                                  {"events", size(file.events)}})
                                 .print()));
    return file;
}

}  // namespace

void add_person_file(const PersonFileParts& parts) {
    parts.kernel.api.action<FileKey, PersonFile>(
        kernel::Method::Post, "/api/v1/privacy-requests/{number}/file", kPrivacy,
        [parts](const kernel::Context& context, const FileKey& key) {
            return parts.kernel.record.write<PersonFile>(
                context, [&](kernel::Unit& unit) { return person_file(parts, unit, key.number.value()); });
        },
        {.zh = "导出可携带文件：资料、订单与行为（记入审计）",
         .en = "Everything kept about a person as one file; audited",
         .rows = {"PRV-02"},
         .tag = "customer"});
}

}  // namespace tilth::flows
