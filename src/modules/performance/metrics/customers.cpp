#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

constexpr std::string_view kInputs[] = {"orders.customer", "orders.day", "customers.person"};
constexpr Variant kVariants[] = {
    {.id = "",
     .name_zh = "",
     .name_en = "",
     .formula_zh = "期内有已支付销售单的已识别客户数（按人去重）",
     .formula_en = "Known people with a paid sale in the period, each once",
     .unit = Unit::Count,
     .numerator = "bought",
     .people_numerator = "bought"},
};

}  // namespace

extern const Definition customers;
const Definition customers{.id = "customers",
                           .name_zh = "成交客户数",
                           .name_en = "Buyers",
                           .inputs = kInputs,
                           .owner = "operations",
                           .variants = kVariants};

}  // namespace tilth::performance::metric
