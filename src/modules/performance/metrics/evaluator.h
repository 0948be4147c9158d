#pragma once
// The one evaluator: every number that is shown, exported or tested comes from here, and so do the people behind it.
// Sums are integers; a ratio is computed once from its numerator and denominator, and never averaged.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "modules/performance/metrics/facts.h"
#include "modules/performance/metrics/list.h"

namespace tilth::performance {

// One figure as it was counted.
struct Measured {
    std::int64_t numerator = 0;
    std::int64_t denominator = 0;  // 0 without a denominator
    std::int64_t people_numerator = 0;
    std::int64_t people_denominator = 0;

    // Nothing when the denominator is not positive. Money is whole minor units, half to even.
    std::optional<double> value(const Variant& variant) const;
    bool small_base(const Variant& variant) const;
};

struct Point {
    Day day;  // the first of its days
    std::optional<double> value;
};

// Where and when: what all metrics of a question have in common.
struct Frame {
    Source source;
    Meanings meanings;
    NodeSet nodes;
    std::optional<Slice> slice = {};
};

enum class Part : std::uint8_t { Numerator, Denominator };

// result[m][p]: metrics[m] over periods[p]; a metric with a window of its own takes the period's end.
Result<std::vector<std::vector<Measured>>> measure(const Frame& frame, std::span<const Metric> metrics,
                                                   const std::vector<Period>& periods);
// By group of nodes and days, for metrics without stock: result[m][p][group]. What is at no listed node is
// in the last of the `count` groups.
Result<std::vector<std::vector<std::vector<Measured>>>> measure_groups(
    const Frame& frame, std::span<const Metric> metrics, const std::vector<Period>& periods,
    const std::vector<NodeSpan>& groups, std::size_t count);
// What was sold in the period by channel, guide or product, most net sales first, then by key; `count` without limit.
struct PartsSold {
    std::vector<Term> parts;
    std::int64_t count = 0;
};
Result<PartsSold> parts_sold(const Frame& frame, const Period& period, Cut by, std::size_t limit);
// By channel, guide or product: result[m][p][i] is of parts[i]; what is in no part comes last.
Result<std::vector<std::vector<std::vector<Measured>>>> measure_parts(
    const Frame& frame, std::span<const Metric> metrics, const std::vector<Period>& periods, Cut by,
    const std::vector<std::int32_t>& parts);
// The trend within a period. Metrics that look at everybody, or far back, get at most 12 points: each is a value of
// its own, never a share of another. One series a metric.
Result<std::vector<std::vector<Point>>> trends(const Frame& frame, std::span<const Metric> metrics,
                                               const Period& period, Grain grain);
// A SELECT of the persons behind a part: exactly as many as people_numerator or people_denominator says.
std::string people_sql(const Frame& frame, const Metric& metric, const Period& period, Part part);
// The window that a metric looks at for a period.
Period window_of(const Definition& definition, const Period& period, const Meanings& meanings);

}  // namespace tilth::performance
