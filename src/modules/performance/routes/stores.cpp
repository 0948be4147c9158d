// 门店: the league of the shops (or regions …) of a scope against their peers.

#include <algorithm>
#include <array>

#include "modules/performance/routes/figures.h"
#include "modules/performance/routes/routes.h"
#include "modules/performance/stores/peers.h"

namespace tilth::performance {

enum class LeagueKind : std::uint8_t { Store, Region, City, Partner, Online };

struct LeagueQuery {
    std::optional<LeagueKind> kind;
    std::optional<Day> from;
    std::optional<Day> to;
    std::optional<OrgNodeId> node;
    std::optional<Compare> compare;
    std::optional<Reading> org;
};
API_STRUCT(LeagueQuery, (kind, from, to, node, compare, org))

struct LeagueColumn {
    std::string id;
    std::optional<std::string> variant;
    std::string name_zh;
    std::string name_en;
    Unit unit = Unit::Count;
    Direction direction = Direction::Up;
    bool sampled = false;  // of a sample of receipt lines
};
API_STRUCT(LeagueColumn, (id, variant, name_zh, name_en, unit, direction, sampled))

struct LeagueFigure {
    std::optional<double> value;
    std::optional<double> previous;
    std::int64_t numerator = 0;
    std::optional<std::int64_t> denominator;
    bool small_base = false;
};
API_STRUCT(LeagueFigure, (value, previous, numerator, denominator, small_base))

// `figures` are in the order of the columns. `weakest` is the column of the ratio that lies furthest on its bad side of
// the group's median, when one does.
struct LeagueRow {
    OrgNodeId node_id;
    std::string code;
    std::string name;
    std::string parent_name;
    PeerGroup group = PeerGroup::New;
    std::int64_t rank = 0;           // by net sales, from 1; equal sales share a rank
    std::int64_t rank_in_group = 0;
    std::vector<LeagueFigure> figures;
    std::optional<std::int64_t> weakest;
};
API_STRUCT(LeagueRow, (node_id, code, name, parent_name, group, rank, rank_in_group, figures, weakest))

struct LeagueGroup {
    PeerGroup group = PeerGroup::New;
    std::int64_t stores = 0;
    std::vector<std::optional<double>> medians;  // in the order of the columns; of the stores that have a value
};
API_STRUCT(LeagueGroup, (group, stores, medians))

struct League {
    Instant as_of;
    Day from;
    Day to;
    Day groups_from;  // the days whose net sales make the groups
    Day groups_to;
    std::vector<LeagueColumn> columns;
    std::vector<LeagueGroup> groups;
    std::vector<LeagueRow> items;
};
API_STRUCT(League, (as_of, from, to, groups_from, groups_to, columns, groups, items))

}  // namespace tilth::performance

template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::LeagueKind> =
    std::to_array<tilth::json::EnumValue<tilth::performance::LeagueKind>>({
        {tilth::performance::LeagueKind::Store, "store", "门店", "Store"},
        {tilth::performance::LeagueKind::Region, "region", "区域", "Region"},
        {tilth::performance::LeagueKind::City, "city", "城市", "City"},
        {tilth::performance::LeagueKind::Partner, "partner", "合作方", "Partner"},
        {tilth::performance::LeagueKind::Online, "online", "网店", "Online shop"},
    });
template <>
inline constexpr auto tilth::json::enum_values<tilth::performance::PeerGroup> =
    std::to_array<tilth::json::EnumValue<tilth::performance::PeerGroup>>({
        {tilth::performance::PeerGroup::Large, "large", "大店", "Large"},
        {tilth::performance::PeerGroup::Medium, "medium", "中店", "Medium"},
        {tilth::performance::PeerGroup::Small, "small", "小店", "Small"},
        {tilth::performance::PeerGroup::New, "new", "新店", "New"},
    });
template <>
inline constexpr auto tilth::json::field_docs<tilth::performance::LeagueQuery> =
    std::to_array<tilth::json::FieldDoc>({
        {"kind", "哪一级，缺省为门店", "Which level; by default stores"},
        {"from", "开始日（含），缺省为结束日前 29 天", "First day; by default 29 days before the last", "2026-02-01"},
        {"to", "结束日（含），缺省为昨天", "Last day; by default yesterday", "2026-02-28"},
        {"node", "组织节点及其下级", "An organisation node and all below"},
        {"compare", "对比，缺省为上期", "Compared with; by default the period before"},
        {"org", "组织口径：今天的归属，或发生时的归属", "By the organisation of today, or as it was at the event"},
    });

