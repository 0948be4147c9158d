#pragma once
// One record of Sensors Data as an event of ours: whose keys it names, what it says, and under which rule.

#include "modules/collect/inlets/builder.h"

namespace tilth::collect::sensors {

void parse_record(const RawBatch& batch, kernel::Vault& vault, json::Node record, Parsed& parsed);

}  // namespace tilth::collect::sensors
