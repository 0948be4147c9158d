// 经营总览: one page's worth of figures, regions and value classes in one answer.

#include <algorithm>
#include <array>

#include "modules/performance/routes/figures.h"
#include "modules/performance/routes/routes.h"

namespace tilth::performance {

struct OverviewQuery {
    std::optional<Day> from;
    std::optional<Day> to;
    std::optional<OrgNodeId> node;
    std::optional<Compare> compare;
    std::optional<Reading> org;
};
API_STRUCT(OverviewQuery, (from, to, node, compare, org))

// What was bought at a node and below. The row of the node asked for holds what stands at no node below it.
struct RegionRow {
    std::optional<OrgNodeId> node_id;
    std::string name;
    std::int64_t net_sales = 0;
    std::int64_t orders = 0;
    std::int64_t customers = 0;
    std::optional<double> share;  // of net sales
    std::optional<std::int64_t> previous_net_sales;
};
API_STRUCT(RegionRow, (node_id, name, net_sales, orders, customers, share, previous_net_sales))

struct Overview {
    Instant as_of;
    Day from;
    Day to;
    Currency currency;
    bool sampled = false;  // orders are a sample of receipt lines: so are sales and orders of the regions
    std::vector<MetricValue> metrics;
    std::vector<RegionRow> regions;
    std::vector<RfmClassItem> rfm;
};
API_STRUCT(Overview, (as_of, from, to, currency, sampled, metrics, regions, rfm))

}  // namespace tilth::performance

template <>
inline constexpr auto tilth::json::field_docs<tilth::performance::OverviewQuery> =
    std::to_array<tilth::json::FieldDoc>({
        {"from", "开始日（含），缺省为结束日前 29 天", "First day; by default 29 days before the last", "2026-02-01"},
        {"to", "结束日（含），缺省为昨天", "Last day; by default yesterday", "2026-02-28"},
        {"node", "组织节点及其下级", "An organisation node and all below"},
        {"compare", "对比，缺省为上期", "Compared with; by default the period before"},
        {"org", "组织口径：今天的归属，或发生时的归属", "By the organisation of today, or as it was at the event"},
    });

