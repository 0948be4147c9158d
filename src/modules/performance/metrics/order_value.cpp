#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

constexpr std::string_view kInputs[] = {"orders.net", "orders.kind", "orders.day", "orders.customer"};
constexpr Variant kVariants[] = {
    {.id = "per_order",
     .name_zh = "按单",
     .name_en = "per order",
     .formula_zh = "净销售额 ÷ 订单数",
     .formula_en = "Net sales ÷ orders",
     .unit = Unit::Money,
     .numerator = "net",
     .denominator = "orders",
     .people_numerator = "person IS NOT NULL AND entries > 0",
     .people_denominator = "bought",
     .base = Base::Denominator},
    {.id = "per_customer",
     .name_zh = "按人",
     .name_en = "per customer",
     .formula_zh = "已识别客户的净销售额 ÷ 成交客户数",
     .formula_en = "Net sales to known customers ÷ buyers",
     .unit = Unit::Money,
     .numerator = "CASE WHEN person IS NOT NULL THEN net ELSE 0 END",
     .denominator = "bought",
     .people_numerator = "person IS NOT NULL AND entries > 0",
     .people_denominator = "bought",
     .base = Base::Denominator},
};

}  // namespace

extern const Definition order_value;
const Definition order_value{.id = "M-07",
                             .name_zh = "客单价",
                             .name_en = "Order value",
                             .inputs = kInputs,
                             .owner = "operations",
                             .variants = kVariants};

}  // namespace tilth::performance::metric
