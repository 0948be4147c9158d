#pragma once
// The rows of an import as they are mapped: the file's own, each with the cells of its head where a till writes heads
// and lines in two files, and with what a continuation row leaves out. One thread.

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "modules/collect/imports/import.h"
#include "modules/collect/imports/row_stream.h"

namespace tilth::collect {

class JoinedRows {
public:
    // The mapping says where the header stands, what is filled down and by which columns heads are joined. The heads
    // stand in memory: LimitExceeded past kHeadBytesMax.
    static Result<std::unique_ptr<JoinedRows>> open(kernel::Kernel& kernel, const TenantId& tenant,
                                                    const ImportRow& import, const Mapping& mapping,
                                                    const std::optional<store::Part>& heads);
    const std::vector<std::string>& header() const { return header_; }
    Result<std::optional<RawRow>> next();
    char separator() const { return stream_.separator(); }
    std::pair<std::int64_t, std::int64_t> chunks_read() const { return stream_.chunks_read(); }

private:
    JoinedRows(kernel::Kernel& kernel, const TenantId& tenant, const ImportRow& import, const Mapping& mapping);
    Status load_heads(kernel::Kernel& kernel, const TenantId& tenant, const store::Part& part,
                      const std::vector<std::string>& by);
    static std::string key_of(const std::vector<std::string>& cells, const std::vector<int>& columns);

    RowStream stream_;
    std::vector<std::string> header_;
    std::size_t own_columns_ = 0;
    std::vector<int> fill_;
    std::vector<std::string> above_;
    std::vector<int> join_;         // columns of the own file
    std::vector<int> head_columns_;  // of the heads, which are added
    std::unordered_map<std::string, std::vector<std::string>> heads_;
};

}  // namespace tilth::collect
