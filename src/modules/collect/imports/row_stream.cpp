#include "modules/collect/imports/row_stream.h"

namespace tilth::collect {

Status RowStream::fill() {
    const auto keep = [this](std::uint64_t line, const std::vector<std::string_view>& fields) {
        rows_.push_back({line, {fields.begin(), fields.end()}});
        return true;
    };
    while (rows_.empty() && !finished_) {
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
    TRY(fill());
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
