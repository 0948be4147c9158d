#include "platform/text/csv.h"

#include <algorithm>
#include <array>

namespace tilth {

namespace {

constexpr std::size_t kDetectBytes = 64u << 10;
constexpr std::size_t kDetectRows = 50;
constexpr std::string_view kSeparators = ",;\t|";
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

Error bad_line(std::uint64_t line, std::string rule, std::string zh, std::string en) {
    const std::string number = std::to_string(line);
    return Error::invalid("line/" + number, std::move(rule), "第 " + number + " 行：" + zh, "line " + number + ": " + en);
}

// How many fields each of the first rows would have with this separator; the last row only when the text ends there.
std::vector<std::size_t> count_fields(std::string_view text, char separator, bool whole) {
    std::vector<std::size_t> counts;
    std::size_t fields = 1;
    bool quoted = false;
    bool field_start = true;
    bool row_empty = true;
    for (std::size_t i = 0; i < text.size() && counts.size() < kDetectRows; ++i) {
        const char c = text[i];
        if (quoted) {
            quoted = c != '"';  // a doubled quote closes and opens again
            continue;
        }
        if (c == '\n' || c == '\r') {
            if (!row_empty) counts.push_back(fields);
            fields = 1;
            field_start = row_empty = true;
            continue;
        }
        const bool equals = field_start && c == '=';
        quoted = c == '"' && (field_start || (i > 0 && text[i - 1] == '"'));
        row_empty = false;
        if (c == separator) ++fields;
        field_start = c == separator || equals;
    }
    if (whole && !row_empty && counts.size() < kDetectRows) counts.push_back(fields);
    return counts;
}

// The separator under which most rows have the same number of fields, more than one; the larger number wins a draw.
char find_separator(std::string_view text, bool whole) {
    char best = ',';
    std::pair<std::size_t, std::size_t> best_score{0, 1};
    for (const char separator : kSeparators) {
        std::vector<std::size_t> counts = count_fields(text, separator, whole);
        std::sort(counts.begin(), counts.end());
        for (std::size_t i = 0; i < counts.size();) {
            std::size_t next = i;
            while (next < counts.size() && counts[next] == counts[i]) ++next;
            const std::pair score{next - i, counts[i]};
            if (counts[i] > 1 && score > best_score) {
                best_score = score;
                best = separator;
            }
            i = next;
        }
    }
    return best;
}

// "sep=;" in front is Excel's own way to say it.
bool take_declared_separator(std::string_view text, char& separator, std::size_t& length) {
    if (!text.starts_with("sep=") || text.size() < 6) return false;
    const std::size_t line_break = text[5] == '\r' ? 6 : 5;
    if (text.size() <= line_break || text[line_break] != '\n') return false;
    separator = text[4];
    length = line_break + 1;
    return true;
}

bool plain_number(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    const auto digits = [&] {
        std::size_t count = 0;
        while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
            text.remove_prefix(1);
            ++count;
        }
        return count;
    };
    if (digits() == 0) return false;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (digits() == 0) return false;
    }
    return text.empty();
}

bool spreadsheet_would_run(std::string_view field) {
    const std::size_t start = field.find_first_not_of(' ');
    if (start == std::string_view::npos) return false;
    const std::string_view text = field.substr(start);
    constexpr std::string_view kStarts("=+-@\t\r\n\0", 8);
    constexpr std::array<std::string_view, 4> kFullWidth{"＝", "＋", "－", "＠"};
    const bool starts = kStarts.find(text.front()) != std::string_view::npos ||
                        std::any_of(kFullWidth.begin(), kFullWidth.end(), [&](auto s) { return text.starts_with(s); });
    return starts && !plain_number(field);
}

bool needs_quotes(std::string_view field) {
    if (field.find_first_of(",;|\t\"\r\n") != std::string_view::npos) return true;
    return field.starts_with(' ') || field.ends_with(' ');
}

}  // namespace

CsvReader::CsvReader(CsvOptions options) : options_(options), separator_(options.separator) {}

// Deals with the mark and the separator; false while more bytes are needed to tell.
bool CsvReader::begin(bool last) {
    if (begun_) return true;
    if (!last && buffer_.size() < (options_.separator == 0 ? kDetectBytes : 8)) return false;
    begun_ = true;
    if (buffer_.starts_with(kUtf8Mark)) buffer_.erase(0, kUtf8Mark.size());
    std::size_t length = 0;
    if (options_.separator == 0 && take_declared_separator(buffer_, separator_, length)) {
        buffer_.erase(0, length);
        line_ = row_line_ = 2;
    } else if (separator_ == 0) {
        separator_ = find_separator(buffer_, last);
    }
    return true;
}

Status CsvReader::feed(std::string_view piece, const RowFn& row) {
    if (stopped_) return ok();
    buffer_ += piece;
    return advance(false, row);
}

