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
    // Feeds a piece of the file (UTF-8, cut anywhere); calls `row` for each finished line with the 1-based number of
    // the line in which it starts. The fields live until `row` returns. A false from `row` stops: the rest is ignored.
    // Lines without a single character are skipped, as is a first line "sep=;". finish() delivers a last line without a
    // line break. Invalid with the field "line/17" and the rule "unterminated_quote", "field_too_long" or
    // "too_many_columns"; nothing can be read after it.
    using RowFn = std::function<bool(std::uint64_t line, const std::vector<std::string_view>& fields)>;
    Status feed(std::string_view piece, const RowFn& row);
    Status finish(const RowFn& row);
    // The one given or found; 0 before it is known (up to 64 KiB are read to find it).
    char separator() const { return separator_; }

private:
    enum class At : std::uint8_t { FieldStart, AfterEquals, Plain, Quoted, QuoteInQuoted };
    struct Span {
        std::size_t begin = 0;
        std::size_t end = 0;
        bool quoted = false;
    };
    bool begin(bool last);
    Status advance(bool last, const RowFn& row);
    Status consume(bool last, const RowFn& row);
    Status end_field(std::size_t at);
    Status end_row(const RowFn& row);
    std::string_view text_of(const Span& span);

    CsvOptions options_;
    char separator_ = 0;
    std::string buffer_;
    std::size_t scanned_ = 0;       // of the buffer
    std::size_t row_begin_ = 0;     // in the buffer
    std::size_t field_begin_ = 0;   // in the buffer
    std::vector<Span> spans_;       // of the row being read
    std::vector<std::string_view> fields_;
    At at_ = At::FieldStart;
    bool quoted_ = false;           // the field being read
    bool begun_ = false;            // mark and separator are dealt with
    bool stopped_ = false;
    std::uint64_t line_ = 1;
    std::uint64_t row_line_ = 1;
    std::uint64_t quote_line_ = 1;
};

// One line for output, with its CRLF: quoted where needed; cells that a spreadsheet would run (= + - @ TAB CR LF NUL
// and full-width ＝＋－＠ in front) get a leading apostrophe, unless they are plain numbers.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace tilth
