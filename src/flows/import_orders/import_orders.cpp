#include "flows/import_orders/import_orders.h"

#include <algorithm>
#include <map>

#include "flows/import_orders/rules.h"
#include "flows/nodes.h"
#include "modules/org/names/api.h"

namespace tilth::flows {

namespace {

using import_orders::Options;
using import_orders::Row;

constexpr int kFileConfidence = 60;

// The rows of one order that stand in one unit, with where each came from.
struct Group {
    Row head;
    std::vector<customer::Claim> claims;  // of the head
    std::vector<commerce::OrderLine> lines;
    std::vector<std::size_t> at;
    bool closed = true;  // every line: it changes what stands, and brings nothing new
};
struct Batch {
    Options options;
    std::vector<Group> groups;
    std::vector<collect::RowOutcome> outcomes;  // by row
};

class ImportOrders final : public collect::ImportTarget {
public:
    ImportOrders(kernel::Kernel& kernel, org::Org& org, customer::Customers& customers, commerce::Orders& orders)
        : kernel_(kernel), org_(org), customers_(customers), orders_(orders) {}

    std::string_view name() const override { return "orders"; }
    const std::vector<collect::TargetField>& fields() const override { return import_orders::fields(); }

    Status check_options(std::string_view options) override {
        TRY(import_orders::parse_options(options, Currency{}));
        return ok();
    }

    Result<std::vector<collect::RowOutcome>> check(kernel::View& view, const collect::ImportRef& import,
                                                   const std::vector<collect::MappedRow>& rows) override {
        Batch batch = TRY(batch_of(view.tenant(), import, rows));
        for (const Group& group : batch.groups) {
            if (TRY(never_was(view.sql(), view.tenant(), import, group, batch))) continue;
            commerce::OrderInput input = input_of(import, batch.options, group);
            if (const auto node = org_.node_by_code(view.tenant(), group.head.node_code)) input.node = node->id;
            note(TRY(orders_.compare(view.sql(), view.tenant(), input)), group, batch);
        }
        return std::move(batch.outcomes);
    }

    Result<std::vector<collect::RowOutcome>> apply(kernel::Unit& unit, const collect::ImportRef& import,
                                                   const std::vector<collect::MappedRow>& rows) override {
        Batch batch = TRY(batch_of(unit.tenant(), import, rows));
        for (const Group& group : batch.groups) {
            if (TRY(never_was(unit.sql(), unit.tenant(), import, group, batch))) continue;
            commerce::OrderInput input = input_of(import, batch.options, group);
            if (!group.head.node_code.empty()) {
                input.node = TRY(org_.ensure_node(unit, batch.options.node_kind, group.head.node_code,
                                                  group.head.node_name, org_.root(unit.tenant()), import.source()));
            }
            input.staff = guide_of(unit.tenant(), group.head, input.node);
            if (!group.claims.empty()) input.customer = TRY(customer_of(unit, import, group, input.node));
            note(TRY(orders_.apply(unit, input)), group, batch);
        }
        return std::move(batch.outcomes);
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
        const std::int64_t people = TRY(customers_.take_back(unit, import.source(), limit));
        return people > 0 ? people : take_back_nodes(org_, unit, import.source(), limit);
    }

private:
    static collect::RowOutcome rejected(const Error& error) {
        if (error.fields.empty()) return {collect::RowOutcome::Kind::Rejected, "invalid", {}};
        return {collect::RowOutcome::Kind::Rejected, error.fields.front().rule, error.fields.front().field};
    }

    // An order that was closed before it ever came is no sale.
    Result<bool> never_was(sql::Connection& sql, const TenantId& tenant, const collect::ImportRef& import,
                           const Group& group, Batch& batch) const {
        if (!group.closed) return false;
        const auto found = TRY(orders_.compare(sql, tenant, input_of(import, batch.options, group)));
        const auto is_new = [](const auto& one) { return one.applied == commerce::Applied::New; };
        if (!std::all_of(found.begin(), found.end(), is_new)) return false;
        for (const std::size_t at : group.at)
            batch.outcomes[at] = {collect::RowOutcome::Kind::Rejected, "closed", "status"};
        return true;
    }