namespace tilth::performance {

namespace {

struct Shown {
    std::string_view id;
    std::string_view variant;
};
// Net sales first: it ranks.
constexpr std::array kColumns = {
    Shown{"net_sales", ""},     Shown{"orders", ""},        Shown{"customers", ""},
    Shown{"new_customers", ""}, Shown{"M-01", "receipts"},  Shown{"M-07", "per_order"},
    Shown{"M-08", ""},          Shown{"M-09b", "rate"},     Shown{"returns_share", ""},
};

std::vector<Metric> columns_of() {
    std::vector<Metric> metrics;
    // A metric that is switched off is shown nowhere.
    for (const Shown& one : kColumns)
        if (const auto metric = find_metric(one.id, one.variant)) metrics.push_back(*metric);
    return metrics;
}

LeagueColumn column(const Metric& metric) {
    LeagueColumn shown;
    shown.id = metric.definition->id;
    shown.name_zh = metric.definition->name_zh;
    shown.name_en = metric.definition->name_en;
    shown.unit = metric.variant->unit;
    shown.direction = metric.definition->direction;
    if (!metric.variant->id.empty()) shown.variant = std::string(metric.variant->id);
    return shown;
}

org::NodeKind node_kind(LeagueKind kind) {
    switch (kind) {
        case LeagueKind::Store: return org::NodeKind::Store;
        case LeagueKind::Region: return org::NodeKind::Region;
        case LeagueKind::City: return org::NodeKind::City;
        case LeagueKind::Partner: return org::NodeKind::Partner;
        case LeagueKind::Online: return org::NodeKind::Online;
    }
    return org::NodeKind::Store;
}

// Who takes part, and which numbers of the projection are theirs.
struct Field {
    std::vector<LeagueRow> rows;
    std::vector<NodeSpan> groups;
};

Field field_of(PerformanceService& service, const kernel::Context& context, const LeagueQuery& request) {
    const org::NodeKind kind = node_kind(request.kind.value_or(LeagueKind::Store));
    const Reading reading = request.org.value_or(Reading::Today);
    std::vector<OrgNodeId> within;
    if (reading == Reading::Event) {
        const auto tops = request.node ? std::vector{*request.node} : service.org().tops(context);
        for (const org::Placed& one : service.org().placed(context.tenant, tops)) within.push_back(one.node);
        std::sort(within.begin(), within.end());
    } else if (request.node) {
        within = service.org().subtree(context.tenant, *request.node);
    }
    const bool bounded = request.node || reading == Reading::Event;
    Field field;
    for (const org::OrgNode& one : service.org().nodes(context.tenant)) {
        if (one.kind != kind) continue;
        if (reading == Reading::Today && (one.merged_into || !context.scope->covers(one.id))) continue;
        if (bounded && !std::binary_search(within.begin(), within.end(), one.id)) continue;
        LeagueRow row;
        row.node_id = one.id;
        row.code = one.code;
        row.name = one.name;
        if (one.parent) {
            if (const auto parent = service.org().node(context.tenant, *one.parent)) row.parent_name = parent->name;
        }
        field.rows.push_back(std::move(row));
    }
    std::sort(field.rows.begin(), field.rows.end(), [](const LeagueRow& a, const LeagueRow& b) {
        return std::tie(a.code, a.node_id) < std::tie(b.code, b.node_id);
    });
    std::vector<OrgNodeId> ids;
    for (const LeagueRow& row : field.rows) ids.push_back(row.node_id);
    field.groups = service.spans(context.tenant, ids, reading);
    return field;
}

LeagueFigure figure(const Metric& metric, const Measured& now, const Measured* before) {
    LeagueFigure shown;
    shown.value = now.value(*metric.variant);
    shown.numerator = now.numerator;
    if (!metric.variant->denominator.empty()) shown.denominator = now.denominator;
    if (before != nullptr) shown.previous = before->value(*metric.variant);
    shown.small_base = now.small_base(*metric.variant);
    return shown;
}

std::vector<std::optional<double>> values_of(const std::vector<LeagueRow>& rows, PeerGroup group, std::size_t column) {
    std::vector<std::optional<double>> values;
    for (const LeagueRow& row : rows)
        if (row.group == group) values.push_back(row.figures[column].value);
    return values;
}

void compare_with_peers(League& league) {
    for (const PeerGroup group : kPeerGroups) {
        LeagueGroup peers{group, 0, {}};
        for (const LeagueRow& row : league.items) peers.stores += row.group == group ? 1 : 0;
        if (peers.stores == 0) continue;
        for (std::size_t c = 0; c < league.columns.size(); ++c)
            peers.medians.push_back(median(values_of(league.items, group, c)));
        for (LeagueRow& row : league.items) {
            if (row.group != group) continue;
            std::vector<Against> ratios;
            for (std::size_t c = 0; c < league.columns.size(); ++c) {
                const bool ratio = row.figures[c].denominator.has_value();
                ratios.push_back({ratio ? row.figures[c].value : std::nullopt, peers.medians[c],
                                  league.columns[c].direction});
            }
            if (const auto place = weakest(ratios)) row.weakest = static_cast<std::int64_t>(*place);
        }
        league.groups.push_back(std::move(peers));
    }
}

void rank(League& league) {
    std::stable_sort(league.items.begin(), league.items.end(), [](const LeagueRow& a, const LeagueRow& b) {
        return a.figures.front().numerator > b.figures.front().numerator;
    });
    const auto ahead = [&](const LeagueRow& row, bool peers) {
        return std::count_if(league.items.begin(), league.items.end(), [&](const LeagueRow& other) {
            return other.figures.front().numerator > row.figures.front().numerator &&
                   (!peers || other.group == row.group);
        });
    };
    for (LeagueRow& row : league.items) {
        row.rank = ahead(row, false) + 1;
        row.rank_in_group = ahead(row, true) + 1;
    }
}

Result<League> league(PerformanceService& service, const kernel::Context& context, const LeagueQuery& request) {
    const Frame frame = TRY(service.frame(context, request.node, request.org.value_or(Reading::Today)));
    const Period period = TRY(service.period(context, request.from, request.to));
    const Period base = trailing({period.from + -1, period.from + -1}, kYearDays);
    const std::vector<Metric> metrics = columns_of();
    League reply{frame.source.as_of, period.from, period.to, base.from, base.to, {}, {}, {}};
    for (const Metric& metric : metrics) {
        reply.columns.push_back(column(metric));
        reply.columns.back().sampled = frame.meanings.lines_sampled && of_baskets(*metric.variant);
    }
    Field field = field_of(service, context, request);
    // Nobody has sold anything yet: there is nothing to compare.
    if (field.groups.empty() || metrics.empty()) return reply;
    std::vector<Period> periods = {period};
    if (const auto other = compared_with(period, request.compare.value_or(Compare::Previous)))
        periods.push_back(*other);
    // What stands at no node of this level comes last and is in no league.
    const std::size_t count = field.rows.size() + 1;
    const auto figures = TRY(measure_groups(frame, metrics, periods, field.groups, count));
    const auto sizes = TRY(measure_groups(frame, {metrics.data(), 1}, {base}, field.groups, count));
    std::vector<std::int64_t> sales;
    for (std::size_t i = 0; i < field.rows.size(); ++i) sales.push_back(sizes[0][0][i].numerator);
    const std::vector<PeerGroup> groups = peer_groups(sales);
    for (std::size_t i = 0; i < field.rows.size(); ++i) {
        LeagueRow& row = field.rows[i];
        row.group = groups[i];
        for (std::size_t m = 0; m < metrics.size(); ++m) {
            row.figures.push_back(
                figure(metrics[m], figures[m][0][i], periods.size() > 1 ? &figures[m][1][i] : nullptr));
        }
    }
    reply.items = std::move(field.rows);
    rank(reply);
    compare_with_peers(reply);
    return reply;
}

}  // namespace

void add_store_routes(PerformanceService& service) {
    kernel::Api& api = service.kernel().api;
    api.action<LeagueQuery, League>(
        kernel::Method::Get, "/api/v1/stores/league", kOverviewRead,
        [&service](const kernel::Context& context, const LeagueQuery& request) {
            return league(service, context, request);
        },
        {.zh = "门店排名与同组对比", .en = "Stores ranked, beside their peers", .rows = {"ANA-01"}, .tag = "performance"});
}

}  // namespace tilth::performance
