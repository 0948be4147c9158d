#include "modules/performance/metrics/evaluator.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/money.h"

namespace tilth::performance {

namespace {

using columns::Cell;
using Groups = std::vector<NodeSpan>;

constexpr std::size_t kSparsePoints = 12;

bool is_sparse(const Metric& metric) { return metric.variant->stock || metric.definition->window != Window::Period; }

std::string sum_of(std::string_view expression) {
    return "CAST(COALESCE(SUM(CAST(" + std::string(expression) + " AS BIGINT)), 0) AS BIGINT)";
}

// The sums of a question, each asked for once: planning a statement costs more than running it, and grows with them.
class Sums {
public:
    // The column of the answer; 0 for no expression.
    std::size_t column(std::string_view expression) {
        if (expression.empty()) return 0;
        const auto at = std::find(expressions_.begin(), expressions_.end(), expression);
        const auto place = static_cast<std::size_t>(at - expressions_.begin());
        if (at == expressions_.end()) expressions_.push_back(expression);
        return kFirst + place;
    }
    std::string select() const {
        std::string text = "SELECT w, grp";
        for (const std::string_view expression : expressions_) text += ", " + sum_of(expression);
        return text + " FROM facts GROUP BY w, grp";
    }

private:
    static constexpr std::size_t kFirst = 2;  // after w and grp
    std::vector<std::string_view> expressions_;
};

FactsQuery facts_of(const Frame& frame, const Definition& definition, std::vector<Period> windows) {
    FactsQuery query;
    query.tenant = frame.source.tenant;
    query.nodes = frame.nodes;
    query.slice = frame.slice;
    query.windows = std::move(windows);
    query.everywhere = definition.everywhere;
    query.meanings = frame.meanings;
    return query;
}

std::vector<Period> windows_of(const Definition& definition, const std::vector<Period>& periods,
                               const Meanings& meanings) {
    std::vector<Period> windows;
    for (const Period& period : periods) windows.push_back(window_of(definition, period, meanings));
    return windows;
}

// Metrics of one kind of window are computed from one pass over facts.
using Kind = std::tuple<Window, bool>;
std::map<Kind, std::vector<std::size_t>> by_kind(std::span<const Metric> metrics) {
    std::map<Kind, std::vector<std::size_t>> kinds;
    for (std::size_t m = 0; m < metrics.size(); ++m) {
        kinds[{metrics[m].definition->window, metrics[m].definition->everywhere}].push_back(m);
    }
    return kinds;
}

std::int64_t integer(const Cell& cell) { return std::get<std::int64_t>(cell); }

using Cube = std::vector<std::vector<std::vector<Measured>>>;

struct Columns {
    std::size_t numerator, denominator, people_numerator, people_denominator;
};

void fill(Cube& cube, const std::vector<std::size_t>& places, const std::vector<Columns>& columns,
          const columns::Table& table) {
    for (const auto& row : table.rows) {
        const auto window = static_cast<std::size_t>(integer(row[0]));
        const auto group = static_cast<std::size_t>(integer(row[1]));
        const auto sum = [&row](std::size_t column) { return column == 0 ? 0 : integer(row[column]); };
        for (std::size_t i = 0; i < places.size(); ++i) {
            cube[places[i]][window][group] = {sum(columns[i].numerator), sum(columns[i].denominator),
                                              sum(columns[i].people_numerator), sum(columns[i].people_denominator)};
        }
    }
}

// How a question is split; at most one of the two.
struct Split {
    Groups groups = {};
    std::optional<Cut> by = {};
    std::vector<std::int32_t> parts = {};
};

Result<Cube> cube_of(const Frame& frame, std::span<const Metric> metrics, const std::vector<Period>& periods,
                     const Split& split, std::size_t count) {
    Cube cube(metrics.size(), std::vector<std::vector<Measured>>(periods.size(), std::vector<Measured>(count)));
    if (periods.empty()) return cube;
    for (const auto& [kind, places] : by_kind(metrics)) {
        const Definition& definition = *metrics[places.front()].definition;
        FactsQuery query = facts_of(frame, definition, windows_of(definition, periods, frame.meanings));
        query.groups = split.groups;
        query.by = split.by;
        query.parts = split.parts;
        query.other_group = static_cast<std::int32_t>(count) - 1;
        Sums sums;
        std::vector<Columns> columns;
        for (const std::size_t m : places) {
            const Variant& variant = *metrics[m].variant;
            columns.push_back({sums.column(variant.numerator), sums.column(variant.denominator),
                               sums.column(variant.people_numerator), sums.column(variant.people_denominator)});
            query.stock = query.stock || variant.stock;
            query.ranked = query.ranked || variant.ranked;
            query.daily = query.daily || variant.daily;
            query.lapsed = query.lapsed || variant.lapsed;
            query.referral = query.referral || variant.referral;
        }
        fill(cube, places, columns, TRY(frame.source.columns->query(facts_sql(query) + sums.select())));
    }
    return cube;
}

}  // namespace

std::optional<double> Measured::value(const Variant& variant) const {
    if (variant.denominator.empty()) return static_cast<double>(numerator);
    if (denominator <= 0) return std::nullopt;
    const __int128 scaled = __int128{numerator} * variant.scale;
    if (variant.unit == Unit::Money) return static_cast<double>(divide_half_even(scaled, denominator));
    return static_cast<double>(static_cast<long double>(scaled) / static_cast<long double>(denominator));
}

bool Measured::small_base(const Variant& variant) const {
    if (variant.base == Base::None) return false;
    return (variant.base == Base::People ? people_denominator : denominator) < kSmallBase;
}

Period window_of(const Definition& definition, const Period& period, const Meanings& meanings) {
    switch (definition.window) {
        case Window::Period: return period;
        case Window::Year: return trailing(period, kYearDays);
        case Window::Rfm: return trailing(period, static_cast<std::int32_t>(meanings.rfm.window_days));
    }
    return period;
}

Result<std::vector<std::vector<Measured>>> measure(const Frame& frame, std::span<const Metric> metrics,
                                                   const std::vector<Period>& periods) {
    const Cube cube = TRY(cube_of(frame, metrics, periods, {}, 1));
    std::vector<std::vector<Measured>> table(metrics.size());
    for (std::size_t m = 0; m < metrics.size(); ++m) {
        for (const auto& groups : cube[m]) table[m].push_back(groups.front());
    }
    return table;
}

Result<Cube> measure_groups(const Frame& frame, std::span<const Metric> metrics, const std::vector<Period>& periods,
                            const Groups& groups, std::size_t count) {
    INVARIANT(count > 0 && (!groups.empty() || count == 1), "there is a group for what is at no listed node");
    return cube_of(frame, metrics, periods, {groups}, count);
}

Result<PartsSold> parts_sold(const Frame& frame, const Period& period, Cut by, std::size_t limit) {
    const std::string column = by == Cut::Channel ? "o.channel" : by == Cut::Guide ? "o.guide" : "n.product";
    const std::string net = by == Cut::Product ? "n.net" : "o.net";
    const std::string lines =
        by == Cut::Product ? " JOIN lines n ON n.tenant = o.tenant AND n.order_id = o.order_id" : "";
    const std::string tenant = std::to_string(frame.source.tenant);
    const auto table = TRY(frame.source.columns->query(
        "SELECT t.no, t.key, t.name, COUNT(*) OVER () FROM (SELECT " + column + " AS no, SUM(" + net +
        ") AS net FROM orders o" + lines + " WHERE o.tenant = " + tenant + " AND o.kind < 2 AND o.day BETWEEN " +
        std::to_string(period.from.number) + " AND " + std::to_string(period.to.number) + " AND " +
        order_condition("o.node", "o.day", frame.nodes) + " GROUP BY 1) s JOIN term t ON t.tenant = " + tenant +
        " AND t.cut = " + std::to_string(static_cast<int>(by)) +
        " AND t.no = s.no ORDER BY s.net DESC, t.key LIMIT " + std::to_string(limit)));
    PartsSold sold;
    for (const auto& row : table.rows) {
        sold.parts.push_back({static_cast<std::int32_t>(integer(row[0])), std::get<std::string>(row[1]),
                              std::get<std::string>(row[2])});
        sold.count = integer(row[3]);
    }
    return sold;
}

Result<Cube> measure_parts(const Frame& frame, std::span<const Metric> metrics, const std::vector<Period>& periods,
                           Cut by, const std::vector<std::int32_t>& parts) {
    return cube_of(frame, metrics, periods, {{}, by, parts}, parts.size() + 1);
}

Result<std::vector<std::vector<Point>>> trends(const Frame& frame, std::span<const Metric> metrics,
                                               const Period& period, Grain grain) {
    std::vector<std::vector<Point>> series(metrics.size());
    for (const bool sparse : {false, true}) {
        std::vector<Metric> chosen;
        std::vector<std::size_t> places;
        for (std::size_t m = 0; m < metrics.size(); ++m) {
            if (is_sparse(metrics[m]) != sparse) continue;
            chosen.push_back(metrics[m]);
            places.push_back(m);
        }
        if (chosen.empty()) continue;
        const auto cuts = sparse ? cut_at_most(period, grain, kSparsePoints) : cut(period, grain);
        const auto measured = TRY(measure(frame, chosen, cuts));
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            for (std::size_t p = 0; p < cuts.size(); ++p) {
                series[places[i]].push_back({cuts[p].from, measured[i][p].value(*chosen[i].variant)});
            }
        }
    }
    return series;
}

std::string people_sql(const Frame& frame, const Metric& metric, const Period& period, Part part) {
    FactsQuery query = facts_of(frame, *metric.definition, {window_of(*metric.definition, period, frame.meanings)});
    query.stock = metric.variant->stock;
    query.ranked = metric.variant->ranked;
    query.daily = metric.variant->daily;
    query.lapsed = metric.variant->lapsed;
    query.referral = metric.variant->referral;
    std::string_view condition = metric.variant->people_numerator;
    if (part == Part::Denominator) condition = metric.variant->people_denominator;
    if (condition.empty()) condition = "false";
    return facts_sql(query) + "SELECT person FROM facts WHERE " + std::string(condition);
}

}  // namespace tilth::performance
