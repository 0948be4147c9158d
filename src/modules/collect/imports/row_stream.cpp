#include "modules/collect/imports/row_stream.h"

#include <algorithm>

#include "modules/collect/imports/clean.h"

namespace tilth::collect {

namespace {

constexpr std::size_t kHeaderWithin = 20;

std::size_t width_of(const RawRow& row) {
    return static_cast<std::size_t>(std::count_if(row.cells.begin(), row.cells.end(),
                                                  [](const std::string& cell) { return !plain_cell(cell).empty(); }));
}

}  // namespace

Status RowStream::fill(std::size_t rows) {
    const auto keep = [this](std::uint64_t line, const std::vector<std::string_view>& fields) {
        RawRow row{line, {fields.begin(), fields.end()}};
        // A row of separators alone says nothing.
        if (width_of(row) > 0) rows_.push_back(std::move(row));
        return true;
    };
    while (rows_.size() < rows && !finished_) {
        const auto piece = TRY(reader_.next());
        if (piece) {
            TRY(csv_.feed(*piece, keep));
        } else {
            finished_ = true;
            TRY(csv_.finish(keep));
        }
    }
    return ok();
}

Result<std::vector<std::string>> RowStream::header() {
    TRY(fill(kHeaderWithin));
    if (header_line_ > 0) {
        while (!rows_.empty() && rows_.front().line < static_cast<std::uint64_t>(header_line_)) {
            rows_.pop_front();
            TRY(fill());
        }
    } else {
        std::size_t widest = 0;
        const auto seen = std::min(rows_.size(), kHeaderWithin);
        for (std::size_t i = 0; i < seen; ++i) widest = std::max(widest, width_of(rows_[i]));
        // Three fifths: a column may lack its word, a title has one cell or two.
        while (!rows_.empty() && width_of(rows_.front()) * 5 < widest * 3) rows_.pop_front();
    }
    if (rows_.empty()) return Error(ErrorCode::UnsupportedFormat, "the file has no line");
    auto cells = std::move(rows_.front().cells);
    rows_.pop_front();
    return cells;
}

Result<std::optional<RawRow>> RowStream::next() {
    TRY(fill());
    if (rows_.empty()) return std::optional<RawRow>();
    std::optional<RawRow> row = std::move(rows_.front());
    rows_.pop_front();
    return row;
}

}  // namespace tilth::collect
