// 客户: the list of people, filtered and sorted by what they bought.

#include "modules/performance/routes/customer_query.h"
#include "modules/performance/routes/routes.h"

namespace tilth::performance {

namespace {

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
        list.query.within = {rfm_people_sql(frame.source.tenant, *table, *request.rfm_class)};
    }
    return list;
}

void add_customer_list_routes(PerformanceService& service) {
    service.kernel().api.query<CustomerQuery, CustomerPage>(
        kernel::Method::Get, "/api/v1/customers", kCustomerRead,
        [&service](kernel::View& view, const CustomerQuery& request) { return page(service, view, request); },
        {.zh = "客户列表", .en = "People, filtered and sorted", .rows = {"CDP-06"}, .tag = "performance"});
}

}  // namespace tilth::performance
