#include "modules/commerce/orders/routes.h"

#include "modules/commerce/orders/store.h"
#include "modules/commerce/orders/tenders.h"
#include "modules/org/names/api.h"

namespace tilth::commerce {

struct OrderItem {
    OrderId id;
    std::string number;
    OrderKind kind = OrderKind::Sale;
    std::string channel;
    Instant paid_at;
    std::optional<CustomerId> customer;
    std::optional<OrgNodeId> node;
    std::optional<std::string> node_name;
    std::int64_t lines = 0;
    Money net;
    std::optional<StaffId> staff;
    std::optional<std::string> guide_code;  // as the source names who sold
    std::optional<std::string> guide_name;  // whom that came to
};
API_STRUCT(OrderItem, (id, number, kind, channel, paid_at, customer, node, node_name, lines, net, staff, guide_code,
                       guide_name))

struct TenderItem {
    std::string method;
    std::optional<Money> amount;  // none: the whole order was paid so
};
API_STRUCT(TenderItem, (method, amount))

struct OrderLineItem {
    std::int64_t number = 0;
    std::string sku;
    std::string name;
    Quantity quantity;
    UnitPrice price;
    Money amount;
};
API_STRUCT(OrderLineItem, (number, sku, name, quantity, price, amount))

struct OrderPage {
    OrderItem order;
    std::vector<OrderLineItem> lines;
    std::vector<TenderItem> tenders;
};
API_STRUCT(OrderPage, (order, lines, tenders))

struct OrderKey {
    OrderId id;
};
API_STRUCT(OrderKey, (id))

struct OrderSearch {
    std::optional<Text<1, 80>> number;
    std::optional<Day> from;
    std::optional<Day> to;
    std::optional<OrgNodeId> node;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(OrderSearch, (number, from, to, node, cursor, limit))

struct CustomerOrders {
    CustomerId id;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(CustomerOrders, (id, cursor, limit))

}  // namespace tilth::commerce

template <>
inline constexpr auto tilth::json::enum_values<tilth::commerce::OrderKind> =
    std::to_array<tilth::json::EnumValue<tilth::commerce::OrderKind>>({
        {tilth::commerce::OrderKind::Sale, "sale", "销售", "Sale"},
        {tilth::commerce::OrderKind::Return, "return", "退货", "Return"},
        {tilth::commerce::OrderKind::Adjustment, "adjustment", "调整", "Adjustment"},
    });

namespace tilth::commerce {

namespace {

using kernel::Method;
using kernel::View;
using OrderList = kernel::Page<OrderItem>;

class OrderRoutes {
public:
    OrderRoutes(org::Org& org, customer::Customers& customers) : org_(org), customers_(customers) {}

    Result<OrderList> search(View& view, const OrderSearch& request) const {
        store::Filter filter;
        const BusinessCalendar calendar = org_.calendar(view.tenant());
        if (request.number) filter.number = request.number->str();
        if (request.from) filter.from = calendar.start_of(*request.from);
        if (request.to) filter.to = calendar.start_of(*request.to + 1);
        filter.nodes = TRY(nodes_in_scope(view, request.node));
        return page(view, filter, request.cursor, request.limit);
    }

    Result<OrderPage> one(View& view, const OrderKey& key) const {
        const auto found = TRY(store::find(view.sql(), view.tenant(), key.id));
        if (!found || !visible(view, *found)) return Error(ErrorCode::NotFound, "order");
        OrderPage reply{item(view, *found), {}, {}};
        for (auto& line : TRY(store::lines(view.sql(), view.tenant(), key.id))) {
            reply.lines.push_back({line.number,
                                   std::move(line.sku),
                                   std::move(line.name),
                                   line.quantity,
                                   line.price,
                                   {line.amount_minor, found->currency}});
        }
        for (auto& tender : TRY(store::tenders(view.sql(), view.tenant(), key.id))) {
            TenderItem one{std::move(tender.method), std::nullopt};
            if (tender.amount_minor) one.amount = Money{*tender.amount_minor, found->currency};
            reply.tenders.push_back(std::move(one));
        }
        return reply;
    }

