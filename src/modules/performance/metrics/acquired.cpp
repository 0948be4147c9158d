#include "modules/performance/metrics/count_of_people.h"

namespace tilth::performance::metric {

namespace {

constexpr Variant kVariants[] = {
    count_of_people("home AND since BETWEEN d0 AND d1", "首次识别（建档或首单，取早）落在期内、归属本组织的客户数",
                    "People of these nodes first seen or first paid, whichever is earlier, in the period", true),
};

}  // namespace

extern const Definition acquired;
const Definition acquired = people_metric("acquired", "新识别客户数", "People met", kVariants);

}  // namespace tilth::performance::metric
