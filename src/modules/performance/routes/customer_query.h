#pragma once
// The list of customers as it is asked for, on the page and in the export alike.

#include "modules/performance/routes/customer_items.h"

namespace tilth::performance {

struct CustomerQuery {
    std::optional<RfmClass> rfm_class;
    std::optional<Day> rfm_as_of;
    std::optional<OrgNodeId> node;
    std::optional<bool> known;
    std::optional<Day> first_from;
    std::optional<Day> first_to;
    std::optional<PeopleSort> sort;
    std::optional<SortOrder> order;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(CustomerQuery, (rfm_class, rfm_as_of, node, known, first_from, first_to, sort, order, cursor, limit))

}  // namespace tilth::performance

template <>
inline constexpr auto tilth::json::field_docs<tilth::performance::CustomerQuery> =
    std::to_array<tilth::json::FieldDoc>({
        {"rfm_class", "RFM 类别", "RFM class"},
        {"rfm_as_of", "RFM 截至日，缺省为昨天", "Last day of the RFM window; by default yesterday", "2026-02-28"},
        {"node", "归属的组织节点及其下级", "The home node, or any below it"},
        {"known", "只看已识别（true）或匿名（false）", "Known people only, or anonymous ones"},
        {"first_from", "建档日从（含）", "First seen on or after", "2026-02-01"},
        {"first_to", "建档日到（含）", "First seen on or before", "2026-02-28"},
        {"sort", "排序，缺省为最近购买", "Sorted by; the last order by default"},
        {"order", "降序或升序，缺省为降序", "Descending by default"},
    });

namespace tilth::performance {

struct CustomerList {
    Source source;
    PeopleQuery query;  // without place and length
};
Result<CustomerList> customer_list(PerformanceService& service, const kernel::Context& context,
                                   const CustomerQuery& request);

}  // namespace tilth::performance
