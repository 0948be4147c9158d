#include "flows/store_days/freshness.h"

#include <algorithm>
#include <map>

#include "flows/store_days/store_days.h"
#include "modules/collect/freshness/api.h"

namespace tilth::flows {

enum class FreshKind : std::uint8_t { Source, Feed, Store };

struct FreshItem {
    std::string subject;
    FreshKind kind = FreshKind::Source;
    std::string name;
    std::string code;  // of a store
    std::optional<OrgNodeId> node;
    std::optional<Instant> last;
    std::optional<std::int64_t> lag_min;
    std::int64_t limit_min = 0;  // 0: never an alarm
    bool own_limit = false;
    bool alarm = false;
    bool paused = false;
    std::string error;
    std::optional<std::int64_t> accepted;
    std::optional<std::int64_t> refused;
    std::int64_t late = 0;
    std::optional<std::int64_t> duplicate;
    std::int64_t contradictory = 0;
    std::optional<std::int64_t> days_complete;  // of days_expected; stores alone
    std::optional<std::int64_t> days_expected;
};
API_STRUCT(FreshItem, (subject, kind, name, code, node, last, lag_min, limit_min, own_limit, alarm, paused, error,
                       accepted, refused, late, duplicate, contradictory, days_complete, days_expected))

struct FreshQuery {
    std::optional<bool> alarms;  // those alone
};
API_STRUCT(FreshQuery, (alarms))

struct FreshReply {
    std::int64_t alarms = 0;
    std::int64_t sources = 0;
    std::int64_t stores = 0;
    std::int64_t stores_limit_min = 0;  // of stores without one of their own
    std::vector<FreshItem> items;
};
API_STRUCT(FreshReply, (alarms, sources, stores, stores_limit_min, items))

struct FreshLimit {
    Text<1, 80> subject;
    std::optional<Int<0, collect::kFreshnessLimitMax>> limit_min;  // none: the usual one
};
API_STRUCT(FreshLimit, (subject, limit_min))

}  // namespace tilth::flows

template <>
inline constexpr auto tilth::json::enum_values<tilth::flows::FreshKind> =
    std::to_array<tilth::json::EnumValue<tilth::flows::FreshKind>>({
        {tilth::flows::FreshKind::Source, "source", "事件数据源", "Source of events"},
        {tilth::flows::FreshKind::Feed, "feed", "定时取数", "Feed"},
        {tilth::flows::FreshKind::Store, "store", "门店", "Store"},
    });

namespace tilth::flows {

namespace {

using http::Method;
using kernel::None;
using kernel::Unit;
using kernel::View;

constexpr Duration kExpected = days(60);
constexpr int kDaysLookedAt = 7;
constexpr std::string_view kTill = "till";

struct Weeks {
    std::int64_t complete = 0;
    std::int64_t expected = 0;
    std::int64_t contradictory = 0;
    std::int64_t late = 0;
};

FreshItem item_of(collect::SourceFreshness one) {
    FreshItem item;
    item.subject = std::move(one.subject);
    item.kind = one.is_feed ? FreshKind::Feed : FreshKind::Source;
    item.name = std::move(one.name);
    item.paused = one.paused;
    item.error = std::move(one.error);
    item.accepted = one.accepted;
    item.refused = one.refused;
    item.late = one.late;
    item.duplicate = one.duplicate;
    item.contradictory = one.contradictory;
    return item;
}

class Freshness {
public:
    Freshness(org::Org& org, collect::Collect& collect, commerce::Orders& orders, collect::StoreDays& days)
        : org_(org), collect_(collect), orders_(orders), days_(days) {}

    Result<FreshReply> list(View& view, const FreshQuery& query) const {
        FreshReply reply;
        const auto limits = TRY(collect::freshness_limits(view.sql(), view.tenant()));
        const auto usual = limits.find(std::string(collect::kStoresSubject));
        const int stores_limit = usual == limits.end() ? collect::kStoreLimitMin : usual->second;
        reply.stores_limit_min = stores_limit;
        const auto add = [&](FreshItem item, const std::optional<Instant>& last, int usual_limit) {
            const auto own = limits.find(item.subject);
            item.own_limit = own != limits.end();
            item.limit_min = item.own_limit ? own->second : usual_limit;
            item.last = last;
            if (last) item.lag_min = std::max<std::int64_t>(0, (view.context().now - *last).ms / minutes(1).ms);
            const bool silent = item.lag_min && item.limit_min > 0 && *item.lag_min > item.limit_min;
            item.alarm = !item.paused && (silent || !item.error.empty());
            reply.alarms += item.alarm ? 1 : 0;
            if (item.alarm || !query.alarms.value_or(false)) reply.items.push_back(std::move(item));
        };
        if (view.context().scope->all) TRY(add_sources(view, reply, add));
        TRY(add_stores(view, reply, stores_limit, limits, add));
        std::stable_sort(reply.items.begin(), reply.items.end(),
                         [](const FreshItem& a, const FreshItem& b) { return a.alarm && !b.alarm; });
        return reply;
    }