namespace tilth::performance {

namespace {

constexpr std::size_t kRegionsMax = 500;

struct Shown {
    std::string_view id;
    std::string_view variant;
};
constexpr std::array kShown = {
    Shown{"M-04", ""},
    Shown{"M-05", "active_rate"},
    Shown{"M-05", "frequency"},
    Shown{"M-05", "order_value"},
    Shown{"net_sales", ""},
    Shown{"orders", ""},
    Shown{"customers", ""},
    Shown{"new_customers", ""},
    Shown{"M-01", "receipts"},
    Shown{"M-07", "per_order"},
    Shown{"M-07", "per_customer"},
    Shown{"M-09a", ""},
    Shown{"M-09b", "rate"},
    Shown{"M-24", ""},
    Shown{"returns_share", ""},
};

std::vector<Metric> metrics_of(std::span<const Shown> shown) {
    std::vector<Metric> metrics;
    // A metric that is switched off is shown nowhere.
    for (const Shown& one : shown)
        if (const auto metric = find_metric(one.id, one.variant)) metrics.push_back(*metric);
    return metrics;
}

// The nodes by which an overview is split, each with all below it; `rest` names what remains.
struct Split {
    std::vector<org::OrgNode> parts;
    std::vector<NodeSpan> groups;
    RegionRow rest;
};

Split split_of(PerformanceService& service, const kernel::Context& context, const std::optional<OrgNodeId>& node,
               Reading reading) {
    const kernel::Scope& scope = *context.scope;
    const auto base = node || !scope.all ? node : std::optional(service.org().root(context.tenant));
    Split split;
    // As of the event, what stood right below on any day is a part, though it may have left the scope since.
    std::vector<OrgNodeId> ever;
    if (base && reading == Reading::Event) ever = service.org().ever_below(context.tenant, *base);
    for (const org::OrgNode& one : service.org().nodes(context.tenant)) {
        const bool was_part = std::binary_search(ever.begin(), ever.end(), one.id);
        if (!scope.covers(one.id) && !was_part) continue;
        // Without a base the topmost nodes of the scope are the parts.
        const bool part =
            was_part || (base ? one.parent == base : !one.parent || !scope.covers(*one.parent));
        if (part) split.parts.push_back(one);
        if (base && one.id == *base) split.rest = {one.id, one.name, 0, 0, 0, std::nullopt, std::nullopt};
    }
    std::vector<OrgNodeId> ids;
    for (const org::OrgNode& part : split.parts) ids.push_back(part.id);
    split.groups = service.spans(context.tenant, ids, reading);
    return split;
}

void finish(std::vector<RegionRow>& rows) {
    std::int64_t total = 0;
    for (const RegionRow& row : rows) total += row.net_sales;
    for (RegionRow& row : rows) {
        if (total > 0) row.share = static_cast<double>(row.net_sales) / static_cast<double>(total);
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const RegionRow& a, const RegionRow& b) { return a.net_sales > b.net_sales; });
    if (rows.size() > kRegionsMax) rows.resize(kRegionsMax);
}

Result<std::vector<RegionRow>> regions_of(PerformanceService& service, const kernel::Context& context,
                                          const Frame& frame, const OverviewQuery& request,
                                          const std::vector<Period>& periods) {
    constexpr std::array kFigures = {Shown{"net_sales", ""}, Shown{"orders", ""}, Shown{"customers", ""}};
    const Split split = split_of(service, context, request.node, request.org.value_or(Reading::Today));
    std::vector<RegionRow> rows;
    for (const org::OrgNode& part : split.parts)
        rows.push_back({part.id, part.name, 0, 0, 0, std::nullopt, std::nullopt});
    if (split.groups.empty()) rows.clear();
    rows.push_back(split.rest);
    const auto figures = TRY(measure_groups(frame, metrics_of(kFigures), periods, split.groups, rows.size()));
    std::vector<RegionRow> shown;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        RegionRow& row = rows[i];
        row.net_sales = figures[0][0][i].numerator;
        row.orders = figures[1][0][i].numerator;
        row.customers = figures[2][0][i].numerator;
        if (periods.size() > 1) row.previous_net_sales = figures[0][1][i].numerator;
        const bool empty = row.net_sales == 0 && row.orders == 0 && row.previous_net_sales.value_or(0) == 0;
        if (!empty) shown.push_back(std::move(row));
    }
    finish(shown);
    return shown;
}

Result<Overview> overview(PerformanceService& service, const kernel::Context& context, const OverviewQuery& request) {
    const Frame frame = TRY(service.frame(context, request.node, request.org.value_or(Reading::Today)));
    const Period period = TRY(service.period(context, request.from, request.to));
    const Compare compare = request.compare.value_or(Compare::Previous);
    Overview reply;
    reply.as_of = frame.source.as_of;
    reply.from = period.from;
    reply.to = period.to;
    reply.currency = service.currency(context.tenant);
    reply.sampled = frame.meanings.lines_sampled;
    reply.metrics = TRY(metric_values(frame, metrics_of(kShown), {period, compare, natural_grain(period)}));
    std::vector<Period> periods = {period};
    if (const auto other = compared_with(period, compare)) periods.push_back(*other);
    reply.regions = TRY(regions_of(service, context, frame, request, periods));
    const auto table = TRY(service.rfm(context, frame.source, period.to));
    reply.rfm = rfm_items(TRY(rfm_people(frame, *table)));
    return reply;
}

}  // namespace

void add_overview_routes(PerformanceService& service) {
    service.kernel().api.action<OverviewQuery, Overview>(
        kernel::Method::Get, "/api/v1/overview", kOverviewRead,
        [&service](const kernel::Context& context, const OverviewQuery& request) {
            return overview(service, context, request);
        },
        {.zh = "经营总览",
         .en = "The state of the business: figures, regions, value classes",
         .rows = {"ANA-01"},
         .tag = "performance"});
}

}  // namespace tilth::performance
