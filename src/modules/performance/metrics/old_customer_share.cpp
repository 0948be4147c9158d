#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

constexpr std::string_view kInputs[] = {"orders.net", "orders.customer", "orders.kind", "orders.day",
                                        "customers.person"};
constexpr Variant kVariants[] = {
    {.id = "",
     .name_zh = "",
     .name_en = "",
     .formula_zh = "老客净销售额 ÷ 已识别客户净销售额（首张已支付销售单不在期内即为老客；匿名销售另计）",
     .formula_en = "Net sales to old customers ÷ net sales to known customers (old: first-ever paid sale not in the "
                   "period; anonymous sales apart)",
     .unit = Unit::Ratio,
     .numerator = "CASE WHEN is_old THEN net ELSE 0 END",
     .denominator = "CASE WHEN person IS NOT NULL THEN net ELSE 0 END",
     .people_numerator = "is_old",
     .people_denominator = "person IS NOT NULL AND entries > 0",
     .base = Base::People},
};

}  // namespace

extern const Definition old_customer_share;
const Definition old_customer_share{.id = "M-24",
                                    .name_zh = "老客户销售占比",
                                    .name_en = "Share of sales to old customers",
                                    .inputs = kInputs,
                                    .owner = "operations",
                                    .direction = Direction::Neutral,
                                    .variants = kVariants};

}  // namespace tilth::performance::metric
