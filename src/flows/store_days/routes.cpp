// Reconciliation over HTTP: the store-days of a range, one of them with its receipts, decide, correct.

#include <algorithm>

#include "flows/store_days/receipts.h"
#include "flows/store_days/store_days.h"

namespace tilth::flows {

enum class StoreDayState : std::uint8_t { Match, Differ, MissingSales, MissingClose };
enum class StoreDayVerdict : std::uint8_t { Explained, Accepted };

struct FiguresItem {
    std::int64_t receipts = 0;
    Money net;
    Money refunds;
};
API_STRUCT(FiguresItem, (receipts, net, refunds))

struct DecisionItem {
    std::string state;
    std::string reason;
    std::string by;
    Instant at;
};
API_STRUCT(DecisionItem, (state, reason, by, at))

struct StoreDayItem {
    OrgNodeId node;
    std::string code;
    std::string name;
    Day day{};
    StoreDayState state = StoreDayState::Match;
    bool red = false;
    std::optional<FiguresItem> closed;
    FiguresItem ours;
    std::optional<DecisionItem> decision;
};
API_STRUCT(StoreDayItem, (node, code, name, day, state, red, closed, ours, decision))

struct ReconcileQuery {
    Day from{};
    Day to{};
    std::optional<OrgNodeId> node;
    std::optional<StoreDayState> state;
    std::optional<bool> all;  // also those that match
};
API_STRUCT(ReconcileQuery, (from, to, node, state, all))
Status check(const ReconcileQuery& query) {
    if (query.to < query.from || query.to - query.from > 400) {
        return Error::invalid("to", "range", "起止日期不对，或超过 400 天",
                              "The range is wrong or longer than 400 days", "缩短日期范围", "Choose a shorter range");
    }
    return ok();
}

struct ReconcileReply {
    std::int64_t store_days = 0;
    std::int64_t match = 0;
    std::int64_t differ = 0;
    std::int64_t missing_sales = 0;
    std::int64_t missing_close = 0;
    std::int64_t accepted = 0;
    std::int64_t red = 0;
    std::vector<StoreDayItem> items;
};
API_STRUCT(ReconcileReply, (store_days, match, differ, missing_sales, missing_close, accepted, red, items))

struct StoreDayKey {
    OrgNodeId node;
    Day day{};
};
API_STRUCT(StoreDayKey, (node, day))

struct ReceiptItem {
    OrderId id;
    std::string number;
    std::string kind;
    std::string channel;
    Instant paid_at;
    Money net;
};
API_STRUCT(ReceiptItem, (id, number, kind, channel, paid_at, net))

struct ReceiptDifferenceItem {
    std::string number;
    std::optional<OrderId> order;
    std::optional<Money> ours;  // none: missing here
    std::optional<Money> till;  // none: unknown to the till
};
API_STRUCT(ReceiptDifferenceItem, (number, order, ours, till))

struct StoreDayPage {
    std::optional<StoreDayItem> item;
    std::vector<ReceiptItem> receipts;
    // Beside the till's own list of receipts; none when there is no such list of the day.
    std::optional<std::vector<ReceiptDifferenceItem>> differences;
};
API_STRUCT(StoreDayPage, (item, receipts, differences))

struct DecideRequest {
    OrgNodeId node;
    Day day{};
    StoreDayVerdict state = StoreDayVerdict::Explained;
    Text<1, 500> reason;
};
API_STRUCT(DecideRequest, (node, day, state, reason))

struct CorrectRequest {
    OrgNodeId node;
    Day day{};
    Int<0, 1'000'000> receipts;
    Int<-1'000'000'000'000, 1'000'000'000'000> net_minor;
    Int<0, 1'000'000'000'000> refund_minor;
    Text<1, 500> reason;
};
API_STRUCT(CorrectRequest, (node, day, receipts, net_minor, refund_minor, reason))

}  // namespace tilth::flows

