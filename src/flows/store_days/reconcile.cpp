#include <algorithm>
#include <map>
#include <set>

#include "flows/nodes.h"
#include "flows/store_days/store_days.h"

namespace tilth::flows {

namespace {

using collect::FieldKind;
using Kind = collect::RowOutcome::Kind;

enum class Column : std::uint8_t { NodeCode, NodeName, Day, Receipts, Net, Refunds };

std::string text(const collect::MappedRow& row, Column column) {
    return row.values[static_cast<std::size_t>(column)].value_or("");
}

class ImportStoreDays final : public collect::ImportTarget {
public:
    ImportStoreDays(org::Org& org, collect::StoreDays& days) : org_(org), days_(days) {}

    std::string_view name() const override { return "store_days"; }
    const std::vector<collect::TargetField>& fields() const override {
        static const std::vector<collect::TargetField> all = {
            {"node_code", FieldKind::Text, true, "门店编码", "Store code", {"门店编码", "门店"}, 0},
            {"node_name", FieldKind::Text, false, "门店名称", "Store name", {"门店名称"}, 0},
            {"day", FieldKind::Instant, true, "营业日", "Business day", {"营业日", "日期"}, 0},
            {"receipts", FieldKind::Integer, true, "小票数", "Receipts", {"小票数", "单数"}, 0},
            {"net", FieldKind::Decimal, true, "净销售额", "Net sales", {"净销售额", "实收"}, 2},
            {"refunds", FieldKind::Decimal, false, "退款金额", "Refunds", {"退款金额"}, 2},
        };
        return all;
    }
    Status check_options(std::string_view) override { return ok(); }

