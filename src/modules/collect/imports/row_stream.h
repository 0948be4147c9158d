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
        : spool_(kernel, tenant, import), reader_(spool_, chunks) {}
    RowStream(const RowStream&) = delete;
    RowStream& operator=(const RowStream&) = delete;

    Result<std::vector<std::string>> header();  // the first line; UnsupportedFormat when there is none
    Result<std::optional<RawRow>> next();
    char separator() const { return csv_.separator(); }
    std::pair<std::int64_t, std::int64_t> chunks_read() const { return {reader_.chunk(), reader_.chunks()}; }  // of all

private:
    Status fill();
    Spool spool_;
    Spool::Reader reader_;
    CsvReader csv_;
    std::deque<RawRow> rows_;
    bool finished_ = false;
};

}  // namespace tilth::collect
