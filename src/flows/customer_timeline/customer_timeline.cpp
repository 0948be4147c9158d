#include "flows/customer_timeline/customer_timeline.h"

#include <algorithm>
#include <tuple>

#include "flows/customer_timeline/path.h"
#include "flows/customer_timeline/reader.h"

namespace tilth::flows {

enum class MomentKind : std::uint8_t { Sale, Return, Adjustment, Event };
enum class MomentFilter : std::uint8_t { Order, Event };

struct MomentProperty {
    std::string name;
    std::string value;
};
API_STRUCT(MomentProperty, (name, value))

struct Moment {
    MomentKind kind = MomentKind::Event;
    Instant at;
    std::string key;                          // unique in the list: the order's id, or the event's place in the log
    CustomerId customer;                      // of the person's customers, whose it is
    std::string title;                        // the order's number or the event's type
    std::optional<OrderId> order;
    std::optional<std::string> channel;
    std::optional<std::string> node_name;
    std::optional<std::int64_t> lines;
    std::optional<Money> net;
    std::optional<std::string> source;        // of an event
    std::vector<MomentProperty> properties;   // the first of an event's
};
API_STRUCT(Moment, (kind, at, key, customer, title, order, channel, node_name, lines, net, source, properties))

struct TimelineQuery {
    CustomerId id;
    std::optional<MomentFilter> kind;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(TimelineQuery, (id, kind, cursor, limit))

struct Timeline {
    std::vector<Moment> items;
    std::optional<std::string> next;
    kernel::Total total;
    std::optional<Instant> events_from;       // events received before are not in the list
};
API_STRUCT(Timeline, (items, next, total, events_from))

}  // namespace tilth::flows

template <>
inline constexpr auto tilth::json::enum_values<tilth::flows::MomentKind> =
    std::to_array<tilth::json::EnumValue<tilth::flows::MomentKind>>({
        {tilth::flows::MomentKind::Sale, "sale", "销售", "Sale"},
        {tilth::flows::MomentKind::Return, "return", "退货", "Return"},
        {tilth::flows::MomentKind::Adjustment, "adjustment", "调整", "Adjustment"},
        {tilth::flows::MomentKind::Event, "event", "行为", "Event"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::flows::MomentFilter> =
    std::to_array<tilth::json::EnumValue<tilth::flows::MomentFilter>>({
        {tilth::flows::MomentFilter::Order, "order", "订单与退货", "Orders and returns"},
        {tilth::flows::MomentFilter::Event, "event", "行为", "Events"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::flows::TimelineQuery> = std::to_array<tilth::json::FieldDoc>({
    {"kind", "只看订单或行为，缺省为全部", "Orders or events only; both by default"},
});

namespace tilth::flows {

namespace {

using kernel::View;

constexpr std::size_t kPropertiesShown = 6;
constexpr std::size_t kValueBytesShown = 200;

std::vector<MomentProperty> properties_of(const std::string& text) {
    std::vector<MomentProperty> shown;
    const auto parsed = json::Value::parse(text);
    if (!parsed) return shown;
    for (const auto& [name, value] : parsed->members()) {
        if (shown.size() == kPropertiesShown) break;
        std::string printed = scalar_text(value);
        if (printed.empty() || printed.size() > kValueBytesShown) continue;
        shown.push_back({name, std::move(printed)});
    }
    return shown;
}

MomentKind kind_of(commerce::OrderKind kind) {
    switch (kind) {
        case commerce::OrderKind::Sale: return MomentKind::Sale;
        case commerce::OrderKind::Return: return MomentKind::Return;
        case commerce::OrderKind::Adjustment: return MomentKind::Adjustment;
    }
    return MomentKind::Adjustment;
}

// Newest first; what happened at one moment has a fixed order.
bool before(const Moment& a, const Moment& b) {
    return std::tie(b.at, b.kind, b.key) < std::tie(a.at, a.kind, a.key);
}

class TimelineReader {
public:
    explicit TimelineReader(const TimelineParts& parts) : reader_(parts) {}

    Result<Timeline> read(View& view, const TimelineQuery& request) const {
        const auto customers = TRY(reader_.whole_person(view, request.id));
        Timeline all;
        bool cut = false;
        if (request.kind != MomentFilter::Event) cut = TRY(add_orders(view, customers, all.items));
        if (request.kind != MomentFilter::Order) {
            all.events_from = TRY(add_events(view, customers, all.items));
            cut = cut || all.events_from;
        }
        all.total = {static_cast<std::int64_t>(all.items.size()),
                     cut ? kernel::TotalRelation::Gte : kernel::TotalRelation::Eq};
        std::sort(all.items.begin(), all.items.end(), before);
        TRY(cut_page(request, all));
        return all;
    }

private:
    // True when there are more orders than are read.
    Result<bool> add_orders(View& view, const std::vector<CustomerId>& customers, std::vector<Moment>& items) const {
        const Reader::OrderList list = TRY(reader_.orders_of(view, customers));
        for (const commerce::OrderView& order : list.orders) {
            Moment moment;
            moment.kind = kind_of(order.kind);
            moment.at = order.paid_at;
            moment.key = order.id.str();
            moment.customer = order.customer.value_or(customers.front());
            moment.title = order.number;
            moment.order = order.id;
            moment.channel = order.channel;
            moment.lines = order.lines;
            moment.net = Money{order.net_minor, order.currency};
            if (order.node) {
                const auto node = reader_.parts().org.node(view.tenant(), *order.node);
                if (node) moment.node_name = node->name;
            }
            items.push_back(std::move(moment));
        }
        return list.cut;
    }

    // Since when the log was looked at, when not to its beginning.
    Result<std::optional<Instant>> add_events(View& view, const std::vector<CustomerId>& customers,
                                              std::vector<Moment>& items) const {
        kernel::History history = TRY(reader_.events_of(view, customers));
        for (kernel::LoggedEvent& logged : history.events) {
            Moment moment;
            moment.at = logged.event.time;
            moment.key = position_key(logged.position);
            moment.customer = logged.event.customer;
            moment.title = std::move(logged.event.type);
            moment.source = logged.event.source.str();
            moment.properties = properties_of(logged.event.properties);
            items.push_back(std::move(moment));
        }
        return history.whole ? std::nullopt : std::optional(history.from);
    }

    static Status cut_page(const TimelineQuery& request, Timeline& all) {
        if (request.cursor) {
            const auto parts = TRY(kernel::decode_cursor(request.cursor->str(), 3));
            Moment last;
            last.at = Instant{TRY(parse_decimal(parts[0], 0))};
            const std::int64_t kind = TRY(parse_decimal(parts[1], 0));
            if (kind < 0 || kind > static_cast<std::int64_t>(MomentKind::Event))
                return Error(ErrorCode::Invalid, "cursor");
            last.kind = static_cast<MomentKind>(kind);
            last.key = parts[2];
            all.items.erase(all.items.begin(), std::upper_bound(all.items.begin(), all.items.end(), last, before));
        }
        const auto rows = static_cast<std::size_t>(kernel::page_rows(request.limit));
        if (all.items.size() <= rows) return ok();
        all.items.resize(rows);
        const Moment& last = all.items.back();
        all.next = kernel::encode_cursor(
            {std::to_string(last.at.ms), std::to_string(static_cast<int>(last.kind)), last.key});
        return ok();
    }

    Reader reader_;
};

}  // namespace

void add_customer_timeline(const TimelineParts& parts) {
    parts.kernel.api.query<TimelineQuery, Timeline>(
        kernel::Method::Get, "/api/v1/customers/{id}/timeline", kCustomerRead,
        [reader = TimelineReader(parts)](View& view, const TimelineQuery& request) {
            return reader.read(view, request);
        },
        {.zh = "客户的时间线：订单、退货与行为",
         .en = "One person's orders, returns and events in order of time",
         .rows = {"CDP-03"},
         .tag = "flows"});
    add_customer_path(parts);
}

}  // namespace tilth::flows
