#include "flows/import_orders/rules.h"

#include <algorithm>

#include "platform/json/value.h"

namespace tilth::flows::import_orders {

namespace {

constexpr int kPriceScale = 4;
constexpr int kQuantityScale = 3;
constexpr std::size_t kNumberBytesMax = 80;
constexpr std::size_t kTextBytesMax = 500;
constexpr std::size_t kNodeBytesMax = 80;
constexpr std::size_t kTenderBytesMax = 60;
constexpr std::size_t kTendersMax = 20;
constexpr std::int64_t kLineMinorMax = 1'000'000'000'000;  // with 5,000 lines an order
constexpr std::int64_t kQuantityMilliMax = 1'000'000'000'000;

const std::optional<std::string>& value(const collect::MappedRow& row, Column column) {
    static const std::optional<std::string> absent;
    const auto at = static_cast<std::size_t>(column);
    return at < row.values.size() ? row.values[at] : absent;
}

std::string text(const collect::MappedRow& row, Column column) { return value(row, column).value_or(""); }

Result<std::int64_t> decimal(const collect::MappedRow& row, Column column, int scale, std::string_view field) {
    auto number = parse_decimal(text(row, column), scale);
    if (number) return *number;
    return Error::invalid(std::string(field), "bad_decimal", "不是数字，或小数位过多",
                          "Not a number, or too many decimals", "检查该列的格式", "Check the format of the column");
}

commerce::OrderKind kind_of(std::string_view number, Quantity quantity, const Options& options) {
    using commerce::OrderKind;
    if (!options.adjustment_prefix.empty() && number.starts_with(options.adjustment_prefix))
        return OrderKind::Adjustment;
    if (options.return_prefix.empty()) return quantity.milli < 0 ? OrderKind::Return : OrderKind::Sale;
    return number.starts_with(options.return_prefix) ? OrderKind::Return : OrderKind::Sale;
}

Status check_length(const std::string& value, std::size_t bytes_max, std::string_view field) {
    if (value.size() <= bytes_max) return ok();
    return Error::invalid(std::string(field), "too_long", "内容过长", "The value is too long", "检查该列是否对应正确",
                          "Check whether this is the right column");
}

Result<std::int64_t> line_minor(const commerce::OrderLine& line, Currency currency) {
    return TRY(line_amount(line.price, line.quantity, currency))
    .minor;
}

}  // namespace

const std::vector<collect::TargetField>& fields() {
    using Kind = collect::FieldKind;
    static const std::vector<collect::TargetField> all = {
        {"order_number",
         Kind::Text,
         true,
         "订单号",
         "Order number",
         {"Invoice", "InvoiceNo", "订单号", "订单编号", "小票号"},
         0},
        {"paid_at",
         Kind::Instant,
         true,
         "支付时间",
         "Paid at",
         {"InvoiceDate", "支付时间", "下单时间", "交易时间", "Date"},
         0},
        {"sku", Kind::Text, true, "商品编码", "SKU", {"StockCode", "SKU", "商品编码", "货号"}, 0},
        {"product_name", Kind::Text, false, "商品名称", "Product name", {"Description", "商品名称", "品名"}, 0},
        {"quantity", Kind::Decimal, true, "数量", "Quantity", {"Quantity", "数量", "件数"}, kQuantityScale},
        {"price", Kind::Decimal, true, "单价", "Unit price", {"Price", "UnitPrice", "单价", "成交单价"}, kPriceScale},
        {"amount", Kind::Decimal, false, "金额", "Amount", {"Amount", "金额", "实付金额"}, 2},
        {"card", Kind::Text, false, "会员卡号", "Card number", {"Customer ID", "CustomerID", "会员卡号", "卡号"}, 0, true},
        {"phone", Kind::Phone, false, "手机号", "Phone", {"Phone", "手机号", "手机", "收货人手机"}, 0, true},
        {"email", Kind::Email, false, "邮箱", "E-mail", {"Email", "E-mail", "邮箱"}, 0, true},
        {"custom_id", Kind::Text, false, "客户编号", "Customer code", {"UserId", "客户编号", "会员编号"}, 0, true},
        {"customer_name", Kind::Text, false, "姓名", "Name", {"Name", "姓名", "会员姓名"}, 0},
        {"node_code",
         Kind::Text,
         false,
         "门店或地区编码",
         "Store or region code",
         {"Country", "Store", "门店编码", "门店", "地区"},
         0},
        {"node_name", Kind::Text, false, "门店或地区名称", "Store or region name", {"StoreName", "门店名称"}, 0},
        {"sub_order", Kind::Text, false, "子订单号", "Sub-order number", {}, 0},
        {"status", Kind::Text, false, "订单状态", "Order status", {}, 0},
        {"after_sale", Kind::Text, false, "售后状态", "After-sale status", {}, 0},
        {"refund", Kind::Decimal, false, "退款金额", "Refunded", {}, 2},
        {"guide_code", Kind::Text, false, "导购编号", "Guide code", {"导购编号", "导购工号", "导购"}, 0},
        {"tenders", Kind::Text, false, "支付方式", "Ways of paying", {"支付明细", "支付方式"}, 0},
    };
    return all;
}

Result<Options> parse_options(std::string_view json, Currency own) {
    const auto given = json::Value::parse(json.empty() ? "{}" : json);
    if (!given || !given->is_object()) {
        return Error::invalid("options", "not_an_object", "选项须为 JSON 对象", "Options are a JSON object");
    }
    Options options;
    options.currency = own;
    if (given->has("currency")) {
        const auto currency = Currency::parse((*given)["currency"].str());
        if (!currency) {
            return Error::invalid("options/currency", "unknown_currency", "币种不对", "There is no such currency",
                                  "例如 CNY", "For example CNY");
        }
        options.currency = *currency;
    }
    options.channel = (*given)["channel"].str_or(options.channel);
    options.shift_days = (*given)["shift_days"].i64_or(0);
    const std::string_view kind = (*given)["node_kind"].str();
    options.node_kind = kind == "region"   ? org::NodeKind::Region
                        : kind == "online" ? org::NodeKind::Online
                                           : org::NodeKind::Store;
    options.amount_is_order_total = (*given)["amount_is"].str() == "order_total";
    options.number_in_store = (*given)["number"].str() == "store";
    options.return_prefix = (*given)["return_prefix"].str_or(options.return_prefix);
    options.adjustment_prefix = (*given)["adjustment_prefix"].str_or(options.adjustment_prefix);
    return options;
}

namespace {

// What a status and what came after it make of a line: a closed or refunded one is worth nothing, a return is negative.
Status settle(const collect::MappedRow& mapped, const Options& options, Row& row) {
    const std::string status = text(mapped, Column::Status);
    if (status == "unpaid") row.state = OrderState::Unpaid;
    if (status == "closed" || text(mapped, Column::AfterSale) == "refunded") row.state = OrderState::Closed;
    if (status == "return") row.state = OrderState::Return;
    auto& amount = row.line.amount_minor;
    if (options.amount_is_order_total && mapped.occurrence > 1) amount = 0;
    if (amount && value(mapped, Column::Refund)) {
        *amount -= TRY(decimal(mapped, Column::Refund, options.currency.minor_digits(), "refund"));
    }
    if (row.state == OrderState::Closed) amount = 0;
    if (row.state == OrderState::Return) {
        if (row.line.quantity.milli > 0) row.line.quantity.milli = -row.line.quantity.milli;
        if (amount && *amount > 0) amount = -*amount;
        row.kind = commerce::OrderKind::Return;
    }
    return ok();
}

}  // namespace

std::string plain_id(std::string_view text) {
    if (text.ends_with(".0") && text.size() > 2) {
        const auto digits = text.substr(0, text.size() - 2);
        if (std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
            return std::string(digits);
    }
    return std::string(text);
}

Result<std::vector<commerce::Tender>> read_tenders(std::string_view text, Currency currency) {
    std::vector<commerce::Tender> all;
    while (!text.empty()) {
        const auto end = text.find(';');
        const std::string_view piece = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        const auto sign = piece.rfind('=');
        commerce::Tender one;
        one.method = piece.substr(0, sign);
        if (one.method.empty() && sign == std::string_view::npos) continue;
        const auto amount = sign == std::string_view::npos
                                ? Result<std::int64_t>(0)
                                : parse_decimal(piece.substr(sign + 1), currency.minor_digits());
        if (one.method.empty() || one.method.size() > kTenderBytesMax || !amount || all.size() == kTendersMax) {
            return Error::invalid("tenders", "bad_tender", "支付方式写法不对", "This is no list of ways of paying",
                                  "例如 微信=30.00;现金=12.50", "For example WeChat=30.00;cash=12.50");
        }
        if (sign != std::string_view::npos) one.amount_minor = *amount;
        all.push_back(std::move(one));
    }
    return all;
}

Result<Row> read_row(const collect::MappedRow& mapped, const Options& options) {
    Row row;
    row.number = plain_id(text(mapped, Column::OrderNumber));
    row.paid_at = TRY(parse_instant(text(mapped, Column::PaidAt)))
    +days(options.shift_days);
    row.line.fingerprint = mapped.fingerprint;
    row.line.occurrence = mapped.occurrence;
    row.line.sku = text(mapped, Column::Sku);
    row.line.name = text(mapped, Column::ProductName);
    row.line.quantity.milli = TRY(decimal(mapped, Column::Quantity, kQuantityScale, "quantity"));
    row.line.price.e4 = TRY(decimal(mapped, Column::Price, kPriceScale, "price"));
    if (value(mapped, Column::Amount)) {
        row.line.amount_minor = TRY(decimal(mapped, Column::Amount, options.currency.minor_digits(), "amount"));
    }
    row.kind = kind_of(row.number, row.line.quantity, options);
    TRY(settle(mapped, options, row));
    const auto id = [&mapped](Column column) -> std::optional<std::string> {
        if (!value(mapped, column)) return std::nullopt;
        return plain_id(*value(mapped, column));
    };
    row.card = id(Column::Card);
    row.phone = value(mapped, Column::Phone);
    row.email = value(mapped, Column::Email);
    row.custom_id = id(Column::CustomId);
    row.customer_name = value(mapped, Column::CustomerName);
    row.node_code = text(mapped, Column::NodeCode);
    row.node_name = value(mapped, Column::NodeName).value_or(row.node_code);
    row.guide_code = plain_id(text(mapped, Column::GuideCode));
    row.tenders = TRY(read_tenders(text(mapped, Column::Tenders), options.currency));
    if (options.number_in_store && !row.node_code.empty()) row.number = row.node_code + "-" + row.number;
    TRY(check_length(row.number, kNumberBytesMax, "order_number"));
    TRY(check_length(row.line.sku, kTextBytesMax, "sku"));
    TRY(check_length(row.line.name, kTextBytesMax, "product_name"));
    TRY(check_length(row.node_code, kNodeBytesMax, "node_code"));
    TRY(check_length(row.node_name, kNodeBytesMax, "node_name"));
    TRY(check_length(row.guide_code, kNodeBytesMax, "guide_code"));
    return row;
}

Status check_row(const Row& row, const Options& options) {
    const std::int64_t quantity = row.line.quantity.milli;
    if (row.state == OrderState::Unpaid) {
        return Error::invalid("status", "not_paid", "订单未付款：不是销售", "The order is not paid: it is no sale",
                              "付款后的文件会带来它", "A file of after the payment brings it");
    }
    if (row.kind == commerce::OrderKind::Sale && quantity < 0) {
        return Error::invalid("quantity", "negative_in_sale", "销售单里数量为负：多为库存报损",
                              "A sale with a negative quantity: usually stock written off",
                              "退货请用退货单号，报损不必导入", "Give returns a return number; leave write-offs out");
    }
    if (row.kind == commerce::OrderKind::Return && quantity > 0) {
        return Error::invalid("quantity", "positive_in_return", "退货单里数量为正", "A return with a positive quantity",
                              "数量前加负号", "Put a minus before the quantity");
    }
    if (quantity == 0) {
        return Error::invalid("quantity", "zero", "数量为 0", "The quantity is zero", "删除该行", "Remove the row");
    }
    const bool worthless = row.line.amount_minor ? *row.line.amount_minor == 0 : row.line.price.e4 == 0;
    // An order of a platform's file is an order, whatever is left of its worth.
    if (worthless && row.anonymous() && !options.keyed) {
        return Error::invalid("price", "no_value", "既无金额也无客户：多为库存调整",
                              "Neither money nor a customer: usually a movement of stock", "不是销售，不必导入",
                              "It is no sale; leave it out");
    }
    if (row.kind != commerce::OrderKind::Adjustment && row.line.price.e4 < 0) {
        return Error::invalid("price", "negative_price", "单价为负", "The price is negative", "调整项请用调整单号",
                              "Give adjustments an adjustment number");
    }
    const bool against =
        row.line.amount_minor && *row.line.amount_minor != 0 && (*row.line.amount_minor < 0) != (quantity < 0);
    if (row.kind != commerce::OrderKind::Adjustment && against) {
        return Error::invalid("amount", "wrong_sign", "金额与数量的正负不一致", "Amount and quantity differ in sign",
                              "退货的数量与金额都为负", "Returns have both negative");
    }
    // Far above what anybody sells; the sum of an order's lines stays within 64 bits.
    const auto amount =
        row.line.amount_minor ? Result<std::int64_t>(*row.line.amount_minor) : line_minor(row.line, options.currency);
    const bool fits = amount && *amount <= kLineMinorMax && *amount >= -kLineMinorMax &&
                      quantity <= kQuantityMilliMax && quantity >= -kQuantityMilliMax;
    if (!fits) {
        return Error::invalid("amount", "too_large", "金额或数量过大", "The amount or the quantity is too large",
                              "检查列是否对应正确", "Check whether these are the right columns");
    }
    return ok();
}

}  // namespace tilth::flows::import_orders
