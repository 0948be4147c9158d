#pragma once
// The text form: a sentence per condition, one condition a line, in Chinese or English; words of both may be mixed and
// white space is free. docs/adr/0006-rule-language.md has the grammar.
//
//     level >= 3
//     and has tag "VIP"
//     and count of event "Order Paid" in the last 30 days >= 3
//     and (
//       city = "Shanghai"
//       or no event "Visit" in the last 30 days
//     )

#include <string>
#include <string_view>

#include "kernel/rules/ast.h"
#include "kernel/rules/registry.h"

namespace tilth::kernel::rules {

enum class Language : std::uint8_t { Zh, En };

inline constexpr std::size_t kTextBytesMax = 20'000;

// For any tree whose names the registry knows: parse(print(x)) == x.
std::string print(const Node& rule, const Registry& registry, Language language);
// Invalid with one field "text/<character>", which says what was expected there and what to write instead. The tree is
// not checked yet (check.h), but its nesting is bounded.
Result<Node> parse(std::string_view text, const Registry& registry);

}  // namespace tilth::kernel::rules
