#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

constexpr std::string_view kInputs[] = {"orders.customer", "orders.kind", "orders.day", "customers.member"};
constexpr Variant kVariants[] = {
    {.id = "receipts",
     .name_zh = "按笔数",
     .name_en = "by receipts",
     .formula_zh = "识别到会员的已支付销售单数 ÷ 全部已支付销售单数",
     .formula_en = "Paid sales with an identified member ÷ all paid sales",
     .unit = Unit::Ratio,
     .numerator = "CASE WHEN member THEN orders ELSE 0 END",
     .denominator = "orders",
     .people_numerator = "bought AND member",
     .people_denominator = "bought",
     .base = Base::Denominator},
    {.id = "appraised",
     .name_zh = "考核口径",
     .name_en = "appraised",
     .formula_zh = "同一会员每天超过限定笔数的销售单按未识别计：分子剔除，分母保留",
     .formula_en = "Sales of one member beyond the daily limit count as not identified: out of the numerator, kept in "
                   "the denominator",
     .unit = Unit::Ratio,
     .numerator = "CASE WHEN member THEN counted ELSE 0 END",
     .denominator = "orders",
     .people_numerator = "bought AND member",
     .people_denominator = "bought",
     .base = Base::Denominator,
     .ranked = true},
    {.id = "people",
     .name_zh = "按人数",
     .name_en = "by people",
     .formula_zh = "会员数 ÷ 已识别客户数（截至期末，按归属组织）",
     .formula_en = "Members ÷ known customers (at the period's end, by home node)",
     .unit = Unit::Ratio,
     .numerator = "member AND home AND since <= d1",
     .denominator = "home AND since <= d1",
     .people_numerator = "member AND home AND since <= d1",
     .people_denominator = "home AND since <= d1",
     .base = Base::Denominator,
     .stock = true},
};

}  // namespace

extern const Definition member_share;
const Definition member_share{.id = "M-01",
                              .name_zh = "会员占比",
                              .name_en = "Member share",
                              .inputs = kInputs,
                              .owner = "operations",
                              .variants = kVariants};

}  // namespace tilth::performance::metric
