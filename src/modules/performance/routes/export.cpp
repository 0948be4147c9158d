// The list of customers as a file: the same rows as on the page, masked, within the caller's scope, and audited.

#include "modules/performance/routes/customer_query.h"
#include "modules/performance/routes/routes.h"
#include "platform/json/value.h"
#include "platform/text/csv.h"

namespace tilth::performance {

namespace {

using kernel::Context;
using kernel::Language;

constexpr std::int64_t kExportRowsMax = 50'000;
constexpr std::int64_t kRowsARead = 500;  // one reader's snapshot lasts a second at most

Result<CustomerQuery> asked(const http::Request& request) {
    std::vector<json::FlatField> fields;
    for (const http::Header& parameter : request.query) {
        if (parameter.name != "lang") fields.push_back({parameter.name, parameter.value});
    }
    return json::parse_flat<CustomerQuery>(fields);
}

std::vector<std::string> heading(Language language) {
    if (language == Language::En) {
        return {"Customer",  "Name",     "Identities", "Home node",  "Orders",
                "Net spend", "Currency", "Last order", "First seen", "RFM class"};
    }
    return {"客户", "姓名", "身份标识", "归属组织", "订单数", "净消费", "币种", "最近购买", "建档时间", "RFM 类别"};
}

std::vector<std::string> cells(const CustomerItem& item, Language language, const Zone& zone) {
    std::string identities;
    for (const IdentityShort& identity : item.identities) {
        identities.append(identities.empty() ? "" : " ").append(identity.kind).append(":").append(identity.masked);
    }
    std::string rfm_class;
    if (item.rfm_class) {
        const RfmWords& words = kRfmWords[static_cast<std::size_t>(*item.rfm_class)];
        rfm_class = language == Language::Zh ? words.zh : words.en;
    }
    return {item.id.str(),
            item.name_masked,
            std::move(identities),
            item.home_node_name.value_or(""),
            std::to_string(item.orders),
            item.net_spend.str(),
            std::string(item.net_spend.currency.str()),
            item.last_order_at ? zone.format(*item.last_order_at) : std::string(),
            zone.format(item.first_seen_at),
            std::move(rfm_class)};
}

Error too_many(std::int64_t rows) {
    return Error(ErrorCode::LimitExceeded, "the list has " + std::to_string(rows) + " people, an export at most " +
                                               std::to_string(kExportRowsMax) + ": choose filters");
}

Status add_rows(PerformanceService& service, const Context& context, const RfmTable& rfm,
                const std::vector<PersonRow>& rows, kernel::File& file) {
    const Zone zone = service.org().calendar(context.tenant).zone;
    const auto items = TRY(service.kernel().record.read<std::vector<CustomerItem>>(
        context, [&](kernel::View& view) { return customer_items(service, view, rfm, rows); }));
    for (const CustomerItem& item : items) {
        file.text += csv_line(cells(item, context.language, zone));
        ++file.rows;
    }
    return ok();
}

Result<kernel::File> file_of(PerformanceService& service, const Context& context, const CustomerQuery& request) {
    CustomerList list = TRY(customer_list(service, context, request));
    list.query.sort = request.sort.value_or(PeopleSort::LastOrder);
    list.query.order = request.order.value_or(SortOrder::Desc);
    list.query.limit = kExportRowsMax;
    const PeoplePage found = TRY(list_people(list.source, list.query));
    if (found.total > kExportRowsMax) return too_many(found.total);
    const auto rfm = TRY(service.rfm(context, list.source, request.rfm_as_of));
    kernel::File file{.name = "customers.csv",
                      .text = "\xEF\xBB\xBF" + csv_line(heading(context.language)),
                      .action = "customer.export"};
    for (std::size_t at = 0; at < found.rows.size(); at += kRowsARead) {
        const auto first = found.rows.begin() + static_cast<std::ptrdiff_t>(at);
        const auto last = found.rows.size() - at > kRowsARead ? first + kRowsARead : found.rows.end();
        TRY(add_rows(service, context, *rfm, {first, last}, file));
    }
    return file;
}

Result<kernel::File> answer(PerformanceService& service, const Context& context, const http::Request& request) {
    CustomerQuery query = TRY(asked(request));
    kernel::File file = TRY(file_of(service, context, query));
    query.cursor.reset();
    query.limit.reset();
    json::Value detail = json::Value::object({{"count", file.rows}});
    detail.set("filters", TRY(json::Value::parse(json::print(query))));
    file.detail = detail.print();
    file.people = file.rows;
    return file;
}

}  // namespace

void add_customer_export(PerformanceService& service) {
    service.kernel().api.file(
        "/api/v1/customers.csv", kCustomerExport, kernel::FileData::People,
        [&service](const Context& context, const http::Request& request) { return answer(service, context, request); },
        {.zh = "导出客户（脱敏，记入审计）",
         .en = "Customers as CSV: masked, audited",
         .rows = {"CDP-06"},
         .tag = "performance",
         .query = {{"rfm_class", "RFM 类别", "RFM class"},
                   {"rfm_r", "R 得分", "R score"},
                   {"rfm_f", "F 得分", "F score"},
                   {"metric", "某个指标背后的客户", "People behind a metric"},
                   {"variant", "指标的口径", "A variant of the metric"},
                   {"part", "分子或分母", "Numerator or denominator"},
                   {"from", "指标的起始日", "First day of the metric's period"},
                   {"to", "指标的截止日", "Last day of the metric's period"},
                   {"guide", "指标只看这名导购卖出的", "The metric of what this guide sold"},
                   {"channel", "指标只看这一渠道", "The metric of this channel"},
                   {"product", "指标只看这一商品", "The metric of this product"},
                   {"ids", "选定的客户编号", "Chosen customers"},
                   {"rfm_as_of", "RFM 截至日", "Last day of the RFM window"},
                   {"node", "归属的组织节点及其下级", "The home node, or any below it"},
                   {"known", "已识别或匿名", "Known or anonymous people"},
                   {"first_from", "建档日从", "First seen on or after"},
                   {"first_to", "建档日到", "First seen on or before"},
                   {"sort", "排序", "Sorted by"},
                   {"order", "降序或升序", "Descending or ascending"}}});
}

}  // namespace tilth::performance
