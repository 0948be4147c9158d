#include "modules/performance/metrics/count_of_people.h"

namespace tilth::performance::metric {

namespace {

constexpr Variant with_referrals(Variant variant) {
    variant.referral = true;
    return variant;
}
constexpr Variant kVariants[] = {
    with_referrals(count_of_people("home AND referred > 0", "期内新识别的客户由其推荐、且归属本组织的客户数",
                                   "People of these nodes who brought somebody first met in the period", true)),
};

}  // namespace

extern const Definition referrers;
const Definition referrers = people_metric("referrers", "推荐客户数", "Referrers", kVariants);

}  // namespace tilth::performance::metric
