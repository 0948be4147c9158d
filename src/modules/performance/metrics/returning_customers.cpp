#include "modules/performance/metrics/count_of_people.h"

namespace tilth::performance::metric {

namespace {

constexpr Variant kVariants[] = {
    count_of_people("bought AND is_old", "成交客户中，首张已支付销售单早于本期的人数",
                    "Buyers whose first-ever paid sale is before the period"),
};

}  // namespace

extern const Definition returning_customers;
const Definition returning_customers = people_metric("returning_customers", "老客成交数", "Returning customers", kVariants);

}  // namespace tilth::performance::metric
