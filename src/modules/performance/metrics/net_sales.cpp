#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

constexpr std::string_view kInputs[] = {"orders.net", "orders.kind", "orders.day"};
constexpr Variant kVariants[] = {
    {.id = "",
     .name_zh = "",
     .name_en = "",
     .formula_zh = "实收金额 − 退款金额（调整单不计）",
     .formula_en = "Money received − refunds (adjustments left out)",
     .unit = Unit::Money,
     .numerator = "net",
     .people_numerator = "person IS NOT NULL AND entries > 0"},
};

}  // namespace

extern const Definition net_sales;
const Definition net_sales{.id = "net_sales",
                           .name_zh = "净销售额",
                           .name_en = "Net sales",
                           .inputs = kInputs,
                           .owner = "finance",
                           .variants = kVariants};

}  // namespace tilth::performance::metric
