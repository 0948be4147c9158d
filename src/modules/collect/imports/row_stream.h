#pragma once
// The rows of a spooled file in order, with the header apart. One thread.

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "modules/collect/imports/spool.h"
#include "platform/text/csv.h"

namespace tilth::collect {

struct RawRow {
    std::uint64_t line = 0;
    std::vector<std::string> cells;
    std::vector<std::string_view> views() const { return {cells.begin(), cells.end()}; }
};

class RowStream {
public:
    RowStream(kernel::Kernel& kernel, const TenantId& tenant, const ImportId& import, std::int64_t chunks)
        : RowStream(kernel, tenant, import, chunks, 0) {}
    // header_line: the 1-based row of the header, 0 to find it; separator: 0 to find it.
    RowStream(kernel::Kernel& kernel, const TenantId& tenant, const ImportId& import, std::int64_t chunks,
              int header_line, char separator = 0)
        : spool_(kernel, tenant, import),
          reader_(spool_, chunks),
          csv_(CsvOptions{.separator = separator}),
          header_line_(header_line) {}
    RowStream(const RowStream&) = delete;
    RowStream& operator=(const RowStream&) = delete;

    // Where titles and notes stand above, the first row of the first twenty that is nearly as wide as the widest.
    // UnsupportedFormat when there is none.
    Result<std::vector<std::string>> header();
    Result<std::optional<RawRow>> next();
    char separator() const { return csv_.separator(); }
    std::pair<std::int64_t, std::int64_t> chunks_read() const { return {reader_.chunk(), reader_.chunks()}; }  // of all

private:
    Status fill(std::size_t rows = 1);
    Spool spool_;
    Spool::Reader reader_;
    CsvReader csv_;
    int header_line_ = 0;
    std::deque<RawRow> rows_;
    bool finished_ = false;
};

}  // namespace tilth::collect
