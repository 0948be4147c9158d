#pragma once
// Figures and RFM classes as replies show them.

#include "modules/performance/routes/labels.h"
#include "modules/performance/service.h"

namespace tilth::performance {

struct SeriesPoint {
    Day day;
    std::optional<double> value;
};
API_STRUCT(SeriesPoint, (day, value))

// Money is in minor units of the tenant's currency. value = numerator × scale ÷ denominator, or the numerator alone.
struct MetricValue {
    std::string id;
    std::optional<std::string> variant;
    std::string name_zh;
    std::string name_en;
    Unit unit = Unit::Count;
    Direction direction = Direction::Up;
    std::optional<double> value;
    std::int64_t numerator = 0;
    std::optional<std::int64_t> denominator;
    std::int64_t scale = 1;
    std::int64_t people_numerator = 0;
    std::int64_t people_denominator = 0;
    std::optional<double> previous;
    bool small_base = false;
    bool sampled = false;  // of a sample of receipt lines
    Day from;  // the window that the metric looks at
    Day to;
    std::optional<Day> against_from;  // the days of the comparison; absent without one
    std::optional<Day> against_to;
    std::vector<SeriesPoint> series;
};
API_STRUCT(MetricValue, (id, variant, name_zh, name_en, unit, direction, value, numerator, denominator, scale,
                         people_numerator, people_denominator, previous, small_base, sampled, from, to, against_from,
                         against_to, series))

struct RfmClassItem {
    RfmClass rfm_class = RfmClass::ImportantValue;
    std::string name_zh;
    std::string name_en;
    std::int64_t customers = 0;
    double share = 0;            // of the customers with a class
    std::int64_t net_spend = 0;  // minor units, within the RFM window
};
API_STRUCT(RfmClassItem, (rfm_class, name_zh, name_en, customers, share, net_spend))

struct Asked {
    Period period;
    Compare compare = Compare::Previous;
    Grain grain = Grain::Day;
};
// Values with comparison and trend, in the order of `metrics`.
Result<std::vector<MetricValue>> metric_values(const Frame& frame, std::span<const Metric> metrics, const Asked& asked);
// Whether it counts baskets or what they hold, and not only who came.
bool of_baskets(const Variant& variant);
std::optional<Period> compared_with(const Period& period, Compare compare);

// The people of the table who belong to the frame's nodes.
Result<std::vector<const RfmPerson*>> rfm_people(const Frame& frame, const RfmTable& table);
// All eight classes in their order.
std::vector<RfmClassItem> rfm_items(const std::vector<const RfmPerson*>& people);

}  // namespace tilth::performance
