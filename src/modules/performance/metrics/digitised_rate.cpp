#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

constexpr std::string_view kInputs[] = {"orders.customer", "orders.kind", "orders.day", "customers.member"};
constexpr Variant kVariants[] = {
    {.id = "",
     .name_zh = "",
     .name_en = "",
     .formula_zh = "期内成交的会员数 ÷ 期内服务的顾客数（已识别客户按人去重，未识别的销售单每单算一位）",
     .formula_en = "Members who bought in the period ÷ consumers served in it (known people each once, every sale "
                   "without a known customer as one more)",
     .unit = Unit::Ratio,
     .numerator = "member AND bought",
     .denominator = "CASE WHEN bought THEN 1 WHEN person IS NULL THEN orders ELSE 0 END",
     .people_numerator = "member AND bought",
     .people_denominator = "bought",
     .base = Base::Denominator},
};

}  // namespace

// Known by a membership, whether or not reachable: who is online is `GET /api/v1/online-rate` (M-02).
extern const Definition digitised_rate;
const Definition digitised_rate{.id = "M-03",
                                .name_zh = "数字化率",
                                .name_en = "Digitised rate",
                                .inputs = kInputs,
                                .owner = "operations",
                                .variants = kVariants};

}  // namespace tilth::performance::metric