Status CsvReader::finish(const RowFn& row) {
    if (stopped_) return ok();
    Status done = advance(true, row);
    stopped_ = true;
    return done;
}

Status CsvReader::advance(bool last, const RowFn& row) {
    if (!begin(last)) return ok();
    const auto run = [&]() -> Status {
        TRY(consume(last, row));
        if (!last || stopped_) return ok();
        if (at_ == At::Quoted)
            return bad_line(quote_line_, "unterminated_quote", "引号没有结束", "a quote opens here and never closes");
        if (scanned_ == row_begin_) return ok();
        TRY(end_field(scanned_));
        return end_row(row);
    };
    Status done = run();
    if (!done) stopped_ = true;
    return done;
}

Status CsvReader::consume(bool last, const RowFn& row) {
    while (scanned_ < buffer_.size() && !stopped_) {
        const char c = buffer_[scanned_];
        if (at_ == At::Quoted) {
            if (c == '"') at_ = At::QuoteInQuoted;
            if (c == '\n') ++line_;
            ++scanned_;
            continue;
        }
        if (c == '"') {
            if (at_ == At::FieldStart || at_ == At::AfterEquals) quote_line_ = line_;
            quoted_ = quoted_ || at_ == At::FieldStart || at_ == At::AfterEquals;
            at_ = at_ == At::Plain ? At::Plain : At::Quoted;
        } else if (c == separator_) {
            TRY(end_field(scanned_));
            field_begin_ = scanned_ + 1;
        } else if (c == '\n' || c == '\r') {
            if (c == '\r' && scanned_ + 1 == buffer_.size() && !last) break;  // perhaps the first half of CRLF
            const bool two = c == '\r' && scanned_ + 1 < buffer_.size() && buffer_[scanned_ + 1] == '\n';
            if (scanned_ > row_begin_) {
                TRY(end_field(scanned_));
                TRY(end_row(row));
            }
            scanned_ += two ? 1 : 0;
            row_begin_ = field_begin_ = scanned_ + 1;
            row_line_ = ++line_;
        } else {
            at_ = at_ == At::FieldStart && c == '=' ? At::AfterEquals : At::Plain;
        }
        ++scanned_;
    }
    // Quotes may double: a field within bounds is at most twice as long as it stands there.
    if (scanned_ - field_begin_ > 2 * options_.field_bytes_max + 4)
        return bad_line(at_ == At::Quoted ? quote_line_ : row_line_, "field_too_long", "单元格太长，可能缺少右引号",
                        "a cell is too long; perhaps its closing quote is missing");
    buffer_.erase(0, row_begin_);
    for (Span& span : spans_) {
        span.begin -= row_begin_;
        span.end -= row_begin_;
    }
    scanned_ -= row_begin_;
    field_begin_ -= row_begin_;
    row_begin_ = 0;
    return ok();
}

Status CsvReader::end_field(std::size_t at) {
    if (spans_.size() == options_.columns_max)
        return bad_line(row_line_, "too_many_columns", "列太多", "too many columns");
    spans_.push_back({field_begin_, at, quoted_});
    at_ = At::FieldStart;
    quoted_ = false;
    return ok();
}

Status CsvReader::end_row(const RowFn& row) {
    fields_.clear();
    for (const Span& span : spans_) {
        fields_.push_back(text_of(span));
        if (fields_.back().size() > options_.field_bytes_max)
            return bad_line(row_line_, "field_too_long", "单元格太长", "a cell is too long");
    }
    spans_.clear();
    if (!row(row_line_, fields_)) stopped_ = true;
    return ok();
}

// The field without its quotes, put together in place. What follows a closing quote belongs to the text.
std::string_view CsvReader::text_of(const Span& span) {
    char* const text = buffer_.data() + span.begin;
    const std::size_t size = span.end - span.begin;
    if (!span.quoted) return {text, size};
    std::size_t from = text[0] == '=' ? 2 : 1;
    std::size_t to = 0;
    bool inside = true;
    for (; from < size; ++from) {
        if (inside && text[from] == '"') {
            inside = from + 1 < size && text[from + 1] == '"';
            if (!inside) continue;
            ++from;
        }
        text[to++] = text[from];
    }
    return {text, to};
}

std::string csv_line(const std::vector<std::string>& fields) {
    std::string line;
    for (const std::string& field : fields) {
        if (&field != &fields.front()) line += ',';
        const bool guarded = spreadsheet_would_run(field);
        const bool quoted = needs_quotes(field) || (fields.size() == 1 && field.empty());
        if (quoted) line += '"';
        if (guarded) line += '\'';
        for (const char c : field) {
            if (c == '"') line += '"';
            line += c;
        }
        if (quoted) line += '"';
    }
    line += "\r\n";
    return line;
}

}  // namespace tilth
