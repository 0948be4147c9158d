#pragma once
// The list of customers as it is asked for, on the page and in the export alike.

#include "modules/performance/routes/customer_items.h"

namespace tilth::performance {

struct CustomerQuery {
    std::optional<RfmClass> rfm_class;
    std::optional<Int<1, 5>> rfm_r;
    std::optional<Int<1, 5>> rfm_f;
    std::optional<Day> rfm_as_of;
    std::optional<Text<1, 40>> metric;   // the people behind a number: with variant, part and period
    std::optional<Text<1, 40>> variant;
    std::optional<Part> part;
    std::optional<Day> from;
    std::optional<Day> to;
    std::optional<Text<1, 7'000>> ids;   // chosen by hand: ids of customers, separated by commas
    std::optional<OrgNodeId> node;
    std::optional<StaffId> guide;        // of the metric: at most one of these three
    std::optional<Text<1, 40>> channel;
    std::optional<Text<1, 120>> product;
    std::optional<bool> known;
    std::optional<Day> first_from;
    std::optional<Day> first_to;
    std::optional<PeopleSort> sort;
    std::optional<SortOrder> order;
    std::optional<kernel::CursorText> cursor;
    std::optional<kernel::PageLimit> limit;
};
API_STRUCT(CustomerQuery, (rfm_class, rfm_r, rfm_f, rfm_as_of, metric, variant, part, from, to, ids, node,
                           guide, channel, product, known, first_from, first_to, sort, order, cursor, limit))

}  // namespace tilth::performance

template <>
inline constexpr auto tilth::json::field_docs<tilth::performance::CustomerQuery> =
    std::to_array<tilth::json::FieldDoc>({
        {"rfm_class", "RFM 类别", "RFM class"},
        {"rfm_r", "R 得分", "R score"},
        {"rfm_f", "F 得分", "F score"},
        {"rfm_as_of", "RFM 截至日，缺省为昨天", "Last day of the RFM window; by default yesterday", "2026-02-28"},
        {"metric", "某个指标背后的客户", "People behind a metric", "M-07"},
        {"variant", "指标的口径", "A variant of the metric"},
        {"part", "分子或分母，缺省为分子", "Numerator by default"},
        {"from", "指标的起始日", "First day of the metric's period", "2026-02-01"},
        {"to", "指标的截止日", "Last day of the metric's period", "2026-02-28"},
        {"ids", "选定的客户编号，以逗号分隔，最多 200 个", "Chosen customers, separated by commas, at most 200"},
        {"node", "归属的组织节点及其下级；有指标时为指标的范围", "The home node, or any below it; with a metric its place"},
        {"guide", "指标只看这名导购卖出的", "The metric of what this guide sold"},
        {"channel", "指标只看这一渠道", "The metric of this channel"},
        {"product", "指标只看这一商品（编码）", "The metric of this product, by its code"},
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
