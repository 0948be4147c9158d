#include "modules/performance/routes/customer_items.h"

namespace tilth::performance {

namespace {

// The order is part of a cursor: places of one order mean nothing in another.
std::string order_name(const PeopleQuery& query) {
    return std::to_string(static_cast<int>(query.sort)) + (query.order == SortOrder::Asc ? "+" : "-");
}

Error bad_cursor() {
    return Error::invalid("cursor", "bad_cursor", "分页位置与当前排序不符", "The cursor is of another order",
                          "从第一页开始", "Begin with the first page");
}

Result<PeopleQuery::After> after_of(const PeopleQuery& query, const kernel::CursorText& cursor) {
    const auto parts = TRY(kernel::decode_cursor(cursor.str(), 3));
    const auto key = parse_decimal(parts[1], 0);
    const auto person = parse_decimal(parts[2], 0);
    if (parts[0] != order_name(query) || !key || !person) return bad_cursor();
    return PeopleQuery::After{*key, *person};
}

}  // namespace

Result<std::vector<CustomerItem>> customer_items(PerformanceService& service, kernel::View& view, const RfmTable& rfm,
                                                 const std::vector<PersonRow>& rows) {
    const TenantId& tenant = view.tenant();
    std::vector<CustomerId> firsts;
    std::vector<const PersonRow*> shown;
    for (const PersonRow& row : rows) {
        const auto customers = service.customers().customers_of(tenant, ordinal_of(row.person), is_known(row.person));
        if (customers.empty()) continue;
        firsts.push_back(customers.front());
        shown.push_back(&row);
    }
    const auto faces = TRY(service.customers().faces(view.sql(), tenant, firsts));
    const Currency currency = service.currency(tenant);
    std::vector<CustomerItem> items;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const PersonRow& row = *shown[i];
        CustomerItem item;
        item.id = firsts[i];
        item.known = is_known(row.person);
        item.name_masked = faces[i].name_masked;
        for (const auto& key : faces[i].keys)
            item.identities.push_back({std::string(customer::name(key.kind)), key.masked});
        item.home_node = faces[i].home_node;
        if (item.home_node) {
            if (const auto node = service.org().node(tenant, *item.home_node)) item.home_node_name = node->name;
        }
        item.orders = row.orders;
        item.net_spend = {row.net_minor, currency};
        item.last_order_at = row.last_order_at;
        item.first_seen_at = row.first_seen;
        if (const RfmPerson* person = rfm.find(row.person)) item.rfm_class = person->rfm_class;
        items.push_back(std::move(item));
    }
    return items;
}

Result<CustomerPage> customer_page(PerformanceService& service, kernel::View& view, const Source& source,
                                   PeopleQuery query, const Paging& paging) {
    query.sort = paging.sort.value_or(PeopleSort::LastOrder);
    query.order = paging.order.value_or(SortOrder::Desc);
    if (paging.cursor) query.after = TRY(after_of(query, *paging.cursor));
    const std::int64_t rows = kernel::page_rows(paging.limit);
    query.limit = rows + 1;
    PeoplePage found = TRY(list_people(source, query));
    const bool more = found.rows.size() > static_cast<std::size_t>(rows);
    if (more) found.rows.resize(static_cast<std::size_t>(rows));
    const auto table = TRY(service.rfm(view.context(), source, paging.rfm_as_of));
    CustomerPage page;
    page.items = TRY(customer_items(service, view, *table, found.rows));
    if (more) {
        const PersonRow& last = found.rows.back();
        page.next = kernel::encode_cursor({order_name(query), std::to_string(last.key), std::to_string(last.person)});
    }
    page.total = {found.total, kernel::TotalRelation::Eq};
    return page;
}

}  // namespace tilth::performance
