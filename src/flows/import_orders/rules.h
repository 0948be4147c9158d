#pragma once
// What one row of an order file says, as pure functions.

#include <optional>
#include <string>
#include <vector>

#include "modules/collect/api.h"
#include "modules/commerce/api.h"
#include "modules/org/api.h"

namespace tilth::flows::import_orders {

// Columns of the target, in the order of MappedRow::values.
enum class Column : std::uint8_t {
    OrderNumber,
    PaidAt,
    Sku,
    ProductName,
    Quantity,
    Price,
    Amount,
    Card,
    Phone,
    Email,
    CustomId,
    CustomerName,
    NodeCode,
    NodeName,
    SubOrder,
    Status,
    AfterSale,
    Refund,
    GuideCode,
    Tenders,
    kCount
};
const std::vector<collect::TargetField>& fields();

struct Options {
    Currency currency;
    std::string channel = "file";
    std::int64_t shift_days = 0;
    org::NodeKind node_kind = org::NodeKind::Store;
    bool amount_is_order_total = false;  // repeated on each row of the order: it counts with the first
    bool number_in_store = false;        // tills number receipts per store: the store's code goes in front
    bool keyed = false;  // by the mapping: rows have a key, a later file updates
    std::string return_prefix;      // empty: a row with a negative quantity is a return
    std::string adjustment_prefix;  // empty: there are no adjustments
};
// Invalid names the option. `own` is the currency of who imports.
Result<Options> parse_options(std::string_view json, Currency own);

// What a platform's status words come to, by the mapping's value map; any other word is a sale that stands.
enum class OrderState : std::uint8_t { Stands, Unpaid, Closed, Return };

struct Row {
    std::string number;
    commerce::OrderKind kind = commerce::OrderKind::Sale;
    Instant paid_at;
    OrderState state = OrderState::Stands;
    commerce::OrderLine line;
    std::optional<std::string> card;
    std::optional<std::string> phone;
    std::optional<std::string> email;
    std::optional<std::string> custom_id;
    std::optional<std::string> customer_name;
    std::string node_code;
    std::string node_name;
    std::string guide_code;
    std::vector<commerce::Tender> tenders;
    bool anonymous() const { return !card && !phone && !email && !custom_id; }
};
// Refuses with a field and a stable rule: bad_decimal, too_long.
Result<Row> read_row(const collect::MappedRow& row, const Options& options);
// What the values of a row must not be together: not_paid, negative_in_sale, positive_in_return, zero, negative_price,
// wrong_sign, too_large, no_value (no money and no customer: a movement of stock). Whatever passes, commerce takes.
Status check_row(const Row& row, const Options& options);

// "微信" (the whole order), or "微信=30.00;现金=12.50": the ways of paying with their amounts. Invalid: bad_tender.
Result<std::vector<commerce::Tender>> read_tenders(std::string_view text, Currency currency);

// A number that a spreadsheet made of an id: "13085.0" is the id 13085.
std::string plain_id(std::string_view text);

}  // namespace tilth::flows::import_orders
