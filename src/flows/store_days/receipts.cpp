#include "flows/store_days/receipts.h"

#include <map>

#include "flows/nodes.h"

namespace tilth::flows {

namespace {

using collect::FieldKind;
using Kind = collect::RowOutcome::Kind;

constexpr std::string_view kTill = "till";

enum class Column : std::uint8_t { NodeCode, Day, Number, Net };

std::string text(const collect::MappedRow& row, Column column) {
    return row.values[static_cast<std::size_t>(column)].value_or("");
}

collect::RowOutcome told(collect::StoreDays::Put put) {
    using collect::StoreDays;
    return {put == StoreDays::Put::New       ? Kind::New
            : put == StoreDays::Put::Updated ? Kind::Updated
                                             : Kind::Unchanged,
            {},
            {}};
}

class ImportReceiptList final : public collect::ImportTarget {
public:
    explicit ImportReceiptList(org::Org& org) : org_(org) {}

    std::string_view name() const override { return "receipt_list"; }
    const std::vector<collect::TargetField>& fields() const override {
        static const std::vector<collect::TargetField> all = {
            {"node_code", FieldKind::Text, true, "门店编码", "Store code", {"门店编码", "门店"}, 0},
            {"day", FieldKind::Instant, true, "营业日", "Business day", {"营业日", "日期"}, 0},
            {"receipt", FieldKind::Text, true, "小票号", "Receipt number", {"小票号", "单号"}, 0},
            {"net", FieldKind::Decimal, true, "小票金额", "Receipt amount", {"小票金额", "实收"}, 2},
        };
        return all;
    }
    Status check_options(std::string_view) override { return ok(); }

    Result<std::vector<collect::RowOutcome>> check(kernel::View& view, const collect::ImportRef&,
                                                   const std::vector<collect::MappedRow>& rows) override {
        std::vector<collect::RowOutcome> outcomes;
        for (const auto& row : rows) {
            const auto one = TRY(receipt_of(view.tenant(), row));
            outcomes.push_back(one ? told(TRY(collect::compare_receipt(view.sql(), view.tenant(), *one))) : unknown());
        }
        return outcomes;
    }
    Result<std::vector<collect::RowOutcome>> apply(kernel::Unit& unit, const collect::ImportRef& import,
                                                   const std::vector<collect::MappedRow>& rows) override {
        std::vector<collect::RowOutcome> outcomes;
        for (const auto& row : rows) {
            const auto one = TRY(receipt_of(unit.tenant(), row));
            outcomes.push_back(one ? told(TRY(collect::put_receipt(unit, *one, import.source()))) : unknown());
        }
        return outcomes;
    }
    Result<std::vector<collect::ControlTotal>> totals(sql::Connection& sql, const TenantId& tenant,
                                                      const collect::ImportRef& import) override {
        const auto sums = TRY(collect::receipt_totals(sql, tenant, import.source()));
        return std::vector<collect::ControlTotal>{{"receipts", "小票", "Receipts", sums.receipts, "count", {}},
                                                  {"net_sales", "净额", "Net amount", sums.net_minor, "money", {}}};
    }
    Result<std::int64_t> take_back(kernel::Unit& unit, const collect::ImportRef& import, int limit) override {
        return collect::take_back_receipts(unit, import.source(), limit);
    }

private:
    static collect::RowOutcome unknown() { return {Kind::Rejected, "unknown_store", "node_code"}; }
    // Nothing where the store is unknown: a list of receipts makes no store.
    Result<std::optional<collect::TillReceipt>> receipt_of(const TenantId& tenant,
                                                           const collect::MappedRow& row) const {
        const auto node = org_.node_by_code(tenant, text(row, Column::NodeCode));
        if (!node) return std::optional<collect::TillReceipt>{};
        collect::TillReceipt one;
        one.node = node->id;
        one.day = org_.calendar(tenant).zone.day_of(TRY(parse_instant(text(row, Column::Day))));
        one.receipt = text(row, Column::Number);
        one.net_minor = TRY(parse_decimal(text(row, Column::Net), 2));
        return std::optional(std::move(one));
    }
    org::Org& org_;
};

}  // namespace

std::unique_ptr<collect::ImportTarget> make_import_receipt_list(org::Org& org) {
    return std::make_unique<ImportReceiptList>(org);
}

std::optional<std::vector<ReceiptDifference>> differences(const std::vector<commerce::OrderView>& ours,
                                                          const std::vector<collect::TillReceipt>& till,
                                                          std::string_view store_code) {
    if (till.empty()) return std::nullopt;
    std::map<std::string, ReceiptDifference> all;
    const std::string prefix = std::string(store_code) + "-";
    for (const commerce::OrderView& order : ours) {
        if (order.channel != kTill || order.kind == commerce::OrderKind::Adjustment) continue;
        const std::string number = order.number.starts_with(prefix) ? order.number.substr(prefix.size()) : order.number;
        ReceiptDifference& one = all[number];
        one.order = order.id;
        one.ours_minor = one.ours_minor.value_or(0) + order.net_minor;
    }
    for (const collect::TillReceipt& receipt : till) all[receipt.receipt].till_minor = receipt.net_minor;
    std::vector<ReceiptDifference> found;
    for (auto& [number, one] : all) {
        if (one.ours_minor == one.till_minor) continue;
        one.number = number;
        found.push_back(std::move(one));
    }
    return found;
}

}  // namespace tilth::flows
