#pragma once
// 业务口径: what the words of the trade mean here. Each definition is one setting; which metrics it moves follows from
// what their formulas name, so the list cannot be forgotten when a metric is added.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "modules/performance/metrics/evaluator.h"
#include "modules/performance/service.h"

namespace tilth::performance {

struct ChoiceWords {
    std::string_view value;
    std::string_view zh;
    std::string_view en;
};

struct BusinessDefinition {
    std::string_view name;  // of the setting
    std::string_view zh;
    std::string_view en;
    std::string_view meaning_zh;
    std::string_view meaning_en;
    std::span<const ChoiceWords> choices = {};
    // A column of facts whose mention in a formula makes the metric move; empty: see `all` and `window`.
    std::string_view column = {};
    bool all = false;                           // every metric
    std::optional<Window> window = std::nullopt;  // metrics of this window
};

std::span<const BusinessDefinition> business_definitions();
const BusinessDefinition* find_definition(std::string_view name);

// The metrics (default variants and others) that a change of the definition can move.
std::vector<Metric> moved_by(const BusinessDefinition& definition);

struct DefinitionState {
    kernel::SettingSpec spec;
    std::string value;
    bool is_default = true;
};
DefinitionState state_of(PerformanceService& service, const TenantId& tenant, const BusinessDefinition& definition);

// The meanings as they would be with this value (checked by the setting's own bounds).
Result<Meanings> meanings_with(PerformanceService& service, const kernel::Context& context, const Source& source,
                               const BusinessDefinition& definition, std::string_view value);

}  // namespace tilth::performance
