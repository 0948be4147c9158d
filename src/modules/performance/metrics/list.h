#pragma once
// The dictionary: every metric, in the order in which pages show them.

#include <span>

#include "base/result.h"
#include "modules/performance/metrics/definition.h"

namespace tilth::performance {

std::span<const Definition* const> dictionary();
const Definition* find_metric(std::string_view id);
// One variant of one metric; lives as long as the process.
struct Metric {
    const Definition* definition = nullptr;
    const Variant* variant = nullptr;
};
// NotFound for an unknown id; Invalid, field "variant", for an unknown variant; empty means the default.
Result<Metric> find_metric(std::string_view id, std::string_view variant);

// Whether one of the variant's formulas names a column of facts ("net", "asleep").
bool mentions(const Variant& variant, std::string_view column);

}  // namespace tilth::performance