template <>
inline constexpr auto tilth::json::enum_values<tilth::flows::StoreDayState> =
    std::to_array<tilth::json::EnumValue<tilth::flows::StoreDayState>>({
        {tilth::flows::StoreDayState::Match, "match", "一致", "Match"},
        {tilth::flows::StoreDayState::Differ, "differ", "不一致", "Differ"},
        {tilth::flows::StoreDayState::MissingSales, "missing_sales", "缺销售", "Sales missing"},
        {tilth::flows::StoreDayState::MissingClose, "missing_close", "缺日结", "Close missing"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::flows::StoreDayVerdict> =
    std::to_array<tilth::json::EnumValue<tilth::flows::StoreDayVerdict>>({
        {tilth::flows::StoreDayVerdict::Explained, "explained", "已说明", "Explained"},
        {tilth::flows::StoreDayVerdict::Accepted, "accepted", "已接受", "Accepted"},
    });

namespace tilth::flows {

namespace {

using http::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr std::size_t kItemsMax = 2'000;
constexpr int kReceiptsMax = 5'000;

StoreDayState state_of(std::string_view word) {
    if (word == "match") return StoreDayState::Match;
    if (word == "missing_sales") return StoreDayState::MissingSales;
    return word == "missing_close" ? StoreDayState::MissingClose : StoreDayState::Differ;
}

class Routes {
public:
    Routes(kernel::Kernel& kernel, org::Org& org, commerce::Orders& orders, collect::StoreDays& days)
        : kernel_(kernel), org_(org), orders_(orders), days_(days) {}

    Result<ReconcileReply> list(View& view, const ReconcileQuery& query) const {
        auto nodes = TRY(in_scope(view.context(), query.node));
        ReconcileReply reply;
        const auto currency = currency_of(view.tenant());
        for (const Compared& one :
             TRY(reconcile(view.sql(), view.tenant(), org_, orders_, days_, nodes, query.from, query.to))) {
            const StoreDayState state = state_of(one.state);
            ++reply.store_days;
            reply.match += state == StoreDayState::Match ? 1 : 0;
            reply.differ += state == StoreDayState::Differ ? 1 : 0;
            reply.missing_sales += state == StoreDayState::MissingSales ? 1 : 0;
            reply.missing_close += state == StoreDayState::MissingClose ? 1 : 0;
            reply.red += one.red() ? 1 : 0;
            reply.accepted += state != StoreDayState::Match && !one.red() ? 1 : 0;
            const bool wanted =
                query.state ? state == *query.state : query.all.value_or(false) || state != StoreDayState::Match;
            if (wanted && reply.items.size() < kItemsMax) reply.items.push_back(item(view.tenant(), one, currency));
        }
        return reply;
    }

    Result<StoreDayPage> page(View& view, const StoreDayKey& key) const {
        const auto nodes = TRY(in_scope(view.context(), key.node));
        StoreDayPage page;
        const auto currency = currency_of(view.tenant());
        for (const Compared& one :
             TRY(reconcile(view.sql(), view.tenant(), org_, orders_, days_, {key.node}, key.day, key.day)))
            page.item = item(view.tenant(), one, currency);
        const BusinessCalendar calendar = org_.calendar(view.tenant());
        const auto orders = TRY(orders_.of_node(view.sql(), view.tenant(), key.node, calendar.start_of(key.day),
                                                calendar.start_of(key.day + 1), kReceiptsMax));
        page.differences = TRY(differing(view, key, orders, currency));
        for (const auto& order : orders) {
            page.receipts.push_back({order.id,
                                     order.number,
                                     kind_name(order.kind),
                                     order.channel,
                                     order.paid_at,
                                     {order.net_minor, order.currency}});
        }
        return page;
    }

    Result<None> decide(Unit& unit, const DecideRequest& request) const {
        const auto one = TRY(the_day(unit, request.node, request.day));
        if (one.state == "match") return Error(ErrorCode::Conflict, "the store-day matches");
        collect::StoreDayDecision decision;
        decision.node = request.node;
        decision.day = request.day;
        decision.state = request.state == StoreDayVerdict::Accepted ? "accepted" : "explained";
        decision.reason = request.reason.str();
        decision.figures = figures_text(one.closed, one.ours);
        decision.by = unit.context().actor.name;
        decision.at = unit.now();
        TRY(days_.decide(unit, decision));
        return None{};
    }

    Result<None> correct(Unit& unit, const CorrectRequest& request) const {
        TRY(in_scope(unit.context(), request.node));
        const auto stand = TRY(days_.between(unit.sql(), unit.tenant(), request.day, request.day));
        collect::StoreDay day;
        day.channel = "till";
        for (const auto& one : stand) {
            if (one.node == request.node) day.channel = one.channel;
        }
        day.node = request.node;
        day.day = request.day;
        day.receipts = request.receipts.value();
        day.net_minor = request.net_minor.value();
        day.refund_minor = request.refund_minor.value();
        day.source = "manual";
        TRY(days_.put(unit, day));
        TRY(unit.audit({.action = "store_day.correct",
                        .object = request.node.str(),
                        .detail = "{\"day\":\"" + to_iso(request.day) + "\",\"figures\":\"" +
                                  figures_text(std::nullopt, {day.receipts, day.net_minor, day.refund_minor}) + "\"}",
                        .reason = request.reason.str()}));
        return None{};
    }

private:
    Result<std::optional<std::vector<ReceiptDifferenceItem>>> differing(View& view, const StoreDayKey& key,
                                                                        const std::vector<commerce::OrderView>& orders,
                                                                        Currency currency) const {
        const auto node = org_.node(view.tenant(), key.node);
        const auto till = TRY(collect::receipts_of(view.sql(), view.tenant(), key.node, key.day));
        const auto found = flows::differences(orders, till, node ? node->code : std::string());
        if (!found) return std::optional<std::vector<ReceiptDifferenceItem>>{};
        std::vector<ReceiptDifferenceItem> items;
        for (const ReceiptDifference& one : *found) {
            ReceiptDifferenceItem item{one.number, one.order, std::nullopt, std::nullopt};
            if (one.ours_minor) item.ours = Money{*one.ours_minor, currency};
            if (one.till_minor) item.till = Money{*one.till_minor, currency};
            items.push_back(std::move(item));
        }
        return std::optional(std::move(items));
    }
    static std::string kind_name(commerce::OrderKind kind) {
        return kind == commerce::OrderKind::Sale     ? "sale"
               : kind == commerce::OrderKind::Return ? "return"
                                                     : "adjustment";
    }
    Currency currency_of(const TenantId& tenant) const {
        const auto own = org_.tenant(tenant);
        return own ? own->currency : Currency{};
    }
    // Sorted; a node outside the scope answers as one that does not exist.
    Result<std::vector<OrgNodeId>> in_scope(const kernel::Context& context,
                                            const std::optional<OrgNodeId>& asked) const {
        if (asked) {
            if (!org_.node(context.tenant, *asked) || !context.scope->covers(*asked))
                return Error(ErrorCode::NotFound, "node");
            return org_.subtree(context.tenant, *asked);
        }
        std::vector<OrgNodeId> nodes;
        for (const auto& node : org_.nodes(context.tenant)) {
            if (context.scope->covers(node.id)) nodes.push_back(node.id);
        }
        std::sort(nodes.begin(), nodes.end());
        return nodes;
    }
    Result<Compared> the_day(Unit& unit, const OrgNodeId& node, Day day) const {
        TRY(in_scope(unit.context(), node));
        const auto found = TRY(reconcile(unit.sql(), unit.tenant(), org_, orders_, days_, {node}, day, day));
        if (found.empty()) return Error(ErrorCode::NotFound, "store-day");
        return found.front();
    }
    StoreDayItem item(const TenantId& tenant, const Compared& one, Currency currency) const {
        const auto print = [&](const Figures& figures) {
            return FiguresItem{figures.receipts, {figures.net_minor, currency}, {figures.refund_minor, currency}};
        };
        StoreDayItem out;
        out.node = one.node;
        if (const auto node = org_.node(tenant, one.node)) {
            out.code = node->code;
            out.name = node->name;
        }
        out.day = one.day;
        out.state = state_of(one.state);
        out.red = one.red();
        if (one.closed) out.closed = print(*one.closed);
        out.ours = print(one.ours);
        if (one.decision)
            out.decision = DecisionItem{one.decision->state, one.decision->reason, one.decision->by, one.decision->at};
        return out;
    }

    kernel::Kernel& kernel_;
    org::Org& org_;
    commerce::Orders& orders_;
    collect::StoreDays& days_;
};

}  // namespace

void add_reconcile_routes(kernel::Kernel& kernel, org::Org& org, commerce::Orders& orders, collect::StoreDays& days) {
    const auto routes = std::make_shared<Routes>(kernel, org, orders, days);
    kernel.api.query<ReconcileQuery, ReconcileReply>(
        Method::Get, "/api/v1/reconcile", collect::kReconcileRead,
        [routes](View& view, const ReconcileQuery& query) { return routes->list(view, query); },
        {.zh = "门店日结对账", .en = "Store-days beside the day close", .rows = {"CDP-20"}, .tag = "collect"});
    kernel.api.query<StoreDayKey, StoreDayPage>(
        Method::Get, "/api/v1/reconcile/{node}/{day}", collect::kReconcileRead,
        [routes](View& view, const StoreDayKey& key) { return routes->page(view, key); },
        {.zh = "一个店日的对账", .en = "One store-day with its receipts", .rows = {"CDP-20"}, .tag = "collect"});
    kernel.api.command<DecideRequest, None>(
        Method::Post, "/api/v1/reconcile/{node}/{day}/decide", collect::kReconcileWrite,
        [routes](Unit& unit, const DecideRequest& request) { return routes->decide(unit, request); },
        {.zh = "说明或接受差异", .en = "Explain or accept a difference", .rows = {"CDP-20"}, .tag = "collect"});
    kernel.api.command<CorrectRequest, None>(
        Method::Post, "/api/v1/reconcile/{node}/{day}/correct", collect::kReconcileWrite,
        [routes](Unit& unit, const CorrectRequest& request) { return routes->correct(unit, request); },
        {.zh = "更正日结", .en = "Correct the day close by hand", .rows = {"CDP-20"}, .tag = "collect"});
}

}  // namespace tilth::flows
