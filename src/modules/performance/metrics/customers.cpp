#include "modules/performance/metrics/count_of_people.h"

namespace tilth::performance::metric {

namespace {

constexpr Variant kVariants[] = {
    count_of_people("bought", "期内有已支付销售单的已识别客户数（按人去重）",
                    "Known people with a paid sale in the period, each once"),
};

}  // namespace

extern const Definition customers;
const Definition customers = people_metric("customers", "成交客户数", "Buyers", kVariants);

}  // namespace tilth::performance::metric
