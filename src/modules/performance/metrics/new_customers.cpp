#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

namespace {

constexpr std::string_view kInputs[] = {"orders.customer", "orders.day", "customers.person"};
constexpr Variant kVariants[] = {
    {.id = "",
     .name_zh = "",
     .name_en = "",
     .formula_zh = "成交客户中，有史以来首张已支付销售单落在期内的人数",
     .formula_en = "Buyers whose first-ever paid sale falls inside the period",
     .unit = Unit::Count,
     .numerator = "bought AND is_new",
     .people_numerator = "bought AND is_new"},
};

}  // namespace

extern const Definition new_customers;
const Definition new_customers{.id = "new_customers",
                               .name_zh = "新客数",
                               .name_en = "New customers",
                               .inputs = kInputs,
                               .owner = "operations",
                               .variants = kVariants};

}  // namespace tilth::performance::metric
