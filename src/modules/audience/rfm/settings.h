#pragma once
// How a tenant scores, as settings.

#include "kernel/settings/settings.h"
#include "modules/audience/rfm/rules.h"

namespace tilth::audience {

inline constexpr std::string_view kRfmWindow = "rfm.window_days";
inline constexpr std::string_view kRfmMethod = "rfm.method";  // quintiles, thresholds
inline constexpr std::string_view kRfmRecencySteps = "rfm.recency_steps";
inline constexpr std::string_view kRfmFrequencySteps = "rfm.frequency_steps";
inline constexpr std::string_view kRfmMonetarySteps = "rfm.monetary_steps";  // whole units of the currency
inline constexpr std::string_view kRfmHighFrom = "rfm.high_from";

void define_rfm_settings(kernel::Settings& settings);
RfmRule rfm_rule(const kernel::Settings& settings, const TenantId& tenant);
// The rule with one of these settings at another value, which its own bounds have passed; others are left alone.
void apply_rfm_setting(RfmRule& rule, std::string_view name, std::string_view value);

}  // namespace tilth::audience
