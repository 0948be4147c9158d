#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

constexpr std::string_view kInputs[] = {"orders.net", "orders.day", "customers.member", "customers.since",
                                        "customers.home"};
constexpr Variant kVariants[] = {
    {.id = "",
     .name_zh = "",
     .name_en = "",
     .formula_zh = "截至期末近 365 天的会员净销售额 ÷ 平均会员数（平均会员数 = 会员日数 ÷ 365）",
     .formula_en = "Member net sales in the 365 days to the period's end ÷ average members (member-days ÷ 365)",
     .unit = Unit::Money,
     .numerator = "CASE WHEN member AND home THEN net ELSE 0 END",
     .denominator = "member_days",
     .people_numerator = "member AND home AND entries > 0",
     .people_denominator = "member_days > 0",
     .scale = kYearDays,
     .base = Base::People,
     .stock = true},
};

}  // namespace

extern const Definition annual_contribution;
const Definition annual_contribution{.id = "M-04",
                                     .name_zh = "每会员年度贡献",
                                     .name_en = "Annual contribution per member",
                                     .inputs = kInputs,
                                     .owner = "operations",
                                     .window = Window::Year,
                                     .variants = kVariants};

}  // namespace tilth::performance::metric
