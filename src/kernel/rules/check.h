#pragma once
// Whether a rule makes sense for this registry, and how dear it is. Every rule passes here before it is compiled.

#include "kernel/rules/ast.h"
#include "kernel/rules/registry.h"

namespace tilth::kernel::rules {

inline constexpr std::size_t kNodesMax = 200;
inline constexpr std::size_t kDepthMax = 8;
inline constexpr std::size_t kStepsMax = 8;
inline constexpr std::size_t kValuesMax = 500;
inline constexpr std::int64_t kCostMax = 1'000;
inline constexpr std::int64_t kHoursMax = 24 * 3'660;  // of a rolling window or a step

// Invalid: each offending part a field, with its place, what was expected and the remedy. Yields the rule's cost:
// 1 for an attribute or membership, 10 for an event condition, 20 for each step of a sequence, 30 for a rhythm.
Result<std::int64_t> check(const Node& rule, const Registry& registry);

}  // namespace tilth::kernel::rules
