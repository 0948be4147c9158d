#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

// `items` is in thousandths of a piece.
constexpr std::string_view kInputs[] = {"orders.items", "orders.kind", "orders.day"};
constexpr Variant kVariants[] = {
    {.id = "",
     .name_zh = "",
     .name_en = "",
     .formula_zh = "已支付销售单的商品件数 ÷ 已支付销售单数；称重商品一行计 1 件，退货不冲减",
     .formula_en = "Pieces on paid sales ÷ paid sales; a weighed line counts 1, returns take nothing off",
     .unit = Unit::Number,
     .numerator = "items",
     .denominator = "orders * 1000",
     .people_numerator = "bought",
     .people_denominator = "bought",
     .base = Base::People},
};

}  // namespace

extern const Definition attach_rate;
const Definition attach_rate{.id = "M-08",
                             .name_zh = "连带率",
                             .name_en = "Attach rate",
                             .inputs = kInputs,
                             .owner = "operations",
                             .variants = kVariants};

}  // namespace tilth::performance::metric
