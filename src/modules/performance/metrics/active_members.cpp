#include "modules/performance/metrics/count_of_people.h"

namespace tilth::performance::metric {

namespace {

constexpr Variant kVariants[] = {
    count_of_people("active", "归属本组织的会员中，期末往前「活跃」天数内有已支付销售单的人数",
                    "Members of these nodes with a paid sale within the days of \"active\" before the period's end"),
};

}  // namespace

// Looks back a year, as far as "active" may reach.
extern const Definition active_members;
const Definition active_members{.id = "active_members",
                                .name_zh = "活跃会员数",
                                .name_en = "Active members",
                                .inputs = kInputsOfPeople,
                                .owner = "operations",
                                .window = Window::Year,
                                .everywhere = true,
                                .variants = kVariants};

}  // namespace tilth::performance::metric
