#pragma once
// The text of one log line, apart from where it goes. Pure; any thread.

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/time.h"
#include "platform/log/log.h"

namespace tilth::log {

// Longer texts are cut here and end with "…": one stray value must not fill the disk.
inline constexpr std::size_t kTextBytesMax = 8u << 10;

// {"at":"2026-03-01T02:05:00.000Z","level":"info","what":"server.started","port":8686} without a line break.
// Bytes that are not UTF-8 become U+FFFD; numbers that JSON cannot hold become null.
std::string json_line(Instant at, Level level, std::string_view what, std::initializer_list<Field> fields);

// `text` as a quoted JSON string, appended to `out`.
void append_json_text(std::string& out, std::string_view text);

}  // namespace tilth::log
