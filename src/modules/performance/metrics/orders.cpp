#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

constexpr std::string_view kInputs[] = {"orders.kind", "orders.day"};
constexpr Variant kVariants[] = {
    {.id = "",
     .name_zh = "",
     .name_en = "",
     .formula_zh = "已支付的销售单数（退货单与调整单不计）",
     .formula_en = "Paid sales (returns and adjustments left out)",
     .unit = Unit::Count,
     .numerator = "orders",
     .people_numerator = "bought"},
};

}  // namespace

extern const Definition orders;
const Definition orders{.id = "orders",
                        .name_zh = "订单数",
                        .name_en = "Orders",
                        .inputs = kInputs,
                        .owner = "operations",
                        .variants = kVariants};

}  // namespace tilth::performance::metric
