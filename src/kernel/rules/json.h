#pragma once
// The JSON form, for the API and the visual builder: {"all":[…]}, {"any":[…]}, {"not":…}, {"attribute":key,"op":"ge",
// "value":3}, {"tag":"VIP"}, {"segment":…}, {"org":…}, {"count":{"type":…,"where":[…]},"window":{"last":30,
// "unit":"day"},"op":…}, {"sum"|"distinct"|"first"|"last": filter,"property":key,…}, {"absence":filter,"window":…},
// {"sequence":[{"event":filter,"within":7,"unit":"day","without":filter}…],"window":…}, {"rhythm":filter,
// "percentile":90}. Keys, not names: it does not change with the language.

#include "kernel/rules/ast.h"
#include "platform/json/value.h"

namespace tilth::kernel::rules {

// For any tree: from_json(to_json(x)) == x.
json::Value to_json(const Node& rule);
// Invalid with one field that is the JSON pointer of the part, "rule/all/0/op". Unknown members are refused.
Result<Node> from_json(const json::Value& json);

}  // namespace tilth::kernel::rules