    Result<OrderList> of_customer(View& view, const CustomerOrders& request) const {
        const auto person = customers_.person_of(view.tenant(), request.id);
        if (!person) return Error(ErrorCode::NotFound, "customer");
        store::Filter filter;
        filter.customers = customers_.customers_of(view.tenant(), person->ordinal, person->known);
        filter.nodes = TRY(nodes_in_scope(view, std::nullopt));
        return page(view, filter, request.cursor, request.limit);
    }

private:
    // An empty list means any node. A node outside the scope answers as one that does not exist.
    Result<std::vector<OrgNodeId>> nodes_in_scope(View& view, const std::optional<OrgNodeId>& asked) const {
        const kernel::Scope& scope = *view.context().scope;
        if (!asked) return scope.all ? std::vector<OrgNodeId>{} : scope.nodes;
        if (!org_.node(view.tenant(), *asked) || !scope.covers(*asked)) return Error(ErrorCode::NotFound, "node");
        return org_.subtree(view.tenant(), *asked);
    }

    static bool visible(View& view, const OrderView& order) {
        const kernel::Scope& scope = *view.context().scope;
        return scope.all || (order.node && scope.covers(*order.node));
    }

    OrderItem item(View& view, const OrderView& order) const {
        OrderItem out{order.id,       order.number, order.kind,   order.channel, order.paid_at,
                      order.customer, order.node,   std::nullopt, order.lines,   {order.net_minor, order.currency},
                      order.staff,    std::nullopt, std::nullopt};
        if (!order.guide_code.empty()) out.guide_code = order.guide_code;
        if (order.staff) {
            if (const auto guide = org::staff_name(org_, view.tenant(), *order.staff)) out.guide_name = guide->name;
        }
        if (order.node) {
            if (const auto node = org_.node(view.tenant(), *order.node)) out.node_name = node->name;
        }
        return out;
    }

    Result<OrderList> page(View& view, store::Filter filter, const std::optional<kernel::CursorText>& cursor,
                           const std::optional<kernel::PageLimit>& limit) const {
        const auto rows = static_cast<std::size_t>(kernel::page_rows(limit));
        filter.limit = static_cast<int>(rows) + 1;
        OrderList list;
        if (cursor) {
            const auto parts = TRY(kernel::decode_cursor(cursor->str(), 3));
            filter.before_paid_at = Instant { TRY(parse_decimal(parts[0], 0)) };
            if (parts[1].size() != 16) return Error(ErrorCode::Invalid, "cursor");
            filter.before_id = OrderId::from_raw(parts[1]);
            list.total.value = TRY(parse_decimal(parts[2], 0));
        }
        auto found = TRY(store::list(view.sql(), view.tenant(), filter));
        const bool more = found.size() > rows;
        if (more) found.resize(rows);
        // Counted once, on the first page, when one page does not tell; the cursor carries it on.
        if (!cursor) {
            list.total.value = more ? TRY(store::count(view.sql(), view.tenant(), filter))
                                    : static_cast<std::int64_t>(found.size());
        }
        for (const OrderView& order : found) list.items.push_back(item(view, order));
        if (more) {
            const OrderView& last = found.back();
            list.next = kernel::encode_cursor(
                {std::to_string(last.paid_at.ms), last.id.raw(), std::to_string(list.total.value)});
        }
        return list;
    }

    org::Org& org_;
    customer::Customers& customers_;
};

}  // namespace

void add_order_routes(kernel::Kernel& kernel, org::Org& org, customer::Customers& customers) {
    auto routes = std::make_shared<OrderRoutes>(org, customers);
    kernel.api.query<OrderSearch, OrderList>(
        Method::Get, "/api/v1/orders", kOrderRead,
        [routes](View& view, const OrderSearch& request) { return routes->search(view, request); },
        {.zh = "订单查询", .en = "Orders, newest first", .rows = {"CDP-03"}, .tag = "commerce"});
    kernel.api.query<OrderKey, OrderPage>(
        Method::Get, "/api/v1/orders/{id}", kOrderRead,
        [routes](View& view, const OrderKey& request) { return routes->one(view, request); },
        {.zh = "订单详情", .en = "One order with its lines", .rows = {"CDP-03"}, .tag = "commerce"});
    kernel.api.query<CustomerOrders, OrderList>(
        Method::Get, "/api/v1/customers/{id}/orders", kOrderRead,
        [routes](View& view, const CustomerOrders& request) { return routes->of_customer(view, request); },
        {.zh = "客户的订单", .en = "Orders of one person", .rows = {"CDP-03"}, .tag = "commerce"});
}

}  // namespace tilth::commerce
