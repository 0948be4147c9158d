#pragma once
// The rows of an import as they are mapped: the file's own, each with the cells of its head where a till writes heads
// and lines in two files, with its payments where they stand in a third ("微信=30.00;现金=12.50" in a column of that
// name), and with what a continuation row leaves out. One thread.

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "modules/collect/imports/import.h"
#include "modules/collect/imports/row_stream.h"

namespace tilth::collect {

// The column into which a receipt's payments are gathered.
inline constexpr std::string_view kTendersColumn = "支付明细";

class JoinedRows {
public:
    // The mapping says where the header stands, what is filled down and by which columns parts are joined. Heads and
    // payments stand in memory: LimitExceeded past kHeadBytesMax.
    static Result<std::unique_ptr<JoinedRows>> open(kernel::Kernel& kernel, const TenantId& tenant,
                                                    const ImportRow& import, const Mapping& mapping,
                                                    const std::vector<store::Part>& parts);
    const std::vector<std::string>& header() const { return header_; }
    Result<std::optional<RawRow>> next();
    char separator() const { return stream_.separator(); }
    std::pair<std::int64_t, std::int64_t> chunks_read() const { return stream_.chunks_read(); }

private:
    JoinedRows(kernel::Kernel& kernel, const TenantId& tenant, const ImportRow& import, const Mapping& mapping);
    Status load_heads(kernel::Kernel& kernel, const TenantId& tenant, const store::Part& part,
                      const std::vector<std::string>& by);
    Status load_tenders(kernel::Kernel& kernel, const TenantId& tenant, const store::Part& part,
                        const Mapping& mapping, const std::vector<std::string>& by);
    // The columns by which a part is joined, in the part's header; those of the own file go to `own`.
    Result<std::vector<int>> join_columns(const std::vector<std::string>& header, const std::vector<std::string>& by,
                                          std::vector<int>& own) const;
    static std::string key_of(const std::vector<std::string>& cells, const std::vector<int>& columns);

    RowStream stream_;
    std::vector<std::string> header_;
    std::size_t own_columns_ = 0;
    std::vector<int> fill_;
    std::vector<std::string> above_;
    std::vector<int> join_;          // columns of the own file, for heads
    std::vector<int> head_columns_;  // of the heads, which are added
    std::unordered_map<std::string, std::vector<std::string>> heads_;
    std::vector<int> tender_join_;
    std::unordered_map<std::string, std::string> tenders_;  // as one cell
};

}  // namespace tilth::collect
