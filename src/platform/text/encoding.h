#pragma once
// Bytes to UTF-8 text and compressed bytes, all bounded.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tilth {

enum class Encoding : std::uint8_t { Utf8, Utf8Bom, Gb18030, Utf16Le, Utf16Be };
// From a byte-order mark, else UTF-8 when it is valid, else GB18030 (which contains GBK).
// A head that ends within a letter is fine.
Encoding detect_encoding(std::string_view head);
// The whole text without its byte-order mark; UnsupportedFormat when a byte does not belong to the encoding.
Result<std::string> to_utf8(std::string_view bytes, Encoding encoding);

// The same for files that do not fit in memory: pieces may end anywhere. What does not belong to the encoding becomes
// U+FFFD and is counted, so that one bad row does not stop a file. One thread.
class Decoder {
public:
    explicit Decoder(Encoding encoding);
    ~Decoder();
    Decoder(Decoder&&) noexcept;
    std::string feed(std::string_view piece);
    std::string finish();
    std::uint64_t replaced() const;

private:
    std::string convert(std::string_view piece, bool last);
    struct State;
    std::unique_ptr<State> state_;
};

// Decompressors: PayloadTooLarge past the bound (no bombs), Corrupt when the bytes are damaged or end early.
std::string zstd_compress(std::string_view bytes, int level = 3);
Result<std::string> zstd_decompress(std::string_view bytes, std::size_t bytes_max);
// gzip (also several members in a row) or zlib.
Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max);
std::string gzip(std::string_view bytes);

}  // namespace tilth
