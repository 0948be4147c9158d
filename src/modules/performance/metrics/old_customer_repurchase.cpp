#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

constexpr std::string_view kInputs[] = {"orders.customer", "orders.kind", "orders.day", "customers.person"};
constexpr Variant kVariants[] = {
    {.id = "",
     .name_zh = "",
     .name_en = "",
     .formula_zh = "期内再次购买的老客数 ÷ 老客数（老客 = 期初之前已有已支付销售单的客户）",
     .formula_en = "Old customers who buy in the period ÷ old customers (with a paid sale before the period)",
     .unit = Unit::Ratio,
     .numerator = "bought AND first_here < d0",
     .denominator = "first_here < d0",
     .people_numerator = "bought AND first_here < d0",
     .people_denominator = "first_here < d0",
     .base = Base::Denominator,
     .stock = true},
};

}  // namespace

extern const Definition old_customer_repurchase;
const Definition old_customer_repurchase{.id = "M-09a",
                                         .name_zh = "老客回购率",
                                         .name_en = "Old-customer repurchase rate",
                                         .inputs = kInputs,
                                         .owner = "operations",
                                         .variants = kVariants};

}  // namespace tilth::performance::metric
