#pragma once
// The bytes of one block of the event log, before compression (README.md of this folder has the layout). Pure.

#include <string>
#include <string_view>
#include <vector>

#include "kernel/behaviour/event_log.h"

namespace tilth::kernel {

// Takes events[begin …) until the block would pass limits::kEventBlockBytesMax; at least one. Yields the index after
// the last one taken.
std::size_t encode_block(const std::vector<Event>& events, std::size_t begin, std::string& out);
// Corrupt when the version is unknown or the bytes do not add up.
Result<std::vector<Event>> decode_block(std::string_view bytes);

}  // namespace tilth::kernel