    Result<std::vector<collect::RowOutcome>> check(kernel::View& view, const collect::ImportRef& import,
                                                   const std::vector<collect::MappedRow>& rows) override {
        std::vector<collect::RowOutcome> outcomes;
        for (const auto& row : rows) {
            const auto node = org_.node_by_code(view.tenant(), text(row, Column::NodeCode));
            const auto day = TRY(day_of(view.tenant(), import, row, node ? node->id : OrgNodeId{}));
            outcomes.push_back(node ? told(TRY(days_.compare(view.sql(), view.tenant(), day)))
                                    : collect::RowOutcome{Kind::New, {}, {}});
        }
        return outcomes;
    }
    Result<std::vector<collect::RowOutcome>> apply(kernel::Unit& unit, const collect::ImportRef& import,
                                                   const std::vector<collect::MappedRow>& rows) override {
        std::vector<collect::RowOutcome> outcomes;
        for (const auto& row : rows) {
            const std::string code = text(row, Column::NodeCode);
            const std::string title = text(row, Column::NodeName);
            const auto node = TRY(org_.ensure_node(unit, org::NodeKind::Store, code, title.empty() ? code : title,
                                                   org_.root(unit.tenant()), import.source()));
            outcomes.push_back(told(TRY(days_.put(unit, TRY(day_of(unit.tenant(), import, row, node))))));
        }
        return outcomes;
    }
    Result<std::vector<collect::ControlTotal>> totals(sql::Connection& sql, const TenantId& tenant,
                                                      const collect::ImportRef& import) override {
        const auto sums = TRY(days_.totals(sql, tenant, import.source()));
        return std::vector<collect::ControlTotal>{
            {"store_days", "店日", "Store-days", sums.days, "count", {}},
            {"receipts", "小票", "Receipts", sums.receipts, "count", {}},
            {"net_sales", "净额", "Net amount", sums.net_minor, "money", {}},
            {"refunds", "退款", "Refunds", sums.refund_minor, "money", {}},
        };
    }
    Result<std::int64_t> take_back(kernel::Unit& unit, const collect::ImportRef& import, int limit) override {
        const std::int64_t days = TRY(days_.take_back(unit, import.source(), limit));
        return days > 0 ? days : take_back_nodes(org_, unit, import.source(), limit);
    }

private:
    static collect::RowOutcome told(collect::StoreDays::Put put) {
        using collect::StoreDays;
        return {put == StoreDays::Put::New       ? Kind::New
                : put == StoreDays::Put::Updated ? Kind::Updated
                                                 : Kind::Unchanged,
                {},
                {}};
    }
    Result<collect::StoreDay> day_of(const TenantId& tenant, const collect::ImportRef& import,
                                     const collect::MappedRow& row, const OrgNodeId& node) const {
        collect::StoreDay day;
        day.node = node;
        // The file names the day; the cut-off has been applied by the till.
        day.day = org_.calendar(tenant).zone.day_of(TRY(parse_instant(text(row, Column::Day))));
        day.receipts = TRY(parse_decimal(text(row, Column::Receipts), 0));
        day.net_minor = TRY(parse_decimal(text(row, Column::Net), 2));
        const std::string refunds = text(row, Column::Refunds);
        day.refund_minor = refunds.empty() ? 0 : TRY(parse_decimal(refunds, 2));
        if (day.refund_minor < 0) day.refund_minor = -day.refund_minor;
        day.channel = "till";
        day.source = import.source();
        return day;
    }
    org::Org& org_;
    collect::StoreDays& days_;
};

using Place = std::pair<Day, OrgNodeId>;

// Ours of one day, by node and channel.
Result<std::map<std::pair<OrgNodeId, std::string>, Figures>> ours_of(sql::Connection& sql, const TenantId& tenant,
                                                                     commerce::Orders& orders,
                                                                     const BusinessCalendar& calendar, Day day) {
    std::map<std::pair<OrgNodeId, std::string>, Figures> ours;
    for (const auto& sum : TRY(orders.sums_by_node(sql, tenant, calendar.start_of(day), calendar.start_of(day + 1)))) {
        if (sum.kind == commerce::OrderKind::Adjustment) continue;
        for (const std::string& channel : {sum.channel, std::string()}) {
            Figures& figures = ours[{sum.node, channel}];
            figures.net_minor += sum.net_minor;
            if (sum.kind == commerce::OrderKind::Sale) figures.receipts += sum.orders;
            if (sum.kind == commerce::OrderKind::Return) figures.refund_minor -= sum.net_minor;
        }
    }
    return ours;
}

}  // namespace

std::string figures_text(const std::optional<Figures>& closed, const Figures& ours) {
    const auto print = [](const Figures& one) {
        return std::to_string(one.receipts) + "/" + std::to_string(one.net_minor) + "/" +
               std::to_string(one.refund_minor);
    };
    return (closed ? print(*closed) : "-") + " " + print(ours);
}

std::unique_ptr<collect::ImportTarget> make_import_store_days(org::Org& org, collect::StoreDays& days) {
    return std::make_unique<ImportStoreDays>(org, days);
}

Result<std::vector<Compared>> reconcile(sql::Connection& sql, const TenantId& tenant, org::Org& org,
                                        commerce::Orders& orders, collect::StoreDays& days,
                                        const std::vector<OrgNodeId>& nodes, Day from, Day to) {
    std::map<Place, collect::StoreDay> closes;
    for (auto& one : TRY(days.between(sql, tenant, from, to))) closes[{one.day, one.node}] = std::move(one);
    std::map<Place, collect::StoreDayDecision> decisions;
    for (auto& one : TRY(days.decisions(sql, tenant, from, to))) decisions[{one.day, one.node}] = std::move(one);
    const BusinessCalendar calendar = org.calendar(tenant);
    std::vector<Compared> out;
    for (Day day = from; day <= to; day = day + 1) {
        const auto ours = TRY(ours_of(sql, tenant, orders, calendar, day));
        std::set<std::string> channels;  // that closed this day in some store
        std::set<OrgNodeId> there;
        const auto begin = closes.lower_bound({day, OrgNodeId{}});
        for (auto at = begin; at != closes.end() && at->first.first == day; ++at) {
            channels.insert(at->second.channel);
            there.insert(at->first.second);
        }
        for (const auto& [key, figures] : ours) {
            if (channels.contains(key.second)) there.insert(key.first);
        }
        for (const OrgNodeId& node : there) {
            if (!std::binary_search(nodes.begin(), nodes.end(), node)) continue;
            Compared one;
            one.node = node;
            one.day = day;
            const auto close = closes.find({day, node});
            const std::string channel = close != closes.end() ? close->second.channel : *channels.begin();
            const auto mine = ours.find({node, channel});
            if (mine != ours.end()) one.ours = mine->second;
            if (close != closes.end())
                one.closed = Figures{close->second.receipts, close->second.net_minor, close->second.refund_minor};
            one.state = !one.closed               ? "missing_close"
                        : *one.closed == one.ours ? "match"
                        : mine == ours.end()      ? "missing_sales"
                                                  : "differ";
            const auto decision = decisions.find({day, node});
            if (decision != decisions.end() && decision->second.figures == figures_text(one.closed, one.ours))
                one.decision = decision->second;
            out.push_back(std::move(one));
        }
    }
    return out;
}

}  // namespace tilth::flows
