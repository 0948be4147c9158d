#pragma once
// Bytes to UTF-8 text and compressed bytes, all bounded.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tilth {

enum class Encoding : std::uint8_t { Utf8, Utf8Bom, Gb18030, Utf16Le, Utf16Be };
// From a byte-order mark, else UTF-8 when it is valid, else GB18030 (which contains GBK).
Encoding detect_encoding(std::string_view head);
Result<std::string> to_utf8(std::string_view bytes, Encoding encoding);

std::string zstd_compress(std::string_view bytes, int level = 3);
Result<std::string> zstd_decompress(std::string_view bytes, std::size_t bytes_max);
// gzip or zlib; refuses (PayloadTooLarge) when the result passes the bound: no bombs.
Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max);
std::string gzip(std::string_view bytes);

}  // namespace tilth
