#include "flows/import_orders/import_orders.h"

#include <map>

#include "flows/import_orders/rules.h"

namespace tilth::flows {

namespace {

using import_orders::Options;
using import_orders::Row;

constexpr int kFileConfidence = 60;

// The rows of one order that stand in one unit, with where each came from.
struct Group {
    Row head;
    std::vector<commerce::OrderLine> lines;
    std::vector<std::size_t> at;
};

class ImportOrders final : public collect::ImportTarget {
public:
    ImportOrders(kernel::Kernel& kernel, org::Org& org, customer::Customers& customers, commerce::Orders& orders)
        : kernel_(kernel), org_(org), customers_(customers), orders_(orders) {}

    std::string_view name() const override { return "orders"; }
    const std::vector<collect::TargetField>& fields() const override { return import_orders::fields(); }

    Result<void> check(const kernel::Context&, const collect::ImportRef& import,
                       const collect::MappedRow& row) override {
        const Options options = TRY(import_orders::parse_options(import.options));
        TRY(import_orders::read_row(row, options));
        return ok();
    }

    Result<std::vector<collect::RowOutcome>> apply(kernel::Unit& unit, const collect::ImportRef& import,
                                                   const std::vector<collect::MappedRow>& rows) override {
        const Options options = TRY(import_orders::parse_options(import.options));
        std::vector<collect::RowOutcome> outcomes(rows.size());
        std::vector<std::string> order_of_numbers;
        std::map<std::string, Group> groups;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            auto row = import_orders::read_row(rows[i], options);
            if (!row) {
                outcomes[i] = rejected(row.error());
                continue;
            }
            const auto [at, fresh] = groups.try_emplace(row->number);
            if (fresh) {
                at->second.head = *row;
                order_of_numbers.push_back(row->number);
            }
            at->second.lines.push_back(std::move(row->line));
            at->second.at.push_back(i);
        }
        for (const std::string& number : order_of_numbers) {
            TRY(apply_group(unit, import, options, groups.at(number), outcomes));
        }
        return outcomes;
    }

    Result<std::vector<collect::ControlTotal>> totals(sql::Connection& sql, const TenantId& tenant,
                                                      const collect::ImportRef& import) override {
        const auto sums = TRY(orders_.totals(sql, tenant, import.source()));
        return std::vector<collect::ControlTotal>{
            {"rows", "行数", "Rows", sums.rows, "count", {}},
            {"orders", "单据", "Orders", sums.orders, "count", {}},
            {"returns", "退货单", "Returns", sums.returns, "count", {}},
            {"anonymous", "无客户单据", "Orders without a customer", sums.anonymous, "count", {}},
            {"customers", "客户", "Customers", sums.customers, "count", {}},
            {"net_sales", "净额", "Net amount", sums.net_minor, "money", sums.exact_net},
        };
    }

    Result<std::int64_t> take_back(kernel::Unit& unit, const collect::ImportRef& import, int limit) override {
        const std::int64_t lines = TRY(orders_.take_back(unit, import.source(), limit));
        if (lines > 0) return lines;
        return customers_.take_back(unit, import.source(), limit);
    }

private:
    static collect::RowOutcome rejected(const Error& error) {
        if (error.fields.empty()) return {collect::RowOutcome::Kind::Rejected, "invalid", {}};
        return {collect::RowOutcome::Kind::Rejected, error.fields.front().rule, error.fields.front().field};
    }

    Status apply_group(kernel::Unit& unit, const collect::ImportRef& import, const Options& options, const Group& group,
                       std::vector<collect::RowOutcome>& outcomes) {
        commerce::OrderInput input;
        input.number = group.head.number;
        input.kind = group.head.kind;
        input.channel = options.channel;
        input.paid_at = group.head.paid_at;
        input.currency = options.currency;
        input.source = import.source();
        input.lines = group.lines;
        if (!group.head.node_code.empty()) {
            const auto kind = options.nodes_are_regions ? org::NodeKind::Region : org::NodeKind::Store;
            input.node =
                TRY(org_.ensure_node(unit, kind, group.head.node_code, group.head.node_name, org_.root(unit.tenant())));
        }
        if (!group.head.anonymous()) input.customer = TRY(customer_of(unit, import, group.head, input.node));
        const auto applied = TRY(orders_.apply(unit, input));
        for (std::size_t i = 0; i < applied.size(); ++i) {
            outcomes[group.at[i]].kind = applied[i] == commerce::Applied::New ? collect::RowOutcome::Kind::New
                                                                              : collect::RowOutcome::Kind::Unchanged;
        }
        return ok();
    }

    Result<CustomerId> customer_of(kernel::Unit& unit, const collect::ImportRef& import, const Row& row,
                                   const std::optional<OrgNodeId>& node) {
        customer::Sighting sighting;
        sighting.at = row.paid_at;
        const std::string source = import.source();
        sighting.source = source;
        sighting.home_node = node;
        const std::pair<customer::IdentityKind, const std::optional<std::string>*> keys[] = {
            {customer::IdentityKind::Phone, &row.phone},
            {customer::IdentityKind::Email, &row.email},
            {customer::IdentityKind::Card, &row.card},
            {customer::IdentityKind::CustomId, &row.custom_id},
        };
        for (const auto& [kind, value] : keys) {
            if (!*value) continue;
            sighting.claims.push_back(TRY(customer::make_claim(kernel_.vault, unit.tenant(), kind, **value)));
        }
        const auto found = TRY(customers_.resolve(unit, sighting));
        if (row.customer_name) {
            TRY(customers_.declare(unit, found.customer, {{"name", *row.customer_name}}, source, kFileConfidence));
        }
        return found.customer;
    }

    kernel::Kernel& kernel_;
    org::Org& org_;
    customer::Customers& customers_;
    commerce::Orders& orders_;
};

}  // namespace

std::unique_ptr<collect::ImportTarget> make_import_orders(kernel::Kernel& kernel, org::Org& org,
                                                          customer::Customers& customers, commerce::Orders& orders) {
    return std::make_unique<ImportOrders>(kernel, org, customers, orders);
}

}  // namespace tilth::flows
