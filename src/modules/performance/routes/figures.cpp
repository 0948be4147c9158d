#include "modules/performance/routes/figures.h"

#include <algorithm>

#include "kernel/registry/serves.h"
#include "modules/performance/metrics/lunar.h"

namespace tilth::performance {

namespace {

constexpr std::int32_t kYearOfWeeks = 52 * 7;
constexpr std::size_t kPeopleMax = 20'000'000;

MetricValue described(const Metric& metric) {
    const Definition& definition = *metric.definition;
    const Variant& variant = *metric.variant;
    MetricValue value;
    value.id = definition.id;
    value.name_zh = definition.name_zh;
    value.name_en = definition.name_en;
    if (!variant.id.empty()) {
        value.variant = std::string(variant.id);
        value.name_zh.append("（").append(variant.name_zh).append("）");
        value.name_en.append(" (").append(variant.name_en).append(")");
    }
    value.unit = variant.unit;
    value.direction = definition.direction;
    value.scale = variant.scale;
    return value;
}

}  // namespace

bool of_baskets(const Variant& variant) {
    constexpr std::string_view kColumns[] = {"net", "sold", "refunded", "items", "orders", "counted", "entries"};
    return std::any_of(std::begin(kColumns), std::end(kColumns),
                       [&](std::string_view column) { return mentions(variant, column); });
}

std::optional<Period> compared_with(const Period& period, Compare compare) {
    static const auto known = kernel::standing<Compare>({{"ANA-01", Compare::Previous},
                                                         {"ANA-01", Compare::LastYear},
                                                         {"ANA-08", Compare::SameWeekday},
                                                         {"ANA-08", Compare::LastYearWeekday},
                                                         {"ANA-08", Compare::LastLunarYear}});
    if (std::find(known.begin(), known.end(), compare) == known.end()) return std::nullopt;
    switch (compare) {
        case Compare::None: break;
        case Compare::Previous: return before(period);
        case Compare::LastYear: return last_year(period);
        case Compare::SameWeekday: return same_weekdays(period);
        case Compare::LastYearWeekday: return earlier(period, kYearOfWeeks);
        case Compare::LastLunarYear: return last_lunar_year(period);
    }
    return std::nullopt;
}

Result<std::vector<MetricValue>> metric_values(const Frame& frame, std::span<const Metric> metrics,
                                               const Asked& asked) {
    std::vector<Period> periods = {asked.period};
    if (const auto other = compared_with(asked.period, asked.compare)) periods.push_back(*other);
    const auto measured = TRY(measure(frame, metrics, periods));
    const auto series = TRY(trends(frame, metrics, asked.period, asked.grain));
    std::vector<MetricValue> values;
    for (std::size_t m = 0; m < metrics.size(); ++m) {
        const Variant& variant = *metrics[m].variant;
        const Measured& now = measured[m].front();
        MetricValue value = described(metrics[m]);
        value.value = now.value(variant);
        value.numerator = now.numerator;
        if (!variant.denominator.empty()) value.denominator = now.denominator;
        value.people_numerator = now.people_numerator;
        value.people_denominator = now.people_denominator;
        if (periods.size() > 1) value.previous = measured[m][1].value(variant);
        value.small_base = now.small_base(variant);
        value.sampled = frame.meanings.lines_sampled && of_baskets(variant);
        const Period window = window_of(*metrics[m].definition, asked.period, frame.meanings);
        value.from = window.from;
        value.to = window.to;
        if (periods.size() > 1) {
            value.against_from = periods[1].from;
            value.against_to = periods[1].to;
        }
        for (const Point& point : series[m]) value.series.push_back({point.day, point.value});
        values.push_back(std::move(value));
    }
    return values;
}

Result<std::vector<const RfmPerson*>> rfm_people(const Frame& frame, const RfmTable& table) {
    std::vector<const RfmPerson*> people;
    if (frame.nodes.all) {
        for (const RfmPerson& person : table.people) people.push_back(&person);
        return people;
    }
    const auto rows = TRY(frame.source.columns->query(
        "SELECT DISTINCT person FROM customers WHERE tenant = " + std::to_string(frame.source.tenant) + " AND " +
            node_condition("home", frame.nodes) + " ORDER BY person",
        {}, kPeopleMax));
    for (const auto& row : rows.rows) {
        if (const RfmPerson* person = table.find(std::get<std::int64_t>(row[0]))) people.push_back(person);
    }
    return people;
}

std::vector<RfmClassItem> rfm_items(const std::vector<const RfmPerson*>& people) {
    std::vector<RfmClassItem> items;
    for (const RfmWords& words : kRfmWords) {
        items.push_back({words.rfm_class, std::string(words.zh), std::string(words.en), 0, 0, 0});
    }
    for (const RfmPerson* person : people) {
        RfmClassItem& item = items[static_cast<std::size_t>(person->rfm_class)];
        ++item.customers;
        item.net_spend += person->measures.monetary;
    }
    for (RfmClassItem& item : items) {
        if (!people.empty()) item.share = static_cast<double>(item.customers) / static_cast<double>(people.size());
    }
    return items;
}

}  // namespace tilth::performance
