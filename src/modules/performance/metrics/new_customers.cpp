#include "modules/performance/metrics/count_of_people.h"

namespace tilth::performance::metric {

namespace {

constexpr Variant kVariants[] = {
    count_of_people("bought AND is_new", "成交客户中，有史以来首张已支付销售单落在期内的人数",
                    "Buyers whose first-ever paid sale falls inside the period"),
};

}  // namespace

extern const Definition new_customers;
const Definition new_customers = people_metric("new_customers", "新客数", "New customers", kVariants);

}  // namespace tilth::performance::metric
