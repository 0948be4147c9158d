#pragma once
// CSV by RFC 4180 with what real files do: any of , ; TAB | as separator, CRLF or LF, quotes doubled, ="00123" ids,
// a byte-order mark. Streaming and bounded; one thread a reader.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tilth {

struct CsvOptions {
    char separator = 0;                    // 0: found from the first lines
    std::size_t field_bytes_max = 64u << 10;
    std::size_t columns_max = 500;
};

class CsvReader {
public:
    explicit CsvReader(CsvOptions options = {});
    // Feeds a piece of the file (UTF-8); calls `row` for each finished line with its 1-based line number. A false
    // from `row` stops. finish() delivers a last line without a line break.
    using RowFn = std::function<bool(std::uint64_t line, const std::vector<std::string_view>& fields)>;
    Status feed(std::string_view piece, const RowFn& row);
    Status finish(const RowFn& row);
    char separator() const { return separator_; }

private:
    Status consume(bool last, const RowFn& row);
    CsvOptions options_;
    char separator_ = 0;
    std::string buffer_;
    std::uint64_t line_ = 1;
    bool first_ = true;
};

// One line for output: quoted where needed, cells that a spreadsheet would run (= + - @ TAB CR LF NUL and full-width
// ＝＋－＠ in front) get a leading apostrophe, unless they are plain numbers.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace tilth
