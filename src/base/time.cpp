#include "base/time.h"

#include <cstdio>

namespace tilth {

namespace {

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
    if (at + count > text.size()) return false;
    out = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        out = out * 10 + (text[i] - '0');
    }
    return true;
}

Error bad(std::string_view kind, std::string_view text) {
    return Error(ErrorCode::Invalid, std::string("not ") + std::string(kind) + ": " + std::string(text.substr(0, 40)));
}

bool parse_date(std::string_view text, CivilDate& c) {
    return text.size() >= 10 && digits(text, 0, 4, c.year) && text[4] == '-' && digits(text, 5, 2, c.month) &&
           text[7] == '-' && digits(text, 8, 2, c.day);
}

bool exists(CivilDate c) {
    if (c.month < 1 || c.month > 12 || c.day < 1) return false;
    const CivilDate back = civil_from_day(day_from_civil(c));
    return back.year == c.year && back.month == c.month && back.day == c.day;
}

// Reads the offset at `at`; minutes east of Greenwich.
bool parse_offset(std::string_view text, std::size_t at, int& offset_min) {
    if (at >= text.size()) return false;
    if ((text[at] == 'Z' || text[at] == 'z') && at + 1 == text.size()) return offset_min = 0, true;
    if (text[at] != '+' && text[at] != '-') return false;
    const int sign = text[at] == '-' ? -1 : 1;
    int hour = 0;
    int minute = 0;
    if (!digits(text, at + 1, 2, hour)) return false;
    std::size_t next = at + 3;
    if (next < text.size() && text[next] == ':') ++next;
    if (next < text.size() && (!digits(text, next, 2, minute) || next + 2 != text.size())) return false;
    if (hour > 18 || minute > 59) return false;
    offset_min = sign * (hour * 60 + minute);
    return true;
}

}  // namespace

std::string to_iso(Instant t) {
    std::int64_t day = t.ms / 86'400'000;
    std::int64_t rest = t.ms % 86'400'000;
    if (rest < 0) rest += 86'400'000, --day;
    const CivilDate c = civil_from_day({static_cast<std::int32_t>(day)});
    char out[64];
    std::snprintf(out, sizeof out, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day,
                  static_cast<int>(rest / 3'600'000), static_cast<int>(rest / 60'000 % 60),
                  static_cast<int>(rest / 1000 % 60), static_cast<int>(rest % 1000));
    return out;
}

std::string to_iso(Day d) {
    const CivilDate c = civil_from_day(d);
    char out[48];
    std::snprintf(out, sizeof out, "%04d-%02d-%02d", c.year, c.month, c.day);
    return out;
}

Result<Instant> parse_instant(std::string_view text) {
    CivilDate c;
    int hour = 0;
    int minute = 0;
    int second = 0;
    const bool head = parse_date(text, c) && exists(c) && text.size() > 16 && (text[10] == 'T' || text[10] == ' ') &&
                      digits(text, 11, 2, hour) && text[13] == ':' && digits(text, 14, 2, minute);
    if (!head || hour > 23 || minute > 59) return bad("an instant", text);
    std::size_t at = 16;
    if (at < text.size() && text[at] == ':') {
        if (!digits(text, 17, 2, second) || second > 60) return bad("an instant", text);
        at = 19;
    }
    std::int64_t ms = 0;
    if (at < text.size() && text[at] == '.') {
        int scale = 100;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
            ms += (text[at] - '0') * scale;
    }
    int offset_min = 0;
    if (!parse_offset(text, at, offset_min)) return bad("an instant with an offset", text);
    const std::int64_t seconds_of_day = hour * 3600LL + minute * 60LL + second - offset_min * 60LL;
    return Instant{day_from_civil(c).number * 86'400'000LL + seconds_of_day * 1000 + ms};
}

Result<Day> parse_day(std::string_view text) {
    CivilDate c;
    if (text.size() != 10 || !parse_date(text, c) || !exists(c)) return bad("a date", text);
    return day_from_civil(c);
}

}  // namespace tilth
