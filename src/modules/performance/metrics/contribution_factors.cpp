#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

// The three factors multiply to M-04 exactly: each one's denominator is the numerator of the one before.
constexpr std::string_view kInputs[] = {"orders.net",       "orders.kind",     "orders.day",
                                        "customers.member", "customers.since", "customers.home"};
constexpr Variant kVariants[] = {
    {.id = "active_rate",
     .name_zh = "会员活跃率",
     .name_en = "active-member rate",
     .formula_zh = "平均活跃会员数 ÷ 平均会员数（均按会员日数；活跃 = 近若干天内有已支付销售单）",
     .formula_en =
         "Average active members ÷ average members (both by member-days; active: a paid sale within so many days)",
     .unit = Unit::Ratio,
     .numerator = "CASE WHEN active THEN member_days ELSE 0 END",
     .denominator = "member_days",
     .people_numerator = "active",
     .people_denominator = "member_days > 0",
     .base = Base::People,
     .stock = true},
    {.id = "frequency",
     .name_zh = "活跃会员年购买频次",
     .name_en = "purchases per active member a year",
     .formula_zh = "会员已支付销售单数 ÷ 平均活跃会员数",
     .formula_en = "Paid sales of members ÷ average active members",
     .unit = Unit::Number,
     .numerator = "CASE WHEN member AND home THEN orders ELSE 0 END",
     .denominator = "CASE WHEN active THEN member_days ELSE 0 END",
     .people_numerator = "bought AND member AND home",
     .people_denominator = "active",
     .scale = kYearDays,
     .base = Base::People,
     .stock = true},
    {.id = "order_value",
     .name_zh = "会员客单价",
     .name_en = "order value of members",
     .formula_zh = "会员净销售额 ÷ 会员已支付销售单数",
     .formula_en = "Member net sales ÷ paid sales of members",
     .unit = Unit::Money,
     .numerator = "CASE WHEN member AND home THEN net ELSE 0 END",
     .denominator = "CASE WHEN member AND home THEN orders ELSE 0 END",
     .people_numerator = "member AND home AND entries > 0",
     .people_denominator = "bought AND member AND home",
     .base = Base::Denominator,
     .stock = true},
};

}  // namespace

extern const Definition contribution_factors;
const Definition contribution_factors{.id = "M-05",
                                      .name_zh = "年度贡献构成",
                                      .name_en = "Composition of the annual contribution",
                                      .inputs = kInputs,
                                      .owner = "operations",
                                      .window = Window::Year,
                                      .variants = kVariants};

}  // namespace tilth::performance::metric
