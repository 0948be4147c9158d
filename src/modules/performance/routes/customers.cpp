// 客户: the list of people, filtered and sorted by what they bought.

#include "modules/performance/routes/customer_query.h"
#include "modules/performance/routes/routes.h"

namespace tilth::performance {

namespace {

constexpr std::size_t kChosenMax = 200;

std::string_view text_of(const std::optional<Text<1, 40>>& text) { return text ? text->str() : std::string_view(); }

// Who stands behind a number is decided by the number, wherever they belong.
Status add_metric(PerformanceService& service, const kernel::Context& context, Frame frame,
                  const CustomerQuery& request, PeopleQuery& query) {
    frame.slice = TRY(service.slice(context, request.guide, request.channel, request.product));
    const Metric metric = TRY(find_metric(request.metric->str(), text_of(request.variant)));
    const Period period = TRY(service.period(context, request.from, request.to));
    query.at_home = false;
    query.within.push_back(people_sql(frame, metric, period, request.part.value_or(Part::Numerator)));
    return ok();
}

// The persons of the customers named, as a SELECT. What is no id of a customer is refused; one not there is nobody.
Result<std::string> chosen_sql(PerformanceService& service, const TenantId& tenant, std::string_view ids) {
    std::string sql = "SELECT person FROM (VALUES (CAST(-1 AS BIGINT))";
    std::size_t count = 0;
    while (!ids.empty()) {
        const std::size_t comma = ids.find(',');
        const auto id = CustomerId::parse(ids.substr(0, comma));
        ids = comma == std::string_view::npos ? std::string_view() : ids.substr(comma + 1);
        if (!id || ++count > kChosenMax) {
            return Error::invalid("ids", "customer_ids", "应为客户编号，最多 200 个",
                                  "These are not at most 200 ids of customers");
        }
        if (const auto person = service.customers().person_of(tenant, *id))
            sql += ", (" + std::to_string(person_key(person->ordinal, person->known)) + ")";
    }
    return sql + ") AS chosen(person)";
}

Result<CustomerPage> page(PerformanceService& service, kernel::View& view, const CustomerQuery& request) {
    CustomerList list = TRY(customer_list(service, view.context(), request));
    return customer_page(service, view, list.source, std::move(list.query),
                         {request.sort, request.order, request.cursor, request.limit, request.rfm_as_of});
}

}  // namespace

Result<CustomerList> customer_list(PerformanceService& service, const kernel::Context& context,
                                   const CustomerQuery& request) {
    const Frame frame = TRY(service.frame(context, request.node));
    const BusinessCalendar calendar = service.org().calendar(context.tenant);
    CustomerList list{frame.source, {}};
    list.query.nodes = frame.nodes;
    list.query.known = request.known;
    if (request.first_from) list.query.first_from = calendar.start_of(*request.first_from);
    if (request.first_to) list.query.first_before = calendar.start_of(*request.first_to + 1);
    if (request.rfm_class) {
        const auto table = TRY(service.rfm(context, frame.source, request.rfm_as_of));
        list.query.within.push_back(rfm_people_sql(frame.source.tenant, *table, *request.rfm_class));
    }
    if (request.rfm_r || request.rfm_f) {
        const auto table = TRY(service.rfm(context, frame.source, request.rfm_as_of));
        const auto score = [](const std::optional<Int<1, 5>>& asked) {
            return asked ? std::optional(static_cast<int>(asked->value())) : std::nullopt;
        };
        list.query.within.push_back(
            rfm_cell_sql(frame.source.tenant, *table, score(request.rfm_r), score(request.rfm_f)));
    }
    if (request.metric) TRY(add_metric(service, context, frame, request, list.query));
    if (request.ids)
        list.query.within.push_back(TRY(chosen_sql(service, context.tenant, request.ids->str())));
    return list;
}

void add_customer_list_routes(PerformanceService& service) {
    service.kernel().api.query<CustomerQuery, CustomerPage>(
        kernel::Method::Get, "/api/v1/customers", kCustomerRead,
        [&service](kernel::View& view, const CustomerQuery& request) { return page(service, view, request); },
        {.zh = "客户列表", .en = "People, filtered and sorted", .rows = {"CDP-06"}, .tag = "performance"});
}

}  // namespace tilth::performance
