#include "modules/performance/metrics/count_of_people.h"

namespace tilth::performance::metric {

namespace {

constexpr Variant kVariants[] = {
    {.id = "",
     .name_zh = "",
     .name_en = "",
     .formula_zh = "归属本组织的会员中，买过、但到期末已有「沉睡」天数没有再买的人数",
     .formula_en = "Members of these nodes who have bought, but not within the days of \"sleeping\" before the "
                   "period's end",
     .unit = Unit::Count,
     .numerator = "asleep",
     .people_numerator = "asleep",
     .stock = true,
     .lapsed = true},
};

}  // namespace

extern const Definition sleeping_members;
const Definition sleeping_members{.id = "sleeping_members",
                                  .name_zh = "沉睡会员数",
                                  .name_en = "Sleeping members",
                                  .inputs = kInputsOfPeople,
                                  .owner = "operations",
                                  .direction = Direction::Down,
                                  .everywhere = true,
                                  .variants = kVariants};

}  // namespace tilth::performance::metric
