#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

constexpr std::string_view kInputs[] = {"orders.net", "orders.kind", "orders.day"};
constexpr Variant kVariants[] = {
    {.id = "",
     .name_zh = "",
     .name_en = "",
     .formula_zh = "退款金额 ÷ 实收金额",
     .formula_en = "Refunds ÷ money received",
     .unit = Unit::Ratio,
     .numerator = "-refunded",
     .denominator = "sold",
     .people_numerator = "person IS NOT NULL AND entries > orders",
     .people_denominator = "bought",
     .base = Base::People},
};

}  // namespace

extern const Definition returns_share;
const Definition returns_share{.id = "returns_share",
                               .name_zh = "退货占比",
                               .name_en = "Returns share",
                               .inputs = kInputs,
                               .owner = "operations",
                               .direction = Direction::Down,
                               .variants = kVariants};

}  // namespace tilth::performance::metric
