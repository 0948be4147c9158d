#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

constexpr std::string_view kInputs[] = {"orders.net", "orders.kind", "orders.day", "customers.person",
                                        "customers.home"};
constexpr Variant kVariants[] = {
    {.id = "",
     .name_zh = "",
     .name_en = "",
     .formula_zh =
         "RFM 窗口内有已支付销售单的已识别客户数；R 距最近一次购买的天数，F 销售单数，M 净消费，各按五分位或企业自定的分档打 1–5 分",
     .formula_en = "Known customers with a paid sale in the RFM window; R days since the last one, F paid sales, M net "
                   "spend, each scored 1 to 5 by quintiles or the tenant's own steps",
     .unit = Unit::Count,
     .numerator = "bought AND home",
     .people_numerator = "bought AND home"},
};

}  // namespace

extern const Definition rfm_scored;
const Definition rfm_scored{.id = "M-38",
                            .name_zh = "RFM 评分客户数",
                            .name_en = "Customers with RFM scores",
                            .inputs = kInputs,
                            .owner = "operations",
                            .window = Window::Rfm,
                            .everywhere = true,
                            .variants = kVariants};

}  // namespace tilth::performance::metric