    Result<None> set_limit(Unit& unit, const FreshLimit& request) const {
        const std::string subject = request.subject.str();
        const bool known = subject == collect::kStoresSubject || subject.starts_with("source:") ||
                           subject.starts_with("feed:") || subject.starts_with("store:");
        if (!known) {
            return Error::invalid("subject", "unknown_subject", "没有这个数据源或门店", "There is no such source or store",
                                  "取自新鲜度列表", "Take it from the list of freshness");
        }
        std::optional<int> limit;
        if (request.limit_min) limit = static_cast<int>(request.limit_min->value());
        TRY(collect::set_freshness_limit(unit, subject, limit));
        return None{};
    }

private:
    template <class Add>
    Status add_sources(View& view, FreshReply& reply, const Add& add) const {
        const Day today = org_.calendar(view.tenant()).day_of(view.context().now);
        const bool zh = view.context().language == kernel::Language::Zh;
        auto sources = TRY(collect::source_freshness(collect_, view.sql(), view.tenant(), today, zh));
        for (collect::SourceFreshness& one : sources) {
            const auto last = one.last;
            const int usual = one.usual_limit_min;
            ++reply.sources;
            add(item_of(std::move(one)), last, usual);
        }
        return ok();
    }

    template <class Add>
    Status add_stores(View& view, FreshReply& reply, int usual, const std::map<std::string, int>& limits,
                      const Add& add) const {
        std::vector<OrgNodeId> ids;
        std::map<OrgNodeId, org::OrgNode> stores;
        for (auto& node : org_.nodes(view.tenant())) {
            if (node.kind != org::NodeKind::Store || !node.open || !view.context().scope->covers(node.id)) continue;
            ids.push_back(node.id);
            stores.emplace(node.id, std::move(node));
        }
        std::sort(ids.begin(), ids.end());
        const auto weeks = TRY(weeks_of(view, ids, usual, limits));
        const Instant since = view.context().now + Duration{-kExpected.ms};
        for (const auto& [id, node] : stores) {
            auto last = TRY(orders_.last_sale(view.sql(), view.tenant(), id, kTill, since));
            if (!last) last = TRY(orders_.last_sale(view.sql(), view.tenant(), id, {}, since));
            if (!last) continue;
            FreshItem item;
            item.subject = "store:" + id.str();
            item.kind = FreshKind::Store;
            item.name = node.name;
            item.code = node.code;
            item.node = id;
            if (const auto found = weeks.find(id); found != weeks.end()) {
                item.late = found->second.late;
                item.contradictory = found->second.contradictory;
                item.days_complete = found->second.complete;
                item.days_expected = found->second.expected;
            }
            ++reply.stores;
            add(std::move(item), last, usual);
        }
        return ok();
    }

    Result<std::map<OrgNodeId, Weeks>> weeks_of(View& view, const std::vector<OrgNodeId>& ids, int usual,
                                                const std::map<std::string, int>& limits) const {
        std::map<OrgNodeId, Weeks> weeks;
        const BusinessCalendar calendar = org_.calendar(view.tenant());
        const Day last = calendar.day_of(view.context().now) + -1;
        const Day first = last + -(kDaysLookedAt - 1);
        for (const Compared& one :
             TRY(reconcile(view.sql(), view.tenant(), org_, orders_, days_, ids, first, last))) {
            Weeks& week = weeks[one.node];
            ++week.expected;
            const bool missing = one.state == "missing_sales" || one.state == "missing_close";
            week.complete += missing ? 0 : 1;
            week.contradictory += one.state == "differ" ? 1 : 0;
        }
        for (const auto& close : TRY(days_.between(view.sql(), view.tenant(), first, last))) {
            const auto own = limits.find("store:" + close.node.str());
            const int limit = own == limits.end() ? usual : own->second;
            const auto found = weeks.find(close.node);
            if (found == weeks.end() || limit == 0) continue;
            if (close.at > calendar.start_of(close.day + 1) + minutes(limit)) ++found->second.late;
        }
        return weeks;
    }

    org::Org& org_;
    collect::Collect& collect_;
    commerce::Orders& orders_;
    collect::StoreDays& days_;
};

constexpr kernel::Permission kRead{"source.read", "查看数据源", "See sources"};
constexpr kernel::Permission kWrite{"source.write", "维护数据源", "Change sources"};

}  // namespace

void add_freshness_routes(kernel::Kernel& kernel, org::Org& org, collect::Collect& collect, commerce::Orders& orders,
                          collect::StoreDays& days) {
    const auto freshness = std::make_shared<Freshness>(org, collect, orders, days);
    kernel.api.query<FreshQuery, FreshReply>(
        Method::Get, "/api/v1/freshness", kRead,
        [freshness](View& view, const FreshQuery& query) { return freshness->list(view, query); },
        {.zh = "数据新鲜度：按数据源与门店",
         .en = "Freshness per source and per store, alarms first",
         .rows = {"CDP-17"},
         .tag = "collect"});
    kernel.api.command<FreshLimit, None>(
        Method::Put, "/api/v1/freshness/limits", kWrite,
        [freshness](Unit& unit, const FreshLimit& request) { return freshness->set_limit(unit, request); },
        {.zh = "设置新鲜度阈值",
         .en = "How long a source or store may be silent",
         .rows = {"CDP-17"},
         .tag = "collect"});
}

}  // namespace tilth::flows
