#pragma once
// The first sheet of a spreadsheet file (.xlsx, ECMA-376) as rows of UTF-8 text, streamed and bounded.
//
// A cell comes as a person sees it, as far as an import needs it: text as it stands, numbers in plain decimal notation
// with at most 15 significant digits (what the format promises to keep), dates and times as "2026-02-01 10:00:00"
// without an offset, booleans as TRUE or FALSE, errors and blanks as empty text. Formulas give their stored result.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tilth {

struct XlsxLimits {
    std::uint64_t part_bytes_max = 1u << 30;     // unpacked, of one part of the archive
    std::uint64_t strings_bytes_max = 256u << 20;  // of all shared strings together; they stand in memory
    std::size_t parts_max = 5'000;
    std::size_t columns_max = 500;
    std::size_t field_bytes_max = 64u << 10;
    std::size_t depth_max = 64;
};

// Calls `row` for each row that has a cell, with its 1-based number in the sheet, in order; a false stops the reading.
// UnsupportedFormat: no spreadsheet, or one with a DOCTYPE; Corrupt: a damaged archive or document; PayloadTooLarge:
// past a limit (no bombs). Thread-safe; the bytes stay the caller's.
using XlsxRowFn = std::function<bool(std::uint64_t number, const std::vector<std::string>& cells)>;
Status read_xlsx(std::string_view bytes, const XlsxRowFn& row, const XlsxLimits& limits = {});

// A serial day number of a sheet as text; days before 1900-03-01 are one off there and are corrected here. Empty when
// it lies outside the years 1900 to 9999.
std::string xlsx_date(double serial, bool since_1904);
// Whether a number format such as "yyyy-mm-dd hh:mm" shows a date or a time.
bool is_xlsx_date_format(std::string_view code);
// 49.899999999999999 is 49.9; 1.2E+18 is written out.
std::string xlsx_number(std::string_view stored);

}  // namespace tilth