    // Rows that can be taken, by order in the order of the file; the others are refused in `outcomes`.
    Result<Batch> batch_of(const TenantId& tenant, const collect::ImportRef& import,
                           const std::vector<collect::MappedRow>& rows) const {
        const auto own = org_.tenant(tenant);
        Batch batch;
        batch.options = TRY(import_orders::parse_options(import.options, own ? own->currency : Currency{}));
        batch.options.keyed = import.keyed;
        batch.outcomes.resize(rows.size());
        std::map<std::pair<std::string, commerce::OrderKind>, std::size_t> places;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            std::vector<customer::Claim> claims;
            auto row = row_of(tenant, rows[i], batch.options, claims);
            if (!row) {
                batch.outcomes[i] = rejected(row.error());
                continue;
            }
            const auto [at, fresh] = places.try_emplace({row->number, row->kind}, batch.groups.size());
            if (fresh) batch.groups.push_back({*row, std::move(claims), {}, {}, true});
            Group& group = batch.groups[at->second];
            group.closed = group.closed && row->state == import_orders::OrderState::Closed;
            group.lines.push_back(std::move(row->line));
            group.at.push_back(i);
        }
        return batch;
    }

    Result<Row> row_of(const TenantId& tenant, const collect::MappedRow& mapped, const Options& options,
                       std::vector<customer::Claim>& claims) const {
        Row row = TRY(import_orders::read_row(mapped, options));
        const std::pair<customer::IdentityKind, std::optional<std::string>*> keys[] = {
            {customer::IdentityKind::Phone, &row.phone},
            {customer::IdentityKind::Email, &row.email},
            {customer::IdentityKind::Card, &row.card},
            {customer::IdentityKind::CustomId, &row.custom_id},
        };
        for (const auto& [kind, value] : keys) {
            if (!*value) continue;
            auto claim = customer::make_claim(kernel_.vault, tenant, kind, **value);
            if (claim) {
                claims.push_back(std::move(*claim));
                continue;
            }
            const auto& fields = claim.error().fields;
            if (fields.empty() || fields.front().rule != "placeholder") return claim.error();
            value->reset();
        }
        TRY(import_orders::check_row(row, options));
        return row;
    }

    static commerce::OrderInput input_of(const collect::ImportRef& import, const Options& options, const Group& group) {
        commerce::OrderInput input;
        input.number = group.head.number;
        input.kind = group.head.kind;
        input.channel = options.channel;
        input.paid_at = group.head.paid_at;
        input.currency = options.currency;
        input.source = import.source();
        input.lines = group.lines;
        input.update = options.keyed;
        input.guide_code = group.head.guide_code;
        input.tenders = group.head.tenders;
        return input;
    }

    // What the till of that store calls the guide, else the business's own number of the person. A code that names
    // nobody is kept as it is, and the order is nobody's.
    std::optional<StaffId> guide_of(const TenantId& tenant, const Row& head,
                                    const std::optional<OrgNodeId>& node) const {
        if (head.guide_code.empty()) return std::nullopt;
        const Day day = org_.calendar(tenant).day_of(head.paid_at);
        if (const auto found = org_.staff_by_code(tenant, node, head.guide_code, day)) return found;
        return org::staff_by_number(org_, tenant, head.guide_code);
    }

    static void note(const std::vector<commerce::LineOutcome>& lines, const Group& group, Batch& batch) {
        using Kind = collect::RowOutcome::Kind;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            using commerce::Applied;
            collect::RowOutcome& row = batch.outcomes[group.at[i]];
            row.kind = lines[i].applied == Applied::New       ? Kind::New
                       : lines[i].applied == Applied::Updated ? Kind::Updated
                                                              : Kind::Unchanged;
            if (lines[i].contradicts.empty()) continue;
            row.contradicts = lines[i].contradicts == "node" ? "node_code" : lines[i].contradicts;
            row.subject = group.head.number;
        }
    }

    Result<CustomerId> customer_of(kernel::Unit& unit, const collect::ImportRef& import, const Group& group,
                                   const std::optional<OrgNodeId>& node) {
        customer::Sighting sighting;
        sighting.at = group.head.paid_at;
        const std::string source = import.source();
        sighting.source = source;
        sighting.home_node = node;
        sighting.claims = group.claims;
        const auto found = TRY(customers_.resolve(unit, sighting));
        if (group.head.customer_name) {
            TRY(customers_.declare(unit, found.customer, {{"name", *group.head.customer_name}}, source,
                                   kFileConfidence));
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
