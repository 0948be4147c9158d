#include "modules/performance/metrics/count_of_people.h"

namespace tilth::performance::metric {

namespace {

constexpr Variant kVariants[] = {
    count_of_people("bought AND COALESCE(first_here BETWEEN d0 AND d1, false)",
                    "首张已支付销售单（在所看的组织、渠道、导购或商品处）落在期内的成交客户数",
                    "Buyers whose first paid sale here (at these nodes, by this channel, guide or product) is in the "
                    "period"),
};

}  // namespace

extern const Definition newcomers;
const Definition newcomers = people_metric("newcomers", "首次到此成交客户数", "First-time buyers here", kVariants);

}  // namespace tilth::performance::metric
