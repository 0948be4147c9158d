#pragma once
// commerce (the orders part): orders with lines and returns, as facts from tills, files and platforms. Money by DESIGN
// §4: a line's amount is the source's if given, else price × quantity rounded half-even once. Net is after refunds. A
// return without a known original is an order of kind Return with negative lines. Each change gets a change number, the
// feed of projections, and emits order.placed / order.changed / order.removed.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/kernel.h"
#include "modules/customer/api.h"
#include "modules/org/api.h"

namespace tilth::commerce {

enum class OrderKind : std::uint8_t { Sale, Return, Adjustment };  // Adjustment: neither goods nor a customer's doing

struct OrderLine {
    Bytes16 fingerprint{};  // of the source's line; with occurrence it makes the line unique in the order
    std::uint32_t occurrence = 1;
    std::string sku;
    std::string name;
    Quantity quantity;  // negative on returns
    UnitPrice price;
    std::optional<std::int64_t> amount_minor;  // the source's; else computed
};

// A way of paying. Without an amount the whole order was paid so (or its share is not known).
struct Tender {
    std::string method;  // the source's word: "微信", "现金"
    std::optional<std::int64_t> amount_minor;
    bool operator==(const Tender&) const = default;
};

struct OrderInput {
    std::string number;  // the source's; unique per tenant, channel and kind
    OrderKind kind = OrderKind::Sale;
    std::string channel;  // "till", "shop", "file" …
    Instant paid_at;
    Currency currency;
    std::optional<CustomerId> customer;  // none: anonymous
    std::optional<OrgNodeId> node;       // the store (or region)
    std::optional<StaffId> staff;        // the guide who sold
    std::string guide_code;              // as the source names him; may be empty
    std::vector<Tender> tenders;         // of the whole order; empty: the source does not say
    std::string source;  // "import:imp_…" or a printed source id
    std::vector<OrderLine> lines;
    // A line that is known by fingerprint and occurrence but says something else is the newer state of it.
    bool update = false;
};
enum class Applied : std::uint8_t { New, Updated, Unchanged };
// What became of a line, and what of it another source has said otherwise although no sale can come to it later: the
// order's "paid_at" (by a minute or more) or "node", which stay as they stand; the line's "sku", "quantity" or "price",
// which become the newer. Money, state and payments do change: they contradict nothing. Empty without input.update.
struct LineOutcome {
    Applied applied = Applied::New;
    std::string_view contradicts = {};
    bool operator==(const LineOutcome&) const = default;
};

struct OrderView {
    OrderId id;
    std::string number;
    OrderKind kind = OrderKind::Sale;
    std::string channel;
    Instant paid_at;
    std::optional<CustomerId> customer;
    std::optional<OrgNodeId> node;
    std::int64_t lines = 0;
    std::int64_t net_minor = 0;  // this order's lines, returns negative
    Currency currency;
    std::optional<StaffId> staff;  // the guide who sold
    std::string guide_code;        // as the source names him
};

class Orders {
public:
    virtual ~Orders() = default;
    // Adds the lines that are new (by fingerprint and occurrence) to the order of that number, making it when absent.
    // result[i] says what became of input.lines[i].
    virtual Result<std::vector<LineOutcome>> apply(kernel::Unit& unit, const OrderInput& input) = 0;
    // With input.update also changes lines that stand; what stood is kept, so that take_back() brings it back.
    // What apply() would answer, without writing.
    virtual Result<std::vector<LineOutcome>> compare(sql::Connection& sql, const TenantId& tenant,
                                                     const OrderInput& input) = 0;
    // Removes the lines that `source` brought, with orders left empty; ≤ limit lines a call; 0 when nothing is left.
    virtual Result<std::int64_t> take_back(kernel::Unit& unit, std::string_view source, int limit) = 0;

    struct Change {
        std::int64_t change_no = 0;
        OrderView order;
        Quantity items;  // pieces; a weighed line counts 1
        bool removed = false;
    };
    virtual Result<std::vector<Change>> changed_since(sql::Connection& sql, const TenantId& tenant,
                                                      std::int64_t change_no, int limit) = 0;
    // What an order holds of one product: its lines of that product summed, returns negative.
    struct Sold {
        OrderId order;
        std::string product;  // the source's code (SKU); the name where it gives none
        std::string name;
        std::int64_t net_minor = 0;
        Quantity items;  // pieces; a weighed line counts 1
    };
    // Of the orders whose last change lies in (after, until], by order and product.
    virtual Result<std::vector<Sold>> sold_in(sql::Connection& sql, const TenantId& tenant, std::int64_t after,
                                              std::int64_t until) = 0;
    virtual Result<std::vector<OrderView>> of_customers(sql::Connection& sql, const TenantId& tenant,
                                                        const std::vector<CustomerId>& customers, int limit) = 0;
    struct SourceTotals {
        std::int64_t rows = 0;
        std::int64_t orders = 0;
        std::int64_t returns = 0;
        std::int64_t anonymous = 0;
        std::int64_t customers = 0;
        std::int64_t net_minor = 0;
        std::string exact_net;  // Σ price × quantity before rounding, decimal text
    };
    virtual Result<SourceTotals> totals(sql::Connection& sql, const TenantId& tenant, std::string_view source) = 0;
    // What stands in the record per node, channel and kind, of orders paid in [from, to): for reconciliation.
    struct NodeSums {
        OrgNodeId node;
        std::string channel;
        OrderKind kind = OrderKind::Sale;
        std::int64_t orders = 0;
        std::int64_t net_minor = 0;
    };
    virtual Result<std::vector<NodeSums>> sums_by_node(sql::Connection& sql, const TenantId& tenant, Instant from,
                                                       Instant to) = 0;
    virtual Result<std::vector<OrderView>> of_node(sql::Connection& sql, const TenantId& tenant, const OrgNodeId& node,
                                                   Instant from, Instant to, int limit) = 0;
    // When the node sold last, at or after `since`; an empty channel means any.
    virtual Result<std::optional<Instant>> last_sale(sql::Connection& sql, const TenantId& tenant,
                                                     const OrgNodeId& node, std::string_view channel,
                                                     Instant since) = 0;
    // How it was paid, as the newest source says.
    virtual Result<std::vector<Tender>> tenders(sql::Connection& sql, const TenantId& tenant, const OrderId& order) = 0;
    virtual Result<std::string> state_hash(sql::Connection& sql, const TenantId& tenant) = 0;
};

std::unique_ptr<Orders> make_orders(kernel::Kernel& kernel, org::Org& org, customer::Customers& customers);
// Whether any order names this node.
Result<bool> names_node(sql::Connection& sql, const TenantId& tenant, const OrgNodeId& node);
kernel::ModuleInfo commerce_module();

}  // namespace tilth::commerce
