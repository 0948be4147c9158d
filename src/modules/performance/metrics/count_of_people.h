#pragma once
// The one shape of metrics that count people: their value is their list.

#include "modules/performance/metrics/definition.h"

namespace tilth::performance::metric {

inline constexpr std::string_view kInputsOfPeople[] = {"orders.customer", "orders.day", "customers.person"};

// Those of `facts` who meet the condition.
constexpr Variant count_of_people(std::string_view condition, std::string_view formula_zh, std::string_view formula_en,
                                  bool stock = false) {
    return {.id = "",
            .name_zh = "",
            .name_en = "",
            .formula_zh = formula_zh,
            .formula_en = formula_en,
            .unit = Unit::Count,
            .numerator = condition,
            .people_numerator = condition,
            .stock = stock};
}

constexpr Definition people_metric(std::string_view id, std::string_view name_zh, std::string_view name_en,
                                   std::span<const Variant> variants) {
    return {.id = id,
            .name_zh = name_zh,
            .name_en = name_en,
            .inputs = kInputsOfPeople,
            .owner = "operations",
            .variants = variants};
}

}  // namespace tilth::performance::metric
