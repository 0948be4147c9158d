#pragma once
// What platforms and spreadsheets put around a value, taken away. Pure functions over UTF-8 text.

#include <string>
#include <string_view>

namespace tilth::collect {

// Without spaces (U+3000, no-break, zero-width ones and a byte-order mark among them), TABs, ="…" and the apostrophe
// that keeps an id from being a number.
std::string plain_cell(std::string_view cell);
// Full-width digits, signs, points, commas and colons as ASCII.
std::string half_width(std::string_view text);
// A number out of "¥1,234.50", "１２３", "(12.00)", "499.00（系统计算中，该值仅供参考）", "12元": plain decimal text, or the
// text as it is where it is none of these.
std::string plain_number(std::string_view text);
// "1******6198", "138****1234", "##a1b2##", "$$…$$", "~x~": hidden or enciphered, so it names nobody.
bool is_masked(std::string_view text);

}  // namespace tilth::collect
