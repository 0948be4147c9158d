#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

constexpr std::string_view kInputs[] = {"orders.customer", "orders.kind", "orders.day", "customers.person"};
constexpr Variant kVariants[] = {
    {.id = "rate",
     .name_zh = "占比",
     .name_en = "rate",
     .formula_zh = "期内至少在 2 个营业日购买的客户数 ÷ 成交客户数",
     .formula_en = "Buyers on at least 2 business days of the period ÷ buyers",
     .unit = Unit::Ratio,
     .numerator = "bought AND days >= 2",
     .denominator = "bought",
     .people_numerator = "bought AND days >= 2",
     .people_denominator = "bought",
     .base = Base::Denominator,
     .daily = true},
    {.id = "frequency",
     .name_zh = "复购频次",
     .name_en = "repeat frequency",
     .formula_zh = "复购客户的销售单数 ÷ 复购客户数",
     .formula_en = "Paid sales of repeat buyers ÷ repeat buyers",
     .unit = Unit::Number,
     .numerator = "CASE WHEN bought AND days >= 2 THEN orders ELSE 0 END",
     .denominator = "bought AND days >= 2",
     .people_numerator = "bought AND days >= 2",
     .people_denominator = "bought AND days >= 2",
     .base = Base::Denominator,
     .daily = true},
};

}  // namespace

extern const Definition repeat_rate;
const Definition repeat_rate{.id = "M-09b",
                             .name_zh = "期内复购率",
                             .name_en = "Repeat rate",
                             .inputs = kInputs,
                             .owner = "operations",
                             .variants = kVariants};

}  // namespace tilth::performance::metric
