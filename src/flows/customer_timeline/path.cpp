#include "flows/customer_timeline/path.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "flows/customer_timeline/reader.h"
#include "modules/customer/kinds/api.h"
#include "modules/customer/path/api.h"

namespace tilth::flows {

enum class Side : std::uint8_t { Online, Offline };
enum class HopKind : std::uint8_t { Event, Sale, Return, Adjustment };

// The key that carried an event: why this hop is known to be that person's.
struct HopKey {
    std::int64_t number = 0;
    std::optional<customer::IdentityKind> kind;  // absent: the key is gone (erased, or severed)
    std::optional<std::string> masked;
};
API_STRUCT(HopKey, (number, kind, masked))

struct Hop {
    std::int64_t step = 0;                     // from 1, oldest first
    HopKind kind = HopKind::Event;
    Side side = Side::Online;
    Instant at;
    Instant until;                             // of the last one, when several stand together
    std::int64_t count = 1;
    std::string title;                         // the event's type or the order's number
    std::optional<OrderId> order;
    std::optional<std::string> event;          // its place in the log
    std::optional<std::string> channel;
    std::optional<std::string> touchpoint;
    std::optional<std::string> node_name;
    std::optional<std::string> staff;          // the code of the guide, as the source names him
    std::optional<std::string> source;
    std::optional<Money> net;
    CustomerId customer;                       // of the person's customers, whose it is
    std::optional<HopKey> key;
    std::vector<std::int64_t> links;           // of the ledger: they join this customer to the hop before
};
API_STRUCT(Hop, (step, kind, side, at, until, count, title, order, event, channel, touchpoint, node_name, staff, source,
                 net, customer, key, links))

struct PathQuery {
    CustomerId id;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(PathQuery, (id, cursor, limit))

struct PathView {
    std::vector<Hop> items;
    std::optional<std::string> next;
    kernel::Total total;
    std::int64_t online = 0;
    std::int64_t offline = 0;
    std::int64_t to_offline = 0;               // how often the way led from online to offline
    std::int64_t to_online = 0;                // and back
    std::optional<Instant> events_from;        // events received before are not in the path
};
API_STRUCT(PathView, (items, next, total, online, offline, to_offline, to_online, events_from))

}  // namespace tilth::flows

template <>
inline constexpr auto tilth::json::enum_values<tilth::flows::Side> =
    std::to_array<tilth::json::EnumValue<tilth::flows::Side>>({
        {tilth::flows::Side::Online, "online", "线上", "Online"},
        {tilth::flows::Side::Offline, "offline", "线下", "Offline"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::flows::HopKind> =
    std::to_array<tilth::json::EnumValue<tilth::flows::HopKind>>({
        {tilth::flows::HopKind::Event, "event", "行为", "Event"},
        {tilth::flows::HopKind::Sale, "sale", "销售", "Sale"},
        {tilth::flows::HopKind::Return, "return", "退货", "Return"},
        {tilth::flows::HopKind::Adjustment, "adjustment", "调整", "Adjustment"},
    });

namespace tilth::flows {

namespace {

using kernel::View;

// Channels whose touch points stand in the world of bricks, by the words that sources use for them.
constexpr std::array<std::string_view, 8> kOfflineChannels{"till",  "store", "pos",  "offline",
                                                           "event", "门店",  "收银", "线下"};
// The members of an event that name its place, in the order in which they are asked.
constexpr std::array<std::string_view, 4> kNodeMembers{"store", "store_code", "node_code", "node"};
constexpr std::array<std::string_view, 4> kTouchpointMembers{"touchpoint", "code", "qr", "page"};
constexpr std::array<std::string_view, 3> kStaffMembers{"staff", "staff_code", "user_id"};

bool is_offline(std::string_view channel) {
    return std::find(kOfflineChannels.begin(), kOfflineChannels.end(), channel) != kOfflineChannels.end();
}

bool stands_somewhere(org::NodeKind kind) {
    return kind == org::NodeKind::Store || kind == org::NodeKind::Partner || kind == org::NodeKind::Team;
}

template <std::size_t N>
std::optional<std::string> first_of(const json::Value& properties, const std::array<std::string_view, N>& members) {
    for (const std::string_view member : members) {
        if (std::string text = scalar_text(properties[member]); !text.empty()) return text;
    }
    return std::nullopt;
}

HopKind kind_of(commerce::OrderKind kind) {
    switch (kind) {
        case commerce::OrderKind::Sale: return HopKind::Sale;
        case commerce::OrderKind::Return: return HopKind::Return;
        case commerce::OrderKind::Adjustment: return HopKind::Adjustment;
    }
    return HopKind::Adjustment;
}

std::string key_of(const Hop& hop) { return hop.order ? hop.order->str() : hop.event.value_or(std::string()); }

// Oldest first. An order goes behind the events of its moment: they led to it.
bool earlier(const Hop& a, const Hop& b) {
    return std::tuple(a.at, a.order.has_value(), key_of(a)) < std::tuple(b.at, b.order.has_value(), key_of(b));
}

// The same thing done again at the same touch point says nothing new of the way.
bool stands_with(const Hop& before, const Hop& hop) {
    return !before.order && !hop.order && before.title == hop.title && before.customer == hop.customer &&
           before.side == hop.side && before.channel == hop.channel && before.touchpoint == hop.touchpoint &&
           before.node_name == hop.node_name && before.source == hop.source &&
           before.key->number == hop.key->number;
}

class PathReader {
public:
    explicit PathReader(const TimelineParts& parts) : reader_(parts) {}

    Result<PathView> read(View& view, const PathQuery& request) const {
        const auto customers = TRY(reader_.whole_person(view, request.id));
        PathView path;
        std::vector<Hop> hops;
        const bool cut = TRY(add_orders(view, customers, hops));
        path.events_from = TRY(add_events(view, customers, hops));
        std::sort(hops.begin(), hops.end(), earlier);
        path.items = gathered(std::move(hops));
        TRY(join(view, customers, path));
        path.total = {static_cast<std::int64_t>(path.items.size()),
                      cut || path.events_from ? kernel::TotalRelation::Gte : kernel::TotalRelation::Eq};
        TRY(cut_page(request, path));
        return path;
    }

private:
    Result<bool> add_orders(View& view, const std::vector<CustomerId>& customers, std::vector<Hop>& hops) const {
        const Reader::OrderList list = TRY(reader_.orders_of(view, customers));
        for (const commerce::OrderView& order : list.orders) {
            Hop hop;
            hop.kind = kind_of(order.kind);
            hop.at = hop.until = order.paid_at;
            hop.title = order.number;
            hop.order = order.id;
            hop.channel = order.channel;
            if (!order.guide_code.empty()) hop.staff = order.guide_code;
            hop.net = Money{order.net_minor, order.currency};
            hop.customer = order.customer.value_or(customers.front());
            std::optional<org::OrgNode> node;
            if (order.node) node = reader_.parts().org.node(view.tenant(), *order.node);
            if (node) hop.node_name = node->name;
            // A file without a channel of its own is the store's when it names a store.
            const bool of_a_store = order.channel == "file" && node && stands_somewhere(node->kind);
            hop.side = is_offline(order.channel) || of_a_store ? Side::Offline : Side::Online;
            hops.push_back(std::move(hop));
        }
        return list.cut;
    }

    Result<std::optional<Instant>> add_events(View& view, const std::vector<CustomerId>& customers,
                                              std::vector<Hop>& hops) const {
        kernel::History history = TRY(reader_.events_of(view, customers));
        for (kernel::LoggedEvent& logged : history.events) {
            const auto parsed = json::Value::parse(logged.event.properties);
            const json::Value properties = parsed ? *parsed : json::Value::object({});
            Hop hop;
            hop.at = hop.until = logged.event.time;
            hop.title = std::move(logged.event.type);
            hop.event = position_key(logged.position);
            hop.source = logged.event.source.str();
            hop.channel = first_of(properties, std::array<std::string_view, 1>{"channel"});
            hop.touchpoint = first_of(properties, kTouchpointMembers);
            hop.staff = first_of(properties, kStaffMembers);
            hop.customer = logged.event.customer;
            hop.key.emplace().number = static_cast<std::int64_t>(logged.event.identity);
            std::optional<org::OrgNode> node;
            if (const auto code = first_of(properties, kNodeMembers))
                node = reader_.parts().org.node_by_code(view.tenant(), *code);
            if (node) hop.node_name = node->name;
            const bool there = node && stands_somewhere(node->kind) && !hop.channel;
            hop.side = there || is_offline(hop.channel.value_or("")) ? Side::Offline : Side::Online;
            hops.push_back(std::move(hop));
        }
        return history.whole ? std::nullopt : std::optional(history.from);
    }

    static std::vector<Hop> gathered(std::vector<Hop> hops) {
        std::vector<Hop> path;
        for (Hop& hop : hops) {
            if (!path.empty() && stands_with(path.back(), hop)) {
                path.back().until = hop.at;
                ++path.back().count;
                continue;
            }
            path.push_back(std::move(hop));
        }
        return path;
    }

    // Numbers the hops, counts the turns, and says of each by which key and which links it belongs here.
    Status join(View& view, const std::vector<CustomerId>& customers, PathView& path) const {
        const auto links = TRY(customer::links_that_hold(view.sql(), view.tenant(), customers));
        const auto faces = TRY(reader_.parts().customers.faces(view.sql(), view.tenant(), {customers.front()}));
        const Hop* before = nullptr;
        for (Hop& hop : path.items) {
            hop.step = &hop - path.items.data() + 1;
            (hop.side == Side::Online ? path.online : path.offline)++;
            if (before != nullptr) {
                hop.links = customer::way_between(links, before->customer, hop.customer);
                if (before->side != hop.side) (hop.side == Side::Offline ? path.to_offline : path.to_online)++;
            }
            before = &hop;
            if (!hop.key) continue;
            for (const auto& key : faces.front().keys) {
                if (static_cast<std::int64_t>(key.number) != hop.key->number) continue;
                hop.key->kind = key.kind;
                hop.key->masked = key.masked;
            }
        }
        return ok();
    }

    static Status cut_page(const PathQuery& request, PathView& path) {
        if (request.cursor) {
            const auto parts = TRY(kernel::decode_cursor(request.cursor->str(), 3));
            const Instant at{TRY(parse_decimal(parts[0], 0))};
            const std::tuple last(at, parts[1] == "order", parts[2]);
            std::erase_if(path.items, [&](const Hop& hop) {
                return std::tuple(hop.at, hop.order.has_value(), key_of(hop)) <= last;
            });
        }
        const auto rows = static_cast<std::size_t>(kernel::page_rows(request.limit));
        if (path.items.size() <= rows) return ok();
        path.items.erase(path.items.begin() + static_cast<std::ptrdiff_t>(rows), path.items.end());
        const Hop& last = path.items.back();
        path.next = kernel::encode_cursor({std::to_string(last.at.ms), last.order ? "order" : "event", key_of(last)});
        return ok();
    }

    Reader reader_;
};

}  // namespace

void add_customer_path(const TimelineParts& parts) {
    parts.kernel.api.query<PathQuery, PathView>(
        kernel::Method::Get, "/api/v1/customers/{id}/path", kCustomerRead,
        [reader = PathReader(parts)](View& view, const PathQuery& request) { return reader.read(view, request); },
        {.zh = "客户路径：按先后经过的线上线下触点，每一步由哪个身份、哪些关联得知",
         .en = "One person's path across touch points, online and offline, with the key and links behind each step",
         .rows = {"CDP-05"},
         .tag = "flows"});
}

}  // namespace tilth::flows
