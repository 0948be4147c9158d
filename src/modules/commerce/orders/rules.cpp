#include "modules/commerce/orders/rules.h"

namespace tilth::commerce {

namespace {

constexpr std::size_t kNumberBytesMax = 80;
constexpr std::size_t kLinesMax = 5'000;

Status check_line(const OrderLine& line, OrderKind kind, std::size_t at) {
    const std::string field = "lines/" + std::to_string(at) + "/";
    if (line.quantity.milli == 0) {
        return Error::invalid(field + "quantity", "zero", "数量不能为 0", "The quantity is zero", "填写实际数量",
                              "Give the quantity");
    }
    if (kind == OrderKind::Sale && line.quantity.milli < 0) {
        return Error::invalid(field + "quantity", "negative", "销售单的数量不能为负", "A sale has no negative quantity",
                              "退货请用退货单", "Use an order of kind return");
    }
    if (kind == OrderKind::Return && line.quantity.milli > 0) {
        return Error::invalid(field + "quantity", "positive", "退货单的数量须为负", "A return has negative quantities",
                              "数量前加负号", "Put a minus before the quantity");
    }
    if (kind != OrderKind::Adjustment && line.price.e4 < 0) {
        return Error::invalid(field + "price", "negative", "单价不能为负", "The price is negative", "调整项请用调整单",
                              "Use an order of kind adjustment");
    }
    return ok();
}

}  // namespace

Result<std::int64_t> amount_of(const OrderLine& line, Currency currency) {
    if (line.amount_minor) return *line.amount_minor;
    const Money amount = TRY(line_amount(line.price, line.quantity, currency));
    return amount.minor;
}

std::int64_t items_of(const OrderLine& line) {
    if (line.quantity.milli % 1000 == 0) return line.quantity.milli;
    return line.quantity.milli < 0 ? -1000 : 1000;
}

Result<Sums> sum_lines(const std::vector<OrderLine>& lines, Currency currency, Sums start) {
    for (const OrderLine& line : lines) {
        const std::int64_t amount = TRY(amount_of(line, currency));
        start.net_minor = TRY(add_checked(start.net_minor, amount));
        start.items_milli = TRY(add_checked(start.items_milli, items_of(line)));
        ++start.lines;
    }
    return start;
}

Status check_order(const OrderInput& input) {
    if (input.number.empty() || input.number.size() > kNumberBytesMax) {
        return Error::invalid("number", "length", "订单号须为 1–80 个字符", "An order number has 1 to 80 characters",
                              "检查订单号一列", "Check the column of order numbers");
    }
    if (input.lines.empty() || input.lines.size() > kLinesMax) {
        return Error::invalid("lines", "length", "每单 1–5000 行", "An order has 1 to 5,000 lines", "拆分订单",
                              "Split the order");
    }
    for (std::size_t i = 0; i < input.lines.size(); ++i) TRY(check_line(input.lines[i], input.kind, i));
    return ok();
}

}  // namespace tilth::commerce
